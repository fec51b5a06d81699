"""Jobs: what is still to be done, and the port behind which the engine that does it can be replaced."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, Protocol

from jesignd.domain.documents import DocumentId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Transaction = NewType("Transaction", object)
"""An open transaction of the store; whoever is not the store only passes it on."""

BATCH_LIMIT = 64
"""The unit of work: documents at one stage, in one transaction and one sync."""

RETRY_MINUTES = (1, 5, 30, 120, 720)
"""Waits after each failed attempt at a service; after the last, the document holds."""


class Stage(StrEnum):
    """The steps of the line that are jobs."""

    RECOGNISE = "recognise"
    AUTHORISE = "authorise"
    SEAL = "seal"
    DELIVER = "deliver"
    REPORT = "report"
    """Tell the sender: rejects beside their cause, return files for held, duplicate and rejected documents."""
    CLEAR = "clear"
    """Do to the source what its folder's policy says, once delivered."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents at one stage, to be done together. `lane` separates what must not wait for each other."""

    stage: Stage
    documents: tuple[DocumentId, ...]
    lane: str = ""
    attempt: int = 0


def retry_delay(attempt: int) -> datetime.timedelta | None:
    """How long to wait after this attempt (from 0) failed; None: hold instead."""
    return datetime.timedelta(minutes=RETRY_MINUTES[attempt]) if attempt < len(RETRY_MINUTES) else None


class Promiser(Protocol):
    """Whoever can make promises inside our transactions, whether it keeps them itself or another process does."""

    def enqueue(self, transaction: Transaction, batch: Batch, *, delay_seconds: float = 0.0) -> str:
        """Promise the batch in this transaction and return the job's id; nothing runs if it rolls back."""

    def live(self, jobs: Sequence[str]) -> frozenset[str]:
        """Those of these jobs that are waiting, delayed or running."""

    def cancel(self, jobs: Sequence[str]) -> None:
        """Forget these jobs, where they have not begun."""


class Engine(Promiser, Protocol):
    """The engine: keeps the promises. Knows documents by id only."""

    def recover(self, nodes: Iterable[str]) -> int:
        """Take over what these dead nodes had in hand; the number of jobs taken."""

    def collect(self, before: datetime.datetime) -> int:
        """Forget finished jobs older than this; the number forgotten."""

    def run(
        self,
        stages: Mapping[Stage, Callable[[Batch], None]],
        *,
        held: Callable[[str], Sequence[Batch]] | None = None,
    ) -> None:
        """Start doing jobs, in threads of this process; returns at once.

        `held` tells what is still promised to be done by a job; with it, what a job promises may become part of it.
        """

    def stop(self, seconds: float) -> None:
        """Finish the jobs in hand, for at most this long, and begin no other."""
