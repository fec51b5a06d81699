"""Promises: what is still to be done for documents, written in the same transaction as what was just done."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from jesignd.domain.jobs import BATCH_LIMIT, Batch, Promiser, Stage, Transaction
from jesignd.store import stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.domain.documents import DocumentId

NOW = datetime.timedelta()


def promise(
    transaction: Transaction,
    batch: Batch,
    *,
    engine: Promiser,
    at: datetime.datetime,
    delay: datetime.timedelta = NOW,
) -> None:
    """Promise this batch: a row that says what is due, and a job of the engine; both or neither."""
    if batch.documents:
        job = engine.enqueue(transaction, batch, delay_seconds=delay.total_seconds())
        stages.promise(transaction, batch, job, due=at + delay)


def promise_each(
    transaction: Transaction,
    stage: Stage,
    documents: Sequence[DocumentId],
    *,
    engine: Promiser,
    at: datetime.datetime,
    lane: str = "",
) -> None:
    """Promise a stage for any number of documents, in batches of the usual size."""
    for start in range(0, len(documents), BATCH_LIMIT):
        batch = Batch(stage, tuple(documents[start : start + BATCH_LIMIT]), lane)
        promise(transaction, batch, engine=engine, at=at)
