"""Tasks that go on after their call until somebody uses their token."""

import json
import queue

import pytest
from botocore.exceptions import ClientError

from harness.aws import client, function_arn
from harness.deadline import eventually
from harness.definitions import failing, machine, parallel, passing, task, waiting
from harness.functions import FunctionEndpoint, FunctionError
from harness.history import details, of_type, one, shape
from harness.names import unique
from harness.workflow import Workflows

INVOKE = "arn:aws:states:::lambda:invoke.waitForTaskToken"
CALLED = {"resourceType": "lambda", "resource": "invoke.waitForTaskToken"}
BEGUN = [
    ("ExecutionStarted", 0),
    ("TaskStateEntered", 0),
    ("TaskScheduled", 2),
    ("TaskStarted", 3),
    ("TaskSubmitted", 4),
]
ANSWER = {"taken": True}
PATIENCE = 30


class Callee:
    """A function that hands the tokens of its calls to the test."""

    def __init__(self, functions: FunctionEndpoint):
        self.name = unique("function")
        self.taken: queue.Queue = queue.Queue()
        functions.functions[self.name] = self._call

    def _call(self, payload):
        self.taken.put(payload["token"])
        return ANSWER

    def token(self) -> str:
        return self.taken.get(timeout=PATIENCE)

    def task(self, **fields) -> dict:
        payload = {"token.$": "$$.Task.Token", "input.$": "$"}
        parameters = {"FunctionName": function_arn(self.name), "Payload": payload}
        return task(INVOKE, Parameters=parameters, **fields)


@pytest.fixture
def callee(functions) -> Callee:
    return Callee(functions)


def refusal(call, **arguments) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def submitted(workflows, arn: str) -> list[dict]:
    """The history once the call was answered."""
    history = []

    def seen() -> bool:
        history[:] = workflows.history(arn)
        return any(event["type"] == "TaskSubmitted" for event in history)

    eventually(seen, "TaskSubmitted", PATIENCE)
    return history


def test_a_task_ends_with_what_is_sent_under_its_token(workflows, sfn, callee):
    state = callee.task(TimeoutSeconds=600, HeartbeatSeconds=60, ResultPath="$.result")
    arn = workflows.start(machine(("Call", state)), {"a": 1})
    token = callee.token()
    submitted(workflows, arn)
    sfn.send_task_heartbeat(taskToken=token)
    sfn.send_task_success(taskToken=token, output='{"done": 1}')
    found = workflows.end(arn)
    assert json.loads(found["output"]) == {"a": 1, "result": {"done": 1}}
    history = workflows.history(arn)
    assert shape(history) == [
        *BEGUN,
        ("TaskSucceeded", 5),
        ("TaskStateExited", 6),
        ("ExecutionSucceeded", 7),
    ]
    scheduled = details(history[2])
    parameters = json.loads(scheduled.pop("parameters"))
    assert parameters["Payload"] == {"token": token, "input": {"a": 1}}
    assert scheduled == {
        **CALLED,
        "region": "us-east-1",
        "timeoutInSeconds": 600,
        "heartbeatInSeconds": 60,
    }
    answer = details(history[4])
    output = json.loads(answer.pop("output"))
    assert (output["Payload"], output["StatusCode"]) == (ANSWER, 200)
    assert answer == {**CALLED, "outputDetails": {"truncated": False}}
    whole = {"output": '{"done":1}', "outputDetails": {"truncated": False}}
    assert details(history[5]) == {**CALLED, **whole}
    for call in (sfn.send_task_success, sfn.send_task_heartbeat):
        more = {"output": "1"} if call == sfn.send_task_success else {}
        assert refusal(call, taskToken=token, **more) == "TaskTimedOut"


def test_a_failure_without_error_and_cause(workflows, sfn, callee):
    state = callee.task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}], End=True)
    arn = workflows.start(machine(("Call", state), ("Caught", passing())))
    token = callee.token()
    submitted(workflows, arn)
    sfn.send_task_failure(taskToken=token)
    assert json.loads(workflows.end(arn)["output"]) == {"Error": None, "Cause": None}
    assert details(one(workflows.history(arn), "TaskFailed")) == CALLED


@pytest.mark.parametrize("way", ["success", "failure"])
def test_an_outcome_that_comes_before_the_answer_of_the_call(workflows, sfn, functions, way):
    refusals = queue.Queue()

    def call(payload):
        token = payload["token"]
        if way == "success":
            sfn.send_task_success(taskToken=token, output='"early"')
        else:
            sfn.send_task_failure(taskToken=token, error="Early", cause="so soon")
        refusals.put(refusal(sfn.send_task_success, taskToken=token, output='"again"'))
        return ANSWER

    callee = Callee(functions)
    functions.functions[callee.name] = call
    arn = workflows.start(machine(("Call", callee.task())))
    found = workflows.end(arn)
    assert refusals.get(timeout=PATIENCE) == "TaskTimedOut"
    ends = {
        "success": [("TaskSucceeded", 5), ("TaskStateExited", 6), ("ExecutionSucceeded", 7)],
        "failure": [("TaskFailed", 5), ("ExecutionFailed", 6)],
    }
    assert shape(workflows.history(arn)) == [*BEGUN, *ends[way]]
    told = found["output"] if way == "success" else (found["error"], found["cause"])
    assert told == ('"early"' if way == "success" else ("Early", "so soon"))


def test_a_call_that_fails_ends_the_task_and_its_token(workflows, sfn, functions):
    callee = Callee(functions)

    def call(payload):
        callee.taken.put(payload["token"])
        raise FunctionError("CardDeclined", "no funds")

    functions.functions[callee.name] = call
    arn = workflows.start(machine(("Call", callee.task())))
    assert workflows.end(arn)["error"] == "CardDeclined"
    assert shape(workflows.history(arn)) == [
        *BEGUN[:4],
        ("TaskFailed", 4),
        ("ExecutionFailed", 5),
    ]
    token = callee.token()
    assert refusal(sfn.send_task_success, taskToken=token, output="1") == "TaskTimedOut"


@pytest.mark.parametrize("fields", [{"HeartbeatSeconds": 1}, {"TimeoutSeconds": 1}])
def test_a_task_that_nobody_ends_times_out(workflows, sfn, callee, fields):
    arn = workflows.start(machine(("Call", callee.task(**fields))))
    token = callee.token()
    found = workflows.end(arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.Timeout")
    history = workflows.history(arn)
    assert shape(history) == [*BEGUN, ("TaskTimedOut", 5), ("ExecutionFailed", 6)]
    assert details(history[5]) == {**CALLED, "error": "States.Timeout"}
    assert refusal(sfn.send_task_failure, taskToken=token) == "TaskTimedOut"


def test_a_retry_has_a_token_of_its_own(workflows, sfn, callee):
    retry = [{"ErrorEquals": ["Again"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = workflows.start(machine(("Call", callee.task(Retry=retry))))
    first = callee.token()
    sfn.send_task_failure(taskToken=first, error="Again")
    second = callee.token()
    assert first != second
    assert refusal(sfn.send_task_success, taskToken=first, output="1") == "TaskTimedOut"
    sfn.send_task_success(taskToken=second, output="2")
    assert workflows.end(arn)["output"] == "2"


def test_iterations_and_branches_wait_for_their_own_tokens(workflows, sfn, callee):
    processor = machine(("Call", callee.task()))
    mapping = {"Type": "Map", "ItemProcessor": processor}
    arn = workflows.start(machine(("Many", mapping)), [1, 2, 3])
    tokens = [callee.token() for _ in range(3)]
    assert len(set(tokens)) == 3
    scheduled = of_type(workflows.history(arn), "TaskScheduled")
    for event in scheduled:
        payload = json.loads(details(event)["parameters"])["Payload"]
        sfn.send_task_success(taskToken=payload["token"], output=json.dumps(payload["input"] * 10))
    assert workflows.end(arn)["output"] == "[10,20,30]"

    broken = machine(("Rest", waiting(Seconds=1)), ("Stop", failing("E")))
    arn = workflows.start(machine(("Both", parallel(machine(("Other", callee.task())), broken))))
    token = callee.token()
    assert workflows.end(arn)["error"] == "E"
    assert refusal(sfn.send_task_success, taskToken=token, output="1") == "TaskTimedOut"


def test_a_token_in_jsonata(workflows, sfn, callee):
    arguments = {
        "FunctionName": function_arn(callee.name),
        "Payload": {"token": "{% $states.context.Task.Token %}"},
    }
    state = task(INVOKE, Arguments=arguments, Output="{% $states.result & '!' %}")
    arn = workflows.start(machine(("Call", state), QueryLanguage="JSONata"))
    sfn.send_task_success(taskToken=callee.token(), output='"done"')
    assert workflows.end(arn)["output"] == '"done!"'


def test_a_changed_token_is_none(sfn, workflows, callee):
    arn = workflows.start(machine(("Call", callee.task())))
    token = callee.token()
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert refusal(sfn.send_task_success, taskToken=changed, output="1") == "InvalidToken"
    sfn.send_task_success(taskToken=token, output="1")
    assert workflows.end(arn)["status"] == "SUCCEEDED"


@pytest.mark.crash
def test_a_token_outlives_the_process_that_made_it(suite_with):
    functions = FunctionEndpoint()
    own = suite_with("dev", flags=["--lambda-endpoint", functions.url])
    sfn = client(own.endpoint)
    workflows, callee = Workflows(sfn), Callee(functions)
    arn = workflows.start(machine(("Call", callee.task(HeartbeatSeconds=300))))
    token = callee.token()
    submitted(workflows, arn)
    own.process("dev").kill()
    own.start()
    workflows = Workflows(client(own.endpoint))
    workflows.sfn.send_task_heartbeat(taskToken=token)
    workflows.sfn.send_task_success(taskToken=token, output='"after"')
    assert workflows.end(arn)["output"] == '"after"'
    functions.close()
