"""The AWS SDK for Python drives the actions of state machines."""

import json

from harness.aws import ACCOUNT, ROLE, machine_arn
from harness.definitions import machine, passing
from harness.names import unique

OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"


def test_create_describe_list_and_delete_a_state_machine(sfn):
    name = unique("machine")
    # The text comes back as it was sent, spaces and all.
    definition = json.dumps(machine(("Only", passing())), indent=3)
    created = sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE)
    arn = created["stateMachineArn"]
    assert arn == machine_arn(name)

    described = sfn.describe_state_machine(stateMachineArn=arn)
    assert described["stateMachineArn"] == arn
    assert described["name"] == name
    assert described["status"] == "ACTIVE"
    assert described["definition"] == definition
    assert described["roleArn"] == ROLE
    assert described["creationDate"] == created["creationDate"]

    pages = sfn.get_paginator("list_state_machines").paginate()
    listed = [item for page in pages for item in page["stateMachines"]]
    mine = [item for item in listed if item["name"] == name]
    assert [item["stateMachineArn"] for item in mine] == [arn]
    assert mine[0]["creationDate"] == created["creationDate"]

    sfn.delete_state_machine(stateMachineArn=arn)
    pages = sfn.get_paginator("list_state_machines").paginate()
    assert name not in [item["name"] for page in pages for item in page["stateMachines"]]


def test_update_a_state_machine(workflows, sfn):
    before = sfn.describe_state_machine(
        stateMachineArn=workflows.create(machine(("Old", passing())))
    )
    arn = before["stateMachineArn"]
    text = json.dumps(machine(("New", passing())))
    updated = sfn.update_state_machine(stateMachineArn=arn, definition=text, roleArn=OTHER_ROLE)
    assert updated["updateDate"] >= before["creationDate"]

    after = sfn.describe_state_machine(stateMachineArn=arn)
    assert (after["definition"], after["roleArn"]) == (text, OTHER_ROLE)
    assert after["creationDate"] == before["creationDate"]


def test_describe_the_state_machine_of_an_execution(workflows, sfn):
    definition = machine(("Only", passing()))
    machine_of_it = workflows.create(definition)
    created = sfn.describe_state_machine(stateMachineArn=machine_of_it)
    arn = workflows.start_on(machine_of_it)
    found = sfn.describe_state_machine_for_execution(executionArn=arn)
    assert found["stateMachineArn"] == machine_of_it
    assert found["name"] == created["name"]
    assert json.loads(found["definition"]) == definition
    assert found["roleArn"] == ROLE
    # "For a newly created state machine, this is the creation date."
    assert found["updateDate"] == created["creationDate"]
    assert "variableReferences" not in found


def test_the_variables_that_states_read_are_described(workflows, sfn):
    reading = passing(Parameters={"x.$": "$b", "y.$": "States.Array($a, $b)"})
    definition = machine(("Assigning", passing(Assign={"a": 1, "b": 2})), ("Reading", reading))
    machine_of_it = workflows.create(definition)
    expected = {"Reading": ["a", "b"]}
    described = sfn.describe_state_machine(stateMachineArn=machine_of_it)
    assert described["variableReferences"] == expected
    arn = workflows.start_on(machine_of_it)
    found = sfn.describe_state_machine_for_execution(executionArn=arn)
    assert found["variableReferences"] == expected
