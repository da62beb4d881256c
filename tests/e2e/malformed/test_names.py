"""Characters that names may not have, and those that they may."""

import json

import pytest

from errors.scene import ONE_PASS, Scene
from harness.aws import ROLE
from harness.names import unique
from harness.raw import assert_error

FORBIDDEN = [*' \t\n<>{}[]?*"#%\\^|~`$&,;:/', "\x00", "\x1f", "\x7f", "\x9f", "\u00a0", "\u2003"]
FORBIDDEN += ["\ufffe", "\uffff"]


@pytest.mark.parametrize("character", FORBIDDEN, ids=ascii)
def test_a_forbidden_character(wire, character):
    name = f"a{character}b"
    assert_error(wire.call("CreateActivity", {"name": name}), "InvalidName")
    body = {"name": name, "definition": ONE_PASS, "roleArn": ROLE}
    assert_error(wire.call("CreateStateMachine", body), "InvalidName")


def test_half_a_surrogate_pair(wire):
    answer = wire.call("CreateActivity", b'{"name": "a\\ud800b"}')
    assert answer.status == 400
    assert answer.error in ("SerializationException", "InvalidName")


@pytest.mark.parametrize("name", ["a.b", "a_b-c", "(a)'@!=+", "é", "任务", "𝄞", "n" * 80])
def test_a_name_that_is_allowed(wire, name):
    made = wire.call("CreateActivity", {"name": name})
    assert made.status == 200, made
    found = wire.ok("DescribeActivity", {"activityArn": made.json["activityArn"]})
    assert found["name"] == name
    arn = Scene(wire).machine()
    execution = wire.ok("StartExecution", {"stateMachineArn": arn, "name": name})["executionArn"]
    assert execution.endswith(f":{name}")
    assert wire.ok("DescribeExecution", {"executionArn": execution})["name"] == name


def test_a_worker_name_with_a_forbidden_character(wire):
    activity = Scene(wire).activity()
    body = {"activityArn": activity, "workerName": "a b"}
    assert_error(wire.call("GetActivityTask", body), "InvalidName")


@pytest.mark.parametrize(
    "arn",
    [
        "arn",
        "arn:aws:states",
        "arn:aws:states:us-east-1:000000000000",
        "arn:aws:states:us-east-1:000000000000:",
        "arn:aws:states:us-east-1:000000000000:stateMachine",
        "arn:aws:states:us-east-1:000000000000:stateMachine:",
        "arn:aws:states:us-east-1:000000000000:activity:a",
        "arn:aws:states:us-east-1:000000000000:execution:a:b",
        "arn:aws:lambda:us-east-1:000000000000:function:a",
        ":::::::",
        "\u0000",
    ],
    ids=ascii,
)
def test_an_arn_of_no_state_machine(wire, arn):
    body = {"stateMachineArn": arn, "unknown": json.dumps({})}
    assert_error(wire.call("DescribeStateMachine", body), "InvalidArn")
    assert_error(wire.call("StartExecution", body), "InvalidArn")


def test_an_arn_of_another_account_or_region_names_nothing_here(wire):
    name = unique()
    for place in ("us-east-1:111111111111", "eu-west-1:000000000000"):
        body = {"stateMachineArn": f"arn:aws:states:{place}:stateMachine:{name}"}
        answer = wire.call("DescribeStateMachine", body)
        assert answer.status == 400
        assert answer.error in ("StateMachineDoesNotExist", "InvalidArn")
