"""How long after a node's death calls are answered again, in every partition that it had."""

import json
import threading
import time
import uuid

from chaos.api import Refused, Unreachable

PROBES = 32


class Recovery:
    """After a death, starts of one-decision executions under names that spread over all partitions;
    the time from the death to the acknowledgement of each is a sample."""

    def __init__(self, load):
        self._load = load
        self.seconds: list[float] = []
        self.deaths = 0

    def measure(self, died: float) -> None:
        """Returns when every probe has its answer."""
        self.deaths += 1
        probes = [threading.Thread(target=self._probe, args=(died,)) for _ in range(PROBES)]
        for probe in probes:
            probe.start()
        for probe in probes:
            probe.join()

    def _probe(self, died: float) -> None:
        number = uuid.uuid4().hex[:12]
        try:
            self._load.api.call(
                "StartExecution",
                stateMachineArn=self._load.machines["quick"],
                name=f"probe-{number}",
                input=json.dumps({"order": number}),
            )
            self.seconds.append(time.monotonic() - died)
        except (Refused, Unreachable) as error:
            self._load.books.finding(f"a probe after a node's death: {error}")


def percentile(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
