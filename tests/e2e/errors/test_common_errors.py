"""Common errors that come from the state of the installation, not from the request.

Of the reference's common errors those of signatures and credentials belong to authentication.
`InternalFailure` is the answer to a defect, and no test provokes one: where a defect is known, it
is mended. The others are here and in `test_query_string` and `test_validation`.
"""

import json

import pytest

from errors.scene import ONE_PASS, Scene
from harness.aws import client
from harness.deadline import eventually
from harness.names import unique
from harness.raw import Wire, assert_error


def test_throttling(suite_with):
    own = suite_with("dev", requests_per_second=2)
    wire = Wire(own.port)

    def refused():
        answer = wire.call("ListActivities", {})
        return answer if answer.status != 200 else None

    assert_error(eventually(refused, "a throttled request", pause=0), "ThrottlingException")
    # SDKs wait and try again: nothing is lost by it.
    patient = client(own.endpoint, attempts=8)
    assert patient.create_activity(name=unique())["activityArn"]


@pytest.mark.timeout(240)
def test_service_unavailable_while_a_role_or_the_store_is_down(suite_with):
    own = suite_with("roles")
    wire = Wire(own.port)
    machine = Scene(wire).machine()
    start = {"stateMachineArn": machine, "name": unique()}

    def serves(action, body):
        return wire.call(action, body).status == 200

    control_plane = own.process("control-plane")
    control_plane.kill()
    assert_error(wire.call("CreateActivity", {"name": unique()}), "ServiceUnavailable", 503)
    control_plane.start()
    own.wait_ready()
    eventually(lambda: serves("CreateActivity", {"name": unique()}), "activities are created", 60)

    own.redis.process.kill()
    assert_error(wire.call("StartExecution", start), "ServiceUnavailable", 503)
    own.redis.start()
    # The same name: whether the refused call came through or not, there is one execution.
    eventually(lambda: serves("StartExecution", start), "executions start again", 60)
    listed = wire.ok("ListExecutions", {"stateMachineArn": machine})["executions"]
    assert [item["name"] for item in listed] == [start["name"]]


def test_unknown_operation(wire):
    assert_error(wire.call("DropActivity", {}), "UnknownOperationException")


def test_answers_carry_a_request_id_of_their_own(wire):
    ids = {wire.call("ListActivities", {}).headers["x-amzn-requestid"] for _ in range(3)}
    ids.add(wire.call("ListActivities", b"[").headers["x-amzn-requestid"])
    assert len(ids) == 4


def test_unknown_members_are_ignored_and_null_means_absent(wire):
    body = {"name": unique(), "definition": ONE_PASS, "roleArn": "arn:aws:iam::1:role/r"}
    body |= {"colour": [1, {"a": None}]}
    made = wire.call("CreateStateMachine", body)
    assert made.status == 200, made
    start = {"stateMachineArn": made.json["stateMachineArn"], "input": None, "name": None}
    arn = wire.ok("StartExecution", start)["executionArn"]
    assert json.loads(wire.ok("DescribeExecution", {"executionArn": arn})["input"]) == {}
