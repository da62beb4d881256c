"""DeleteStateMachine: DELETING until the last execution is gone."""

import contextlib

import pytest

from harness.aws import machine_arn
from harness.deadline import eventually
from harness.definitions import machine, passing, task, waiting
from harness.names import unique

OPEN = "RUNNING"


def gone(sfn, arn) -> bool:
    try:
        sfn.describe_state_machine(stateMachineArn=arn)
    except sfn.exceptions.StateMachineDoesNotExist:
        return True
    return False


def test_without_open_executions_it_is_gone_at_once(workflows, sfn):
    arn = workflows.create(machine(("P", passing())))
    workflows.end(workflows.start_on(arn))
    sfn.delete_state_machine(stateMachineArn=arn)
    assert gone(sfn, arn)
    with pytest.raises(sfn.exceptions.StateMachineDoesNotExist):
        sfn.start_execution(stateMachineArn=arn)


def test_with_an_open_execution_it_is_deleting(workflows, sfn):
    activity = workflows.activity()
    name = unique()
    arn = workflows.create(machine(("Work", task(activity)), ("P", passing())), name)
    execution = workflows.start_on(arn)
    sfn.delete_state_machine(stateMachineArn=arn)
    assert sfn.describe_state_machine(stateMachineArn=arn)["status"] == "DELETING"
    # Deleting twice is no error.
    sfn.delete_state_machine(stateMachineArn=arn)
    refused = sfn.exceptions.StateMachineDeleting
    with pytest.raises(refused):
        sfn.start_execution(stateMachineArn=arn)
    with pytest.raises(refused):
        sfn.update_state_machine(stateMachineArn=arn, roleArn="arn:aws:iam::000000000000:role/x")
    with pytest.raises(refused):
        workflows.create(machine(("Q", passing())), name)
    # Its next transition ends the execution, and with it the machine.
    workflows.succeed(workflows.take(activity), 1)
    eventually(lambda: gone(sfn, arn), "the machine is gone")
    with contextlib.suppress(sfn.exceptions.ExecutionDoesNotExist):
        assert sfn.describe_execution(executionArn=execution)["status"] != OPEN


def test_stopping_its_last_execution_lets_it_go(workflows, sfn):
    arn = workflows.create(machine(("Park", waiting(Seconds=3600))))
    execution = workflows.start_on(arn)
    sfn.delete_state_machine(stateMachineArn=arn)
    sfn.stop_execution(executionArn=execution)
    eventually(lambda: gone(sfn, arn), "the machine is gone")


def test_an_unknown_machine_is_deleted_without_error(sfn):
    sfn.delete_state_machine(stateMachineArn=machine_arn(unique()))


def test_a_machine_of_an_old_name_is_a_new_one(workflows, sfn):
    name = unique()
    arn = workflows.create(machine(("P", passing(Result=1))), name)
    workflows.end(workflows.start_on(arn, name="same"))
    sfn.delete_state_machine(stateMachineArn=arn)
    assert workflows.create(machine(("P", passing(Result=2))), name) == arn
    # The executions of the old one are not its own.
    assert sfn.list_executions(stateMachineArn=arn)["executions"] == []
    found = workflows.end(workflows.start_on(arn, name="other"))
    assert found["output"] == "2"
    listed = sfn.list_executions(stateMachineArn=arn)["executions"]
    assert [item["name"] for item in listed] == ["other"]
