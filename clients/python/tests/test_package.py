"""What the package promises beyond its worker."""

from __future__ import annotations

import importlib
from importlib import resources

import grpc
import pytest

import stepwell


@pytest.mark.parametrize(
    ("module", "service"),
    [
        ("activity.v1.activity", "ActivityService"),
        ("controlplane.v1.control_plane", "ControlPlaneService"),
        ("execution.v1.execution", "ExecutionService"),
    ],
)
def test_every_service_has_messages_and_a_stub(module, service):
    messages = importlib.import_module(f"stepwell.{module}_pb2")
    stubs = importlib.import_module(f"stepwell.{module}_pb2_grpc")
    assert service in messages.DESCRIPTOR.services_by_name
    with stepwell.connect("127.0.0.1:1") as channel:
        stub = getattr(stubs, f"{service}Stub")(channel)
    for method in messages.DESCRIPTOR.services_by_name[service].methods_by_name:
        assert callable(getattr(stub, method))


def test_types_are_declared():
    files = resources.files("stepwell")
    assert files.joinpath("py.typed").is_file()
    assert files.joinpath("activity/v1/activity_pb2.pyi").is_file()


def test_an_error_without_details_has_no_name():
    assert stepwell.error_name(grpc.RpcError()) is None
