"""The machines of the load: each kind stands for something that a fault can hurt."""

from harness.aws import function_arn
from harness.definitions import choice, machine, parallel, passing, succeeding, task, waiting

FUNCTION = "charge"
LATE_SECONDS = 2
# A task whose worker or call was lost with a process is tried again by its Retry alone.
LOST = {
    "ErrorEquals": ["States.Timeout", "Lambda.Unknown", "Lambda.SdkClientException"],
    "IntervalSeconds": 1,
    "MaxAttempts": 30,
    "BackoffRate": 1.0,
}
FLAKY = {"ErrorEquals": ["Flaky", "CarrierBusy"], "IntervalSeconds": 1, "MaxAttempts": 3}
FLAKY |= {"BackoffRate": 1.0}


def quick() -> dict:
    """One decision from start to end."""
    return machine(
        ("First", passing(Result=7, ResultPath="$.n")),
        ("Which", choice({"Variable": "$.n", "NumericEquals": 7, "Next": "Last"})),
        ("Last", passing()),
    )


def order(activities: dict[str, str]) -> dict:
    """Timers, tasks of three kinds of workers, a function, branches, an iteration."""
    kept = {"TimeoutSeconds": 15, "ResultPath": None, "Retry": [FLAKY, LOST]}
    work = task(activities["work"], **kept | {"ResultPath": "$.work"})
    call = task(function_arn(FUNCTION), **kept | {"ResultPath": "$.charge"})
    branches = [
        machine(("Pause", waiting(Seconds=1)), ("One", passing())),
        machine(("Two", work)),
    ]
    each = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrency": 2,
        "Iterator": machine(("Item", passing())),
        "ResultPath": "$.shipped",
    }
    return machine(
        ("Rest", waiting(Seconds=1)),
        ("Work", work),
        ("Both", parallel(*branches, ResultPath=None)),
        ("Charge", task(activities["charge"], **kept)),
        ("Ship", task(activities["ship"], **kept)),
        ("Call", call),
        ("Each", each),
        ("Short", waiting(Seconds=1)),
    )


def late(activity: str) -> dict:
    """A task whose worker takes it and reports nothing: its timer is all that ends it."""
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]
    return machine(
        ("Never", task(activity, TimeoutSeconds=LATE_SECONDS, Catch=catch)),
        ("Caught", succeeding()),
    )


def nested(child: str) -> dict:
    """A child in another partition, whose end its parent waits for."""
    arguments = {"StateMachineArn": child, "Input": {"order.$": "$.order"}}
    call = task("arn:aws:states:::states:startExecution.sync:2", Parameters=arguments)
    return machine(("Child", call))


def child() -> dict:
    """Lives long enough to lose its parent's node, or its own."""
    return machine(("Birth", passing()), ("Life", waiting(Seconds=1)))


def parked() -> dict:
    """Open until it is stopped."""
    return machine(("Park", waiting(Seconds=36000)))
