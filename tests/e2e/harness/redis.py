"""A Redis server of the test's own, with an append-only file."""

import socket
from pathlib import Path

from harness.deadline import eventually
from harness.ports import free_port
from harness.process import Process


class Redis:
    """`redis-server` on a free port, on a folder that outlives a crash."""

    def __init__(self, folder: Path, fsync: str = "always", more: tuple[str, ...] = ()):
        self.port = free_port()
        data = folder / "redis"
        data.mkdir(parents=True)
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(data), "--save", "", "--maxmemory-policy", "noeviction"]
        command += ["--appendonly", "yes", "--appendfsync", fsync, *more]
        self.process = Process("redis", command, folder / "redis.log")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        if self.process.running:
            return
        self.process.start()
        eventually(self._answers, "redis-server answers")

    def stop(self) -> None:
        self.process.stop()

    def logs(self) -> str:
        return f"--- redis at {self.port}\n{self.process.tail()}"

    def _answers(self) -> bool:
        assert self.process.running, f"redis-server ended:\n{self.process.tail()}"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
