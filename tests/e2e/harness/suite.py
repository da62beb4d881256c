"""Stepwell as a whole, in one of its two shapes.

`dev`: one process on the embedded store. `roles`: a process per role over Redis, the execution
role twice; `cluster`: the same over a Redis cluster. Tests do not know which of them they speak to.
"""

import json
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

from harness.cluster import RedisCluster
from harness.deadline import eventually
from harness.ports import free_port
from harness.process import Process
from harness.redis import Redis

ROLES = ("control-plane", "execution", "execution", "activity", "integration", "gateway")


class Suite:
    """Processes that make up one installation, and the address of its gateway."""

    def __init__(self, binary: Path, folder: Path, flags: list[str], limits: dict | None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self._flags = list(flags)
        if limits:
            path = folder / "limits.json"
            path.write_text(json.dumps(limits))
            self._flags += ["--limits", str(path)]
        self._binary = str(binary)
        self._health: dict[str, int] = {}
        self._grpc: dict[str, int] = {}
        self.processes: list[Process] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, name: str, command: list[str], listen: int) -> None:
        """Adds a process; `listen` is where it answers /healthz."""
        addresses = ["--listen", f"127.0.0.1:{listen}"]
        self._grpc[name] = free_port()
        addresses += ["--grpc-listen", f"127.0.0.1:{self._grpc[name]}"]
        argv = [self._binary, *command, *addresses, *self._flags]
        self.processes.append(Process(name, argv, self.folder / f"{name}.log"))
        self._health[name] = listen

    def start(self) -> None:
        for process in self.processes:
            if not process.running:
                process.start()
        self.wait_ready()

    def wait_ready(self, seconds: float = 60) -> None:
        for process in self.processes:
            eventually(partial(self._ready, process), f"{process.name} is ready", seconds)

    def _ready(self, process: Process) -> bool:
        assert process.running, f"{process.name} ended: {process.exit_code}\n{process.tail()}"
        try:
            url = f"http://127.0.0.1:{self._health[process.name]}/healthz"
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def process(self, name: str) -> Process:
        return next(process for process in self.processes if process.name == name)

    def health_port(self, name: str) -> int:
        """Where a process answers /healthz and /metrics."""
        return self._health[name]

    def grpc(self, role: str) -> str:
        """The gRPC address of a role: `dev` is all of them."""
        names = [name for name in self._grpc if name == "dev" or name.startswith(role)]
        return f"127.0.0.1:{self._grpc[names[0]]}"

    def stop(self) -> None:
        for process in self.processes:
            process.stop()

    def logs(self) -> str:
        return "\n".join(f"--- {process.name}\n{process.tail()}" for process in self.processes)


class Dev(Suite):
    """`stepwell dev` on a data directory that outlives a crash."""

    def __init__(self, binary, folder, flags=(), limits=None):
        super().__init__(binary, folder, flags, limits)
        self.add("dev", ["dev", "--data-dir", str(folder / "data")], self.port)


class Memory(Suite):
    """`stepwell dev` that forgets all at its end, or on the store that `store` names."""

    def __init__(self, binary, folder, flags=(), limits=None, store=("--in-memory",)):
        super().__init__(binary, folder, flags, limits)
        self.add("dev", ["dev", *store], self.port)


class Roles(Suite):
    """Every role as a process of its own over Redis."""

    STORE = Redis

    def __init__(self, binary, folder, flags=(), limits=None):
        super().__init__(binary, folder, flags, limits)
        self.redis = self.STORE(folder)
        for place, role in enumerate(ROLES):
            listen = self.port if role == "gateway" else free_port()
            name = f"{role}-{place}" if role == "execution" else role
            self.add(name, [role, "--redis", self.redis.url], listen)

    def start(self) -> None:
        self.redis.start()
        super().start()

    def stop(self) -> None:
        # The gateway first: nothing new comes in while the others drain.
        for process in reversed(self.processes):
            process.stop()
        self.redis.stop()

    def logs(self) -> str:
        return f"{super().logs()}\n{self.redis.logs()}"


class Clustered(Roles):
    """Every role as a process of its own over a Redis cluster."""

    STORE = RedisCluster


SHAPES = {"dev": Dev, "roles": Roles, "memory": Memory, "cluster": Clustered}
