"""Documents: one row per file ever seen, and the compare-and-set moves between their states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, Unpack

import sqlalchemy as sa

from jesignd.domain.documents import (
    FINAL_STATES,
    TRANSITIONS,
    Claimed,
    Digest,
    DocumentId,
    DocumentState,
)
from jesignd.errors import Code, NotFound, Words
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.records import Changes, Document, Move, columns_of, document_of, values_of
from jesignd.store.schema import documents as table
from jesignd.store.schema import stages

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from jesignd.domain.jobs import Transaction

__all__ = ["Changes", "Document", "Move"]

WAITING_STATES = frozenset(DocumentState) - FINAL_STATES - {DocumentState.HELD, DocumentState.DRAFT}
"""States in which a document waits for us, not for people."""

_T = TypeVar("_T")
_CHUNK = 500


def insert(tx: Transaction, claimed: Sequence[Claimed], *, at: datetime.datetime) -> frozenset[DocumentId]:
    """Put these files in, as RECEIVED; the ids that are really new. The same file listed again is not."""
    values = [values_of(one, at) for one in {one.id: one for one in claimed}.values()]
    return frozenset(DocumentId(new) for new in rows.insert_new(tx, table, values, key=table.c.id))


def get(tx: Transaction, document: DocumentId) -> Document:
    """The document; NotFound when there is none."""
    row = connection(tx).execute(sa.select(table).where(table.c.id == document)).one_or_none()
    if row is None:
        raise _not_found(document)
    return document_of(row._mapping)  # noqa: SLF001 - the public name of a row's columns by name


def get_many(tx: Transaction, ids: Sequence[DocumentId]) -> list[Document]:
    """These documents, in this order; NotFound names the first that is not there."""
    found: dict[DocumentId, Document] = {}
    for chunk in _chunks(list(ids)):
        query = sa.select(table).where(table.c.id.in_(chunk))
        found.update((DocumentId(row["id"]), document_of(row)) for row in connection(tx).execute(query).mappings())
    missing = next((one for one in ids if one not in found), None)
    if missing is not None:
        raise _not_found(missing)
    return [found[one] for one in ids]


def find(tx: Transaction, prefix: str) -> DocumentId:
    """The one document whose id begins so, with or without `doc_`; NotFound for none, or for several."""
    whole = prefix if prefix.startswith("doc_") else f"doc_{prefix}"
    query = sa.select(table.c.id).where(table.c.id.startswith(whole, autoescape=True)).limit(2)
    found = connection(tx).execute(query).scalars().all()
    if len(found) > 1:
        raise NotFound(
            Words(f"Plusieurs documents commencent par {prefix}.", f"Several documents begin with {prefix}."),
            hint=Words("Donnez plus de caractères de l’identifiant.", "Give more characters of the id."),
        )
    if not found:
        raise _not_found(prefix)
    return DocumentId(found[0])


def list_documents(
    tx: Transaction,
    *,
    states: Iterable[DocumentState] = (),
    folder: str | None = None,
    limit: int = 100,
    after: DocumentId | None = None,
) -> list[Document]:
    """Up to `limit` documents, newest first, starting below `after`; no states means all of them."""
    query = sa.select(table).order_by(table.c.sequence.desc()).limit(limit)
    if wanted := list(states):
        query = query.where(table.c.state.in_(wanted))
    if folder is not None:
        query = query.where(table.c.folder == folder)
    if after is not None:
        query = query.where(table.c.sequence < sa.select(table.c.sequence).where(table.c.id == after).scalar_subquery())
    return [document_of(row) for row in connection(tx).execute(query).mappings()]


def held_for(tx: Transaction, codes: Iterable[Code], *, above: int = 0, limit: int = 100) -> list[Document]:
    """Up to `limit` documents held under one of these codes, oldest first, from above this sequence number on."""
    query = sa.select(table).where(
        table.c.state == DocumentState.HELD, table.c.hold_code.in_(sorted(codes)), table.c.sequence > above
    )
    ordered = query.order_by(table.c.sequence).limit(limit)
    return [document_of(row) for row in connection(tx).execute(ordered).mappings()]


def without_promise(tx: Transaction, before: datetime.datetime, *, limit: int = 100) -> list[Document]:
    """Documents that wait for us since before this instant although nothing was promised for them; oldest first."""
    promised = sa.select(stages.c.document).where(stages.c.document == table.c.id).exists()
    query = sa.select(table).where(table.c.state.in_(sorted(WAITING_STATES)), table.c.changed_at < before, ~promised)
    ordered = query.order_by(table.c.sequence).limit(limit)
    return [document_of(row) for row in connection(tx).execute(ordered).mappings()]


def move(
    tx: Transaction,
    document: DocumentId,
    *,
    expected: DocumentState,
    to: DocumentState,
    at: datetime.datetime,
    **changes: Unpack[Changes],
) -> bool:
    """Whether the document was in the expected state and now is in the other, with these changes."""
    return bool(move_many(tx, [Move(document, expected, to, changes)], at=at))


def move_many(tx: Transaction, moves: Sequence[Move], *, at: datetime.datetime) -> frozenset[DocumentId]:
    """The ids really moved; the others were no longer in the state expected, and nothing of them changed.

    Raises:
        ValueError: a move that `TRANSITIONS` does not know, or two moves of one document.
    """
    for one in moves:
        if one.to not in TRANSITIONS[one.expected]:
            raise ValueError(f"no document goes from {one.expected} to {one.to}")
    return _apply(tx, moves, at)


def amend(
    tx: Transaction,
    document: DocumentId,
    *,
    expected: DocumentState,
    at: datetime.datetime,
    **changes: Unpack[Changes],
) -> bool:
    """Whether the document was in the expected state and has these changes now; it stays in that state."""
    return bool(_apply(tx, [Move(document, expected, expected, changes)], at))


def known_sources(tx: Transaction, folder: str) -> set[tuple[str, int, int, int]]:
    """Relative path, size, mtime (ns) and inode of every file ever claimed from this folder."""
    this = table.c.folder == folder
    query = sa.select(table.c.relative_path, table.c.size, table.c.mtime_ns, table.c.inode)
    return {(path, size, mtime, inode) for path, size, mtime, inode in connection(tx).execute(query.where(this))}


@dataclass(frozen=True, slots=True)
class Kin:
    """What must be known of a document to tell whether another one repeats it."""

    id: DocumentId
    sequence: int
    state: DocumentState
    folder: str
    digest: Digest
    origin_key: str | None
    test: bool = False
    """What was, or is to be, made of it is a trial."""


def kin_of(tx: Transaction, these: Sequence[Document]) -> list[Kin]:
    """Every document with the bytes of one of these, or exported from the same folder as what is one document in its
    software; these themselves included, oldest first.
    """
    conditions: list[sa.ColumnElement[bool]] = [
        table.c.digest.in_(chunk) for chunk in _chunks(sorted({one.claimed.digest for one in these}))
    ]
    by_folder: dict[str, set[str]] = {}
    for one in these:
        if one.origin_key is not None:
            by_folder.setdefault(one.claimed.folder, set()).add(one.origin_key)
    for folder, keys in by_folder.items():
        of_folder = table.c.folder == folder
        conditions += [sa.and_(of_folder, table.c.origin_key.in_(chunk)) for chunk in _chunks(sorted(keys))]
    c = table.c
    columns = (c.id, c.sequence, c.state, c.folder, c.digest, c.origin_key, c.route)
    found: dict[str, Kin] = {}
    for condition in conditions:
        for this, sequence, state, folder, digest, key, route in connection(tx).execute(
            sa.select(*columns).where(condition)
        ):
            test = bool((route or {}).get("test"))
            found[this] = Kin(DocumentId(this), sequence, DocumentState(state), folder, Digest(digest), key, test)
    return sorted(found.values(), key=lambda kin: kin.sequence)


def counts(tx: Transaction) -> Mapping[str, Mapping[DocumentState, int]]:
    """How many documents of each folder stand in each state; states without any are left out."""
    query = sa.select(table.c.folder, table.c.state, sa.func.count()).group_by(table.c.folder, table.c.state)
    counted: dict[str, dict[DocumentState, int]] = {}
    for folder, state, number in connection(tx).execute(query):
        counted.setdefault(folder, {})[DocumentState(state)] = number
    return counted


def oldest_waiting(tx: Transaction) -> datetime.datetime | None:
    """When the document that has waited longest for us (not for people) was received; None when none waits."""
    query = sa.select(sa.func.min(table.c.received_at)).where(table.c.state.in_(sorted(WAITING_STATES)))
    found: datetime.datetime | None = connection(tx).execute(query).scalar_one()
    return found


def _apply(tx: Transaction, moves: Sequence[Move], at: datetime.datetime) -> frozenset[DocumentId]:
    """One look at the states, then one prepared statement per set of columns: there is no other writer meanwhile."""
    standing: dict[str, str] = {}
    for chunk in _chunks([one.document for one in moves]):
        query = sa.select(table.c.id, table.c.state).where(table.c.id.in_(chunk))
        standing.update((this, state) for this, state in connection(tx).execute(query))
    by_columns: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for one in moves:
        if standing.get(one.document) == one.expected:
            columns = columns_of(one, at)
            by_columns.setdefault(tuple(columns), []).append({**columns, "this": one.document})
    moved = [str(values["this"]) for group in by_columns.values() for values in group]
    if len(moved) != len(set(moved)):
        raise ValueError("two moves of one document")
    for names, group in by_columns.items():
        statement = sa.update(table).where(table.c.id == sa.bindparam("this"))
        connection(tx).execute(statement.values({name: sa.bindparam(name) for name in names}), group)
    return frozenset(map(DocumentId, moved))


def _chunks(items: list[_T]) -> Iterable[list[_T]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def _not_found(what: str) -> NotFound:
    return NotFound(Words(f"Aucun document {what} ici.", f"There is no document {what} here."))
