"""An activity service that holds its tasks in memory, behind a real gRPC server.

It keeps to the credit of each stream, and gives a task that was not acknowledged again.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Condition, Lock, Thread
from typing import Any, Iterator

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

import stepwell
from stepwell.activity.v1 import activity_pb2 as pb
from stepwell.activity.v1 import activity_pb2_grpc as services


@dataclass
class Report:
    """What the service was told about a task."""

    token: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None


def named(code: grpc.StatusCode, name: str) -> grpc.Status:
    """An error as the installation's services send it."""
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.ErrorInfo(domain="stepwell", reason=name))
    status = status_pb2.Status(code=code.value[0], message="provoked", details=[detail])
    return rpc_status.to_status(status)


class Service(services.ActivityServiceServicer):
    """See the module. Attributes are set by tests before tasks are queued."""

    def __init__(self) -> None:
        self.queue: Queue[str] = Queue()
        self.reports: Queue[Report] = Queue()
        self.heartbeats: Queue[str] = Queue()
        self.subscribed: Queue[Any] = Queue()
        #: Inputs by token; a token without one has the input ``"TOKEN"``.
        self.inputs: dict[str, str] = {}
        #: How many streams end after a delivery, before its acknowledgement is read.
        self.breaks = 0
        #: What the next calls that report, poll or open a stream are answered with.
        self.refusals: list[grpc.Status] = []
        #: What heartbeats are answered with.
        self.beats: grpc.Status | None = None
        self.at_once = 0
        self.namespace: dict[str, str] = {}
        self._open = 0
        self._lock = Lock()

    def serve(self, port: int = 0) -> tuple[grpc.Server, int]:
        """Puts the service on a port, a free one unless named."""
        options = [("grpc.max_send_message_length", stepwell.MAX_MESSAGE_BYTES)]
        server = grpc.server(ThreadPoolExecutor(20), options=options)
        services.add_ActivityServiceServicer_to_server(self, server)
        port = server.add_insecure_port(f"127.0.0.1:{port}")
        server.start()
        return server, port

    def _refuse(self, context: grpc.ServicerContext) -> None:
        self.namespace = dict(context.invocation_metadata())
        with self._lock:
            refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            context.abort_with_status(refusal)

    def _count(self, change: int) -> None:
        with self._lock:
            self._open += change
            self.at_once = max(self.at_once, self._open)

    def _task(self, token: str) -> str:
        return self.inputs.get(token, json.dumps(token))

    def StreamActivityTasks(self, requests: Iterator[Any], context: Any) -> Iterator[Any]:
        self._refuse(context)
        stream = _Stream(next(requests).subscribe)
        self.subscribed.put(stream.subscribe)
        Thread(target=stream.listen, args=[requests], daemon=True).start()
        context.add_callback(stream.end)
        try:
            while stream.may_send():
                try:
                    token = self.queue.get(timeout=0.05)
                except Empty:
                    continue
                if not stream.sent(token):
                    self.queue.put(token)
                    break
                self._count(1)
                yield pb.StreamActivityTasksResponse(
                    delivery_id=token, task_token=token, input=self._task(token)
                )
                if self.breaks > 0:
                    self.breaks -= 1
                    context.abort(grpc.StatusCode.UNAVAILABLE, "broken")
        finally:
            for token in stream.unacknowledged:
                self._count(-1)
                self.queue.put(token)

    def GetActivityTask(self, request: Any, context: Any) -> Any:
        self._refuse(context)
        try:
            token = self.queue.get(timeout=0.05)
        except Empty:
            return pb.GetActivityTaskResponse()
        self._count(1)
        return pb.GetActivityTaskResponse(task_token=token, input=self._task(token))

    def _record(self, report: Report, context: Any) -> None:
        self._refuse(context)
        self._count(-1)
        self.reports.put(report)

    def SendTaskSuccess(self, request: Any, context: Any) -> Any:
        self._record(Report(request.task_token, output=request.output), context)
        return pb.SendTaskSuccessResponse()

    def SendTaskFailure(self, request: Any, context: Any) -> Any:
        report = Report(request.task_token, error=request.error, cause=request.cause)
        self._record(report, context)
        return pb.SendTaskFailureResponse()

    def SendTaskHeartbeat(self, request: Any, context: Any) -> Any:
        self.heartbeats.put(request.task_token)
        if self.beats is not None:
            context.abort_with_status(self.beats)
        return pb.SendTaskHeartbeatResponse()


class _Stream:
    """The server's side of one stream."""

    def __init__(self, subscribe: Any) -> None:
        self.subscribe = subscribe
        self.unacknowledged: set[str] = set()
        self._credit = subscribe.credit
        self._open = True
        self._changed = Condition()

    def listen(self, requests: Iterator[Any]) -> None:
        try:
            for request in requests:
                with self._changed:
                    self.unacknowledged.discard(request.acknowledge.delivery_id)
                    self._credit += request.add_credit.count
                    self._changed.notify_all()
        except Exception:
            # The client has cancelled the stream.
            pass
        self.end()

    def end(self) -> None:
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def may_send(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._credit > 0 or not self._open)
            return self._open

    def sent(self, token: str) -> bool:
        with self._changed:
            if self._open:
                self._credit -= 1
                self.unacknowledged.add(token)
            return self._open
