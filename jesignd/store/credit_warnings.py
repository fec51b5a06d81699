"""Credit warnings: which firms have been warned that their credit is low, so that it is said once."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.schema import credit_warnings as table

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import FirmId


def since(tx: Transaction, firm: FirmId) -> datetime.datetime | None:
    """Since when the firm's credit has been low; None: it is not."""
    query = sa.select(table.c.since).where(table.c.firm == firm)
    found: datetime.datetime | None = connection(tx).execute(query).scalar_one_or_none()
    return found


def begin(tx: Transaction, firm: FirmId, *, at: datetime.datetime) -> None:
    """The firm's credit is low from now on."""
    rows.put(tx, table, [{"firm": firm, "since": at}])


def end(tx: Transaction, firm: FirmId) -> None:
    """It is enough again."""
    connection(tx).execute(sa.delete(table).where(table.c.firm == firm))
