"""Refusals: files that may not be taken, remembered once each, so that people see them and why."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.domain.documents import Refused
from jesignd.errors import Code, Words
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.schema import refusals as table

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file left where it was, and when it was first refused for this reason."""

    refused: Refused
    at: datetime.datetime


def remember(tx: Transaction, refused: Refused, *, at: datetime.datetime) -> bool:
    """Write this refusal down; False when the same file was refused for the same reason before."""
    values = {
        "folder": refused.folder,
        "relative_path": refused.relative_path,
        "code": refused.code.value,
        "reason": list(refused.reason),
        "at": at,
    }
    unique = (table.c.folder, table.c.relative_path, table.c.code)
    return bool(rows.insert_new(tx, table, [values], key=table.c.code, unique=unique))


def list_refusals(tx: Transaction, *, limit: int = 100) -> list[Refusal]:
    """The latest refusals, newest first."""
    query = sa.select(table).order_by(table.c.at.desc(), table.c.relative_path).limit(limit)
    return [
        Refusal(
            Refused(row["folder"], row["relative_path"], Code(row["code"]), Words(*row["reason"])),
            row["at"],
        )
        for row in connection(tx).execute(query).mappings()
    ]


def count(tx: Transaction) -> int:
    """How many files stand refused."""
    number: int = connection(tx).execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return number
