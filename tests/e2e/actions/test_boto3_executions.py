"""The AWS SDK for Python drives the actions of executions."""

import datetime
import json

from harness.aws import ROLE, execution_arn
from harness.definitions import machine, passing, waiting
from harness.history import shape
from harness.names import unique

PARKED = machine(("Park", waiting(Seconds=3600)))


def test_start_and_describe_an_execution_to_its_end(workflows, sfn):
    arn = workflows.create(machine(("Only", passing(Result={"a": 1}))))
    name, text = unique("run"), '{"x" : 1.0}'
    started = sfn.start_execution(stateMachineArn=arn, name=name, input=text)
    assert started["executionArn"] == execution_arn(arn.rpartition(":")[2], name)
    assert isinstance(started["startDate"], datetime.datetime)

    found = workflows.end(started["executionArn"])
    assert found["executionArn"] == started["executionArn"]
    assert found["stateMachineArn"] == arn
    assert found["name"] == name
    assert found["status"] == "SUCCEEDED"
    assert found["startDate"] == started["startDate"] <= found["stopDate"]
    # The caller's text, not a rewriting of it.
    assert found["input"] == text
    assert json.loads(found["output"]) == {"a": 1}


def test_history_of_an_execution(workflows, sfn):
    arn = workflows.run(machine(("Only", passing())), {"x": 1})["executionArn"]
    events = sfn.get_execution_history(executionArn=arn)["events"]
    assert shape(events) == [
        ("ExecutionStarted", 0),
        ("PassStateEntered", 0),
        ("PassStateExited", 2),
        ("ExecutionSucceeded", 3),
    ]
    assert events[0]["executionStartedEventDetails"]["roleArn"] == ROLE
    reverse = sfn.get_execution_history(executionArn=arn, reverseOrder=True)["events"]
    assert reverse == events[::-1]


def test_stop_an_execution(workflows, sfn):
    arn = workflows.start(PARKED)
    stopped = sfn.stop_execution(executionArn=arn, error="Changed", cause="of mind")
    found = sfn.describe_execution(executionArn=arn)
    assert found["status"] == "ABORTED"
    assert found["stopDate"] == stopped["stopDate"]
    assert (found["error"], found["cause"]) == ("Changed", "of mind")
    assert "output" not in found


def test_list_executions(workflows, sfn):
    arn = workflows.create(PARKED)
    first = workflows.start_on(arn)
    second = workflows.start_on(arn)
    sfn.stop_execution(executionArn=first)
    listed = sfn.list_executions(stateMachineArn=arn)["executions"]
    assert {item["executionArn"]: item["status"] for item in listed} == {
        first: "ABORTED",
        second: "RUNNING",
    }
    running = sfn.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
    described = sfn.describe_execution(executionArn=second)
    assert len(running) == 1
    for member in ("executionArn", "stateMachineArn", "name", "status", "startDate"):
        assert running[0][member] == described[member]
    assert "stopDate" not in running[0]
    sfn.stop_execution(executionArn=second)
