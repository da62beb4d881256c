"""Histories of calls through lambda:invoke."""

import json

import pytest

from harness.aws import function_arn
from harness.definitions import machine, task
from harness.functions import FunctionError
from harness.history import details, shape
from harness.names import unique

INVOKE = "arn:aws:states:::lambda:invoke"
CALLED = {"resourceType": "lambda", "resource": "invoke"}
CALL = [
    ("ExecutionStarted", 0),
    ("TaskStateEntered", 0),
    ("TaskScheduled", 2),
    ("TaskStarted", 3),
]


@pytest.fixture
def invoke(functions):
    """Registers a function and gives a task that invokes it by name."""

    def register(body, **fields) -> dict:
        name = unique("function")
        functions.functions[name] = body
        parameters = {"FunctionName": function_arn(name), "Payload.$": "$"}
        return task(INVOKE, Parameters=parameters, **fields)

    return register


def test_success(workflows, invoke):
    state = invoke(lambda given: {"given": given}, TimeoutSeconds=60, Assign={"p.$": "$.Payload"})
    found = workflows.run(machine(("Call", state)), {"a": 1})
    history = workflows.history(found["executionArn"])
    assert shape(history) == [
        *CALL,
        ("TaskSucceeded", 4),
        ("TaskStateExited", 5),
        ("ExecutionSucceeded", 6),
    ]
    scheduled = details(history[2])
    assert json.loads(scheduled.pop("parameters"))["Payload"] == {"a": 1}
    assert scheduled == {**CALLED, "region": "us-east-1", "timeoutInSeconds": 60}
    assert details(history[3]) == CALLED
    output = json.loads(details(history[4])["output"])
    assert (output["Payload"], output["StatusCode"]) == ({"given": {"a": 1}}, 200)
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert details(history[5])["assignedVariables"] == {"p": '{"given":{"a":1}}'}


def test_an_error_that_the_function_raises(workflows, invoke):
    def fails(_):
        raise FunctionError("CardDeclined", "no funds")

    found = workflows.run(machine(("Call", invoke(fails))))
    history = workflows.history(found["executionArn"])
    assert shape(history) == [*CALL, ("TaskFailed", 4), ("ExecutionFailed", 5)]
    failure = details(history[4])
    assert json.loads(failure.pop("cause"))["errorMessage"] == "no funds"
    assert failure == {**CALLED, "error": "CardDeclined"}


def test_a_call_without_a_function(workflows):
    state = task(INVOKE, Parameters={"Payload": 1})
    found = workflows.run(machine(("Call", state)))
    assert found["error"] == "States.Runtime"
    assert 'The field "FunctionName" is required but was missing' in found["cause"]


def test_calls_in_a_map(workflows, invoke):
    processor = machine(("Call", invoke(lambda given: given * 2, OutputPath="$.Payload")))
    state = {"Type": "Map", "ItemProcessor": processor}
    assert workflows.output(machine(("M", state)), list(range(50))) == list(range(0, 100, 2))
