"""Every history event type of the reference is produced; none besides them."""

import threading

from harness.aws import client, function_arn
from harness.definitions import (
    choice,
    failing,
    machine,
    parallel,
    passing,
    succeeding,
    task,
    waiting,
)
from harness.functions import FunctionError
from harness.history import types
from harness.names import unique
from harness.ports import free_port
from harness.workflow import Workflows

TYPES = [
    "ActivityFailed",
    "ActivityScheduleFailed",
    "ActivityScheduled",
    "ActivityStarted",
    "ActivitySucceeded",
    "ActivityTimedOut",
    "ChoiceStateEntered",
    "ChoiceStateExited",
    "ExecutionFailed",
    "ExecutionStarted",
    "ExecutionSucceeded",
    "ExecutionAborted",
    "ExecutionTimedOut",
    "FailStateEntered",
    "LambdaFunctionFailed",
    "LambdaFunctionScheduleFailed",
    "LambdaFunctionScheduled",
    "LambdaFunctionStartFailed",
    "LambdaFunctionStarted",
    "LambdaFunctionSucceeded",
    "LambdaFunctionTimedOut",
    "SucceedStateEntered",
    "SucceedStateExited",
    "TaskStateAborted",
    "TaskStateEntered",
    "TaskStateExited",
    "PassStateEntered",
    "PassStateExited",
    "ParallelStateAborted",
    "ParallelStateEntered",
    "ParallelStateExited",
    "ParallelStateFailed",
    "ParallelStateStarted",
    "ParallelStateSucceeded",
    "WaitStateAborted",
    "WaitStateEntered",
    "WaitStateExited",
]

# Today's service never sends it: recorded, an activity that does not exist fails the execution at
# once, with States.Runtime and without an event of the activity. ARCHITECTURE.md says so.
NEVER = {"ActivityScheduleFailed"}


def test_every_type(workflows, sfn, functions, suite_with, mode):
    assert len(TYPES) == 37
    done, failed, late, stopped = (workflows.activity() for _ in range(4))
    arns = [
        workflows.start(definition, {"n": 1})
        for definition in (
            plain(),
            machine(("Stop", failing())),
            machine(("Done", task(done))),
            cutting_off(failed),
            machine(("Late", task(late, TimeoutSeconds=1))),
            machine(("Long", waiting(Seconds=3600)), TimeoutSeconds=1),
            machine(("Stopped", task(stopped))),
            *calls(functions),
        )
    ]
    workflows.succeed(workflows.take(done), {})
    workflows.fail(workflows.take(failed), error="E")
    workflows.take(late)
    sfn.stop_execution(executionArn=arns[6])
    for arn in arns:
        workflows.end(arn)
    seen = {kind for arn in arns for kind in types(workflows.history(arn))}
    for flags in ([], ["--lambda-endpoint", f"http://127.0.0.1:{free_port()}"]):
        seen |= types_without_endpoint(Workflows(client(suite_with(mode, flags).endpoint)))
    assert seen == set(TYPES) - NEVER


def types_without_endpoint(workflows) -> set:
    found = workflows.run(machine(("Call", task(function_arn("any")))))
    return set(types(workflows.history(found["executionArn"])))


def plain() -> dict:
    return machine(
        ("Pass", passing()),
        ("Pick", choice({"Variable": "$.n", "NumericEquals": 1, "Next": "Wait"})),
        ("Wait", waiting(Seconds=1)),
        ("Both", parallel(machine(("P", passing())))),
        ("Done", succeeding()),
    )


def cutting_off(activity: str) -> dict:
    """A task whose failure cuts off a wait and a nested Parallel."""
    parked = machine(("Park", waiting(Seconds=3600)))
    nested = machine(("Deep", parallel(machine(("Park2", waiting(Seconds=3600))))))
    return machine(("All", parallel(machine(("Try", task(activity))), parked, nested)))


def calls(functions) -> list[dict]:
    def fails(_):
        raise FunctionError("E", "c")

    never = threading.Event()
    bodies = {"ok": lambda _: 1, "bad": fails, "slow": lambda _: never.wait(10)}
    definitions = []
    for body in bodies.values():
        name = unique("function")
        functions.functions[name] = body
        definitions.append(machine(("Call", task(function_arn(name), TimeoutSeconds=1))))
    return definitions
