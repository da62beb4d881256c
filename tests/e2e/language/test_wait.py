"""Wait: its four forms, and what they refuse."""

import datetime

import pytest

from harness.definitions import machine, waiting
from harness.history import one


def took(workflows, definition, payload=None) -> float:
    """Seconds between the events of the one Wait state."""
    found = workflows.run(definition, payload)
    assert found["status"] == "SUCCEEDED", found
    history = workflows.history(found["executionArn"])
    entered, exited = one(history, "WaitStateEntered"), one(history, "WaitStateExited")
    return (exited["timestamp"] - entered["timestamp"]).total_seconds()


def later(seconds: float) -> tuple[str, datetime.datetime]:
    """A moment from now on, as text and, to the second, as a date."""
    now = datetime.datetime.now(datetime.UTC)
    moment = now + datetime.timedelta(seconds=seconds)
    text = moment.isoformat().replace("+00:00", "Z")
    return text, moment.replace(microsecond=0)


def test_seconds(workflows):
    assert 1 <= took(workflows, machine(("W", waiting(Seconds=1)))) < 20


def test_seconds_of_a_path(workflows):
    definition = machine(("W", waiting(SecondsPath="$.w.s")))
    assert 1 <= took(workflows, definition, {"w": {"s": 1}}) < 20
    assert took(workflows, definition, {"w": {"s": 0}}) < 1


def test_a_timestamp(workflows):
    """Never before it: the execution's last event tells the server's time."""
    text, moment = later(2)
    found = workflows.run(machine(("W", waiting(Timestamp=text))))
    exited = one(workflows.history(found["executionArn"]), "WaitStateExited")["timestamp"]
    assert exited >= moment


def test_a_timestamp_of_a_path(workflows):
    definition = machine(("W", waiting(TimestampPath="$.until")))
    text, moment = later(2)
    found = workflows.run(definition, {"until": text})
    exited = one(workflows.history(found["executionArn"]), "WaitStateExited")["timestamp"]
    assert exited >= moment


def test_the_past_is_no_wait(workflows):
    definition = machine(("W", waiting(TimestampPath="$.until")))
    assert took(workflows, definition, {"until": "2017-11-22T00:00:00Z"}) < 1


@pytest.mark.parametrize("value", [-1, 1.5, "1", None, [1], True], ids=repr)
def test_seconds_that_are_none(workflows, value):
    found = workflows.run(machine(("W", waiting(SecondsPath="$.s"))), {"s": value})
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert found["cause"].startswith("An error occurred while executing the state 'W'")


@pytest.mark.parametrize("value", ["tomorrow", "2017-11-22", 1, None, "2017-11-22T10:00:00"])
def test_a_timestamp_that_is_none(workflows, value):
    found = workflows.run(machine(("W", waiting(TimestampPath="$.t"))), {"t": value})
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")


def test_many_waits_at_once_end_in_time(workflows):
    """A hundred timers of one second do not queue behind each other."""
    arn = workflows.create(machine(("W", waiting(Seconds=1))))
    arns = [workflows.start_on(arn) for _ in range(100)]
    ends = [workflows.end(execution, 60) for execution in arns]
    assert {end["status"] for end in ends} == {"SUCCEEDED"}
