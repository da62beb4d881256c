"""The time between attempts, and which failures are worth another."""

from __future__ import annotations

import random
from threading import Event

import grpc

FIRST_SECONDS = 0.1
MOST_SECONDS = 10.0

_PERMANENT = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)


def permanent(error: grpc.RpcError) -> bool:
    """Whether the same call would fail again."""
    return isinstance(error, grpc.Call) and error.code() in _PERMANENT


class Backoff:
    """Intervals that double from `FIRST_SECONDS` to `MOST_SECONDS`.

    Each is shortened by up to a half at random, so that workers that lost the same server don't
    come back together.
    """

    def __init__(self) -> None:
        self._next = FIRST_SECONDS

    def reset(self) -> None:
        """Begins anew, after a success."""
        self._next = FIRST_SECONDS

    def wait(self, end: Event) -> bool:
        """Lets the next interval pass; False when ``end`` was set first."""
        interval, self._next = self._next, min(2 * self._next, MOST_SECONDS)
        return not end.wait(interval * random.uniform(0.5, 1.0))
