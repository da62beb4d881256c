"""StartExecution by name: the table of idempotency."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.aws import client
from harness.deadline import eventually
from harness.definitions import machine, passing, waiting
from harness.names import unique
from harness.workflow import Workflows

PARKED = machine(("Park", waiting(Seconds=3600)))


@pytest.fixture
def start(sfn):
    def call(arn, name, text="{}"):
        return sfn.start_execution(stateMachineArn=arn, name=name, input=text)

    return call


def test_open_with_the_same_input_answers_the_first(workflows, start):
    arn = workflows.create(PARKED)
    first = start(arn, "same", '{"a": 1}')
    second = start(arn, "same", '{"a": 1}')
    assert second["executionArn"] == first["executionArn"]
    assert second["startDate"] == first["startDate"]
    assert len(workflows.sfn.list_executions(stateMachineArn=arn)["executions"]) == 1


def test_open_with_another_input_is_refused(workflows, start, sfn):
    arn = workflows.create(PARKED)
    first = start(arn, "same", '{"a": 1}')
    with pytest.raises(sfn.exceptions.ExecutionAlreadyExists) as refused:
        start(arn, "same", '{"a":  1}')
    expected = f"Execution Already Exists: '{first['executionArn']}'"
    assert refused.value.response["Error"]["Message"] == expected


@pytest.mark.parametrize("text", ['{"a": 1}', "{}"])
def test_closed_is_refused_with_any_input(workflows, start, sfn, text):
    arn = workflows.create(machine(("P", passing())))
    workflows.end(start(arn, "same", '{"a": 1}')["executionArn"])
    with pytest.raises(sfn.exceptions.ExecutionAlreadyExists):
        start(arn, "same", text)


def test_a_name_is_a_machine_s_own(workflows, start):
    name = unique()
    arns = {start(workflows.create(PARKED), name)["executionArn"] for _ in range(2)}
    assert len(arns) == 2


def test_without_a_name_each_start_is_new(workflows, sfn):
    arn = workflows.create(PARKED)
    starts = [sfn.start_execution(stateMachineArn=arn)["executionArn"] for _ in range(3)]
    assert len(set(starts)) == 3


def test_racing_starts_make_one_execution(workflows, start, sfn):
    """Twenty at once, under one name: one execution, one answer."""
    arn = workflows.create(PARKED)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: start(arn, "same"), range(20)))
    assert len({answer["executionArn"] for answer in answers}) == 1
    assert len({answer["startDate"] for answer in answers}) == 1
    assert len(sfn.list_executions(stateMachineArn=arn)["executions"]) == 1


def test_racing_starts_with_different_inputs_make_one_execution(workflows, start, sfn):
    arn = workflows.create(PARKED)

    def attempt(number):
        try:
            return start(arn, "same", str(number))["executionArn"]
        except sfn.exceptions.ExecutionAlreadyExists:
            return None

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(attempt, range(10)))
    assert len([answer for answer in answers if answer]) == 1


@pytest.mark.parametrize("shape", ["dev", "roles"])
def test_a_name_is_free_again_once_the_retention_has_ended(suite_with, shape):
    own = suite_with(shape, retention_seconds=1)
    workflows = Workflows(client(own.endpoint))
    arn = workflows.create(machine(("P", passing())))
    first = workflows.end(workflows.start_on(arn, 1, name="same"))

    def starts_again():
        try:
            return workflows.start_on(arn, 2, name="same")
        except workflows.sfn.exceptions.ExecutionAlreadyExists:
            return None

    again = eventually(starts_again, "the name is free again")
    second = workflows.end(again)
    assert (first["output"], second["output"]) == ("1", "2")
