"""Outbox: letters written in the transaction that decides them, sent later, once for each thing there is to say."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.mail import Kind, Letter, tried_again_at
from jesignd.domain.people import AccountId, Email
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.outbox_table import outbox

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in the outbox, and how often it was tried."""

    letter: Letter
    written_at: datetime.datetime
    attempts: int
    trouble: str | None
    """Why it did not leave, in a word or a number: no address, no name."""
    sent_at: datetime.datetime | None
    given_up_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not left: how many letters, since when, and how many never will."""

    letters: int
    oldest: datetime.datetime | None
    given_up: int


def write(tx: Transaction, letter: Letter, *, at: datetime.datetime) -> bool:
    """Put the letter in the outbox; False when this was said, or is about to be, to this recipient."""
    values = {
        "kind": letter.kind,
        "about": letter.about,
        "threshold": letter.threshold,
        "recipient": letter.to,
        "facts": dict(letter.facts),
        "written_at": at,
        "useful_until": letter.useful_until,
        "due": at,
    }
    key = list(outbox.primary_key)
    return bool(rows.insert_new(tx, outbox, [values], key=outbox.c.recipient, unique=key))


def has(tx: Transaction, kind: Kind, about: str, threshold: int) -> bool:
    """Whether this was written to anybody."""
    this = (outbox.c.kind == kind) & (outbox.c.about == about) & (outbox.c.threshold == threshold)
    return connection(tx).execute(sa.select(outbox.c.about).where(this).limit(1)).first() is not None


def written_since(tx: Transaction, kind: Kind, to: AccountId, since: datetime.datetime) -> int:
    """How many letters of this kind were written to this person since then."""
    this = (outbox.c.kind == kind) & (outbox.c.recipient == to) & (outbox.c.written_at > since)
    return int(connection(tx).execute(sa.select(sa.func.count()).select_from(outbox).where(this)).scalar_one())


def due(tx: Transaction, *, at: datetime.datetime, limit: int) -> list[Posted]:
    """The letters to try now, the one that has waited longest first."""
    query = sa.select(outbox).where(outbox.c.due <= at).order_by(outbox.c.due, outbox.c.written_at).limit(limit)
    return [_posted(row) for row in connection(tx).execute(query)]


def claim(tx: Transaction, posted: Posted, *, at: datetime.datetime) -> bool:
    """Count a try before it is made, so that a crash is one; False when another machine is trying."""
    attempts = posted.attempts + 1
    this = _this(posted.letter) & (outbox.c.attempts == posted.attempts) & outbox.c.due.is_not(None)
    values = {"attempts": attempts, "due": tried_again_at(attempts, at)}
    return connection(tx).execute(sa.update(outbox).where(this).values(**values)).rowcount == 1


def sent(tx: Transaction, letter: Letter, *, at: datetime.datetime) -> None:
    """The server has taken it."""
    _update(tx, letter, sent_at=at, due=None, trouble=None)


def failed(tx: Transaction, letter: Letter, trouble: str) -> None:
    """It did not leave; it is tried again."""
    _update(tx, letter, trouble=trouble)


def give_up(tx: Transaction, letter: Letter, trouble: str, *, at: datetime.datetime) -> None:
    """It never will."""
    _update(tx, letter, given_up_at=at, due=None, trouble=trouble)


def forget(tx: Transaction, recipient: AccountId | Email, *, at: datetime.datetime) -> None:
    """Write to this recipient no more."""
    this = (outbox.c.recipient == recipient) & outbox.c.due.is_not(None)
    connection(tx).execute(sa.update(outbox).where(this).values(given_up_at=at, due=None, trouble="forgotten"))


def waiting(tx: Transaction) -> Waiting:
    """What has not left."""
    count, oldest = (
        connection(tx)
        .execute(sa.select(sa.func.count(), sa.func.min(outbox.c.written_at)).where(outbox.c.due.is_not(None)))
        .one()
    )
    never = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.given_up_at.is_not(None))
    return Waiting(count, oldest, connection(tx).execute(never).scalar_one())


def list_letters(tx: Transaction, *, limit: int) -> list[Posted]:
    """The newest letters, newest first."""
    query = sa.select(outbox).order_by(outbox.c.written_at.desc(), outbox.c.about).limit(limit)
    return [_posted(row) for row in connection(tx).execute(query)]


def _update(tx: Transaction, letter: Letter, **values: object) -> None:
    connection(tx).execute(sa.update(outbox).where(_this(letter)).values(**values))


def _this(letter: Letter) -> sa.ColumnElement[bool]:
    return sa.and_(
        outbox.c.kind == letter.kind,
        outbox.c.about == letter.about,
        outbox.c.threshold == letter.threshold,
        outbox.c.recipient == letter.to,
    )


def _posted(row: Any) -> Posted:
    to = AccountId(row.recipient) if row.recipient.startswith("per_") and "@" not in row.recipient else None
    letter = Letter(
        Kind(row.kind), row.about, to or Email(row.recipient), row.useful_until, row.threshold, dict(row.facts)
    )
    return Posted(letter, row.written_at, row.attempts, row.trouble, row.sent_at, row.given_up_at)
