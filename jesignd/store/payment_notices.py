"""Payment notices: what a payment service sent, as it came, until somebody has checked and counted it.

The program that listens leaves them here and believes nothing; the one that loads plugins reads them.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.schema import payment_notices as table

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction

MOST_BYTES = 64 << 10
MOST_WAITING = 1000
"""Anybody may send one: so many unread, and no more are kept; the service sends its own again for days."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice not read yet. Nothing in it may be believed before its signature is checked."""

    id: str
    body: bytes
    signature: str
    received_at: datetime.datetime


def leave(tx: Transaction, body: bytes, signature: str, *, at: datetime.datetime) -> bool:
    """Keep a notice for the daemon to read; False when it is too long, or too many wait, and it is not kept."""
    if len(body) + len(signature) > MOST_BYTES:
        return False
    if connection(tx).execute(sa.select(sa.func.count()).select_from(table)).scalar_one() >= MOST_WAITING:
        return False
    digest = hashlib.sha256(len(body).to_bytes(8, "big") + body + signature.encode()).hexdigest()
    row = {"id": digest, "body": body, "signature": signature, "received_at": at}
    rows.insert_new(tx, table, [row], key=table.c.id)
    return True


def waiting(tx: Transaction, limit: int = 50) -> list[Notice]:
    """The oldest notices."""
    query = sa.select(table).order_by(table.c.received_at, table.c.id).limit(limit)
    return [
        Notice(row["id"], row["body"], row["signature"], row["received_at"])
        for row in connection(tx).execute(query).mappings()
    ]


def drop(tx: Transaction, notice: str) -> bool:
    """Forget a notice that has been read; False when somebody else did."""
    return bool(connection(tx).execute(sa.delete(table).where(table.c.id == notice)).rowcount)
