"""Definitions that are refused: each finding with its code and its place."""

import json

import pytest

from errors.scene import Scene
from harness.aws import ROLE, activity_arn
from harness.definitions import choice, machine, parallel, passing, task, waiting
from harness.names import unique
from harness.raw import assert_error

ACTIVITY = activity_arn("a")
WORK = task(ACTIVITY)
NEXT_AND_END = {"Type": "Pass", "Next": "P", "End": True}
ALL_FIRST = [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}]
ALL_WITH = [{"ErrorEquals": ["States.ALL", "E"]}]
TWO_WAITS = waiting(Seconds=1, SecondsPath="$.s")

REFUSED = {
    "no StartAt": ({"States": {"P": passing(End=True)}}, "SCHEMA_VALIDATION_FAILED"),
    "no States": ({"StartAt": "P"}, "SCHEMA_VALIDATION_FAILED"),
    "unknown start": ({**machine(("P", passing())), "StartAt": "Q"}, "MISSING_TRANSITION_TARGET"),
    "unknown next": (machine(("P", passing(Next="Q"))), "MISSING_TRANSITION_TARGET"),
    "unknown type": (machine(("P", {"Type": "Fly"})), "SCHEMA_VALIDATION_FAILED"),
    "unknown field": (machine(("P", passing(Speed=1))), "SCHEMA_VALIDATION_FAILED"),
    "unknown top field": (machine(("P", passing()), Speed=1), "SCHEMA_VALIDATION_FAILED"),
    "next and end": (machine(("P", NEXT_AND_END)), "SCHEMA_VALIDATION_FAILED"),
    "neither next nor end": (
        {"StartAt": "P", "States": {"P": passing()}},
        "SCHEMA_VALIDATION_FAILED",
    ),
    "unreachable": (
        {"StartAt": "P", "States": {"P": passing(End=True), "Q": passing(End=True)}},
        "MISSING_TRANSITION_TARGET",
    ),
    "no end": (
        {"StartAt": "P", "States": {"P": passing(Next="P")}},
        "MISSING_END_STATE",
    ),
    "bad path": (machine(("P", passing(InputPath="$.a["))), "SCHEMA_VALIDATION_FAILED"),
    "bad reference path": (
        machine(("P", passing(ResultPath="$.a[*]"))),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "two waits": (machine(("W", TWO_WAITS)), "SCHEMA_VALIDATION_FAILED"),
    "no wait": (machine(("W", waiting())), "SCHEMA_VALIDATION_FAILED"),
    "negative wait": (machine(("W", waiting(Seconds=-1))), "SCHEMA_VALIDATION_FAILED"),
    "bad timestamp": (machine(("W", waiting(Timestamp="soon"))), "SCHEMA_VALIDATION_FAILED"),
    "no resource": (machine(("T", {"Type": "Task"})), "SCHEMA_VALIDATION_FAILED"),
    "heartbeat not below timeout": (
        machine(("T", {**WORK, "TimeoutSeconds": 5, "HeartbeatSeconds": 5})),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "zero timeout": (machine(("T", {**WORK, "TimeoutSeconds": 0})), "SCHEMA_VALIDATION_FAILED"),
    "States.ALL not last": (machine(("T", {**WORK, "Retry": ALL_FIRST})), "SCHEMA_VALIDATION"),
    "States.ALL not alone": (machine(("T", {**WORK, "Retry": ALL_WITH})), "SCHEMA_VALIDATION"),
    "rate below 1": (
        machine(("T", {**WORK, "Retry": [{"ErrorEquals": ["E"], "BackoffRate": 0.5}]})),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "no choices": (machine(("C", choice(default="P")), ("P", passing())), "SCHEMA_VALIDATION"),
    "two operators": (
        machine(
            ("C", choice({"Variable": "$", "StringEquals": "", "NumericEquals": 1, "Next": "P"})),
            ("P", passing()),
        ),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "an unknown call": (
        machine(("T", task("arn:aws:states:::dynamodb:query"))),
        "is not recognized. The value is not a valid resource ARN",
    ),
    "a pattern that the call lacks": (
        machine(("T", task("arn:aws:states:::sqs:sendMessage.sync"))),
        "is not recognized. The value is not a valid resource ARN",
    ),
    "credentials without a role": (
        machine(("T", {**WORK, "Credentials": {}})),
        "The field 'RoleArn' is required but was missing at /States/T/Credentials",
    ),
    "no branches": (machine(("B", parallel())), "SCHEMA_VALIDATION_FAILED"),
    "transition out of a branch": (
        machine(("B", parallel(machine(("P", passing(Next="Q"))))), ("Q", passing())),
        "MISSING_TRANSITION_TARGET",
    ),
    "a long name": (machine(("n" * 81, passing())), ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(wire, name):
    definition, code = REFUSED[name]
    body = {"name": unique(), "definition": json.dumps(definition), "roleArn": ROLE}
    answer = wire.call("CreateStateMachine", body)
    assert_error(answer, "InvalidDefinition")
    message = answer.json["message"]
    assert message.startswith("Invalid State Machine Definition: '"), message
    assert code in message, message
    # Nothing was created.
    again = Scene(wire).machine(name=body["name"])
    assert again.endswith(body["name"])


def test_every_finding_is_told(wire):
    definition = machine(("P", passing(Speed=1)), ("Q", waiting(Seconds=-1)))
    body = {"name": unique(), "definition": json.dumps(definition), "roleArn": ROLE}
    message = wire.call("CreateStateMachine", body).json["message"]
    assert "/States/P" in message, message
    assert "/States/Q" in message, message
