"""Installations that can be hurt: every link and process can be cut, stopped and killed."""

import subprocess
from functools import partial
from pathlib import Path

from chaos.proxy import Network, Proxy
from harness.cluster import RedisCluster
from harness.deadline import eventually
from harness.ports import free_port
from harness.process import Process
from harness.redis import Redis
from harness.suite import Suite

LIMITS = {"poll_seconds": 5}
EXECUTION_NODES = 3
DISK_MIB = 1024


class Installation(Suite):
    """Processes of one installation, with the gateways that clients use."""

    def __init__(self, binary: Path, folder: Path, flags: list[str]):
        super().__init__(binary, folder, flags, LIMITS)
        self.gateways: list[int] = []
        self.store: list[Process] = []

    def start_again(self, processes: list[Process]) -> None:
        """Starts those of the processes that do not run, and waits until they serve."""
        for process in processes:
            if not process.running:
                process.start()
        for process in processes:
            if process.name in self._health:
                eventually(partial(self._ready, process), f"{process.name} is ready", 120)

    def named(self, role: str) -> list[Process]:
        return [process for process in self.processes if process.name.startswith(role)]

    def ended_by_themselves(self) -> list[Process]:
        return [process for process in self.processes + self.store if not process.running]


class Embedded(Installation):
    """`stepwell dev` on a small file system of its own, where one can be mounted."""

    def __init__(self, binary: Path, folder: Path, flags: list[str]):
        super().__init__(binary, folder, flags)
        self.disk = folder / "disk"
        self.disk.mkdir()
        size = f"size={DISK_MIB}m"
        mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self.disk)]
        self.own_disk = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        self.add("dev", ["dev", "--data-dir", str(self.disk / "data")], self.port)
        self.gateways = [self.port]

    def stop(self) -> None:
        super().stop()
        if self.own_disk:
            subprocess.run(["umount", "--lazy", str(self.disk)], check=True)


class Roles(Installation):
    """Three execution nodes and the other roles over Redis. Every execution node is reached by its
    peers through a proxy of its own, and reaches a single Redis through another one; the servers
    of a cluster are reached under the addresses that they announce."""

    def __init__(self, binary: Path, folder: Path, flags: list[str], redis: Redis | RedisCluster):
        super().__init__(binary, folder, flags)
        self.redis = redis
        servers = redis.servers if isinstance(redis, RedisCluster) else [redis]
        self.store = [server.process for server in servers]
        self._network = Network()
        self.to_store: dict[str, Proxy] = {}
        self.to_peers: dict[str, Proxy] = {}
        self._add_role("control-plane", "control-plane")
        for number in range(1, EXECUTION_NODES + 1):
            self._add_execution(f"execution-{number}")
        for number in (1, 2):
            self._add_role("activity", f"activity-{number}")
            self._add_role("integration", f"integration-{number}")
        for number in (1, 2):
            self.gateways.append(self._add_role("gateway", f"gateway-{number}"))

    def _add_role(self, role: str, name: str) -> int:
        listen = free_port()
        self.add(name, [role, "--redis", self.redis.url], listen)
        return listen

    def _add_execution(self, name: str) -> None:
        url, peers = self.redis.url, free_port()
        if isinstance(self.redis, Redis):
            port = free_port()
            url = f"redis://127.0.0.1:{port}"
            self.to_store[name] = Proxy(self._network, port, self.redis.port)
        flags = ["--redis", url, "--advertise", f"127.0.0.1:{peers}"]
        self.add(name, ["execution", *flags], free_port())

        self.to_peers[name] = Proxy(self._network, peers, self._grpc[name])

    def start(self) -> None:
        self.redis.start()
        super().start()

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()
        self.redis.stop()
        self._network.close()
