"""StopExecution: it ends what runs, and it stays so."""

import pytest

from harness.definitions import machine, passing, task, waiting


def test_a_late_result_changes_nothing(workflows, sfn):
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity))))
    given = workflows.take(activity)
    sfn.stop_execution(executionArn=arn)
    before = workflows.history(arn)
    with pytest.raises(sfn.exceptions.TaskTimedOut):
        workflows.succeed(given, 1)
    with pytest.raises(sfn.exceptions.TaskTimedOut):
        sfn.send_task_heartbeat(taskToken=given["taskToken"])
    assert workflows.history(arn) == before
    assert sfn.describe_execution(executionArn=arn)["status"] == "ABORTED"


def test_a_task_of_a_stopped_execution_is_not_given_out(workflows, sfn):
    activity = workflows.activity()
    machine_arn = workflows.create(machine(("Work", task(activity))))
    stopped = workflows.start_on(machine_arn, "stopped")
    sfn.stop_execution(executionArn=stopped)
    other = workflows.start_on(machine_arn, "other")
    given = workflows.take(activity)
    assert given["input"] == '"other"'
    workflows.succeed(given, 1)
    assert workflows.end(other)["status"] == "SUCCEEDED"


def test_stopping_what_has_ended_answers_its_end(workflows, sfn):
    found = workflows.run(machine(("P", passing())))
    stopped = sfn.stop_execution(executionArn=found["executionArn"], error="late")
    assert stopped["stopDate"] == found["stopDate"]
    again = sfn.describe_execution(executionArn=found["executionArn"])
    assert again["status"] == "SUCCEEDED"


def test_stopping_twice_keeps_the_first(workflows, sfn):
    arn = workflows.start(machine(("Park", waiting(Seconds=3600))))
    first = sfn.stop_execution(executionArn=arn, cause="first")
    second = sfn.stop_execution(executionArn=arn, cause="second")
    assert second["stopDate"] == first["stopDate"]
    assert sfn.describe_execution(executionArn=arn)["cause"] == "first"
