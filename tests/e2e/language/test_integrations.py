"""Calls of other services and distributed Maps: accepted as the language has them, and told
plainly where nothing here can do them."""

import pytest

from harness.definitions import machine, passing, task
from harness.history import one

CATCH = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}]
CAUGHT = ("Caught", passing())
ROLE = "arn:aws:iam::000000000000:role/other"


@pytest.mark.parametrize(
    "resource",
    [
        "sqs:sendMessage",
        "sns:publish.waitForTaskToken",
        "aws-sdk:s3:listBuckets",
        "glue:startJobRun.sync",
        "http:invoke",
    ],
)
def test_a_call_that_is_not_available_fails_and_is_caught(workflows, resource):
    state = task(
        f"arn:aws:states:::{resource}",
        Parameters={"Value.$": "$.value"},
        TimeoutSecondsPath="$.seconds",
        Credentials={"RoleArn.$": "$.role"},
        Catch=CATCH,
        ResultPath=None,
        End=True,
    )
    found = workflows.run(
        machine(("Call", state), CAUGHT), {"value": 1, "seconds": 9, "role": ROLE}
    )
    assert found["status"] == "SUCCEEDED"
    assert '"Error":"States.TaskFailed"' in found["output"]
    history = workflows.history(found["executionArn"])
    scheduled = one(history, "TaskScheduled")["taskScheduledEventDetails"]
    service, _, action = resource.rpartition(":")
    assert (scheduled["resourceType"], scheduled["resource"]) == (service, action)
    assert scheduled["parameters"] == '{"Value":1}'
    assert scheduled["timeoutInSeconds"] == 9
    assert scheduled["taskCredentials"] == {"roleArn": ROLE}
    failed = one(history, "TaskStartFailed")["taskStartFailedEventDetails"]
    assert failed["error"] == "States.TaskFailed"
    assert f"'{action}' of the service '{service}' is not available" in failed["cause"]


def test_parameters_are_evaluated_before_a_call_is_refused(workflows):
    state = task("arn:aws:states:::sqs:sendMessage", Parameters={"Value.$": "$.value"}, Catch=CATCH)
    found = workflows.run(machine(("Call", {**state, "End": True}), CAUGHT), {})
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")


def test_a_distributed_map_fails_and_names_its_mode(workflows):
    mode = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {**machine(("P", passing())), "ProcessorConfig": mode}
    state = {"Type": "Map", "ItemProcessor": processor, "Catch": CATCH, "End": True}
    found = workflows.run(machine(("Many", state), CAUGHT), [1, 2])
    assert found["status"] == "SUCCEEDED"
    assert "'DISTRIBUTED' of the state 'Many' is not available" in found["output"]
    history = workflows.history(found["executionArn"])
    assert one(history, "MapStateStarted")["mapStateStartedEventDetails"] == {"length": 2}
    assert one(history, "MapStateFailed")["previousEventId"] == one(history, "MapStateStarted")["id"]
