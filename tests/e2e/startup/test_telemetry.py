"""Traces and metrics over OTLP, to a collector of the test's own, and to none that is there."""

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from harness.aws import client
from harness.deadline import eventually
from harness.definitions import machine, passing
from harness.ports import free_port
from harness.workflow import Workflows

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
DONE = machine(("P", passing(Result="done")))


class Collector(grpc.GenericRpcHandler):
    """Keeps the bytes of every export, by the method that they came by."""

    def __init__(self):
        self.received: dict[str, bytes] = {TRACES: b"", METRICS: b""}

    def service(self, details):
        def export(request, _context):
            self.received[details.method] += request
            # An empty answer: all was taken.
            return b""

        return grpc.unary_unary_rpc_method_handler(export)


@pytest.fixture
def collector():
    handler = Collector()
    server = grpc.server(ThreadPoolExecutor(2), handlers=[handler])
    port = free_port()
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    yield handler, f"http://127.0.0.1:{port}"
    server.stop(None)


def test_traces_and_metrics_reach_the_collector(collector, suite_with, monkeypatch):
    handler, address = collector
    monkeypatch.setenv(ENDPOINT, address)
    # Often enough for a test: a second, where a minute is usual.
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "1000")
    own = suite_with("dev")
    assert Workflows(client(own.endpoint)).output(DONE) == "done"
    for method in (TRACES, METRICS):
        eventually(lambda: b"stepwell" in handler.received[method], method)  # noqa: B023


def test_a_collector_that_is_not_there_stands_in_nobody_s_way(suite_with, monkeypatch):
    monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{free_port()}")
    own = suite_with("dev")
    assert Workflows(client(own.endpoint)).output(DONE) == "done"
    assert own.process("dev").terminate(30) == 0
