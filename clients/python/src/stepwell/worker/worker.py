"""The worker: performing tasks in threads, and stopping gracefully."""

from __future__ import annotations

import enum
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread, Timer

import grpc

from stepwell.activity.v1 import activity_pb2_grpc as services

from .intake import Source, log
from .poll import PollIntake
from .reports import Reports
from .stream import StreamIntake
from .task import Handler, Task, TaskError, perform

#: What reports get after the handlers' grace period.
REPORT_GRACE_SECONDS = 10.0


class Delivery(enum.Enum):
    """How a worker comes by its tasks."""

    #: One stream, over which tasks come as soon as they exist. A task that the worker did not
    #: acknowledge is given to another, so that none is lost when either side stops.
    STREAM = "stream"
    #: A call for each task, as AWS's workers do. A task whose answer crosses the worker's stop
    #: comes again only after its timeout.
    LONG_POLL = "long-poll"


class Worker:
    """Answers the tasks of one activity. It runs once."""

    def __init__(
        self,
        channel: grpc.Channel,
        activity_arn: str,
        handler: Handler,
        *,
        name: str | None = None,
        concurrency: int = 1,
        heartbeat_seconds: float | None = None,
        delivery: Delivery = Delivery.STREAM,
        grace_seconds: float = 30.0,
    ) -> None:
        """Makes a worker that takes tasks over ``channel``, one of `stepwell.connect`.

        ``name`` is shown in the history, 1 to 80 characters. ``concurrency`` is how many tasks are
        worked on at once, 1 to 1,000, each in a thread. ``heartbeat_seconds`` is how often a
        heartbeat is sent for each task while its handler runs; it should be well below the
        HeartbeatSeconds of the Task state. ``grace_seconds`` is how long handlers may go on after
        the worker was told to stop; then their tasks are `Task.ended`.
        """
        if not 1 <= concurrency <= 1000:
            raise ValueError(f"a concurrency of {concurrency}: it may be 1 to 1,000")
        stub = services.ActivityServiceStub(channel)
        self._handler = handler
        self._heartbeat_seconds = heartbeat_seconds
        self._grace_seconds = grace_seconds
        self._source = Source(stub, activity_arn, name, concurrency)
        streaming = delivery is Delivery.STREAM
        self._intake = (StreamIntake if streaming else PollIntake)(self._source)
        self._takers = 1 if streaming else concurrency
        self._executor = ThreadPoolExecutor(concurrency, "stepwell-task")
        self._lock = Lock()
        self._tasks: set[Task] = set()
        self._overdue = Event()
        self._reports_end = Event()
        self._reports = Reports(stub, self._reports_end)
        # None: a stop was asked for. The only thing that a signal handler touches.
        self._endings: SimpleQueue[BaseException | None] = SimpleQueue()

    def stop(self) -> None:
        """Makes `run` end gracefully. May be called from any thread and from a signal handler."""
        self._endings.put(None)

    def run(self) -> None:
        """Works until `stop`; then takes no more tasks and lets those at hand finish.

        While the installation can't be reached it tries again, at growing intervals of at most ten
        seconds. Raises grpc.RpcError only where trying again can't help, for example when the
        activity does not exist.
        """
        takers = [
            Thread(target=self._take, name="stepwell-intake", daemon=True)
            for _ in range(self._takers)
        ]
        timers: list[Timer] = []
        with self._executor:
            for taker in takers:
                taker.start()
            try:
                ending = self._wait_for_ending()
            finally:
                self._source.stop()
                self._intake.stop()
                for taker in takers:
                    taker.join()
                timers = self._start_grace()
        for timer in timers:
            timer.cancel()
        if ending is not None:
            raise ending

    def _wait_for_ending(self) -> BaseException | None:
        # A signal that comes between Python's last look for one and the wait does not end the wait,
        # and its handler runs only after it: so the wait ends by itself from time to time.
        while True:
            try:
                return self._endings.get(timeout=0.25)
            except Empty:
                continue

    def _take(self) -> None:
        try:
            self._intake.take(self._start)
        except BaseException as error:
            self._endings.put(error)

    def _start_grace(self) -> list[Timer]:
        """Ends the tasks at hand after the grace period, and the patience of their reports later:
        handlers first, so that what they say is heard."""
        timers = [
            Timer(self._grace_seconds, self._end_tasks),
            Timer(self._grace_seconds + REPORT_GRACE_SECONDS, self._reports_end.set),
        ]
        for timer in timers:
            timer.daemon = True
            timer.start()
        return timers

    def _end_tasks(self) -> None:
        with self._lock:
            self._overdue.set()
            for task in self._tasks:
                task.ended.set()

    def _start(self, token: str, text: str) -> None:
        task = Task(token)
        with self._lock:
            self._tasks.add(task)
        self._executor.submit(self._work, task, text)

    def _work(self, task: Task, text: str) -> None:
        """Works on a task from its arrival to the report about it."""
        done = Event()
        beats = None
        try:
            if self._heartbeat_seconds is not None:
                beats = self._reports.heartbeats(task, self._heartbeat_seconds, done)
            self._perform(task, text)
        except BaseException:
            log.exception("a task could not be reported")
        finally:
            done.set()
            if beats is not None:
                beats.join()
            with self._lock:
                self._tasks.discard(task)
            self._intake.finished()

    def _perform(self, task: Task, text: str) -> None:
        failure, output = None, ""
        try:
            output = perform(self._handler, task, text)
        except TaskError as error:
            failure = TaskError("WorkerStopped", str(error)) if self._overdue.is_set() else error
        if task.lost:
            log.warning("a task was lost: it has timed out or its execution has ended")
        elif failure is not None:
            self._reports.failure(task, failure)
        else:
            self._reports.success(task, output)
