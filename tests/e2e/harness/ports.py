"""Loopback ports that nobody uses."""

import socket


def free_port() -> int:
    """A port that was free a moment ago; the system does not hand it out again soon."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
