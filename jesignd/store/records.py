"""Records: a document as it stands, and how it is written in and read from its row."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from jesignd.domain.documents import Claimed, Companion, CompanionRole, Digest, DocumentId, DocumentState
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

Plain = Mapping[str, Any]
"""A JSON object; whoever put it in knows its shape."""

_EXPLAINED = frozenset({DocumentState.HELD, DocumentState.REJECTED, DocumentState.DUPLICATE})
"""States that keep their reason; leaving for another one forgets it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a document is held, or was rejected, and what would free it."""

    reason: Words
    code: Code | None = None
    hint: Words | None = None
    held_from: DocumentState | None = None
    """The state it was in; the cause is looked at again there."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """The sealed bytes, as committed; `report` is the sealing line's own account."""

    digest: Digest
    size: int
    at: datetime.datetime
    report: Plain = field(default_factory=dict)


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
    hold: Hold | None = None
    sealed: SealedFile | None = None

    @property
    def id(self) -> DocumentId:
        """The id derived from what was claimed."""
        return self.claimed.id


class Changes(TypedDict, total=False):
    """What a move may change besides the state; what is left out stays as it was."""

    recognition: Plain | None
    origin_key: str | None
    rule: str | None
    route: Plain | None
    person: str | None
    waived: tuple[Code, ...]
    pages: int | None
    epoch: int
    hold: Hold | None
    sealed: SealedFile | None


@dataclass(frozen=True, slots=True)
class Move:
    """From the state expected to another one, with changes."""

    document: DocumentId
    expected: DocumentState
    to: DocumentState
    changes: Changes = field(default_factory=Changes)


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
    """The columns that a move writes."""
    changes: dict[str, object] = dict(move.changes)
    if strange := changes.keys() - Changes.__annotations__.keys():
        raise ValueError(f"not what a move may change: {', '.join(sorted(strange))}")
    columns: dict[str, object] = {"state": move.to, "changed_at": at}
    if "hold" in changes or move.to not in _EXPLAINED:
        hold = changes.pop("hold", None)
        columns |= _hold_columns(hold if isinstance(hold, Hold) else None, move.expected)
    if "sealed" in changes:
        sealed = changes.pop("sealed")
        columns |= _sealed_columns(sealed if isinstance(sealed, SealedFile) else None)
    if "waived" in changes:
        columns["waived"] = list(move.changes["waived"])
        del changes["waived"]
    return columns | changes


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
        hold=_hold(row),
        sealed=_sealed(row),
    )


def plain_words(words: Words | None) -> dict[str, str] | None:
    """Words as they are stored."""
    return None if words is None else {"fr": words.fr, "en": words.en}


def words_of(value: Mapping[str, str] | None) -> Words | None:
    """Words as stored, read again."""
    return None if value is None else Words(value["fr"], value["en"])


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


def _hold(row: RowMapping) -> Hold | None:
    reason = words_of(row["hold_reason"])
    if reason is None:
        return None
    return Hold(
        reason=reason,
        code=Code(row["hold_code"]) if row["hold_code"] else None,
        hint=words_of(row["hold_hint"]),
        held_from=DocumentState(row["held_from"]) if row["held_from"] else None,
    )


def _hold_columns(hold: Hold | None, state: DocumentState) -> dict[str, object]:
    return {
        "hold_code": hold and hold.code,
        "hold_reason": plain_words(hold.reason if hold else None),
        "hold_hint": plain_words(hold.hint if hold else None),
        "held_from": (hold.held_from or state) if hold else None,
    }


def _sealed(row: RowMapping) -> SealedFile | None:
    if row["sealed_digest"] is None:
        return None
    return SealedFile(Digest(row["sealed_digest"]), row["sealed_size"], row["sealed_at"], row["seal_report"])


def _sealed_columns(sealed: SealedFile | None) -> dict[str, object]:
    return {
        "sealed_digest": sealed and sealed.digest,
        "sealed_size": sealed and sealed.size,
        "sealed_at": sealed and sealed.at,
        "seal_report": dict(sealed.report) if sealed else None,
    }
