"""Stages: what is still to be done to each document, and the job that was promised to do it.

These rows are the truth; the engine only keeps their promises. Should it forget one, `overdue` tells.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.domain.documents import DocumentId
from jesignd.domain.jobs import Batch, Stage, Transaction
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.schema import stages as table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Promise:
    """What of a batch is not done yet, the job that was to do it, and since when it should have begun."""

    batch: Batch
    job: str
    due: datetime.datetime


def promise(tx: Transaction, batch: Batch, job: str, *, due: datetime.datetime) -> None:
    """Write down that this job will do the batch from `due` on; it takes the place of an earlier promise."""
    rows.put(
        tx,
        table,
        [
            {
                "document": document,
                "stage": batch.stage,
                "lane": batch.lane,
                "job": job,
                "place": place,
                "attempt": batch.attempt,
                "due": due,
            }
            for place, document in enumerate(batch.documents)
        ],
    )


def finish(tx: Transaction, stage: Stage, documents: Sequence[DocumentId], *, lane: str = "") -> None:
    """Nothing is left to be done to these documents at this stage, in this lane."""
    statement = sa.delete(table).where(
        table.c.document == sa.bindparam("this"), table.c.stage == stage, table.c.lane == lane
    )
    if documents:
        connection(tx).execute(statement, [{"this": document} for document in documents])


def forget(tx: Transaction, documents: Sequence[DocumentId]) -> frozenset[str]:
    """Nothing is left to be done to these documents at all; the jobs that had been promised."""
    if not documents:
        return frozenset()
    statement = sa.delete(table).where(table.c.document.in_(documents)).returning(table.c.job)
    return frozenset(connection(tx).execute(statement).scalars())


def attempts(
    tx: Transaction, stage: Stage, documents: Sequence[DocumentId], *, lane: str = ""
) -> Mapping[DocumentId, int]:
    """The attempt now promised for each of these documents; those with no promise are left out."""
    query = sa.select(table.c.document, table.c.attempt).where(
        table.c.stage == stage, table.c.lane == lane, table.c.document.in_(documents)
    )
    return {DocumentId(document): attempt for document, attempt in connection(tx).execute(query)}


def standing(tx: Transaction, promised: Promise) -> tuple[DocumentId, ...]:
    """The documents of this promise for which it still stands: neither kept nor replaced meanwhile."""
    batch = promised.batch
    query = sa.select(table.c.document).where(
        table.c.job == promised.job, table.c.stage == batch.stage, table.c.lane == batch.lane
    )
    found = set(connection(tx).execute(query).scalars())
    return tuple(document for document in batch.documents if document in found)


def of_document(tx: Transaction, document: DocumentId) -> list[Promise]:
    """What is still to be done to this document, soonest first."""
    return _promises(tx, table.c.document == document)


def of_job(tx: Transaction, job: str) -> list[Batch]:
    """What this job was promised to do and has not done."""
    return [promise.batch for promise in _promises(tx, table.c.job == job)]


def overdue(tx: Transaction, before: datetime.datetime, *, limit: int = _LIMIT) -> list[Promise]:
    """Promises of up to `limit` documents that were to begin before this instant and are not done; soonest first."""
    return _promises(tx, table.c.due < before, limit=limit)


def _promises(tx: Transaction, condition: sa.ColumnElement[bool], *, limit: int = _LIMIT) -> list[Promise]:
    query = sa.select(table).where(condition).order_by(table.c.due, table.c.job, table.c.place).limit(limit)
    together: dict[tuple[str, Stage, str, int, datetime.datetime], list[DocumentId]] = {}
    for row in connection(tx).execute(query).mappings():
        key = (row["job"], Stage(row["stage"]), row["lane"], row["attempt"], row["due"])
        together.setdefault(key, []).append(DocumentId(row["document"]))
    return [
        Promise(Batch(stage, tuple(documents), lane, attempt), job, due)
        for (job, stage, lane, attempt, due), documents in together.items()
    ]
