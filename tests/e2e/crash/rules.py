"""What every history keeps, whatever was killed while it was written."""

from harness.history import assert_well_formed, details, types

OUTCOMES = ("Succeeded", "Failed", "TimedOut", "StartFailed", "ScheduleFailed")
RETRIED = {"Flaky", "States.Timeout", "Lambda.Unknown"}


def assert_history(history: list[dict]) -> None:
    """Dense, final, and nothing repeated: one start and one outcome a schedule, and a second
    schedule within a state only by a Retry."""
    assert_well_formed(history)
    kinds = types(history)
    assert kinds[0] == "ExecutionStarted"
    assert kinds.count("ExecutionStarted") == 1
    assert kinds.count("ExecutionSucceeded") == 1 and kinds[-1] == "ExecutionSucceeded"
    for kind in ("Activity", "LambdaFunction"):
        assert_attempts(history, kind, RETRIED)
    assert_visits(history)


def assert_attempts(history: list[dict], kind: str, retried: set[str]) -> None:
    """Every attempt of the task has at most one start, exactly one end, and follows the state's
    entry or an error that is in `retried`."""
    by_id = {event["id"]: event for event in history}
    scheduled = [event["id"] for event in history if event["type"] == f"{kind}Scheduled"]
    started, ended = [], []
    for event in history:
        before = by_id.get(event["previousEventId"])
        if event["type"] == f"{kind}Started":
            started.append(before["id"])
        elif event["type"] in [f"{kind}{outcome}" for outcome in OUTCOMES]:
            while before["type"] != f"{kind}Scheduled":
                before = by_id[before["previousEventId"]]
            ended.append(before["id"])
    assert len(started) == len(set(started)), "an attempt was started twice"
    assert sorted(ended) == scheduled, "an attempt ended twice, or never"
    for attempt in scheduled:
        before = by_id[by_id[attempt]["previousEventId"]]
        if before["type"] != "TaskStateEntered":
            assert details(before)["error"] in retried, "a second attempt without a Retry"


def assert_visits(history: list[dict]) -> None:
    """Every state was entered once and left once."""
    for member in ("stateEnteredEventDetails", "stateExitedEventDetails"):
        names = [event[member]["name"] for event in history if member in event]
        assert sorted(names) == sorted(
            ["Rest", "Work", "Both", "Pause", "One", "Two", "Call", "Again", "Short"]
        )
