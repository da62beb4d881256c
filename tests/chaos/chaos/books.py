"""What was acknowledged, and what the histories show of it."""

import hashlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Execution:
    """One accepted start."""

    arn: str
    kind: str
    input: dict
    # What StopExecution was told, where it was acknowledged.
    stopped: str | None = None
    # The digest of the history that was read when the execution had ended.
    digest: str | None = None
    # Of that history: proofs of reports, calls of functions that were started, nested executions.
    proofs: list[str] = field(default_factory=list)
    calls: int = 0
    children: list[str] = field(default_factory=list)


@dataclass
class Books:
    """Written by the threads of the load, read when the run is over."""

    lossy: bool
    executions: dict[str, Execution] = field(default_factory=dict)
    proofs: dict[str, str] = field(default_factory=dict)
    calls: Counter = field(default_factory=Counter)
    lost: Counter = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    ended: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accepted(self, execution: Execution) -> None:
        with self.lock:
            self.executions[execution.arn] = execution

    def reported(self, proof: str, arn: str) -> None:
        with self.lock:
            self.proofs[proof] = arn

    def called(self, order: str) -> None:
        with self.lock:
            self.calls[order] += 1

    def finding(self, text: str) -> None:
        """Something that no fault excuses."""
        with self.lock:
            self.findings.append(text)

    def lost_acknowledgement(self, what: str, text: str) -> None:
        """An acknowledged call that left no trace: a finding, unless the store may lose writes."""
        with self.lock:
            self.lost[what] += 1
            if not self.lossy:
                self.findings.append(f"lost {what}: {text}")


def digest(history: list[dict]) -> str:
    return hashlib.sha256(json.dumps(history, sort_keys=True).encode()).hexdigest()
