"""A service for each test, and workers that end with it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, Iterator

import grpc
import pytest
from service import Service

import stepwell
from stepwell.worker import Delivery, Worker

ARN = "arn:aws:states:us-east-1:000000000000:activity:test"


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def channel(service: Service) -> Iterator[grpc.Channel]:
    server, port = service.serve()
    with stepwell.connect(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(None)


@pytest.fixture(params=list(Delivery), ids=lambda delivery: delivery.value)
def delivery(request: pytest.FixtureRequest) -> Delivery:
    return request.param


@pytest.fixture
def begin() -> Iterator[Callable[..., tuple[Worker, Future[None]]]]:
    """Runs a worker in the background; its future ends as its run does."""
    workers = []
    with ThreadPoolExecutor() as threads:

        def begin(channel: Any, handler: Any, **options: Any) -> tuple[Worker, Future[None]]:
            worker = Worker(channel, ARN, handler, **options)
            workers.append(worker)
            return worker, threads.submit(worker.run)

        yield begin
        for worker in workers:
            worker.stop()
