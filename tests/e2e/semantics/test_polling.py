"""GetActivityTask: the long poll."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.aws import client
from harness.deadline import eventually
from harness.definitions import machine, task
from harness.raw import Wire
from harness.workflow import Workflows


def test_an_empty_poll_answers_without_a_task(workflows, wire):
    """After the whole wait of this suite, which is two seconds."""
    before = time.monotonic()
    answer = wire.call("GetActivityTask", {"activityArn": workflows.activity()})
    assert answer.status == 200
    assert answer.json in ({}, {"taskToken": None})
    assert time.monotonic() - before >= 1.9


def test_a_waiting_poll_gets_a_task_at_once(suite_with):
    """The wait of this suite is a minute: only the task can have ended it."""
    own = suite_with("dev", poll_seconds=60)
    workflows = Workflows(client(own.endpoint))
    activity = workflows.activity()
    machine_arn = workflows.create(machine(("Work", task(activity))))
    with ThreadPoolExecutor(1) as threads:
        for number in range(5):
            poll = threads.submit(workflows.take, activity)
            # Most rounds start while the poll already waits; whichever comes first, it gets it.
            started = time.monotonic()
            workflows.start_on(machine_arn, number)
            given = poll.result(timeout=10)
            assert time.monotonic() - started < 5
            assert given["input"] == str(number)
            workflows.succeed(given, number)


def test_tasks_that_nobody_polled_for_are_kept_in_order(workflows):
    activity = workflows.activity()
    machine_arn = workflows.create(machine(("Work", task(activity))))
    arns = [workflows.start_on(machine_arn, number) for number in range(5)]
    given = [workflows.take(activity) for _ in arns]
    # "Roughly in order of scheduling": each exactly once.
    assert sorted(item["input"] for item in given) == ["0", "1", "2", "3", "4"]
    assert len({item["taskToken"] for item in given}) == 5
    for item in given:
        workflows.succeed(item, None)
    assert {workflows.end(arn)["status"] for arn in arns} == {"SUCCEEDED"}


def test_each_task_goes_to_one_of_many_pollers(workflows):
    activity = workflows.activity()
    machine_arn = workflows.create(machine(("Work", task(activity))))
    with ThreadPoolExecutor(30) as threads:
        polls = [threads.submit(workflows.take, activity) for _ in range(30)]
        arns = [workflows.start_on(machine_arn, number) for number in range(30)]
        given = [poll.result(timeout=60) for poll in polls]
    assert sorted(int(item["input"]) for item in given) == list(range(30))
    for item in given:
        workflows.succeed(item, None)
    assert {workflows.end(arn)["status"] for arn in arns} == {"SUCCEEDED"}


@pytest.mark.parametrize("shape", ["dev", "roles"])
def test_deleting_an_activity_wakes_its_pollers(suite_with, shape):
    """Long before their minute is over."""
    own = suite_with(shape, poll_seconds=60, pollers_per_activity=3)
    sfn, wire = client(own.endpoint), Wire(own.port)
    activity = Workflows(sfn).activity()
    body = {"activityArn": activity}

    def poll(_):
        while True:
            answer = wire.call("GetActivityTask", body)
            if answer.status == 200 or answer.error != "ActivityWorkerLimitExceeded":
                return answer

    def no_poller_more():
        try:
            return wire.call("GetActivityTask", body, seconds=1).status == 400
        except TimeoutError:
            # There was room for this one: not all of the others wait yet.
            return False

    with ThreadPoolExecutor(3) as threads:
        polls = threads.map(poll, range(3))
        eventually(no_poller_more, "three pollers wait")
        deleted = time.monotonic()
        sfn.delete_activity(activityArn=activity)
        assert [answer.error for answer in polls] == ["ActivityDoesNotExist"] * 3
        assert time.monotonic() - deleted < 30


def test_a_new_activity_of_an_old_name_gets_no_old_tasks(workflows, sfn):
    activity = workflows.activity()
    machine_arn = workflows.create(machine(("Work", task(activity))))
    old = workflows.start_on(machine_arn, "old")
    sfn.delete_activity(activityArn=activity)
    workflows.activity(activity.rpartition(":")[2])
    new = workflows.start_on(machine_arn, "new")
    given = workflows.take(activity)
    assert given["input"] == '"new"'
    workflows.succeed(given, 1)
    assert workflows.end(new)["status"] == "SUCCEEDED"
    assert "taskToken" not in sfn.get_activity_task(activityArn=activity)
    assert sfn.describe_execution(executionArn=old)["status"] == "RUNNING"


def test_a_task_whose_poller_is_gone_goes_to_another(workflows, wire, sfn):
    """Its connection broke before the answer: the task is delivered again, as the same attempt."""
    activity = workflows.activity()
    body = json.dumps({"activityArn": activity, "workerName": "gone"}).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\n"
    )
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", wire.port)) as poller:
        poller.sendall(head.encode() + body)
    arn = workflows.start(machine(("Work", task(activity))))
    given = workflows.take(activity, worker="there")
    workflows.succeed(given, "done")
    assert workflows.end(arn)["output"] == '"done"'
    kinds = [event["type"] for event in workflows.history(arn)]
    assert kinds.count("ActivityScheduled") == kinds.count("ActivityStarted") == 1


@pytest.mark.parametrize("outcome", ["success", "failure"])
def test_one_of_many_outcomes_wins(workflows, sfn, outcome):
    """Ten workers report the same task: one is heard, the others are told."""
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity))))
    given = workflows.take(activity)

    def report(number):
        try:
            if outcome == "success":
                workflows.succeed(given, number)
            else:
                workflows.fail(given, error=f"E{number}")
        except sfn.exceptions.TaskTimedOut:
            return None
        return number

    with ThreadPoolExecutor(10) as threads:
        heard = [number for number in threads.map(report, range(10)) if number is not None]
    assert len(heard) == 1
    found = workflows.end(arn)
    assert heard[0] == (
        int(found["output"]) if outcome == "success" else int(found["error"].removeprefix("E"))
    )
