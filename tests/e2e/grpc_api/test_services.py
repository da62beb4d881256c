"""The public gRPC services, through the generated Python stubs."""

import json

import grpc
import pytest

import stepwell
from errors.scene import ONE_PASS
from harness.aws import ROLE, machine_arn
from harness.deadline import eventually
from harness.definitions import machine, task
from harness.names import unique
from stepwell.activity.v1 import activity_pb2, activity_pb2_grpc
from stepwell.controlplane.v1 import control_plane_pb2, control_plane_pb2_grpc
from stepwell.execution.v1 import execution_pb2, execution_pb2_grpc, history_pb2

SERVICES = {
    "control-plane": "stepwell.controlplane.v1.ControlPlaneService",
    "execution": "stepwell.execution.v1.ExecutionService",
    "activity": "stepwell.activity.v1.ActivityService",
}


@pytest.fixture
def channels(suite):
    """A channel to each role."""
    found = {role: stepwell.connect(suite.grpc(role)) for role in SERVICES}
    yield found
    for channel in found.values():
        channel.close()


@pytest.mark.parametrize("role", SERVICES)
def test_health_and_reflection(channels, role):
    """By hand, as any tool may ask: an empty request, and the request for the list of services."""
    check = channels[role].unary_unary("/grpc.health.v1.Health/Check")
    serving = b"\x08\x01"
    assert check(b"", timeout=10) == serving
    path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
    listed = channels[role].stream_stream(path)(iter([b"\x3a\x00"]), timeout=10)
    assert SERVICES[role].encode() in next(listed)


def test_a_workflow(channels):
    control_plane = control_plane_pb2_grpc.ControlPlaneServiceStub(channels["control-plane"])
    execution = execution_pb2_grpc.ExecutionServiceStub(channels["execution"])
    activity = activity_pb2_grpc.ActivityServiceStub(channels["activity"])
    made = control_plane.CreateActivity(control_plane_pb2.CreateActivityRequest(name=unique()))
    definition = json.dumps(machine(("Work", task(made.activity_arn))))
    created = control_plane.CreateStateMachine(
        control_plane_pb2.CreateStateMachineRequest(
            name=unique(), definition=definition, role_arn=ROLE
        )
    )
    started = execution.StartExecution(
        execution_pb2.StartExecutionRequest(
            state_machine_arn=created.state_machine_arn, input='{"a":1}'
        )
    )

    def given():
        poll = activity_pb2.GetActivityTaskRequest(activity_arn=made.activity_arn)
        answer = activity.GetActivityTask(poll, timeout=75)
        return answer if answer.HasField("task_token") else None

    taken = eventually(given, "a task")
    assert taken.input == '{"a":1}'
    activity.SendTaskSuccess(
        activity_pb2.SendTaskSuccessRequest(task_token=taken.task_token, output="7")
    )
    found = execution.DescribeExecution(
        execution_pb2.DescribeExecutionRequest(execution_arn=started.execution_arn)
    )
    assert found.output == "7"
    history = execution.GetExecutionHistory(
        execution_pb2.GetExecutionHistoryRequest(execution_arn=started.execution_arn)
    )
    assert [event.id for event in history.events] == list(range(1, 8))
    assert history.events[-1].type == history_pb2.HISTORY_EVENT_TYPE_EXECUTION_SUCCEEDED
    assert history.events[4].task_output.output == "7"


def test_errors_carry_their_documented_names(channels):
    control_plane = control_plane_pb2_grpc.ControlPlaneServiceStub(channels["control-plane"])
    with pytest.raises(grpc.RpcError) as refused:
        control_plane.CreateStateMachine(
            control_plane_pb2.CreateStateMachineRequest(
                name="a b", definition=ONE_PASS, role_arn=ROLE
            )
        )
    assert stepwell.error_name(refused.value) == "InvalidName"
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    arn = machine_arn(unique())
    with pytest.raises(grpc.RpcError) as refused:
        control_plane.DescribeStateMachine(
            control_plane_pb2.DescribeStateMachineRequest(state_machine_arn=arn)
        )
    assert stepwell.error_name(refused.value) == "StateMachineDoesNotExist"
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND
