"""Timeouts of tasks and machines: caught, retried, cutting through."""

import json

import pytest

from harness.definitions import machine, parallel, passing, task, waiting
from harness.history import of_type


@pytest.mark.parametrize("name", ["States.Timeout", "States.ALL"])
def test_a_task_timeout_is_caught(workflows, name):
    activity = workflows.activity()
    catch = [{"ErrorEquals": [name], "Next": "Late"}]
    work = task(activity, TimeoutSeconds=1, Catch=catch, End=True)
    arn = workflows.start(machine(("Work", work), ("Late", passing())))
    workflows.take(activity)
    assert json.loads(workflows.end(arn)["output"])["Error"] == "States.Timeout"


def test_task_failed_matches_all_but_a_timeout(workflows):
    activity = workflows.activity()
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Late"}]
    work = task(activity, TimeoutSeconds=1, Catch=catch, End=True)
    arn = workflows.start(machine(("Work", work), ("Late", passing())))
    workflows.take(activity)
    found = workflows.end(arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.Timeout")


def test_a_missed_heartbeat_is_caught_by_either_name(workflows):
    for name in ("States.Timeout", "States.HeartbeatTimeout"):
        activity = workflows.activity()
        catch = [{"ErrorEquals": [name], "Next": "Late"}]
        work = task(activity, TimeoutSeconds=60, HeartbeatSeconds=1, Catch=catch, End=True)
        arn = workflows.start(machine(("Work", work), ("Late", passing())))
        workflows.take(activity)
        assert workflows.end(arn)["status"] == "SUCCEEDED", name


def test_a_retry_has_its_own_timeout_and_token(workflows, sfn):
    activity = workflows.activity()
    retry = [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = workflows.start(machine(("Work", task(activity, TimeoutSeconds=2, Retry=retry))))
    late = workflows.take(activity)
    current = workflows.take(activity)
    with pytest.raises(sfn.exceptions.TaskTimedOut):
        workflows.succeed(late, "late")
    workflows.succeed(current, "current")
    assert workflows.end(arn)["output"] == '"current"'
    assert len(of_type(workflows.history(arn), "ActivitySucceeded")) == 1


def test_time_in_the_queue_does_not_count(workflows):
    """Counted from the start of the work; nobody takes the task before the machine ends."""
    activity = workflows.activity()
    found = workflows.run(machine(("Work", task(activity, TimeoutSeconds=1)), TimeoutSeconds=3))
    assert found["status"] == "TIMED_OUT"
    assert not of_type(workflows.history(found["executionArn"]), "ActivityTimedOut")


def test_the_machine_timeout_cuts_through_waits_and_branches(workflows, sfn):
    activity = workflows.activity()
    both = parallel(machine(("Park", waiting(Seconds=3600))), machine(("Work", task(activity))))
    arn = workflows.start(machine(("Both", both), TimeoutSeconds=2))
    given = workflows.take(activity)
    found = workflows.end(arn)
    assert found["status"] == "TIMED_OUT"
    with pytest.raises(sfn.exceptions.TaskTimedOut):
        workflows.succeed(given, 1)
    assert sfn.describe_execution(executionArn=arn)["status"] == "TIMED_OUT"
