"""Members of another JSON type than theirs."""

import pytest

from harness.raw import assert_error

TEXTS = {
    "CreateActivity": ["name"],
    "CreateStateMachine": ["name", "definition", "roleArn"],
    "DeleteActivity": ["activityArn"],
    "DeleteStateMachine": ["stateMachineArn"],
    "DescribeActivity": ["activityArn"],
    "DescribeExecution": ["executionArn"],
    "DescribeStateMachine": ["stateMachineArn"],
    "DescribeStateMachineForExecution": ["executionArn"],
    "GetActivityTask": ["activityArn", "workerName"],
    "GetExecutionHistory": ["executionArn", "nextToken"],
    "ListActivities": ["nextToken"],
    "ListExecutions": ["stateMachineArn", "nextToken", "statusFilter"],
    "ListStateMachines": ["nextToken"],
    "SendTaskFailure": ["taskToken", "error", "cause"],
    "SendTaskHeartbeat": ["taskToken"],
    "SendTaskSuccess": ["taskToken", "output"],
    "StartExecution": ["stateMachineArn", "name", "input"],
    "StopExecution": ["executionArn", "error", "cause"],
    "UpdateStateMachine": ["stateMachineArn", "definition", "roleArn"],
}
OTHERS = {
    ("GetExecutionHistory", "maxResults"): ["10", True, [1], {}],
    ("GetExecutionHistory", "reverseOrder"): ["true", 1, [], {}],
    ("ListActivities", "maxResults"): ["10", False, [], {}],
    ("ListExecutions", "maxResults"): ["10", True, [], {}],
    ("ListStateMachines", "maxResults"): ["10", True, [], {}],
}
CASES = [(action, member) for action, members in TEXTS.items() for member in members]


@pytest.mark.parametrize(("action", "member"), CASES)
def test_a_text_that_is_none(wire, action, member):
    for value in (7, 1.5, True, ["a"], {"a": "b"}):
        assert_error(wire.call(action, {member: value}), "SerializationException")


@pytest.mark.parametrize(("action", "member"), OTHERS)
def test_a_number_or_boolean_that_is_none(wire, action, member):
    for value in OTHERS[action, member]:
        assert_error(wire.call(action, {member: value}), "SerializationException")


def test_every_action_is_in_the_table():
    assert len(TEXTS) == 19
