"""Executions that are ended from outside."""

from harness.aws import client
from harness.definitions import choice, machine, passing, succeeding, task, waiting
from harness.history import details, shape
from harness.workflow import Workflows

PARKED = machine(("Park", waiting(Seconds=3600)))


def test_a_stop(workflows, sfn):
    arn = workflows.start(PARKED)
    sfn.stop_execution(executionArn=arn, error="Enough", cause="for today")
    history = workflows.history(arn)
    assert history[-1]["type"] == "ExecutionAborted"
    assert history[-1]["previousEventId"] == 0
    assert details(history[-1]) == {"error": "Enough", "cause": "for today"}


def test_a_stop_without_reason(workflows, sfn):
    arn = workflows.start(PARKED)
    sfn.stop_execution(executionArn=arn)
    assert details(workflows.history(arn)[-1]) == {}
    found = sfn.describe_execution(executionArn=arn)
    assert not {"error", "cause", "output"} & found.keys()


def test_the_timeout_of_the_machine(workflows):
    activity = workflows.activity()
    found = workflows.run(machine(("Work", task(activity)), TimeoutSeconds=1))
    # The status says it all: error and cause are in the history only.
    assert found["status"] == "TIMED_OUT"
    assert not {"error", "cause", "output"} & found.keys()
    assert (found["stopDate"] - found["startDate"]).total_seconds() >= 1
    history = workflows.history(found["executionArn"])
    assert shape(history)[-1] == ("ExecutionTimedOut", 0)
    assert details(history[-1]) == {"error": "States.Timeout"}


def test_too_many_events(suite_with):
    """The last event that fits says why."""
    own = suite_with("dev", history_events=50)
    workflows = Workflows(client(own.endpoint))
    stop = {"Variable": "$.stop", "BooleanEquals": True, "Next": "Done"}
    endless = machine(
        ("Turn", passing()), ("Again", choice(stop, default="Turn")), ("Done", succeeding())
    )
    found = workflows.run(endless, {"stop": False})
    assert found["status"] == "FAILED"
    history = workflows.history(found["executionArn"])
    assert len(history) == 50
    assert shape(history)[-1] == ("ExecutionFailed", 49)
    assert details(history[-1]) == {
        "error": "States.Runtime",
        "cause": "The execution reached the maximum number of history events (50).",
    }
