"""Answers the tasks of an activity.

A `Worker` takes tasks, by a stream or by long polls, calls a handler for each in a thread, and
reports what came of it. A task may be given more than once, since a connection can break between
its delivery and its acknowledgement; only the first report about it counts. So a handler's effects
should be safe to repeat.
"""

from .task import Handler, Task, TaskError
from .worker import Delivery, Worker

__all__ = ["Delivery", "Handler", "Task", "TaskError", "Worker"]
