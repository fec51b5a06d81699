"""Wake: a pause that ends early when there may be work.

The engine's library asks its tables at a fixed pace and knows no other way to hear of new work in the same process:
asking often costs CPU all night, asking seldom costs every document a wait. Its polling loop pauses on an event; this
is one that a commit can cut short. A look costs two milliseconds of CPU, so that one follows each commit, and few more.
"""

from __future__ import annotations

import threading
import time

_SOON_SECONDS = 0.01
_AFTER_NUDGE_SECONDS = 0.1
_GROWTH = 3


class Wake:
    """What a polling loop takes for a `threading.Event` that is set when it is to end."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stopped = False
        self._nudged = False
        self._pause_seconds = _AFTER_NUDGE_SECONDS
        self._until = 0.0

    def nudge(self) -> None:
        """There is work now."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def soon(self) -> None:
        """There will be room for waiting work in a moment, once the library has written down that a job has ended."""
        with self._changed:
            self._pause_seconds = _SOON_SECONDS
            self._until = min(self._until, time.monotonic() + _SOON_SECONDS)
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
        """Pause for at most this many seconds, less when told so, longer and longer otherwise; whether to end."""
        with self._changed:
            self._until = time.monotonic() + min(timeout, self._pause_seconds)
            while not (self._nudged or self._stopped) and (left := self._until - time.monotonic()) > 0:
                self._changed.wait(left)
            grown = min(_GROWTH * self._pause_seconds, timeout)
            self._pause_seconds = _AFTER_NUDGE_SECONDS if self._nudged else grown
            self._nudged = False
            return self._stopped
