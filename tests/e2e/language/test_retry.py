"""Retry: which retrier is used, how often, after how long."""

import pytest

from harness.aws import function_arn
from harness.definitions import machine, task
from harness.functions import FunctionError
from harness.history import of_type
from harness.names import unique


@pytest.fixture
def attempts(workflows, functions):
    """Runs a task whose function raises the given errors in turn, then succeeds."""

    def run(errors: list[str], **fields):
        left = list(errors)

        def function(_):
            if left:
                raise FunctionError(left.pop(0), "c")
            return "done"

        name = unique("function")
        functions.functions[name] = function
        found = workflows.run(machine(("Call", task(function_arn(name), **fields))))
        return found, workflows.history(found["executionArn"])

    return run


def retrier(*errors: str, **fields) -> dict:
    return {"ErrorEquals": list(errors), "IntervalSeconds": 1, "BackoffRate": 1.0, **fields}


def count(history) -> int:
    return len(of_type(history, "LambdaFunctionScheduled"))


def test_three_attempts_are_the_default(attempts):
    found, history = attempts(["E"] * 9, Retry=[retrier("E")])
    assert found["error"] == "E"
    assert count(history) == 1 + 3


def test_max_attempts(attempts):
    found, history = attempts(["E"] * 9, Retry=[retrier("E", MaxAttempts=1)])
    assert (found["status"], count(history)) == ("FAILED", 2)
    found, history = attempts(["E"] * 9, Retry=[retrier("E", MaxAttempts=0)])
    assert (found["status"], count(history)) == ("FAILED", 1)


def test_success_after_a_retry(attempts):
    found, history = attempts(["E"], Retry=[retrier("E")])
    assert (found["output"], count(history)) == ('"done"', 2)


def test_intervals_grow_by_the_rate(attempts):
    retry = retrier("E", MaxAttempts=2, IntervalSeconds=1, BackoffRate=2.0)
    _, history = attempts(["E"] * 3, Retry=[retry])
    ends = of_type(history, "LambdaFunctionFailed")
    starts = of_type(history, "LambdaFunctionScheduled")[1:]
    gaps = [
        (start["timestamp"] - end["timestamp"]).total_seconds()
        for end, start in zip(ends, starts, strict=False)
    ]
    assert gaps[0] >= 1
    assert gaps[1] >= 2


def test_the_first_retrier_that_matches_counts_for_itself(attempts):
    retry = [retrier("A", MaxAttempts=1), retrier("B", MaxAttempts=2)]
    found, history = attempts(["A", "B", "B", "A"], Retry=retry)
    assert found["error"] == "A"
    assert count(history) == 4
    found, history = attempts(["B", "A", "B"], Retry=retry)
    assert (found["status"], count(history)) == ("SUCCEEDED", 4)


@pytest.mark.parametrize("name", ["States.ALL", "States.TaskFailed", "E"])
def test_names_that_match(attempts, name):
    found, _ = attempts(["E"], Retry=[retrier(name)])
    assert found["status"] == "SUCCEEDED"


@pytest.mark.parametrize("name", ["e", "States.Timeout", "States.Permissions", "F"])
def test_names_that_do_not_match(attempts, name):
    found, history = attempts(["E"], Retry=[retrier(name)])
    assert (found["error"], count(history)) == ("E", 1)


def test_retries_come_before_the_catch(attempts, workflows):
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Call"}]
    # Caught after two attempts; the visit after it has retries of its own.
    found, history = attempts(["E"] * 3, Retry=[retrier("E", MaxAttempts=1)], Catch=catch)
    assert found["output"] == '"done"'
    assert count(history) == 4
    assert len(of_type(history, "TaskStateEntered")) == 2
