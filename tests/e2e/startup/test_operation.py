"""What operators see: health, metrics, draining, and the other stores and profiles of `dev`."""

import threading
import time
import urllib.request

import pytest

from harness.aws import client
from harness.deadline import eventually
from harness.definitions import machine, passing, task
from harness.names import unique
from harness.raw import Wire, assert_error
from harness.redis import Redis
from harness.workflow import Workflows

DONE = machine(("P", passing(Result="done")))


def get(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_every_process_tells_its_health_and_metrics(suite, workflows):
    workflows.run(DONE)
    for process in suite.processes:
        port = suite.health_port(process.name)
        assert get(port, "/healthz")[0] == 200
        status, text = get(port, "/metrics")
        assert status == 200
        families = [line for line in text.splitlines() if line.startswith("# TYPE ")]
        assert families, process.name


@pytest.mark.parametrize("shape", ["dev", "roles"])
def test_a_termination_ends_polls_and_the_process(suite_with, shape):
    """A poll that would wait a minute is answered; every process ends with code 0."""
    own = suite_with(shape, poll_seconds=60, pollers_per_activity=1)
    wire = Wire(own.port)
    activity = Workflows(client(own.endpoint)).activity()
    answers = []

    def poll():
        answer = None
        # Another poll may be there first.
        while answer is None or answer.status == 400:
            answer = wire.call("GetActivityTask", {"activityArn": activity})
        answers.append(answer)

    poller = threading.Thread(target=poll, daemon=True)
    poller.start()

    def the_poll_waits():
        try:
            second = wire.call("GetActivityTask", {"activityArn": activity}, seconds=1)
        except TimeoutError:
            return False
        return second.status == 400

    eventually(the_poll_waits, "the poll waits")
    begun = time.monotonic()
    for process in own.processes:
        process.ask_to_end()
    for process in own.processes:
        assert process.terminate(30) == 0, process.tail()
    poller.join(timeout=10)
    assert time.monotonic() - begun < 40
    assert answers
    assert (answers[0].status, answers[0].json) == (200, {}) or answers[0].status == 503


def test_in_memory(binary, suite_with):
    own = suite_with("memory")
    assert Workflows(client(own.endpoint)).output(DONE) == "done"


def test_all_roles_in_one_process_over_redis(suite_with, tmp_path):
    redis = Redis(tmp_path)
    redis.start()
    try:
        own = suite_with("memory", store=["--redis", redis.url])
        workflows = Workflows(client(own.endpoint))
        activity = workflows.activity()
        arn = workflows.start(machine(("Work", task(activity))))
        workflows.succeed(workflows.take(activity), 1)
        assert workflows.end(arn)["output"] == "1"
        own.stop()
    finally:
        redis.process.stop()


def test_the_account(suite_with):
    own = suite_with("dev", flags=["--account-id", "123456789012"])
    arn = client(own.endpoint).create_activity(name="a")["activityArn"]
    assert arn == "arn:aws:states:us-east-1:123456789012:activity:a"


def test_the_limits_of_2017(suite_with):
    """Payloads have 32,768 characters, whatever bytes they take."""
    own = suite_with("dev", flags=["--limits-profile", "2017"])
    workflows, wire = Workflows(client(own.endpoint)), Wire(own.port)
    arn = workflows.create(DONE)
    longest = '"' + "€" * 32_766 + '"'
    body = {"stateMachineArn": arn, "name": unique()}
    assert wire.call("StartExecution", {**body, "input": longest}).status == 200
    longer = longest[:-1] + '€"'
    assert_error(wire.call("StartExecution", {**body, "input": longer}), "ValidationException")
    activity = workflows.activity()
    workflows.start(machine(("Work", task(activity))))
    assert len(workflows.take(activity)["taskToken"]) <= 1_024
