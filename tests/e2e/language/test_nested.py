"""Executions that start executions: in every pattern, to every end."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from harness.deadline import eventually
from harness.definitions import failing, machine, passing, task, waiting
from harness.history import details, one, shape, types
from harness.names import unique

START = "arn:aws:states:::states:startExecution"
BEGUN = [
    ("ExecutionStarted", 0),
    ("TaskStateEntered", 0),
    ("TaskScheduled", 2),
    ("TaskStarted", 3),
]
WAITED = [*BEGUN, ("TaskSubmitted", 4), ("TaskSucceeded", 5)]
ENDED = {
    "": [*BEGUN, ("TaskSucceeded", 4), ("TaskStateExited", 5), ("ExecutionSucceeded", 6)],
    ".sync": [*WAITED, ("TaskStateExited", 6), ("ExecutionSucceeded", 7)],
}
ENDED |= {".sync:2": ENDED[".sync"], ".waitForTaskToken": ENDED[".sync"]}
RESULT = {"made": [1]}


def parent(pattern: str, child: str, **fields) -> dict:
    """A machine of one nested execution; `fields` are those of its state."""
    parameters = {"StateMachineArn": child, **fields.pop("parameters", {})}
    return machine(("Nested", task(START + pattern, Parameters=parameters, **fields)))


def child_of(workflows, execution_arn: str) -> str:
    """The ARN of the execution that the task has started."""

    def submitted():
        events = workflows.history(execution_arn)
        return next((event for event in events if event["type"] == "TaskSubmitted"), None)

    output = details(eventually(submitted, "the start of the child"))["output"]
    return json.loads(output)["ExecutionArn"]


@pytest.mark.parametrize("pattern", ["", ".sync", ".sync:2"])
def test_a_child_is_started_and_waited_for(workflows, pattern):
    child = workflows.create(machine(("Made", passing(Result=RESULT))))
    name = unique("child")
    given = {"Name": name, "Input": {"a": 1}}
    found = workflows.run(parent(pattern, child, parameters=given))
    assert found["status"] == "SUCCEEDED"
    history = workflows.history(found["executionArn"])
    assert shape(history) == ENDED[pattern]
    scheduled = one(history, "TaskScheduled")["taskScheduledEventDetails"]
    assert json.loads(scheduled["parameters"]) == {"StateMachineArn": child, **given}
    assert scheduled["resourceType"] == "states"
    assert scheduled["resource"] == "startExecution" + pattern
    output = json.loads(found["output"])
    ran = workflows.end(output["ExecutionArn"])
    assert (ran["name"], ran["stateMachineArn"], ran["input"]) == (name, child, '{"a":1}')
    assert output["StartDate"] == round(ran["startDate"].timestamp() * 1000)
    if not pattern:
        assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
        request = output["SdkResponseMetadata"]["RequestId"]
        assert output["SdkHttpMetadata"]["AllHttpHeaders"]["x-amzn-RequestId"] == [request]
        return
    parsed = pattern.endswith(":2")
    assert output["Output"] == (RESULT if parsed else '{"made":[1]}')
    assert output["Input"] == ({"a": 1} if parsed else '{"a":1}')
    assert (output["Status"], output["Name"]) == ("SUCCEEDED", name)
    assert output["StopDate"] == round(ran["stopDate"].timestamp() * 1000)


def test_children_without_names_and_inputs_get_them(workflows):
    child = workflows.create(machine(("P", passing())))
    output = workflows.output(parent(".sync", child))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", output["Name"])
    assert (output["Input"], output["Output"]) == ("{}", "{}")


def test_the_end_under_the_token_ends_the_task(workflows):
    activity = workflows.activity()
    child = workflows.create(machine(("Work", task(activity))))
    given = {"Input": {"token.$": "$$.Task.Token"}}
    execution = workflows.start(parent(".waitForTaskToken", child, parameters=given))
    work = workflows.take(activity)
    token = json.loads(work["input"])["token"]
    workflows.sfn.send_task_heartbeat(taskToken=token)
    workflows.succeed({"taskToken": token}, RESULT)
    found = workflows.end(execution)
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", RESULT)
    assert shape(workflows.history(execution)) == ENDED[".waitForTaskToken"]
    with pytest.raises(ClientError) as caught:
        workflows.succeed({"taskToken": token}, RESULT)
    assert caught.value.response["Error"]["Code"] == "TaskTimedOut"
    # The child goes on by itself.
    workflows.succeed(work, {})
    assert workflows.end(child_of(workflows, execution))["status"] == "SUCCEEDED"


@pytest.mark.parametrize("pattern", [".sync", ".sync:2"])
def test_a_failed_child_fails_the_task_until_it_is_caught(workflows, pattern):
    child = workflows.create(machine(("F", failing("Own", "why"))))
    state = parent(
        pattern,
        child,
        Retry=[{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 1, "IntervalSeconds": 1}],
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        Next="Caught",
    )
    state["States"]["Caught"] = passing(End=True)
    found = workflows.run(state)
    assert found["status"] == "SUCCEEDED"
    error = json.loads(found["output"])
    assert error["Error"] == "States.TaskFailed"
    cause = json.loads(error["Cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "Own", "why")
    kinds = types(workflows.history(found["executionArn"]))
    assert kinds.count("TaskSubmitted") == kinds.count("TaskFailed") == 2
    children = workflows.sfn.list_executions(stateMachineArn=child)["executions"]
    assert len({found["name"] for found in children}) == 2


def test_a_start_that_is_refused_fails_the_task_as_the_call_would(workflows):
    missing = workflows.create(machine(("P", passing()))) + "-missing"
    found = workflows.run(parent(".sync", missing))
    assert found["error"] == "StepFunctions.StateMachineDoesNotExistException"
    assert found["cause"].startswith(
        f"State Machine Does Not Exist: '{missing}' (Service: AWSStepFunctions; Status Code: 400; "
        "Error Code: StateMachineDoesNotExist; Request ID: "
    )
    history = workflows.history(found["executionArn"])
    assert shape(history) == [*BEGUN, ("TaskFailed", 4), ("ExecutionFailed", 5)]
    child = workflows.create(machine(("P", passing())))
    name = unique("child")
    workflows.end(workflows.start_on(child, name=name))
    found = workflows.run(parent("", child, parameters={"Name": name}))
    assert found["error"] == "StepFunctions.ExecutionAlreadyExistsException"
    for parameters, error in [
        ({"StateMachineArn": "arn:aws:x"}, "StepFunctions.InvalidArnException"),
        ({"StateMachineArn": child, "Name": "a b"}, "StepFunctions.InvalidNameException"),
        ({"StateMachineArn": child, "Input": "{"}, "StepFunctions.InvalidExecutionInputException"),
    ]:
        found = workflows.run(machine(("N", task(START, Parameters=parameters))))
        assert found["error"] == error, found


def test_a_task_without_a_state_machine_can_not_start_one(workflows):
    found = workflows.run(machine(("N", task(START, Parameters={"Name.$": "$.n"}))), {"n": "x"})
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert 'The field "StateMachineArn" is required but was missing' in found["cause"]


@pytest.mark.parametrize("end", ["stopped", "timed out", "branch failed"])
def test_a_child_that_nobody_waits_for_any_more_is_stopped(workflows, end):
    child = workflows.create(machine(("W", waiting(Seconds=600))))
    limit = {"TimeoutSeconds": 1} if end == "timed out" else {}
    definition = parent(".sync", child, **limit)
    if end == "branch failed":
        branch = machine(("Soon", waiting(Seconds=1)), ("F", failing()))
        both = {"Type": "Parallel", "Branches": [definition, branch]}
        definition = machine(("Both", both))
    execution = workflows.start(definition)
    started = child_of(workflows, execution)
    if end == "stopped":
        workflows.sfn.stop_execution(executionArn=execution, error="E", cause="C")
    found = workflows.end(execution)
    assert found["status"] == ("ABORTED" if end == "stopped" else "FAILED")
    assert workflows.end(started)["status"] == "ABORTED"


def test_a_stopped_child_fails_its_parent(workflows):
    child = workflows.create(machine(("W", waiting(Seconds=600))))
    execution = workflows.start(parent(".sync", child))
    started = child_of(workflows, execution)
    workflows.sfn.stop_execution(executionArn=started, error="E", cause="C")
    found = workflows.end(execution)
    assert found["error"] == "States.TaskFailed"
    cause = json.loads(found["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("ABORTED", "E", "C")


def test_an_execution_that_runs_under_the_name_is_waited_for(workflows):
    activity = workflows.activity()
    child = workflows.create(machine(("Work", task(activity))))
    name = unique("child")
    first = workflows.start(parent(".sync", child, parameters={"Name": name, "Input": {"a": 1}}))
    started = child_of(workflows, first)
    same = parent(".sync:2", child, parameters={"Name": name, "Input": {"a": 1}})
    second = workflows.start(same)
    assert child_of(workflows, second) == started
    other = parent(".sync", child, parameters={"Name": name, "Input": {"a": 2}})
    assert workflows.run(other)["error"] == "StepFunctions.ExecutionAlreadyExistsException"
    workflows.succeed(workflows.take(activity), RESULT)
    for execution, output in [(first, '{"made":[1]}'), (second, RESULT)]:
        found = workflows.end(execution)
        assert json.loads(found["output"])["Output"] == output


def test_many_children_of_a_map_all_end(workflows):
    child = workflows.create(machine(("W", waiting(Seconds=1)), ("P", passing())))
    inner = parent(".sync:2", child, parameters={"Input": {"item.$": "$"}}, OutputPath="$.Output")
    many = {"Type": "Map", "ItemProcessor": inner}
    items = list(range(30))
    assert workflows.output(machine(("Many", many)), items) == [{"item": item} for item in items]
    executions = workflows.sfn.list_executions(stateMachineArn=child)["executions"]
    assert len(executions) == len(items)
