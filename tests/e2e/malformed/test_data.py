"""Definitions, inputs and outputs at and beyond their bounds."""

import json

import pytest

from errors.scene import ONE_PASS, Scene
from harness.aws import ROLE
from harness.names import unique
from harness.raw import assert_error

LONGEST_DEFINITION = 1_048_576
LONGEST_DATA = 262_144
DEEP = ["[" * 1_000 + "]" * 1_000, '{"a":' * 1_000 + "1" + "}" * 1_000, "[" * 100_000]


def create(wire, definition: str):
    body = {"name": unique(), "definition": definition, "roleArn": ROLE}
    return wire.call("CreateStateMachine", body)


def padded(character: str) -> str:
    """A definition of exactly the longest length."""
    empty = json.dumps({**json.loads(ONE_PASS), "Comment": ""}, ensure_ascii=False)
    comment = character * (LONGEST_DEFINITION - len(empty))
    return empty.replace('"Comment": ""', f'"Comment": "{comment}"')


@pytest.mark.parametrize("character", ["x", "é", "€", "𝄞"])
def test_a_definition_of_full_length(wire, character):
    """Counted in characters; as JSON escapes it may take six bytes each, or twelve."""
    text = padded(character)
    assert len(text) == LONGEST_DEFINITION
    body = {"name": unique(), "definition": text, "roleArn": ROLE}
    # Sent as UTF-8: four bytes at most. The last one is as long in escapes as the limit of a
    # request allows only outside the basic plane.
    made = wire.call("CreateStateMachine", json.dumps(body, ensure_ascii=False).encode())
    assert made.status == 200, made
    found = wire.ok("DescribeStateMachine", {"stateMachineArn": made.json["stateMachineArn"]})
    assert found["definition"] == text


def test_a_definition_of_full_length_in_escapes(wire):
    made = create(wire, padded("é"))
    assert made.status == 200, made


@pytest.mark.parametrize("text", [*DEEP, f'{{"StartAt": {DEEP[0]}}}'])
def test_a_definition_nested_too_deep(wire, text):
    assert_error(create(wire, text), "InvalidDefinition")


def test_a_definition_of_states_nested_too_deep(wire):
    text = ONE_PASS
    for level in range(300):
        state = f'{{"Type": "Parallel", "Branches": [{text}], "End": true}}'
        text = f'{{"StartAt": "p{level}", "States": {{"p{level}": {state}}}}}'
    assert_error(create(wire, text), "InvalidDefinition")


@pytest.mark.parametrize("text", ["", " ", "null", "[]", "7", "{", "{}", '{"StartAt":"A"}', "\x00"])
def test_a_definition_that_is_none(wire, text):
    answer = create(wire, text)
    assert_error(answer, "InvalidDefinition" if text else "ValidationException")


@pytest.mark.parametrize("text", DEEP)
def test_an_input_nested_too_deep(wire, text):
    arn = Scene(wire).machine()
    answer = wire.call("StartExecution", {"stateMachineArn": arn, "input": text})
    assert_error(answer, "InvalidExecutionInput")


@pytest.mark.parametrize("text", ["{", "'a'", "undefined", "NaN", "1 2", "\x00", "{'a':1}", '"\t"'])
def test_an_input_that_is_no_json(wire, text):
    arn = Scene(wire).machine()
    answer = wire.call("StartExecution", {"stateMachineArn": arn, "input": text})
    assert_error(answer, "InvalidExecutionInput")
    prefix = "Invalid State Machine Execution Input: '"
    assert answer.json["message"].startswith(prefix)


def test_an_input_of_full_length(wire):
    arn = Scene(wire).machine()
    text = json.dumps("i" * (LONGEST_DATA - 2))
    execution = Scene(wire).start(arn, input=text)
    assert wire.ok("DescribeExecution", {"executionArn": execution})["input"] == text


@pytest.mark.parametrize("text", DEEP)
def test_an_output_nested_too_deep(wire, text):
    _, token = Scene(wire).started_task()
    answer = wire.call("SendTaskSuccess", {"taskToken": token, "output": text})
    assert_error(answer, "InvalidOutput")
    # The task is still there for a better answer.
    assert wire.call("SendTaskSuccess", {"taskToken": token, "output": "{}"}).status == 200
