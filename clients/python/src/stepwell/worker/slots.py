"""How many tasks a worker can take."""

from __future__ import annotations

from threading import Condition


class Slots:
    """Free places for tasks, until closed.

    They outlive streams, so that a worker that connects anew takes no more than it has room for.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._open = True
        self._changed = Condition()

    def acquire(self, most: int) -> int:
        """Waits for a free slot and takes up to ``most`` of them; 0 once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._free > 0 or not self._open)
            if not self._open:
                return 0
            taken = min(self._free, most)
            self._free -= taken
            return taken

    def release(self, count: int) -> None:
        """Gives slots back."""
        with self._changed:
            self._free += count
            self._changed.notify_all()

    def close(self) -> None:
        """Lets nobody wait any longer."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
