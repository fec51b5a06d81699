"""Records: a document as it stands, and how it is written in and read from its row."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from jesignd.domain.documents import Claimed, Companion, CompanionRole, Digest, DocumentId, DocumentState
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

Plain = Mapping[str, Any]
"""A JSON object; whoever put it in knows its shape."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file ever seen, where it stands, and what has been found out about it."""

    sequence: int
    """Grows in the order in which documents were received."""
    claimed: Claimed
    state: DocumentState
    received_at: datetime.datetime
    changed_at: datetime.datetime
    epoch: int = 0
    """Grows when somebody asks for the whole again; names what is published."""
    recognition: Plain | None = None
    origin_key: str | None = None
    rule: str | None = None
    route: Plain | None = None
    person: str | None = None
    """Id of the acting person."""
    waived: tuple[Code, ...] = ()
    """Doubts that somebody in the firm has set aside for this document."""
    pages: int | None = None
    hold_code: Code | None = None
    """Why it is held, or was rejected."""
    hold_reason: Words | None = None
    hold_hint: Words | None = None
    held_from: DocumentState | None = None
    """The state to go back to, once the cause is gone."""
    sealed_digest: Digest | None = None
    sealed_size: int | None = None
    sealed_at: datetime.datetime | None = None
    seal_report: Plain | None = None

    @property
    def id(self) -> DocumentId:
        """The id derived from what was claimed."""
        return self.claimed.id


FIELDS = frozenset(
    {
        "epoch",
        "recognition",
        "origin_key",
        "rule",
        "route",
        "person",
        "waived",
        "pages",
        "hold_code",
        "hold_reason",
        "hold_hint",
        "held_from",
        "sealed_digest",
        "sealed_size",
        "sealed_at",
        "seal_report",
    }
)
"""What a move may change besides the state."""


@dataclass(frozen=True, slots=True)
class Move:
    """From the state expected to another one, with new values for some of `FIELDS`; the others stay as they were.

    Words are given as `Words` or as `{"fr": …, "en": …}`.
    """

    id: DocumentId
    expected: DocumentState
    to: DocumentState
    fields: Plain = field(default_factory=dict)


def values_of(claimed: Claimed, at: datetime.datetime) -> dict[str, object]:
    """The columns of a document just received."""
    return {
        "id": claimed.id,
        "folder": claimed.folder,
        "relative_path": claimed.relative_path,
        "listed_path": claimed.listed_path,
        "size": claimed.size,
        "mtime_ns": claimed.mtime_ns,
        "inode": claimed.inode,
        "digest": claimed.digest,
        "companions": [asdict(companion) for companion in claimed.companions],
        "lot": claimed.lot,
        "state": DocumentState.RECEIVED,
        "received_at": at,
        "changed_at": at,
    }


def columns_of(move: Move, at: datetime.datetime) -> dict[str, object]:
    """The columns that a move writes; ValueError for one it may not."""
    if strange := set(move.fields) - FIELDS:
        raise ValueError(f"not a field of a document: {', '.join(sorted(strange))}")
    plain = {name: _stored(value) for name, value in move.fields.items()}
    return {"state": move.to, "changed_at": at, **plain}


def document_of(row: RowMapping) -> Document:
    """The document in this row."""
    return Document(
        sequence=row["sequence"],
        claimed=_claimed(row),
        state=DocumentState(row["state"]),
        received_at=row["received_at"],
        changed_at=row["changed_at"],
        epoch=row["epoch"],
        recognition=row["recognition"],
        origin_key=row["origin_key"],
        rule=row["rule"],
        route=row["route"],
        person=row["person"],
        waived=tuple(map(Code, row["waived"] or ())),
        pages=row["pages"],
        hold_code=Code(row["hold_code"]) if row["hold_code"] else None,
        hold_reason=words_of(row["hold_reason"]),
        hold_hint=words_of(row["hold_hint"]),
        held_from=DocumentState(row["held_from"]) if row["held_from"] else None,
        sealed_digest=Digest(row["sealed_digest"]) if row["sealed_digest"] else None,
        sealed_size=row["sealed_size"],
        sealed_at=row["sealed_at"],
        seal_report=row["seal_report"],
    )


def plain_words(words: Words | None) -> dict[str, str] | None:
    """Words as they are stored."""
    return None if words is None else {"fr": words.fr, "en": words.en}


def words_of(value: Mapping[str, str] | None) -> Words | None:
    """Words as stored, read again."""
    return None if value is None else Words(value["fr"], value["en"])


def _stored(value: object) -> object:
    if isinstance(value, Words):
        return plain_words(value)
    return list(value) if isinstance(value, tuple | frozenset) else value


def _claimed(row: RowMapping) -> Claimed:
    return Claimed(
        folder=row["folder"],
        relative_path=row["relative_path"],
        listed_path=row["listed_path"],
        size=row["size"],
        mtime_ns=row["mtime_ns"],
        inode=row["inode"],
        digest=Digest(row["digest"]),
        companions=tuple(
            Companion(CompanionRole(one["role"]), one["relative_path"], Digest(one["digest"]))
            for one in row["companions"]
        ),
        lot=row["lot"],
    )
