"""Telling the service what came of a task."""

from __future__ import annotations

from threading import Event, Thread
from typing import Callable

import grpc

from stepwell.activity.v1 import activity_pb2 as pb
from stepwell.activity.v1 import activity_pb2_grpc as services

from ..errors import error_name
from .backoff import Backoff, permanent
from .intake import log, reason
from .task import INVALID_OUTPUT, Task, TaskError

#: Bounds one attempt to report.
CALL_SECONDS = 30.0
MOST_ERROR_CHARACTERS = 256
MOST_CAUSE_CHARACTERS = 32_768


class Reports:
    """Reports about tasks. Each is made again until it is taken, refused, or ``end`` is set."""

    def __init__(self, stub: services.ActivityServiceStub, end: Event) -> None:
        self._stub = stub
        self._end = end

    def success(self, task: Task, output: str) -> None:
        """Ends a task with its result; one that is refused fails it."""
        request = pb.SendTaskSuccessRequest(task_token=task.token, output=output)
        error = self._again(lambda: self._stub.SendTaskSuccess(request, timeout=CALL_SECONDS))
        if error is not None and error_name(error) == INVALID_OUTPUT:
            self.failure(task, TaskError(INVALID_OUTPUT, reason(error)))
        else:
            self._tell("success", error)

    def failure(self, task: Task, failure: TaskError) -> None:
        """Ends a task with an error; texts that are too long are cut."""
        request = pb.SendTaskFailureRequest(
            task_token=task.token,
            error=failure.name[:MOST_ERROR_CHARACTERS].encode(errors="replace").decode(),
            cause=failure.cause[:MOST_CAUSE_CHARACTERS].encode(errors="replace").decode(),
        )
        error = self._again(lambda: self._stub.SendTaskFailure(request, timeout=CALL_SECONDS))
        self._tell("failure", error)

    def _again(self, call: Callable[[], object]) -> grpc.RpcError | None:
        delay = Backoff()
        while True:
            try:
                call()
                return None
            except grpc.RpcError as error:
                if permanent(error) or not delay.wait(self._end):
                    return error

    def _tell(self, what: str, error: grpc.RpcError | None) -> None:
        """Logs a report that was not taken.

        A task that is over needs none: it timed out, its execution ended, or an earlier attempt to
        report was heard though its answer was not.
        """
        if error is not None:
            log.warning("the report of a task's %s was not taken: %s", what, reason(error))

    def heartbeats(self, task: Task, interval: float, done: Event) -> Thread:
        """Sends heartbeats until ``done``, and ends the task where the answer is that it is over."""
        request = pb.SendTaskHeartbeatRequest(task_token=task.token)

        def beat() -> None:
            while not done.wait(interval):
                try:
                    self._stub.SendTaskHeartbeat(request, timeout=interval)
                except grpc.RpcError as error:
                    # One that did not arrive is not sent again: the next is soon due.
                    if permanent(error):
                        task.lost = True
                        task.ended.set()
                        return

        thread = Thread(target=beat, name="stepwell-heartbeat", daemon=True)
        thread.start()
        return thread
