"""ListExecutions: newest first, by status."""

import boto3
import pytest

from harness.aws import client
from harness.definitions import choice, failing, machine, passing, task, waiting
from harness.raw import Wire
from harness.workflow import Workflows


@pytest.fixture
def statuses(workflows, sfn):
    """A machine with one execution of every status, in the order in which they were started."""
    activity = workflows.activity()
    rules = [
        {"Variable": "$", "StringEquals": "fail", "Next": "Stop"},
        {"Variable": "$", "StringEquals": "work", "Next": "Work"},
    ]
    arn = workflows.create(
        machine(
            ("Pick", choice(*rules, default="Done")),
            ("Done", passing(End=True)),
            ("Stop", failing()),
            ("Work", task(activity)),
            TimeoutSeconds=2,
        )
    )
    found = {
        "SUCCEEDED": workflows.start_on(arn, "pass"),
        "FAILED": workflows.start_on(arn, "fail"),
        "ABORTED": workflows.start_on(arn, "work"),
        "TIMED_OUT": workflows.start_on(arn, "work"),
    }
    sfn.stop_execution(executionArn=found["ABORTED"])
    workflows.end(found["TIMED_OUT"])
    found["RUNNING"] = workflows.start_on(arn, "work")
    return arn, found


def test_filters(sfn, statuses):
    arn, found = statuses
    for status, execution in found.items():
        if status == "RUNNING":
            continue
        listed = sfn.list_executions(stateMachineArn=arn, statusFilter=status)["executions"]
        assert [item["executionArn"] for item in listed] == [execution]
        described = sfn.describe_execution(executionArn=execution)
        for member in ("name", "status", "startDate", "stopDate", "stateMachineArn"):
            assert listed[0][member] == described[member]


def test_newest_first(workflows, sfn):
    arn = workflows.create(machine(("Park", waiting(Seconds=3600))))
    arns = [workflows.start_on(arn) for _ in range(10)]
    listed = sfn.list_executions(stateMachineArn=arn)["executions"]
    dates = [item["startDate"] for item in listed]
    assert dates == sorted(dates, reverse=True)
    assert {item["executionArn"] for item in listed} == set(arns)


def test_an_execution_shows_as_soon_as_it_is_acknowledged(workflows, sfn):
    arn = workflows.create(machine(("P", passing())))
    for number in range(1, 11):
        workflows.start_on(arn)
        assert len(sfn.list_executions(stateMachineArn=arn)["executions"]) == number


def test_accounts_and_regions_are_separate(suite, workflows):
    name = workflows.create(machine(("P", passing()))).rpartition(":")[2]
    other = Wire(suite.port, account="210987654321")
    listed = other.ok("ListStateMachines", {})["stateMachines"]
    assert name not in [item["name"] for item in listed]

    abroad = boto3.client(
        "stepfunctions",
        endpoint_url=suite.endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    created = Workflows(abroad).create(machine(("P", passing())), name)
    assert created.startswith("arn:aws:states:eu-west-1:000000000000:")
    here = client(suite.endpoint).list_state_machines(maxResults=1000)["stateMachines"]
    assert created not in [item["stateMachineArn"] for item in here]
