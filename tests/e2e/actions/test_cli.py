"""The AWS command line drives each of the 19 actions."""

import json
import os
import subprocess
import sys

import pytest

from harness.aws import REGION, ROLE, activity_arn, machine_arn
from harness.deadline import eventually
from harness.definitions import machine, passing, task
from harness.names import unique


@pytest.fixture
def aws(suite):
    """Runs one command of the AWS CLI and gives its parsed answer."""

    def run(command: str, **options):
        argv = [sys.executable, "-m", "awscli", "stepfunctions", command, "--output", "json"]
        for name, value in options.items():
            argv += [f"--{name.replace('_', '-')}", value]
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": suite.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
        }
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=90)
        assert done.returncode == 0, f"{argv}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else {}

    return run


def test_machines_and_executions(aws):
    name = unique("machine")
    text = json.dumps(machine(("Only", passing())))
    created = aws("create-state-machine", name=name, definition=text, role_arn=ROLE)
    arn = created["stateMachineArn"]
    assert arn == machine_arn(name)
    assert aws("describe-state-machine", state_machine_arn=arn)["definition"] == text
    assert name in [item["name"] for item in aws("list-state-machines")["stateMachines"]]
    newer = json.dumps(machine(("Newer", passing())))
    assert aws("update-state-machine", state_machine_arn=arn, definition=newer)["updateDate"]

    started = aws("start-execution", state_machine_arn=arn, name="one", input='{"a":1}')
    execution = started["executionArn"]
    found = eventually(
        lambda: ended(aws("describe-execution", execution_arn=execution)), "the end", pause=0
    )
    assert (found["status"], found["output"]) == ("SUCCEEDED", '{"a":1}')
    of_it = aws("describe-state-machine-for-execution", execution_arn=execution)
    assert of_it["definition"] == newer
    listed = aws("list-executions", state_machine_arn=arn, status_filter="SUCCEEDED")
    assert [item["name"] for item in listed["executions"]] == ["one"]
    events = aws("get-execution-history", execution_arn=execution)["events"]
    assert [event["id"] for event in events] == [1, 2, 3, 4]
    assert events[1]["stateEnteredEventDetails"]["name"] == "Newer"
    assert aws("delete-state-machine", state_machine_arn=arn) == {}


def test_activities_and_tasks(aws):
    name = unique("activity")
    activity = aws("create-activity", name=name)["activityArn"]
    assert activity == activity_arn(name)
    assert aws("describe-activity", activity_arn=activity)["name"] == name
    assert name in [item["name"] for item in aws("list-activities")["activities"]]

    text = json.dumps(machine(("Work", task(activity, HeartbeatSeconds=60))))
    arn = aws("create-state-machine", name=unique("machine"), definition=text, role_arn=ROLE)[
        "stateMachineArn"
    ]
    good = aws("start-execution", state_machine_arn=arn)["executionArn"]
    token = aws("get-activity-task", activity_arn=activity, worker_name="cli")["taskToken"]
    assert aws("send-task-heartbeat", task_token=token) == {}
    assert aws("send-task-success", task_token=token, task_output='"done"') == {}
    assert aws("describe-execution", execution_arn=good)["output"] == '"done"'

    bad = aws("start-execution", state_machine_arn=arn)["executionArn"]
    token = aws("get-activity-task", activity_arn=activity)["taskToken"]
    assert aws("send-task-failure", task_token=token, error="E", cause="c") == {}
    assert aws("describe-execution", execution_arn=bad)["status"] == "FAILED"

    parked = aws("start-execution", state_machine_arn=arn)["executionArn"]
    assert aws("stop-execution", execution_arn=parked, cause="enough")["stopDate"]
    assert aws("describe-execution", execution_arn=parked)["status"] == "ABORTED"
    assert aws("delete-activity", activity_arn=activity) == {}


def ended(found: dict) -> dict | None:
    return found if found["status"] != "RUNNING" else None
