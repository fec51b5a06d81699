"""Pace: so many in so long, and no more: whoever sends without end costs us no more than that."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pace:
    """Lets `most` through in any stretch of `seconds`; for one thread."""

    def __init__(self, most: int, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._last: deque[float] = deque(maxlen=most)
        self._most = most

    def lets_through(self) -> bool:
        """Whether one more may pass now; if so, it is counted."""
        now = self._monotonic()
        if len(self._last) == self._most and now - self._last[0] < self._seconds:
            return False
        self._last.append(now)
        return True
