"""Tasks over a stream: as soon as they exist, and none lost when either side stops."""

from __future__ import annotations

import time
from queue import SimpleQueue
from threading import Lock, Timer
from typing import Iterator

import grpc

from stepwell.activity.v1 import activity_pb2 as pb

from .backoff import MOST_SECONDS, Backoff, permanent
from .intake import Source, Start, log, reason

#: How long a stream may go on after the worker has closed its side.
DRAIN_SECONDS = 2.0


class StreamIntake:
    """Takes tasks over one stream at a time."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = Lock()
        self._stream: TaskStream | None = None

    def take(self, start: Start) -> None:
        """Keeps a stream open until the worker stops; raises what fails for good."""
        source, delay = self._source, Backoff()
        while credit := source.slots.acquire(source.concurrency):
            opened = time.monotonic()
            ended = self._stream_once(credit, start)
            if source.stopping.is_set():
                return
            if time.monotonic() - opened > MOST_SECONDS:
                delay.reset()
            log.warning("the stream of tasks broke, connecting anew: %s", ended)
            delay.wait(source.stopping)

    def _stream_once(self, credit: int, start: Start) -> str:
        """Takes tasks until the stream ends, and says why it did."""
        stream = TaskStream(self._source, credit)
        with self._lock:
            # What stops the worker sees this stream, or was before it and is seen here.
            if self._source.stopping.is_set():
                return "the worker stops"
            self._stream = stream
        try:
            stream.receive(start)
            return "the server ended it"
        except grpc.RpcError as error:
            if permanent(error) and not self._source.stopping.is_set():
                raise
            return reason(error)
        finally:
            with self._lock:
                self._stream = None
            # Credit that the server has not made use of is free for the next stream.
            self._source.slots.release(stream.close())

    def stop(self) -> None:
        """Closes the stream gracefully. The source is stopping."""
        with self._lock:
            stream = self._stream
        if stream is not None:
            stream.drain()

    def finished(self) -> None:
        """A task has ended: there is room for another."""
        with self._lock:
            stream = self._stream
        if stream is None or not stream.add_credit(1):
            self._source.slots.release(1)


class TaskStream:
    """One stream, from its subscription to its end."""

    def __init__(self, source: Source, credit: int) -> None:
        self._stub = source.stub
        #: What the server may still send.
        self._credit = credit
        self._open = True
        self._draining = False
        self._lock = Lock()
        self._call: grpc.Call | None = None
        self._requests: SimpleQueue[pb.StreamActivityTasksRequest | None] = SimpleQueue()
        subscribe = pb.StreamActivityTasksRequest.Subscribe(
            activity_arn=source.activity_arn, worker_name=source.worker_name, credit=credit
        )
        self._requests.put(pb.StreamActivityTasksRequest(subscribe=subscribe))

    def receive(self, start: Start) -> None:
        """Starts a task for each delivery until the stream ends; raises what it ended with."""
        requests: Iterator[pb.StreamActivityTasksRequest] = iter(self._requests.get, None)
        call = self._stub.StreamActivityTasks(requests)
        with self._lock:
            self._call = call
            if self._draining:
                self._cut_off_soon()
        for delivery in call:
            # One that comes too late to be acknowledged is not begun: it is given again.
            if self._acknowledge(delivery.delivery_id):
                start(delivery.task_token, delivery.input)

    def _acknowledge(self, delivery_id: str) -> bool:
        with self._lock:
            if not self._open or self._credit == 0:
                return False
            self._credit -= 1
            acknowledge = pb.StreamActivityTasksRequest.Acknowledge(delivery_id=delivery_id)
            self._requests.put(pb.StreamActivityTasksRequest(acknowledge=acknowledge))
            return True

    def add_credit(self, count: int) -> bool:
        """Lets the server send more; False where the stream is closed."""
        with self._lock:
            if not self._open:
                return False
            self._credit += count
            credit = pb.StreamActivityTasksRequest.AddCredit(count=count)
            self._requests.put(pb.StreamActivityTasksRequest(add_credit=credit))
            return True

    def close(self) -> int:
        """Tells the server that nothing more is taken; gives the credit that was left."""
        with self._lock:
            self._close()
            left, self._credit = self._credit, 0
            return left

    def drain(self) -> None:
        """Closes, and cuts the stream off where the server does not end it in time."""
        with self._lock:
            self._close()
            self._draining = True
            if self._call is not None:
                self._cut_off_soon()

    def _close(self) -> None:
        if self._open:
            self._open = False
            self._requests.put(None)

    def _cut_off_soon(self) -> None:
        timer = Timer(DRAIN_SECONDS, self._call.cancel)
        timer.daemon = True
        timer.start()
