"""CreateStateMachine and UpdateStateMachine: what counts as the same, and from when it counts."""

import json

import pytest

from harness.aws import ACCOUNT, ROLE
from harness.definitions import machine, passing, task
from harness.names import unique

OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"
OLD, NEW = (machine(("P", passing(Result=result))) for result in ("old", "new"))


def create(sfn, name, text, role=ROLE):
    return sfn.create_state_machine(name=name, definition=text, roleArn=role)


def test_creating_the_same_again_answers_the_first(sfn):
    name, text = unique(), json.dumps(OLD)
    first, second = create(sfn, name, text), create(sfn, name, text)
    assert second["stateMachineArn"] == first["stateMachineArn"]
    assert second["creationDate"] == first["creationDate"]


def test_another_role_is_ignored(sfn):
    """Today's service; the reference of 2017 counted it as a conflict."""
    name, text = unique(), json.dumps(OLD)
    first, second = create(sfn, name, text), create(sfn, name, text, OTHER_ROLE)
    assert second["creationDate"] == first["creationDate"]
    found = sfn.describe_state_machine(stateMachineArn=first["stateMachineArn"])
    assert found["roleArn"] == ROLE


def test_a_definition_that_differs_in_spaces_is_another(sfn):
    name = unique()
    arn = create(sfn, name, json.dumps(OLD))["stateMachineArn"]
    with pytest.raises(sfn.exceptions.StateMachineAlreadyExists) as refused:
        create(sfn, name, json.dumps(OLD, indent=1))
    message = refused.value.response["Error"]["Message"]
    assert message == f"State Machine Already Exists: '{arn}'"


def test_an_update_counts_from_the_next_start(workflows, sfn):
    """No start after the answer uses the old definition."""
    arn = workflows.create(OLD)
    for turn in range(20):
        text = "new" if turn % 2 == 0 else "old"
        definition = json.dumps(NEW if text == "new" else OLD)
        sfn.update_state_machine(stateMachineArn=arn, definition=definition)
        found = workflows.end(workflows.start_on(arn))
        assert json.loads(found["output"]) == text


def test_a_running_execution_keeps_its_definition_and_role(workflows, sfn):
    activity = workflows.activity()
    before = machine(("Work", task(activity)), ("P", passing(Result="before")))
    after = machine(("P", passing(Result="after")))
    arn = workflows.create(before)
    execution = workflows.start_on(arn)
    sfn.update_state_machine(stateMachineArn=arn, definition=json.dumps(after), roleArn=OTHER_ROLE)
    workflows.succeed(workflows.take(activity), 1)
    assert workflows.end(execution)["output"] == '"before"'
    of_it = sfn.describe_state_machine_for_execution(executionArn=execution)
    assert json.loads(of_it["definition"]) == before
    assert of_it["roleArn"] == ROLE
    role = workflows.history(execution)[0]["executionStartedEventDetails"]["roleArn"]
    assert role == ROLE
    newer = workflows.start_on(arn)
    of_newer = sfn.describe_state_machine_for_execution(executionArn=newer)
    assert json.loads(of_newer["definition"]) == after
    assert of_newer["roleArn"] == OTHER_ROLE
    assert of_newer["updateDate"] > of_it["updateDate"]


def test_an_update_of_the_role_alone_keeps_the_definition(workflows, sfn):
    arn = workflows.create(OLD)
    sfn.update_state_machine(stateMachineArn=arn, roleArn=OTHER_ROLE)
    found = sfn.describe_state_machine(stateMachineArn=arn)
    assert (json.loads(found["definition"]), found["roleArn"]) == (OLD, OTHER_ROLE)


def test_a_refused_update_changes_nothing(workflows, sfn):
    arn = workflows.create(OLD)
    with pytest.raises(sfn.exceptions.InvalidDefinition):
        sfn.update_state_machine(stateMachineArn=arn, definition="{}", roleArn=OTHER_ROLE)
    found = sfn.describe_state_machine(stateMachineArn=arn)
    assert (json.loads(found["definition"]), found["roleArn"]) == (OLD, ROLE)
