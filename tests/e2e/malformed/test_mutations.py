"""Valid requests with one thing wrong, by seed: a documented error or a success, never a 5xx."""

import json
import random

import pytest

from errors.scene import ONE_PASS
from harness.aws import ROLE, activity_arn, execution_arn, machine_arn
from harness.definitions import choice, machine, parallel, passing, task, waiting

DEFINITION = machine(
    ("Pick", choice({"Variable": "$.a", "NumericEquals": 1, "Next": "Wait"}, default="Both")),
    ("Wait", waiting(SecondsPath="$.seconds")),
    ("Both", parallel(machine(("P", passing(Result=1))), ResultPath="$.both")),
    (
        "Work",
        task(
            activity_arn("a"),
            TimeoutSeconds=60,
            HeartbeatSeconds=5,
            Retry=[{"ErrorEquals": ["E"], "IntervalSeconds": 1, "BackoffRate": 2.0}],
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Pick", "ResultPath": "$.e"}],
        ),
    ),
)
REQUESTS = {
    "CreateStateMachine": {"name": "n", "definition": ONE_PASS, "roleArn": ROLE},
    "DescribeExecution": {"executionArn": execution_arn("m", "e")},
    "GetExecutionHistory": {"executionArn": execution_arn("m", "e"), "maxResults": 5},
    "ListExecutions": {"stateMachineArn": machine_arn("m"), "statusFilter": "RUNNING"},
    "SendTaskFailure": {"taskToken": "token", "error": "e", "cause": "c"},
    "SendTaskSuccess": {"taskToken": "token", "output": "{}"},
    "StartExecution": {"stateMachineArn": machine_arn("m"), "name": "e", "input": "{}"},
    "StopExecution": {"executionArn": execution_arn("m", "e"), "error": "e"},
    "UpdateStateMachine": {"stateMachineArn": machine_arn("m"), "definition": ONE_PASS},
}
VALUES = [None, True, -1, 0, 1.5, 10**30, "", "$", "$$", "$.a[", "\x00", [], [[]], {}, {"a": 1}]
DOCUMENTED = {
    "InvalidArn",
    "InvalidDefinition",
    "InvalidExecutionInput",
    "InvalidName",
    "InvalidOutput",
    "InvalidToken",
    "MissingRequiredParameter",
    "SerializationException",
    "StateMachineAlreadyExists",
    "StateMachineDoesNotExist",
    "ExecutionDoesNotExist",
    "ValidationException",
}


def mutate(random, value):
    """A copy of `value` with one place of it replaced, dropped or added to."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        name = random.choice(sorted(value))
        changed = dict(value)
        draw = random.random()
        if draw < 0.15:
            del changed[name]
        elif draw < 0.3:
            changed[name + "s"] = changed[name]
        else:
            changed[name] = mutate(random, value[name])
        return changed
    if isinstance(value, list) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        return [*value[:place], mutate(random, value[place]), *value[place + 1 :]]
    return random.choice(VALUES)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_requests(wire, seed):
    source = random.Random(seed)
    for _ in range(40):
        action = source.choice(sorted(REQUESTS))
        body = mutate(source, REQUESTS[action])
        text = json.dumps(body).encode()
        if source.random() < 0.2:
            text = text[: source.randrange(len(text))]
        hold(wire.call(action, text), action, text)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_definitions(wire, seed):
    source = random.Random(seed)
    for number in range(40):
        definition = mutate(source, mutate(source, DEFINITION))
        body = {"name": f"m-{seed}-{number}", "definition": json.dumps(definition), "roleArn": ROLE}
        answer = wire.call("CreateStateMachine", body)
        hold(answer, "CreateStateMachine", body)
        if answer.status != 200:
            assert answer.error in ("InvalidDefinition", "ValidationException"), body
            continue
        # What was accepted can run: it ends, or waits, and never takes the server down.
        start = {"stateMachineArn": answer.json["stateMachineArn"], "input": '{"a": 2}'}
        execution = wire.ok("StartExecution", start)["executionArn"]
        wire.ok("DescribeExecution", {"executionArn": execution})
        wire.ok("StopExecution", {"executionArn": execution})


def hold(answer, action, body):
    assert answer.status in (200, 400), (action, body, answer)
    if answer.status != 200:
        assert answer.error in DOCUMENTED, (action, body, answer)
