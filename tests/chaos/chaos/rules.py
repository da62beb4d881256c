"""What every history keeps, whatever was done to those who wrote it (invariants I4 to I6)."""

import json

from chaos.machines import LOST
from crash.rules import assert_attempts
from harness.history import assert_well_formed, details, of_type, types

RETRIED = {"Flaky", "CarrierBusy", *LOST["ErrorEquals"]}
# The states of a machine, each of which is entered once and left once.
STATES = {
    "quick": ["First", "Which", "Last"],
    "order": [
        "Rest", "Work", "Both", "Pause", "One", "Two", "Charge", "Ship", "Call",
        "Each", "Item", "Item", "Item", "Short",
    ],
    "late": ["Never", "Caught"],
    "nested": ["Child"],
}  # fmt: skip
WAITS = {"Rest": 1, "Pause": 1, "Short": 1}


def assert_history(kind: str, history: list[dict]) -> None:
    """Dense, final, nothing repeated, no timer early."""
    assert_well_formed(history)
    kinds = types(history)
    assert kinds.count("ExecutionStarted") == 1 and kinds[0] == "ExecutionStarted", kinds
    ends = [name for name in kinds if name.startswith("Execution")][1:]
    expected = "ExecutionAborted" if kind == "parked" else "ExecutionSucceeded"
    assert ends == [expected] and kinds[-1] == expected, kinds
    if kind == "parked":
        assert kinds == ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"], kinds
        return
    for task in ("Activity", "LambdaFunction", "Task"):
        assert_attempts(history, task, RETRIED)
    for member in ("stateEnteredEventDetails", "stateExitedEventDetails"):
        names = [event[member]["name"] for event in history if member in event]
        assert sorted(names) == sorted(STATES[kind]), names
    assert_timers(history)


def assert_timers(history: list[dict]) -> None:
    """No timer fires before its time (I6)."""
    by_id = {event["id"]: event for event in history}
    for event in history:
        if event["type"] == "WaitStateExited":
            entered = by_id[event["previousEventId"]]
            seconds = WAITS[details(event)["name"]]
            assert lasted(entered, event) >= seconds, (entered, event)
        if event["type"] == "ActivityTimedOut":
            assert_timeout(by_id, event)


def assert_timeout(by_id: dict[int, dict], event: dict) -> None:
    """The clock of an activity's attempt starts when a worker takes it."""
    started = by_id[event["previousEventId"]]
    scheduled = by_id[started["previousEventId"]]
    assert lasted(started, event) >= details(scheduled)["timeoutInSeconds"], event


def lasted(first: dict, last: dict) -> float:
    """Seconds between two events; half a millisecond is for the rounding of printed times."""
    return last["timestamp"] - first["timestamp"] + 0.0005


def lateness(history: list[dict]) -> list[float]:
    """By how many seconds the waits of a history were late."""
    by_id = {event["id"]: event for event in history}
    exits = of_type(history, "WaitStateExited")
    return [
        lasted(by_id[event["previousEventId"]], event) - WAITS[details(event)["name"]]
        for event in exits
    ]


def children(history: list[dict]) -> list[str]:
    """The nested executions that the history shows, one for each attempt that was submitted."""
    outputs = [json.loads(details(e)["output"]) for e in of_type(history, "TaskSubmitted")]
    return [output["ExecutionArn"] for output in outputs]


def proofs(history: list[dict]) -> list[str]:
    """The proofs of our own workers' reports that the history shows."""
    outputs = [json.loads(details(e)["output"]) for e in of_type(history, "ActivitySucceeded")]
    return [output["proof"] for output in outputs if "proof" in output]
