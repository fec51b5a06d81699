"""Promises: what is still to be done for documents, written in the same transaction as what was just done."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import BATCH_LIMIT, RETRY_MINUTES, Batch, Promiser, Stage, Transaction, retry_delay
from jesignd.store import stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.domain.documents import DocumentId

NOW = datetime.timedelta()

NEXT = {
    DocumentState.RECEIVED: Stage.RECOGNISE,
    DocumentState.RECOGNISED: Stage.AUTHORISE,
    DocumentState.AUTHORISED: Stage.SEAL,
}
"""What is to be done next to a document in this state; a sealed one is delivered, to each destination apart."""


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


def promise_again(
    transaction: Transaction,
    batch: Batch,
    documents: Sequence[DocumentId],
    *,
    engine: Promiser,
    at: datetime.datetime,
    delay: datetime.timedelta,
) -> None:
    """Promise these documents of a batch once more, as its next attempt."""
    again = Batch(batch.stage, tuple(documents), batch.lane, batch.attempt + 1)
    promise(transaction, again, engine=engine, at=at, delay=delay)


def promise_until_told(
    transaction: Transaction, batch: Batch, documents: Sequence[DocumentId], *, engine: Promiser, at: datetime.datetime
) -> None:
    """Promise again what holds nobody up (a report, a source to clear): ever less often, but until it is done."""
    delay = retry_delay(batch.attempt) or datetime.timedelta(minutes=RETRY_MINUTES[-1])
    promise_again(transaction, batch, documents, engine=engine, at=at, delay=delay)


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
