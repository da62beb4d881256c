"""Waiting for a condition, never for a time."""

import time


def eventually(condition, what: str, seconds: float = 30, pause: float = 0.02):
    """The first true value of `condition()`; fails with `what` when none came in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(pause)
