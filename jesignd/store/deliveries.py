"""Deliveries: where each sealed file is to go, and what came of it; one row per document and destination."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.documents import Digest, DocumentId
from jesignd.errors import Words
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.records import plain_words, words_of
from jesignd.store.schema import deliveries as table

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up: somebody has to look."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file on its way to one destination. `attempt` counts failures; `due` is when it is tried next."""

    document: DocumentId
    destination: str
    state: DeliveryState
    attempt: int
    at: datetime.datetime
    due: datetime.datetime | None = None
    path: str | None = None
    digest: Digest | None = None
    receipt: Mapping[str, Any] | None = None
    reason: Words | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a destination answered; `path` is where the file lies there."""

    document: DocumentId
    destination: str
    path: str
    digest: Digest
    receipt: Mapping[str, Any] = field(default_factory=dict)


def plan(tx: Transaction, documents: Sequence[DocumentId], destination: str, *, at: datetime.datetime) -> None:
    """Write down that these documents are to go there; what is planned or done already stays as it is."""
    rows.insert_new(
        tx,
        table,
        [
            {
                "document": document,
                "destination": destination,
                "state": DeliveryState.PENDING,
                "attempt": 0,
                "due": at,
                "at": at,
            }
            for document in documents
        ],
        key=table.c.document,
        unique=(table.c.document, table.c.destination),
    )


def record_delivered(tx: Transaction, delivered: Sequence[Delivered], *, at: datetime.datetime) -> None:
    """These files lie where they were to go."""
    if not delivered:
        return
    values: dict[str, object] = {
        "state": DeliveryState.DELIVERED,
        "path": sa.bindparam("new_path"),
        "digest": sa.bindparam("new_digest"),
        "receipt": sa.bindparam("new_receipt"),
        "due": None,
        "reason": None,
        "at": at,
    }
    statement = _pending(sa.bindparam("this"), sa.bindparam("there")).values(values)
    connection(tx).execute(
        statement,
        [
            {
                "this": one.document,
                "there": one.destination,
                "new_path": one.path,
                "new_digest": one.digest,
                "new_receipt": dict(one.receipt),
            }
            for one in delivered
        ],
    )


def record_failed(
    tx: Transaction,
    document: DocumentId,
    destination: str,
    *,
    reason: Words,
    again: datetime.datetime | None,
    at: datetime.datetime,
) -> None:
    """The destination did not take the file; it is tried `again` then, or (None) no more until somebody acts."""
    state = DeliveryState.FAILED if again is None else DeliveryState.PENDING
    values = {"state": state, "attempt": table.c.attempt + 1, "due": again, "reason": plain_words(reason), "at": at}
    _update(tx, document, destination, values)


def retry(tx: Transaction, document: DocumentId, *, at: datetime.datetime) -> list[str]:
    """Take up again, from now on, what has failed for this document, given up or not; the destinations concerned."""
    failed = [
        one.destination
        for one in of_document(tx, document)
        if one.state is DeliveryState.FAILED or (one.state is DeliveryState.PENDING and one.attempt)
    ]
    for destination in failed:
        _update(tx, document, destination, {"state": DeliveryState.PENDING, "attempt": 0, "due": at, "at": at})
    return failed


def of_document(tx: Transaction, document: DocumentId) -> list[Delivery]:
    """Every destination of this document, by name."""
    return of_documents(tx, [document])


def of_documents(tx: Transaction, documents: Sequence[DocumentId]) -> list[Delivery]:
    """Every destination of these documents, by document and name."""
    return _select(tx, table.c.document.in_(documents))


def due(tx: Transaction, before: datetime.datetime) -> list[Delivery]:
    """Pending deliveries that were to be tried before this instant."""
    return _select(tx, table.c.state == DeliveryState.PENDING, table.c.due < before)


def _update(tx: Transaction, document: DocumentId, destination: str, values: Mapping[str, object]) -> None:
    connection(tx).execute(_pending(document, destination).values(**values))


def _pending(document: object, destination: object) -> sa.Update:
    """A file delivered stays delivered: news that arrive late change nothing."""
    return sa.update(table).where(
        table.c.document == document,
        table.c.destination == destination,
        table.c.state != DeliveryState.DELIVERED,
    )


def _select(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[Delivery]:
    query = sa.select(table).where(*conditions).order_by(table.c.document, table.c.destination)
    return [
        Delivery(
            DocumentId(row["document"]),
            row["destination"],
            DeliveryState(row["state"]),
            row["attempt"],
            row["at"],
            due=row["due"],
            path=row["path"],
            digest=Digest(row["digest"]) if row["digest"] else None,
            receipt=row["receipt"],
            reason=words_of(row["reason"]),
        )
        for row in connection(tx).execute(query).mappings()
    ]
