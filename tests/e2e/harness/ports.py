"""Loopback ports that nobody uses."""

import random
import socket

# Below the ports that the system gives to outgoing connections, so that none of them takes a port
# while its server is being started, or started again after a crash.
PORTS = range(15_000, 32_000)

_given: set[int] = set()


def free_port() -> int:
    """A port that was free a moment ago, given once."""
    while True:
        port = random.choice(PORTS)
        if port not in _given and is_free(port):
            _given.add(port)
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
