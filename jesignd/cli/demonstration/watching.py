"""Watching: the fate of each file dropped, read from the store as `jesignd document list` reads it."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentState
from jesignd.errors import Code, Words
from jesignd.store import deliveries, documents, refusals
from jesignd.store.documents import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jesignd.domain.jobs import Transaction
    from jesignd.store.database import Database

SETTLED = frozenset(
    {
        DocumentState.DELIVERED,
        DocumentState.REJECTED,
        DocumentState.HELD,
        DocumentState.DUPLICATE,
        DocumentState.DRAFT,
        DocumentState.REPLACED,
    }
)
"""States in which a document waits for nobody of ours."""

LOOK_SECONDS = 0.1
_MOST = 2000

Key = tuple[str, str]
"""Name of the watched folder, and path below it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a file: a document's last state, or a refusal to take the file at all (no document)."""

    key: Key
    state: DocumentState
    at: datetime.datetime
    code: Code | None = None
    reason: Words | None = None
    document: Document | None = None
    delivered_to: tuple[str, ...] = ()


def fates(database: Database, *, since: datetime.datetime) -> dict[Key, Fate]:
    """The fate of everything received since then, by file; files refused count whenever they were refused."""
    with database.reading() as transaction:
        refused = [_refused(one, since) for one in refusals.list_refusals(transaction)]
        found = {fate.key: fate for fate in refused}
        for document in reversed(documents.list_documents(transaction, limit=_MOST)):
            if document.received_at >= since and document.state in SETTLED:
                fate = _fate(transaction, document)
                found[fate.key] = fate
    return found


def as_they_fall(
    database: Database,
    wanted: Mapping[Key, float],
    *,
    since: datetime.datetime,
    seconds: float,
    alive: Callable[[], bool],
    ends: frozenset[DocumentState] = SETTLED,
) -> Iterator[Fate]:
    """Each wanted file's fate as soon as it is one of the `ends`; until all are told, time is up or nobody works."""
    missing = set(wanted)
    until = time.monotonic() + seconds
    while missing and time.monotonic() < until and alive():
        known = {key: fate for key, fate in fates(database, since=since).items() if fate.state in ends}
        for key in sorted(missing & known.keys(), key=lambda key: known[key].at):
            missing.discard(key)
            yield known[key]
        if missing:
            time.sleep(LOOK_SECONDS)


def _refused(one: refusals.Refusal, since: datetime.datetime) -> Fate:
    refused = one.refused
    key = _key(refused.folder, refused.relative_path)
    return Fate(key, DocumentState.REJECTED, max(one.at, since), refused.code, refused.reason)


def _fate(transaction: Transaction, document: Document) -> Fate:
    places = [one.path for one in deliveries.of_document(transaction, document.id) if one.path]
    return Fate(
        _key(document.claimed.folder, document.claimed.relative_path),
        document.state,
        document.changed_at,
        document.hold.code if document.hold else None,
        document.hold.reason if document.hold else None,
        document,
        tuple(places),
    )


def _key(folder: str, path: str) -> Key:
    return folder, path
