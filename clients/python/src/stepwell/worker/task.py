"""A task at hand, and what a handler makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Callable


class TaskError(Exception):
    """Fails a task under a name that the Retry and Catch of its Task state can tell from others.

    ``name`` is what ErrorEquals is compared with, at most 256 characters; ``cause`` explains it to
    a person, at most 32,768 characters.
    """

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(f"{name}: {cause}")
        self.name = name
        self.cause = cause


@dataclass(eq=False)
class Task:
    """A task that is being worked on."""

    #: Names the task in reports about it.
    token: str
    #: Set when going on is of no use: the task has timed out or its execution has ended, which
    #: only a heartbeat finds out, or the worker stops and its grace period is over. A handler that
    #: takes long should look at it.
    ended: Event = field(default_factory=Event)
    #: Whether it ended because a report can't change it any more.
    lost: bool = False


#: Does the work of one task: gets the task and its input, read from JSON, and gives the result,
#: which is written as JSON. An exception fails the task: a TaskError under its own name, any other
#: under the name of its class.
Handler = Callable[[Task, Any], Any]

MOST_OUTPUT_BYTES = 262_144
INVALID_OUTPUT = "InvalidOutput"


def perform(handler: Handler, task: Task, text: str) -> str:
    """Calls a handler and gives its result as JSON; raises TaskError for whatever it raised."""
    try:
        result = handler(task, json.loads(text))
    except TaskError:
        raise
    except BaseException as error:
        raise TaskError(type(error).__name__, str(error)) from error
    try:
        output = json.dumps(result, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        size = len(output.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise TaskError(INVALID_OUTPUT, str(error)) from error
    if size > MOST_OUTPUT_BYTES:
        cause = f"the result has {size} bytes of JSON, the limit is {MOST_OUTPUT_BYTES}"
        raise TaskError(INVALID_OUTPUT, cause)
    return output
