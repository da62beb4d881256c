"""`kill -9` while executions start executions and wait for them."""

import json
import threading

import pytest

from harness.aws import client
from harness.definitions import machine, passing, task, waiting
from harness.history import types
from harness.workflow import Workflows

PARENTS = 60
WAITED = [
    "ExecutionStarted",
    "TaskStateEntered",
    "TaskScheduled",
    "TaskStarted",
    "TaskSubmitted",
    "TaskSucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
]
VICTIMS = {"dev": [["dev"]] * 3, "roles": [["execution-1"], ["execution-2"], ["redis"]]}


@pytest.mark.crash
@pytest.mark.timeout(300)
@pytest.mark.parametrize("shape", ["dev", "roles"])
def test_children_are_started_once_and_their_parents_hear_of_them(suite_with, shape):
    own = suite_with(shape)
    workflows = Workflows(client(own.endpoint, attempts=10))
    child = workflows.create(machine(("Rest", waiting(Seconds=1)), ("Echo", passing())))
    parameters = {"StateMachineArn": child, "Input.$": "$"}
    start = task("arn:aws:states:::states:startExecution.sync:2", Parameters=parameters)
    parent = workflows.create(machine(("Nested", {**start, "OutputPath": "$.Output"})))
    begun = threading.Semaphore(0)

    def kill():
        for names in VICTIMS[shape]:
            for _ in range(PARENTS // 4):
                begun.acquire()
            for name in names:
                process = own.redis.process if name == "redis" else own.process(name)
                process.kill()
            own.start()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    arns = []
    for number in range(PARENTS):
        arns.append(workflows.start_on(parent, {"number": number}))
        begun.release()
    killer.join(timeout=120)
    for number, arn in enumerate(arns):
        found = workflows.end(arn, 90)
        assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"number": number})
        assert types(workflows.history(arn)) == WAITED
    pages = workflows.sfn.get_paginator("list_executions").paginate(stateMachineArn=child)
    children = [execution for page in pages for execution in page["executions"]]
    assert len(children) == PARENTS
    assert {execution["status"] for execution in children} == {"SUCCEEDED"}
