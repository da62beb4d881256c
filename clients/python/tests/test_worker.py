"""Workers against a real gRPC server."""

from __future__ import annotations

import json
from threading import Event

import grpc
import pytest
from conftest import ARN
from service import Report, named

import stepwell
from stepwell.worker import TaskError, Worker

SECONDS = 20


def echo(task, value):
    return value


def test_tasks_are_answered_within_the_concurrency(service, channel, begin, delivery):
    tokens = [f"task{index}" for index in range(7)]
    for token in tokens:
        service.queue.put(token)
    worker, run = begin(channel, echo, concurrency=2, delivery=delivery)
    reports = [service.reports.get(timeout=SECONDS) for _ in tokens]
    assert sorted(report.token for report in reports) == tokens
    assert all(report.output == json.dumps(report.token) for report in reports)
    assert service.at_once <= 2
    worker.stop()
    run.result(SECONDS)


def test_a_subscription_tells_name_and_concurrency(service, channel, begin):
    begin(channel, echo, name="tester", concurrency=3)
    subscribe = service.subscribed.get(timeout=SECONDS)
    assert (subscribe.activity_arn, subscribe.worker_name, subscribe.credit) == (ARN, "tester", 3)


def fail(error):
    def handler(task, value):
        raise error

    return handler


@pytest.mark.parametrize(
    ("handler", "error", "cause"),
    [
        (fail(TaskError("Declined", "no money")), "Declined", "no money"),
        (fail(KeyError("sku")), "KeyError", "'sku'"),
        (fail(SystemExit(3)), "SystemExit", "3"),
        (lambda task, value: {1, 2}, "InvalidOutput", "Object of type set is not JSON serializable"),
        (
            lambda task, value: "é" * 200_000,
            "InvalidOutput",
            "the result has 400002 bytes of JSON, the limit is 262144",
        ),
        (fail(TaskError("é" * 300, "é" * 40_000)), "é" * 256, "é" * 32_768),
    ],
    ids=["named", "exception", "exit", "no JSON", "too long", "cut"],
)
def test_exceptions_become_failures(service, channel, begin, handler, error, cause):
    begin(channel, handler)
    service.queue.put("task")
    assert service.reports.get(timeout=SECONDS) == Report("task", error=error, cause=cause)


@pytest.mark.parametrize("value", [float("nan"), "\ud800"], ids=["not a number", "half a character"])
def test_a_result_that_json_does_not_know_fails_the_task(service, channel, begin, value):
    begin(channel, lambda task, _: value)
    service.queue.put("task")
    assert service.reports.get(timeout=SECONDS).error == "InvalidOutput"


def test_a_stream_that_breaks_is_opened_again(service, channel, begin):
    service.breaks = 2
    service.queue.put("task")
    begin(channel, echo)
    # Acknowledgements that cross the end of a stream are not heard, and the task comes again.
    assert service.reports.get(timeout=SECONDS).token == "task"
    service.queue.put("another")
    while service.reports.get(timeout=SECONDS).token != "another":
        pass


def test_a_server_that_comes_back_is_found(service, begin, delivery):
    server, port = service.serve()
    with stepwell.connect(f"127.0.0.1:{port}") as channel:
        worker, run = begin(channel, echo, delivery=delivery)
        service.queue.put("before")
        service.reports.get(timeout=SECONDS)
        server.stop(None).wait()
        server, _ = service.serve(port)
        service.queue.put("after")
        # The first report may come twice: the server may have gone before its answer.
        while service.reports.get(timeout=SECONDS).token != "after":
            pass
        worker.stop()
        run.result(SECONDS)
        server.stop(None)


def test_a_report_is_repeated_until_it_is_taken(service, channel, begin):
    def handler(task, value):
        unavailable = named(grpc.StatusCode.UNAVAILABLE, "ServiceUnavailable")
        service.refusals = [unavailable, unavailable]
        return value

    begin(channel, handler)
    service.queue.put("task")
    assert service.reports.get(timeout=SECONDS) == Report("task", output='"task"')
    assert service.refusals == []


def test_a_result_that_is_refused_fails_the_task(service, channel, begin):
    def handler(task, value):
        service.refusals = [named(grpc.StatusCode.INVALID_ARGUMENT, "InvalidOutput")]
        return value

    begin(channel, handler)
    service.queue.put("task")
    assert service.reports.get(timeout=SECONDS).error == "InvalidOutput"


def test_a_worker_ends_where_trying_again_cant_help(service, channel, delivery):
    service.refusals = [named(grpc.StatusCode.NOT_FOUND, "ActivityDoesNotExist")]
    with pytest.raises(grpc.RpcError) as raised:
        Worker(channel, ARN, echo, delivery=delivery).run()
    assert stepwell.error_name(raised.value) == "ActivityDoesNotExist"


def test_heartbeats_are_sent_while_a_handler_runs(service, channel, begin):
    finish = Event()
    begin(channel, lambda task, value: finish.wait(SECONDS), heartbeat_seconds=0.02)
    service.queue.put("task")
    assert [service.heartbeats.get(timeout=SECONDS) for _ in range(3)] == ["task"] * 3
    finish.set()
    assert service.reports.get(timeout=SECONDS).output == "true"


def test_a_task_that_is_over_is_lost(service, channel, begin):
    service.beats = named(grpc.StatusCode.FAILED_PRECONDITION, "TaskTimedOut")
    ended = Event()

    def handler(task, value):
        if task.ended.wait(SECONDS) and task.lost:
            ended.set()

    worker, run = begin(channel, handler, heartbeat_seconds=0.5)
    service.queue.put("task")
    assert ended.wait(SECONDS)
    worker.stop()
    run.result(SECONDS)
    assert service.reports.empty()


def test_a_stop_lets_tasks_finish(service, channel, begin, delivery):
    begun, finish = Event(), Event()

    def handler(task, value):
        begun.set()
        finish.wait(SECONDS)
        return value

    worker, run = begin(channel, handler, delivery=delivery)
    service.queue.put("task")
    assert begun.wait(SECONDS)
    service.queue.put("late")
    worker.stop()
    finish.set()
    run.result(SECONDS)
    assert service.reports.get(timeout=SECONDS) == Report("task", output='"task"')
    assert service.reports.empty()
    assert service.queue.get(timeout=SECONDS) == "late"


def test_a_handler_beyond_the_grace_period_is_told(service, channel, begin):
    begun = Event()

    def handler(task, value):
        begun.set()
        assert not task.ended.wait(SECONDS), "told to end"

    worker, run = begin(channel, handler, grace_seconds=0.05)
    service.queue.put("task")
    assert begun.wait(SECONDS)
    worker.stop()
    run.result(SECONDS)
    report = service.reports.get(timeout=SECONDS)
    assert report.error == "WorkerStopped"
    assert "told to end" in report.cause


def test_large_messages_and_the_namespace_arrive(service, begin, delivery):
    service.inputs["large"] = json.dumps("x" * (6 << 20))
    server, port = service.serve()
    target = f"127.0.0.1:{port}"
    with stepwell.connect(target, account="123456789012", region="eu-west-1") as channel:
        worker, run = begin(channel, lambda task, value: len(value), delivery=delivery)
        service.queue.put("large")
        assert service.reports.get(timeout=SECONDS).output == str(6 << 20)
        assert service.namespace["stepwell-account"] == "123456789012"
        assert service.namespace["stepwell-region"] == "eu-west-1"
        worker.stop()
        run.result(SECONDS)
    server.stop(None)


@pytest.mark.parametrize("concurrency", [0, -1, 1001])
def test_a_concurrency_out_of_range_is_refused(channel, concurrency):
    with pytest.raises(ValueError, match="1 to 1,000"):
        Worker(channel, ARN, echo, concurrency=concurrency)
