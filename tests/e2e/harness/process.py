"""A child process: its log in a file, its end by pid."""

import os
import signal
import subprocess
from pathlib import Path


class Process:
    """One process that can be started again with the same command."""

    def __init__(self, name: str, argv: list[str], log: Path):
        self.name = name
        self.argv = argv
        self.log = log
        self._child: subprocess.Popen | None = None

    def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("STEPWELL_")}
        environment.setdefault("RUST_BACKTRACE", "1")
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.argv, stdout=log, stderr=subprocess.STDOUT, env=environment
            )

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._child.poll() if self._child else None

    def kill(self) -> None:
        """`kill -9`: no chance to finish anything."""
        if self.running:
            self._child.send_signal(signal.SIGKILL)
        if self._child is not None:
            self._child.wait(timeout=10)

    def pause(self) -> None:
        """SIGSTOP: the process stands still, and its connections stay open."""
        self._child.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._child.send_signal(signal.SIGCONT)

    def ask_to_end(self) -> None:
        """SIGTERM: the process drains and ends."""
        if self.running:
            self._child.send_signal(signal.SIGTERM)

    def terminate(self, seconds: float = 20) -> int:
        """SIGTERM, and the exit code once the process has drained."""
        self.ask_to_end()
        return self._child.wait(timeout=seconds)

    def stop(self) -> None:
        """Ends the process in good order, or by force where that takes too long."""
        if self._child is None:
            return
        try:
            self.terminate()
        except subprocess.TimeoutExpired:
            self.kill()

    def tail(self, lines: int = 40) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
