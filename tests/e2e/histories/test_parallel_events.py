"""Histories of Parallel states.

Branches interleave in no fixed order, so these follow each branch by its chain of predecessors.
"""

from harness.definitions import failing, machine, parallel, passing, task, waiting
from harness.history import details, of_type, one, shape, types


def chain(history: list[dict], last: dict) -> list[str]:
    """The types from the start of a chain to `last`, by predecessors."""
    found = []
    while last:
        found.insert(0, last["type"])
        last = history[last["previousEventId"] - 1] if last["previousEventId"] else None
    return found


def test_two_branches(workflows):
    definition = machine(
        ("Both", parallel(machine(("A", passing(Result=1))), machine(("B", passing(Result=2)))))
    )
    found = workflows.run(definition)
    assert found["output"] == "[1,2]"
    history = workflows.history(found["executionArn"])
    assert sorted(types(history)) == sorted(
        [
            "ExecutionStarted",
            "ParallelStateEntered",
            "ParallelStateStarted",
            *["PassStateEntered", "PassStateExited"] * 2,
            "ParallelStateSucceeded",
            "ParallelStateExited",
            "ExecutionSucceeded",
        ]
    )
    started = one(history, "ParallelStateStarted")
    assert started["previousEventId"] == one(history, "ParallelStateEntered")["id"] == 2
    for entered in of_type(history, "PassStateEntered"):
        assert entered["previousEventId"] == started["id"]
    succeeded, exited = one(history, "ParallelStateSucceeded"), one(history, "ParallelStateExited")
    # Both follow the last event of the branch that ended last.
    last = of_type(history, "PassStateExited")[-1]["id"]
    assert succeeded["previousEventId"] == exited["previousEventId"] == last
    assert details(started) is details(succeeded) is None
    assert details(exited)["output"] == "[1,2]"
    assert one(history, "ExecutionSucceeded")["previousEventId"] == exited["id"]


def test_nested(workflows):
    inner = parallel(machine(("P", passing())))
    found = workflows.run(machine(("Outer", parallel(machine(("Inner", inner))))), {"a": 1})
    assert found["output"] == '[[{"a":1}]]'
    history = workflows.history(found["executionArn"])
    assert shape(history) == [
        ("ExecutionStarted", 0),
        ("ParallelStateEntered", 0),
        ("ParallelStateStarted", 2),
        ("ParallelStateEntered", 3),
        ("ParallelStateStarted", 4),
        ("PassStateEntered", 5),
        ("PassStateExited", 6),
        ("ParallelStateSucceeded", 7),
        ("ParallelStateExited", 7),
        ("ParallelStateSucceeded", 9),
        ("ParallelStateExited", 9),
        ("ExecutionSucceeded", 11),
    ]


def test_a_branch_that_fails(workflows):
    found = workflows.run(machine(("Both", parallel(machine(("Stop", failing("E", "c")))))))
    assert (found["error"], found["cause"]) == ("E", "c")
    history = workflows.history(found["executionArn"])
    assert shape(history) == [
        ("ExecutionStarted", 0),
        ("ParallelStateEntered", 0),
        ("ParallelStateStarted", 2),
        ("FailStateEntered", 3),
        ("ParallelStateFailed", 4),
        ("ExecutionFailed", 5),
    ]
    assert details(history[4]) is None


def test_a_retry_starts_the_branches_again(workflows):
    retry = [{"ErrorEquals": ["E"], "MaxAttempts": 2, "IntervalSeconds": 1, "BackoffRate": 1.0}]
    branch = machine(("Stop", failing("E")))
    found = workflows.run(machine(("Both", parallel(branch, Retry=retry))))
    history = workflows.history(found["executionArn"])
    assert shape(history)[2:] == [
        ("ParallelStateStarted", 2),
        ("FailStateEntered", 3),
        ("ParallelStateStarted", 4),
        ("FailStateEntered", 5),
        ("ParallelStateStarted", 6),
        ("FailStateEntered", 7),
        # Only the last attempt says so.
        ("ParallelStateFailed", 8),
        ("ExecutionFailed", 9),
    ]


def test_a_caught_failure_cuts_off_the_other_branches(workflows):
    activity = workflows.activity()
    waits = machine(("Park", waiting(Seconds=3600)))
    works = machine(("Work", task(workflows.activity())))
    nested = machine(("Deep", parallel(machine(("Park2", waiting(Seconds=3600))))))
    fails = machine(("Try", task(activity)))
    catch = [{"ErrorEquals": ["E"], "Next": "Caught", "ResultPath": "$.why"}]
    definition = machine(
        ("All", parallel(waits, works, nested, fails, Catch=catch, End=True)),
        ("Caught", passing()),
    )
    arn = workflows.start(definition)
    workflows.fail(workflows.take(activity), error="E")
    assert workflows.end(arn)["status"] == "SUCCEEDED"
    history = workflows.history(arn)

    failed = one(history, "ActivityFailed")
    aborted = [event for event in history if event["type"].endswith("StateAborted")]
    assert sorted(types(aborted)) == [
        "ParallelStateAborted",
        # The task that failed, and the one that was cut off.
        "TaskStateAborted",
        "TaskStateAborted",
        "WaitStateAborted",
        "WaitStateAborted",
    ]
    assert all(details(event) is None for event in aborted)
    own = next(event for event in aborted if event["previousEventId"] == failed["id"])
    assert own["type"] == "TaskStateAborted"
    end = one(history, "ParallelStateFailed")
    assert end["previousEventId"] == failed["id"]
    exited = one(history, "ParallelStateExited")
    assert exited["previousEventId"] == end["id"]
    assert chain(history, history[-1])[-4:] == [
        "ParallelStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
