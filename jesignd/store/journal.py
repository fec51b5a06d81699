"""Journal: everything that has happened to a document, written in the transaction in which it happened."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.documents import DocumentId
from jesignd.domain.events import Event
from jesignd.store import chain
from jesignd.store.database import connection
from jesignd.store.schema import journal

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


_CHUNK = 500

Entry = tuple[Event, DocumentId | None, Mapping[str, object]]
"""Something that happened, to a document or (None) to the house, and a JSON object about it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as read again, with its number in the journal and its instant."""

    sequence: int
    at: datetime.datetime
    event: Event
    document: DocumentId | None
    data: Mapping[str, Any]


def record(
    tx: Transaction,
    event: Event,
    document: DocumentId | None,
    data: Mapping[str, object],
    *,
    at: datetime.datetime,
) -> None:
    """Add one entry at the end."""
    record_many(tx, [(event, document, data)], at=at)


def record_many(tx: Transaction, entries: Sequence[Entry], *, at: datetime.datetime) -> None:
    """Add these entries at the end, in this order."""
    lines: list[dict[str, object]] = [
        {"document": document, "event": event, "at": at, "data": dict(data)} for event, document, data in entries
    ]
    chain.append(tx, journal, lines)


def of_document(tx: Transaction, document: DocumentId) -> list[Recorded]:
    """The document's story, oldest first."""
    query = sa.select(journal).where(journal.c.document == document).order_by(journal.c.sequence)
    return [
        Recorded(row["sequence"], row["at"], Event(row["event"]), row["document"], row["data"])
        for row in connection(tx).execute(query).mappings()
    ]


def latest_of(tx: Transaction, event: Event, documents: Sequence[DocumentId]) -> dict[DocumentId, Mapping[str, Any]]:
    """What was last told of each of these documents under this event; those of which it never was are left out."""
    told: dict[DocumentId, Mapping[str, Any]] = {}
    for start in range(0, len(documents), _CHUNK):
        these = journal.c.document.in_(documents[start : start + _CHUNK])
        query = sa.select(journal.c.document, journal.c.data).where(these, journal.c.event == event)
        told.update((document, data) for document, data in connection(tx).execute(query.order_by(journal.c.sequence)))
    return told


def last_of_house(tx: Transaction, events: Collection[Event]) -> int:
    """The number of the latest entry about no document under one of these events; 0: none."""
    query = sa.select(sa.func.max(journal.c.sequence)).where(journal.c.document.is_(None), journal.c.event.in_(events))
    return int(connection(tx).execute(query).scalar_one() or 0)


def of_house(tx: Transaction, *, limit: int = 1000) -> list[Recorded]:
    """The latest entries about no document (people, folders, credit), oldest first."""
    query = sa.select(journal).where(journal.c.document.is_(None)).order_by(journal.c.sequence.desc()).limit(limit)
    return [
        Recorded(row["sequence"], row["at"], Event(row["event"]), row["document"], row["data"])
        for row in reversed(connection(tx).execute(query).mappings().all())
    ]


def check_chain(tx: Transaction) -> int:
    """Recompute the whole chain; the number of entries. VerificationFailed names the first one changed."""
    return chain.check(tx, journal)
