"""Tasks by long poll: a call for each."""

from __future__ import annotations

from threading import Lock

import grpc

from stepwell.activity.v1 import activity_pb2 as pb

from .backoff import Backoff, permanent
from .intake import Source, Start, log, reason

#: The deadline of a long poll, which the server answers within 60 seconds.
POLL_SECONDS = 65.0


class PollIntake:
    """Takes tasks by long polls, as many at a time as threads call `take`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = Lock()
        self._polls: set[grpc.Future] = set()

    def take(self, start: Start) -> None:
        """Keeps one long poll going until the worker stops; raises what fails for good."""
        source, delay = self._source, Backoff()
        while source.slots.acquire(1):
            answer = None
            try:
                answer = self._poll()
                delay.reset()
            except grpc.RpcError as error:
                if source.stopping.is_set():
                    return
                if permanent(error):
                    raise
                log.warning("a poll for tasks failed, polling again: %s", reason(error))
                delay.wait(source.stopping)
            finally:
                if answer is None or not answer.task_token:
                    source.slots.release(1)
            if answer is not None and answer.task_token:
                start(answer.task_token, answer.input)

    def _poll(self) -> pb.GetActivityTaskResponse | None:
        """An answer, empty where no task came; None when the worker stops."""
        request = pb.GetActivityTaskRequest(
            activity_arn=self._source.activity_arn, worker_name=self._source.worker_name
        )
        with self._lock:
            if self._source.stopping.is_set():
                return None
            poll = self._source.stub.GetActivityTask.future(request, timeout=POLL_SECONDS)
            self._polls.add(poll)
        try:
            return poll.result()
        except grpc.FutureCancelledError:
            return None
        finally:
            with self._lock:
                self._polls.discard(poll)

    def stop(self) -> None:
        """Gives up the polls that wait. The source is stopping."""
        with self._lock:
            polls = list(self._polls)
        for poll in polls:
            poll.cancel()

    def finished(self) -> None:
        """A task has ended: there is room for another."""
        self._source.slots.release(1)
