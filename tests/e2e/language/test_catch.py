"""Catch: which catcher is taken, and what it hands on."""

import json

import pytest

from harness.aws import function_arn
from harness.definitions import machine, passing, succeeding, task
from harness.functions import FunctionError
from harness.names import unique


@pytest.fixture
def caught(workflows, functions):
    """The output of a task that failed with `error` and was caught by one of `catchers`."""

    def run(error: str, *catchers: dict, payload=None):
        def fails(_):
            raise FunctionError(error, "why")

        name = unique("function")
        functions.functions[name] = fails
        targets = [(catcher["Next"], succeeding()) for catcher in catchers]
        call = task(function_arn(name), Catch=list(catchers), End=True, OutputPath="$.not.there")
        return workflows.run(machine(("Call", call), *targets), payload)

    return run


def catcher(*errors: str, to: str = "Caught", **fields) -> dict:
    return {"ErrorEquals": list(errors), "Next": to, **fields}


def test_the_error_replaces_the_input(caught):
    found = caught("E", catcher("E"), payload={"a": 1})
    output = json.loads(found["output"])
    assert output["Error"] == "E"
    assert json.loads(output["Cause"]) == {"errorMessage": "why", "errorType": "E"}


def test_result_path_keeps_the_input(caught):
    found = caught("E", catcher("E", ResultPath="$.why"), payload={"a": 1})
    output = json.loads(found["output"])
    assert output["a"] == 1
    assert output["why"]["Error"] == "E"


def test_the_first_catcher_that_matches_is_taken(caught, workflows):
    catchers = [catcher("A", to="ToA"), catcher("E", to="ToE"), catcher("States.ALL", to="ToAll")]
    history = workflows.history(caught("E", *catchers)["executionArn"])
    assert history[-3]["stateEnteredEventDetails"]["name"] == "ToE"
    history = workflows.history(caught("Other", *catchers)["executionArn"])
    assert history[-3]["stateEnteredEventDetails"]["name"] == "ToAll"


def test_an_error_that_nobody_catches(caught):
    found = caught("E", catcher("F"), catcher("States.Timeout", to="Other"))
    assert (found["status"], found["error"]) == ("FAILED", "E")


def test_an_error_without_a_name_is_caught_by_all(workflows):
    activity = workflows.activity()
    call = task(activity, Catch=[catcher("States.ALL")], End=True)
    arn = workflows.start(machine(("Work", call), ("Caught", passing())))
    workflows.fail(workflows.take(activity))
    found = workflows.end(arn)
    assert json.loads(found["output"]) == {"Error": None, "Cause": None}


@pytest.mark.parametrize("name", ["States.ALL", "States.Runtime", "States.TaskFailed"])
def test_a_data_error_can_not_be_caught(workflows, name):
    activity = workflows.activity()
    call = task(activity, InputPath="$.no", Catch=[catcher(name)], End=True)
    found = workflows.run(machine(("Work", call), ("Caught", passing())))
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
