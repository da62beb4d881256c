"""What the two ways of taking tasks have in common."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from threading import Event
from typing import Callable

import grpc

from stepwell.activity.v1 import activity_pb2_grpc as services

from .slots import Slots

log = logging.getLogger("stepwell.worker")

#: Begins a task in the background, given its token and input.
Start = Callable[[str, str], None]


def reason(error: grpc.RpcError) -> str:
    """What a call failed with, in one line."""
    if not isinstance(error, grpc.Call):
        return str(error)
    return f"{error.code().name}: {error.details()}"


@dataclass
class Source:
    """Where tasks come from, and room for them."""

    stub: services.ActivityServiceStub
    activity_arn: str
    worker_name: str | None
    concurrency: int
    #: Set when no more tasks are to be taken.
    stopping: Event = field(default_factory=Event)
    slots: Slots = field(init=False)

    def __post_init__(self) -> None:
        self.slots = Slots(self.concurrency)

    def stop(self) -> None:
        """Lets nobody wait for a task or for room any longer."""
        self.stopping.set()
        self.slots.close()
