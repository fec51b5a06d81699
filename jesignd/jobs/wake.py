"""Wake: a pause that ends early when there may be work.

The engine's library asks its tables at a fixed pace and knows no other way to hear of new work in the same process:
asking often costs CPU all night, asking seldom costs every document a wait. Its polling loop pauses on an event; this
is one that a commit can cut short, and that pauses little after it and longer and longer when nothing comes.
"""

from __future__ import annotations

import threading

_SHORTEST_SECONDS = 0.004


class Wake:
    """What a polling loop takes for a `threading.Event` that is set when it is to end."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stopped = False
        self._nudged = False
        self._pause_seconds = _SHORTEST_SECONDS

    def nudge(self) -> None:
        """There may be work now."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def set(self) -> None:
        """End the loop."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def is_set(self) -> bool:
        """Whether the loop is to end."""
        return self._stopped

    def wait(self, timeout: float) -> bool:
        """Pause for at most this many seconds, less when nudged or shortly after; whether the loop is to end."""
        with self._changed:
            pause = min(timeout, self._pause_seconds)
            self._changed.wait_for(lambda: self._nudged or self._stopped, pause)
            self._pause_seconds = _SHORTEST_SECONDS if self._nudged else min(2 * self._pause_seconds, timeout)
            self._nudged = False
            return self._stopped
