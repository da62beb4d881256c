"""A Redis cluster of the test's own: three masters with a replica each."""

import subprocess
from pathlib import Path

from harness.deadline import eventually
from harness.ports import free_port
from harness.redis import Redis

MASTERS = 3
SLOTS = 16_384


class RedisCluster:
    """Six servers; the first three are the masters to begin with."""

    def __init__(self, folder: Path):
        self.servers = []
        for place in range(2 * MASTERS):
            bus = free_port()
            more = ("--cluster-enabled", "yes", "--cluster-port", str(bus), "--repl-timeout", "5")
            more += ("--cluster-node-timeout", "1500", "--repl-diskless-sync-delay", "0")
            self.servers.append(Redis(folder / f"redis-{place}", more=more))
            self.servers[-1].bus = bus
        self._made = False

    @property
    def url(self) -> str:
        """Two of them are enough to find the others."""
        return f"redis+cluster://127.0.0.1:{self.servers[0].port},127.0.0.1:{self.servers[4].port}"

    def start(self) -> None:
        for server in self.servers:
            server.start()
        if not self._made:
            self._make()
        eventually(self.whole, "the cluster is whole", 60)

    def _make(self) -> None:
        first, *others = self.servers
        for place, server in enumerate(self.servers[:MASTERS]):
            slots = [SLOTS * place // MASTERS, SLOTS * (place + 1) // MASTERS - 1]
            ask(server, "cluster", "set-config-epoch", place + 1)
            ask(server, "cluster", "addslotsrange", *slots)
        for server in others:
            ask(first, "cluster", "meet", "127.0.0.1", server.port, server.bus)
        for place, server in enumerate(self.servers[MASTERS:]):
            master = ask(self.servers[place], "cluster", "myid").strip()
            eventually(lambda s=server, m=master: joined(s, m), "a replica has its master")
        self._made = True

    def whole(self) -> bool:
        """All slots are served, and every server has its replica or is one in step."""
        for server in self.servers:
            info = ask(server, "info", "replication")
            in_step = "master_link_status:up" in info
            if not (in_step or ("role:master" in info and "connected_slaves:1" in info)):
                return False
            if "cluster_state:ok" not in ask(server, "cluster", "info"):
                return False
        return True

    def master_of(self, key: str) -> Redis:
        """The master of a key, as one of the running servers sees it."""
        server = next(server for server in self.servers if server.process.running)
        slot = int(ask(server, "cluster", "keyslot", key))
        for line in ask(server, "cluster", "nodes").splitlines():
            _, address, flags, *rest = line.split()
            for part in rest[5:] if "master" in flags and "fail" not in flags else []:
                first, _, last = part.partition("-")
                if not part.startswith("[") and int(first) <= slot <= int(last or first):
                    port = int(address.partition("@")[0].rpartition(":")[2])
                    return next(server for server in self.servers if server.port == port)
        return None

    def fail_over(self, key: str) -> None:
        """Kills the master of a key and waits until its replica is the master."""
        master = self.master_of(key)
        master.process.kill()

        def replaced():
            now = self.master_of(key)
            return now not in (None, master) and "role:master" in ask(now, "info", "replication")

        eventually(replaced, "the replica is the master", 60)

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def logs(self) -> str:
        return "\n".join(server.logs() for server in self.servers)


def ask(server: Redis, *words) -> str:
    """What a server answers; nothing where it does not."""
    command = ["redis-cli", "-p", str(server.port), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout


def joined(server: Redis, master: str) -> bool:
    return ask(server, "cluster", "replicate", master).startswith("OK")
