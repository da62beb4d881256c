"""Histories of function calls, against a real endpoint that stands for Lambda's."""

import json
import threading

import pytest

from harness.aws import client, function_arn
from harness.definitions import machine, task
from harness.functions import FunctionError, ServiceError
from harness.history import details, shape
from harness.names import unique
from harness.ports import free_port
from harness.workflow import Workflows

NOT_TRUNCATED = {"truncated": False}
CALL = [
    ("ExecutionStarted", 0),
    ("TaskStateEntered", 0),
    ("LambdaFunctionScheduled", 2),
    ("LambdaFunctionStarted", 3),
]


@pytest.fixture
def function(functions):
    """Registers a function under a name of its own and gives its ARN."""

    def register(body) -> str:
        name = unique("function")
        functions.functions[name] = body
        return function_arn(name)

    return register


@pytest.mark.parametrize("payload", [{"a": 1}, [1, "two"], "text", 0, True, None], ids=str)
def test_success(workflows, function, payload):
    arn = function(lambda given: {"given": given})
    found = workflows.run(machine(("Call", task(arn, TimeoutSeconds=60))), payload)
    history = workflows.history(found["executionArn"])
    assert shape(history) == [
        *CALL,
        ("LambdaFunctionSucceeded", 4),
        ("TaskStateExited", 5),
        ("ExecutionSucceeded", 6),
    ]
    given = json.dumps(payload if payload is not None else {}, separators=(",", ":"))
    assert details(history[2]) == {
        "resource": arn,
        "input": given,
        "inputDetails": NOT_TRUNCATED,
        "timeoutInSeconds": 60,
    }
    assert details(history[3]) is None
    output = f'{{"given":{given}}}'
    assert details(history[4]) == {"output": output, "outputDetails": NOT_TRUNCATED}


def test_an_error_that_the_function_raises(workflows, function):
    def fails(_):
        raise FunctionError("CardDeclined", "no funds")

    found = workflows.run(machine(("Call", task(function(fails)))))
    history = workflows.history(found["executionArn"])
    assert shape(history) == [*CALL, ("LambdaFunctionFailed", 4), ("ExecutionFailed", 5)]
    failure = details(history[4])
    assert failure["error"] == "CardDeclined"
    assert json.loads(failure["cause"]) == {
        "errorMessage": "no funds",
        "errorType": "CardDeclined",
    }
    assert details(history[5]) == failure


def test_a_timeout(workflows, function):
    release = threading.Event()
    arn = function(lambda _: release.wait(30))
    try:
        found = workflows.run(machine(("Call", task(arn, TimeoutSeconds=1))))
    finally:
        release.set()
    history = workflows.history(found["executionArn"])
    assert shape(history) == [*CALL, ("LambdaFunctionTimedOut", 4), ("ExecutionFailed", 5)]
    assert details(history[4]) == {"error": "States.Timeout"}


def test_a_function_that_is_not_there(workflows):
    found = workflows.run(machine(("Call", task(function_arn(unique("nowhere"))))))
    history = workflows.history(found["executionArn"])
    assert found["status"] == "FAILED"
    assert shape(history)[-2][0].startswith("LambdaFunction")
    assert found["error"] == "Lambda.ResourceNotFoundException"


def test_a_service_error_is_retried_by_its_name(workflows, function):
    calls = []

    def busy_once(_):
        calls.append(1)
        if len(calls) == 1:
            raise ServiceError(429, "TooManyRequestsException", "Rate exceeded")
        return "done"

    retry = [
        {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 1, "MaxAttempts": 1}
    ]
    found = workflows.run(machine(("Call", task(function(busy_once), Retry=retry))))
    assert (found["status"], found["output"]) == ("SUCCEEDED", '"done"')
    assert len(calls) == 2


@pytest.mark.parametrize("kind", ["LambdaFunctionScheduleFailed", "LambdaFunctionStartFailed"])
def test_an_endpoint_that_is_not_there(suite_with, kind):
    """None is configured, or nobody listens: the attempt ends before it has started."""
    unreachable = ["--lambda-endpoint", f"http://127.0.0.1:{free_port()}"]
    own = suite_with("dev", flags=unreachable if kind == "LambdaFunctionStartFailed" else [])
    workflows = Workflows(client(own.endpoint))
    found = workflows.run(machine(("Call", task(function_arn("any")))))
    history = workflows.history(found["executionArn"])
    assert shape(history) == [*CALL[:3], (kind, 3), ("ExecutionFailed", 4)]
    assert details(history[3])["error"].startswith("Lambda.")
    assert details(history[3])["cause"]
    assert details(history[4]) == details(history[3])

    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}]
    definition = machine(
        ("Call", task(function_arn("any"), Catch=catch, End=True)),
        ("Caught", {"Type": "Succeed"}),
    )
    assert workflows.output(definition)["Error"] == details(history[3])["error"]
