"""Parallel: do the documents of a batch side by side, one thread for each confined child."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Spread:
    """A few threads that mostly wait for children; answers come in the order of the items."""

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="spread")

    def over(self, function: Callable[[Item], Answer], items: Sequence[Item]) -> list[Answer]:
        """Call the function on every item; the first exception is raised once all have ended."""
        futures = [self._threads.submit(function, item) for item in items]
        return [future.result() for future in futures]

    def each(self, function: Callable[[Item], Answer], items: Sequence[Item]) -> Iterator[Answer]:
        """`over`, each answer as soon as it and those before it are there."""
        yield from self._threads.map(function, items)

    def as_they_come(
        self, function: Callable[[Item], Answer], items: Sequence[Item], *, seconds: float
    ) -> Iterator[list[Answer]]:
        """All answers together; but when that takes longer than `seconds`, those that are there, again and again."""
        waiting = [self._threads.submit(function, item) for item in items]
        while waiting:
            wait(waiting, timeout=seconds)
            done = [future for future in waiting if future.done()]
            waiting = [future for future in waiting if future not in done]
            if done:
                yield [future.result() for future in done]

    def close(self) -> None:
        """Wait for what is in hand, and end the threads."""
        self._threads.shutdown()
