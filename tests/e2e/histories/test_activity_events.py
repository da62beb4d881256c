"""Histories of tasks that workers do."""

import json
import time

import pytest

from harness.deadline import eventually
from harness.definitions import machine, passing, task
from harness.history import details, shape
from harness.worker import Failure, Worker

NOT_TRUNCATED = {"truncated": False}
TASK = [("ExecutionStarted", 0), ("TaskStateEntered", 0), ("ActivityScheduled", 2)]


def test_success(workflows):
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity, TimeoutSeconds=60))), {"a": 1})
    workflows.succeed(workflows.take(activity, worker="me"), {"b": 2})
    history = workflows.history(arn)
    assert shape(history) == [
        *TASK,
        ("ActivityStarted", 3),
        ("ActivitySucceeded", 4),
        ("TaskStateExited", 5),
        ("ExecutionSucceeded", 6),
    ]
    assert details(history[2]) == {
        "resource": activity,
        "input": '{"a":1}',
        "inputDetails": NOT_TRUNCATED,
        "timeoutInSeconds": 60,
    }
    assert details(history[3]) == {"workerName": "me"}
    assert details(history[4]) == {"output": '{"b":2}', "outputDetails": NOT_TRUNCATED}
    assert details(history[5])["output"] == '{"b":2}'


def test_limits_are_shown_when_they_are_set(workflows):
    activity = workflows.activity()
    definition = machine(("Work", task(activity, TimeoutSeconds=60, HeartbeatSeconds=9)))
    arn = workflows.start(definition)
    scheduled = details(workflows.history(arn)[2])
    assert (scheduled["timeoutInSeconds"], scheduled["heartbeatInSeconds"]) == (60, 9)
    plain = details(workflows.history(workflows.start(machine(("Work", task(activity)))))[2])
    assert not {"timeoutInSeconds", "heartbeatInSeconds"} & plain.keys()


def test_a_worker_without_a_name(workflows):
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity))))
    workflows.take(activity, worker=None)
    assert details(workflows.history(arn)[3]) == {}


@pytest.mark.parametrize("reason", [{"error": "E", "cause": "c"}, {"error": "E"}, {}], ids=str)
def test_failure(workflows, reason):
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity))))
    workflows.fail(workflows.take(activity), **reason)
    history = workflows.history(arn)
    assert shape(history) == [
        *TASK,
        ("ActivityStarted", 3),
        ("ActivityFailed", 4),
        ("ExecutionFailed", 5),
    ]
    # Absent stays absent.
    assert details(history[4]) == reason
    assert details(history[5]) == reason


def test_timeout(workflows):
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity, TimeoutSeconds=1))))
    workflows.take(activity)
    assert workflows.end(arn)["status"] == "FAILED"
    history = workflows.history(arn)
    assert shape(history) == [
        *TASK,
        ("ActivityStarted", 3),
        ("ActivityTimedOut", 4),
        ("ExecutionFailed", 5),
    ]
    assert details(history[4]) == {"error": "States.Timeout"}
    assert details(history[5]) == {"error": "States.Timeout"}
    # Counted from the start of the work.
    passed = history[4]["timestamp"] - history[3]["timestamp"]
    assert passed.total_seconds() >= 1


def test_a_retry_schedules_again_without_leaving_the_state(workflows):
    activity = workflows.activity()
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = workflows.start(machine(("Work", task(activity, Retry=retry))))
    first = workflows.take(activity)
    workflows.fail(first, error="Busy")
    second = workflows.take(activity)
    assert second["taskToken"] != first["taskToken"]
    workflows.succeed(second, 1)
    history = workflows.history(arn)
    assert shape(history) == [
        *TASK,
        ("ActivityStarted", 3),
        ("ActivityFailed", 4),
        ("ActivityScheduled", 5),
        ("ActivityStarted", 6),
        ("ActivitySucceeded", 7),
        ("TaskStateExited", 8),
        ("ExecutionSucceeded", 9),
    ]
    assert (history[5]["timestamp"] - history[4]["timestamp"]).total_seconds() >= 1


def test_a_caught_error_leaves_the_state_with_the_error_as_output(workflows):
    activity = workflows.activity()
    catch = [{"ErrorEquals": ["Busy"], "Next": "Handle", "ResultPath": "$.why"}]
    definition = machine(("Work", task(activity, Catch=catch, End=True)), ("Handle", passing()))
    arn = workflows.start(definition, {"kept": True})
    workflows.fail(workflows.take(activity), error="Busy", cause="lunch")
    assert workflows.end(arn)["status"] == "SUCCEEDED"
    history = workflows.history(arn)
    assert shape(history) == [
        *TASK,
        ("ActivityStarted", 3),
        ("ActivityFailed", 4),
        ("TaskStateExited", 5),
        ("PassStateEntered", 6),
        ("PassStateExited", 7),
        ("ExecutionSucceeded", 8),
    ]
    expected = {"kept": True, "why": {"Error": "Busy", "Cause": "lunch"}}
    assert json.loads(details(history[5])["output"]) == expected


def test_heartbeats_make_no_event_and_their_absence_times_out(workflows, sfn):
    activity = workflows.activity()
    definition = machine(("Work", task(activity, TimeoutSeconds=60, HeartbeatSeconds=2)))
    arn = workflows.start(definition)
    given = workflows.take(activity)
    end = time.monotonic() + 4.5

    def alive_beyond_two_intervals():
        sfn.send_task_heartbeat(taskToken=given["taskToken"])
        return time.monotonic() > end

    eventually(alive_beyond_two_intervals, "two intervals to pass", pause=0.5)
    assert len(workflows.history(arn)) == 4
    workflows.end(arn)
    history = workflows.history(arn)
    assert shape(history)[4:] == [("ActivityTimedOut", 4), ("ExecutionFailed", 5)]
    assert details(history[4])["error"] in ("States.Timeout", "States.HeartbeatTimeout")
    passed = history[4]["timestamp"] - history[3]["timestamp"]
    assert passed.total_seconds() >= 4.5


def test_an_activity_that_is_not_there(workflows, sfn):
    activity = workflows.activity()
    machine_arn = workflows.create(machine(("Work", task(activity))))
    sfn.delete_activity(activityArn=activity)
    arn = workflows.start_on(machine_arn)
    workflows.end(arn)
    history = workflows.history(arn)
    assert shape(history) == [*TASK[:2], ("ExecutionFailed", 2)]
    assert details(history[2]) == {
        "error": "States.Runtime",
        "cause": "An error occurred while executing the state 'Work' (entered at the event id "
        f"#2). The activity {activity} does not exist.",
    }


def test_a_worker_loop(workflows):
    activity = workflows.activity()

    def work(order):
        if order["amount"] > 10:
            raise Failure(error="TooMuch", cause=str(order["amount"]))
        return {**order, "paid": True}

    machine_arn = workflows.create(machine(("Work", task(activity))))
    with Worker(workflows.sfn, activity, work, threads=4):
        arns = [workflows.start_on(machine_arn, {"amount": n}) for n in range(20)]
        ends = [workflows.end(arn) for arn in arns]
    assert [end["status"] for end in ends] == ["SUCCEEDED"] * 11 + ["FAILED"] * 9
    assert json.loads(ends[3]["output"]) == {"amount": 3, "paid": True}
    assert ends[19]["cause"] == "19"
