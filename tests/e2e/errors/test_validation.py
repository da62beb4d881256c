"""Constraints of members: ValidationException with the documented text, before anything else."""

import pytest

from errors.scene import ONE_PASS
from harness.aws import ROLE, activity_arn, execution_arn, machine_arn
from harness.raw import VALIDATION_NAMESPACE, assert_error

LONG_ARN = "arn:aws:states:us-east-1:000000000000:" + "a" * 219
MACHINE = machine_arn("m")
EXECUTION = execution_arn("m", "e")
TOO_LONG = "Member must have length less than or equal to"
TOO_SHORT = "Member must have length greater than or equal to 1"
TOO_MUCH = "Member must have value less than or equal to 1000"
AT_LEAST_0 = "Member must have value greater than or equal to 0"
NULL = "Member must not be null"

CASES = [
    ("CreateActivity", {"name": "n" * 81}, "name", f"{TOO_LONG} 80"),
    ("CreateActivity", {"name": ""}, "name", TOO_SHORT),
    ("CreateActivity", {}, "name", NULL),
    ("CreateActivity", {"name": None}, "name", NULL),
    ("DescribeActivity", {"activityArn": LONG_ARN}, "activityArn", f"{TOO_LONG} 256"),
    ("DescribeActivity", {}, "activityArn", NULL),
    ("DeleteActivity", {"activityArn": ""}, "activityArn", TOO_SHORT),
    ("DeleteActivity", {"activityArn": LONG_ARN}, "activityArn", f"{TOO_LONG} 256"),
    ("GetActivityTask", {"activityArn": LONG_ARN}, "activityArn", f"{TOO_LONG} 256"),
    (
        "GetActivityTask",
        {"activityArn": activity_arn("a"), "workerName": "w" * 81},
        "workerName",
        f"{TOO_LONG} 80",
    ),
    (
        "CreateStateMachine",
        {"name": "n" * 81, "definition": ONE_PASS, "roleArn": ROLE},
        "name",
        f"{TOO_LONG} 80",
    ),
    (
        "CreateStateMachine",
        {"name": "n", "definition": ONE_PASS, "roleArn": LONG_ARN},
        "roleArn",
        f"{TOO_LONG} 256",
    ),
    ("CreateStateMachine", {"name": "n", "definition": ONE_PASS}, "roleArn", NULL),
    ("CreateStateMachine", {"name": "n", "roleArn": ROLE}, "definition", NULL),
    (
        "CreateStateMachine",
        {"name": "n", "definition": "x" * 1_048_577, "roleArn": ROLE},
        "definition",
        f"{TOO_LONG} 1048576",
    ),
    ("DescribeStateMachine", {"stateMachineArn": LONG_ARN}, "stateMachineArn", TOO_LONG),
    ("DeleteStateMachine", {}, "stateMachineArn", NULL),
    ("UpdateStateMachine", {"definition": ONE_PASS}, "stateMachineArn", NULL),
    (
        "UpdateStateMachine",
        {"stateMachineArn": MACHINE, "roleArn": LONG_ARN},
        "roleArn",
        f"{TOO_LONG} 256",
    ),
    ("StartExecution", {"stateMachineArn": MACHINE, "name": "e" * 81}, "name", f"{TOO_LONG} 80"),
    ("StartExecution", {}, "stateMachineArn", NULL),
    ("StartExecution", {"stateMachineArn": MACHINE, "input": f'"{"i" * 262_143}"'}, "input", ""),
    ("DescribeExecution", {"executionArn": LONG_ARN}, "executionArn", f"{TOO_LONG} 256"),
    ("DescribeStateMachineForExecution", {}, "executionArn", NULL),
    ("StopExecution", {"executionArn": EXECUTION, "error": "e" * 257}, "error", f"{TOO_LONG} 256"),
    (
        "StopExecution",
        {"executionArn": EXECUTION, "cause": "c" * 32_769},
        "cause",
        f"{TOO_LONG} 32768",
    ),
    ("SendTaskFailure", {"taskToken": "t", "error": "e" * 257}, "error", f"{TOO_LONG} 256"),
    ("SendTaskFailure", {"taskToken": "t", "cause": "c" * 32_769}, "cause", f"{TOO_LONG} 32768"),
    ("SendTaskFailure", {}, "taskToken", NULL),
    ("SendTaskHeartbeat", {"taskToken": "t" * 2_049}, "taskToken", f"{TOO_LONG} 2048"),
    ("SendTaskHeartbeat", {"taskToken": ""}, "taskToken", TOO_SHORT),
    ("SendTaskSuccess", {"taskToken": "t"}, "output", NULL),
    ("SendTaskSuccess", {"taskToken": "t", "output": f'"{"o" * 262_143}"'}, "output", ""),
    ("ListActivities", {"maxResults": 1_001}, "maxResults", TOO_MUCH),
    ("ListStateMachines", {"maxResults": 1_001}, "maxResults", TOO_MUCH),
    ("ListExecutions", {"stateMachineArn": MACHINE, "maxResults": 1_001}, "maxResults", TOO_MUCH),
    (
        "ListExecutions",
        {"stateMachineArn": MACHINE, "statusFilter": "running"},
        "statusFilter",
        "Member must satisfy enum value set: ",
    ),
    (
        "ListExecutions",
        {"stateMachineArn": MACHINE, "nextToken": "n" * 3_097},
        "nextToken",
        f"{TOO_LONG} 3096",
    ),
    ("ListActivities", {"nextToken": "n" * 1_025}, "nextToken", f"{TOO_LONG} 1024"),
    ("ListActivities", {"nextToken": ""}, "nextToken", TOO_SHORT),
    ("ListStateMachines", {"maxResults": -1}, "maxResults", AT_LEAST_0),
    (
        "GetExecutionHistory",
        {"executionArn": EXECUTION, "maxResults": 1_001},
        "maxResults",
        TOO_MUCH,
    ),
]


@pytest.mark.parametrize(("action", "body", "member", "constraint"), CASES)
def test_a_constraint_is_told_with_its_member(wire, action, body, member, constraint):
    answer = wire.call(action, body)
    assert_error(answer, "ValidationException")
    assert answer.type == f"{VALIDATION_NAMESPACE}#ValidationException"
    message = answer.json["message"]
    assert message.startswith("1 validation error detected: Value ")
    assert f"at '{member}' failed to satisfy constraint: {constraint}" in message
    # A long value is quoted in part.
    assert len(message) < 4_096


def test_all_constraints_are_told_at_once(wire):
    answer = wire.call("CreateStateMachine", {"name": "n" * 81, "definition": "", "roleArn": ""})
    assert_error(answer, "ValidationException")
    message = answer.json["message"]
    assert message.startswith("3 validation errors detected: ")
    for member in ("name", "definition", "roleArn"):
        assert f"at '{member}'" in message


def test_texts_of_names_and_arns(wire):
    """Recorded from the service."""
    answer = wire.call("CreateActivity", {"name": "a b"})
    assert answer.json["message"] == "Invalid Name: 'a b'"
    answer = wire.call("DescribeActivity", {"activityArn": "no_an_activity_arn"})
    expected = "Invalid Arn: 'Invalid ARN prefix: no_an_activity_arn'"
    assert answer.json["message"] == expected
    answer = wire.call("DescribeStateMachine", {"stateMachineArn": MACHINE})
    assert answer.json["message"] == f"State Machine Does Not Exist: '{MACHINE}'"
    answer = wire.call("DescribeExecution", {"executionArn": EXECUTION})
    assert answer.json["message"] == f"Execution Does Not Exist: '{EXECUTION}'"
    answer = wire.call("ListActivities", {"nextToken": "x"})
    assert answer.json["message"] == "Invalid Token: 'Invalid token'"
