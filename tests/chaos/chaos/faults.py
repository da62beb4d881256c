"""What is done to an installation. A fault hurts, waits, mends, and says of whom it was.

The seconds of a fault are drawn, never waited for a condition: they are the fault."""

import errno
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chaos.installation import Embedded, Installation, Roles
from chaos.proxy import Ending
from chaos.recovery import Recovery
from harness.cluster import RedisCluster
from harness.process import Process


@dataclass(frozen=True)
class Fault:
    """A name, how often it is drawn, and what it does with a source of chance."""

    name: str
    weight: int
    apply: Callable[[random.Random], str]


class Faults:
    """The faults that an installation can suffer."""

    def __init__(self, installation: Installation, recovery: Recovery, workers: list[Process]):
        self._own, self._recovery, self._workers = installation, recovery, workers

    def all(self) -> list[Fault]:
        found = [Fault("worker killed", 1, self.kill_worker)]
        if isinstance(self._own, Embedded):
            found += [
                Fault("process killed", 6, self.kill_dev),
                Fault("process stopped in good order", 1, self.end_dev),
                Fault("process paused", 1, self.pause_dev),
            ]
            if self._own.own_disk:
                found.append(Fault("disk full", 2, self.fill_disk))
        if isinstance(self._own, Roles):
            found += [
                Fault("execution node killed", 5, self.kill_execution),
                Fault("two execution nodes killed", 1, self.kill_two),
                Fault("execution node stopped in good order", 1, self.end_execution),
                Fault("execution node paused", 3, self.pause_execution),
                Fault("other role killed", 4, self.kill_other),
                Fault("node cut from its peers", 2, self.cut_peers),
            ]
            found += self._of_cluster() if self._cluster else self._of_one_redis()
        return found

    @property
    def _cluster(self) -> bool:
        return isinstance(self._own.redis, RedisCluster)

    def _of_one_redis(self) -> list[Fault]:
        return [
            Fault("node cut from the store", 3, self.cut_store),
            Fault("store killed", 2, self.kill_store),
            Fault("store paused", 1, self.pause_store),
        ]

    def _of_cluster(self) -> list[Fault]:
        return [
            Fault("master failed over", 4, self.fail_over),
            Fault("server of the cluster paused", 2, self.pause_server),
        ]

    def kill_worker(self, chance: random.Random) -> str:
        victim = chance.choice(self._workers)
        victim.kill()
        time.sleep(chance.uniform(0, 3))
        victim.start()
        return victim.name

    def kill_dev(self, _: random.Random) -> str:
        return self._kill(self._own.processes, 0.0)

    def end_dev(self, _: random.Random) -> str:
        self._own.process("dev").terminate(60)
        self._own.start_again(self._own.processes)
        return "dev"

    def pause_dev(self, chance: random.Random) -> str:
        return self._pause(self._own.process("dev"), chance.uniform(1, 15))

    def fill_disk(self, chance: random.Random) -> str:
        ballast = self._own.disk / "ballast"
        fill(ballast)
        seconds = chance.uniform(3, 12)
        time.sleep(seconds)
        if chance.random() < 0.5:
            self._own.process("dev").kill()
        ballast.unlink()
        self._own.start_again(self._own.processes)
        return f"{seconds:.0f} s"

    def kill_execution(self, chance: random.Random) -> str:
        victim = chance.choice(self._own.named("execution"))
        return self._kill([victim], chance.uniform(0, 5))

    def kill_two(self, chance: random.Random) -> str:
        return self._kill(chance.sample(self._own.named("execution"), 2), 0.0)

    def end_execution(self, chance: random.Random) -> str:
        victim = chance.choice(self._own.named("execution"))
        victim.terminate(60)
        self._own.start_again([victim])
        return victim.name

    def kill_other(self, chance: random.Random) -> str:
        roles = ("activity", "gateway", "integration", "control-plane")
        victim = chance.choice(self._own.named(chance.choice(roles)))
        victim.kill()
        time.sleep(chance.uniform(0, 3))
        self._own.start_again([victim])
        return victim.name

    def pause_execution(self, chance: random.Random) -> str:
        """Often past its lease: the node wakes up and finds itself fenced."""
        return self._pause(chance.choice(self._own.named("execution")), chance.uniform(1, 25))

    def cut_store(self, chance: random.Random) -> str:
        return self._cut(self._own.to_store, chance)

    def cut_peers(self, chance: random.Random) -> str:
        return self._cut(self._own.to_peers, chance)

    def kill_store(self, chance: random.Random) -> str:
        for process in self._own.store:
            process.kill()
        time.sleep(chance.uniform(0, 3))
        self._own.redis.start()
        return "redis"

    def pause_store(self, chance: random.Random) -> str:
        return self._pause(self._own.redis.process, chance.uniform(0.5, 5))

    def fail_over(self, chance: random.Random) -> str:
        """The master is killed, its replica takes its place, and it comes back as a replica."""
        key = f"{{p:{chance.randrange(256):03}}}:lease"
        self._own.redis.fail_over(key)
        time.sleep(chance.uniform(0, 3))
        self._own.redis.start()
        return f"of {key}"

    def pause_server(self, chance: random.Random) -> str:
        """Often for so long that a replica takes a master's place before it wakes up."""
        what = self._pause(chance.choice(self._own.store), chance.uniform(0.5, 8))
        self._own.redis.start()
        return what

    def _kill(self, victims: list[Process], seconds: float) -> str:
        """Kills, and measures the recovery: one process is started again at once, a node of several
        only when its peers have taken over."""
        for victim in victims:
            victim.kill()
        died = time.monotonic()
        if len(victims) == len(self._own.named("execution")) or isinstance(self._own, Embedded):
            self._own.start_again(victims)
        self._recovery.measure(died)
        time.sleep(seconds)
        self._own.start_again(victims)
        return " and ".join(victim.name for victim in victims)

    @staticmethod
    def _pause(victim: Process, seconds: float) -> str:
        victim.pause()
        time.sleep(seconds)
        victim.resume()
        return f"{victim.name}, {seconds:.1f} s"

    @staticmethod
    def _cut(links: dict, chance: random.Random) -> str:
        name = chance.choice(sorted(links))
        seconds, ending = chance.uniform(1, 20), chance.choice(list(Ending))
        links[name].cut()
        time.sleep(seconds)
        links[name].restore(ending)
        return f"{name}, {seconds:.1f} s, {ending.value}"


def fill(ballast: Path) -> None:
    """Takes the last byte of the file system, while others write to it too."""
    with ballast.open("wb") as file:
        size, step = 0, 1 << 26
        while step >= 4096:
            try:
                os.posix_fallocate(file.fileno(), size, step)
                size += step
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                step //= 4
