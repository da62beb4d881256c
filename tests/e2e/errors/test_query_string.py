"""Requests by query string, as the reference's Common Parameters have them, and their errors."""

import json
from urllib.parse import urlencode

import pytest

from errors.scene import ONE_PASS
from harness.aws import ROLE
from harness.names import unique
from harness.raw import assert_error

VERSION = "2016-11-23"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/x-amz-json-1.0"}


def query(wire, method="GET", body=b"", headers=None, **parameters):
    return wire.send(method, f"/?{urlencode(parameters)}", body, headers)


def act(wire, action, **parameters):
    return query(wire, Action=action, Version=VERSION, **parameters)


def test_an_execution_is_driven_by_query_strings(wire):
    name = unique()
    made = act(wire, "CreateStateMachine", name=name, definition=ONE_PASS, roleArn=ROLE)
    assert made.status == 200, made
    arn = made.json["stateMachineArn"]
    started = act(wire, "StartExecution", stateMachineArn=arn, input='{"a b": 1}')
    assert started.status == 200, started
    found = act(wire, "DescribeExecution", executionArn=started.json["executionArn"])
    assert found.json["input"] == '{"a b": 1}'
    page = act(
        wire,
        "GetExecutionHistory",
        executionArn=started.json["executionArn"],
        maxResults="1",
        reverseOrder="true",
    )
    assert [event["type"] for event in page.json["events"]] == ["ExecutionSucceeded"]


def test_parameters_may_come_as_a_form_or_beside_a_json_body(wire):
    name = unique()
    form = urlencode({"Action": "CreateActivity", "Version": VERSION, "name": name}).encode()
    first = wire.send("POST", "/", form, FORM)
    assert first.status == 200, first
    body = json.dumps({"name": name}).encode()
    parameters = {"Action": "CreateActivity", "Version": VERSION}
    second = query(wire, "POST", body, JSON, **parameters)
    assert second.json == first.json


def test_missing_action(wire):
    assert_error(query(wire, Version=VERSION), "MissingAction")
    assert_error(wire.send("POST", "/", b"{}", JSON), "MissingAction")


def test_invalid_action(wire):
    assert_error(act(wire, "DropActivity"), "InvalidAction")


def test_missing_parameter(wire):
    assert_error(query(wire, Action="ListActivities"), "MissingParameter")
    assert_error(act(wire, "CreateActivity"), "MissingParameter")


@pytest.mark.parametrize(
    "parameters",
    [
        {"Action": "ListActivities", "Version": "2012-01-01"},
        {"Action": "ListActivities", "Version": VERSION, "maxResults": "many"},
        {"Action": "ListActivities", "Version": VERSION, "maxResults": "1.5"},
        {
            "Action": "GetExecutionHistory",
            "Version": VERSION,
            "executionArn": "arn",
            "reverseOrder": "maybe",
        },
    ],
)
def test_invalid_parameter_value(wire, parameters):
    assert_error(query(wire, **parameters), "InvalidParameterValue")


def test_invalid_parameter_combination(wire):
    parameters = {"Action": "CreateActivity", "Version": VERSION, "name": "one"}
    answer = query(wire, "POST", b'{"name": "two"}', JSON, **parameters)
    assert_error(answer, "InvalidParameterCombination")
    headers = {**JSON, "X-Amz-Target": "AWSStepFunctions.ListActivities"}
    answer = query(wire, "POST", b"{}", headers, Action="ListStateMachines", Version=VERSION)
    assert_error(answer, "InvalidParameterCombination")


@pytest.mark.parametrize("text", ["Action=%", "Action=%4", "Action=%zz", "Action=%ff", "Action"])
def test_malformed_query_string(wire, text):
    answer = wire.send("GET", f"/?{text}")
    # The one documented error that is a 404.
    assert_error(answer, "MalformedQueryString", status=404)


@pytest.mark.parametrize("text", ["=ListActivities", "Action=ListActivities&Action=ListActivities"])
def test_invalid_query_parameter(wire, text):
    assert_error(wire.send("GET", f"/?{text}"), "InvalidQueryParameter")


def test_validation_error(wire):
    """The reference's name, where requests by header are told ValidationException."""
    assert_error(act(wire, "CreateActivity", name="n" * 81), "ValidationError")
    assert_error(act(wire, "ListActivities", maxResults="1001"), "ValidationError")


def test_service_errors_keep_their_names(wire):
    assert_error(act(wire, "CreateActivity", name="a b"), "InvalidName")
