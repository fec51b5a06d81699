"""Refusals: files that may not be taken; each is told once, until it changes or is gone."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import sqlalchemy as sa

from jesignd.domain.documents import Refused
from jesignd.domain.jobs import Transaction
from jesignd.errors import Code, Words
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.records import plain_words
from jesignd.store.schema import refusals as table


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file refused, and since when; `notice`: the name of the text left for its sender."""

    refused: Refused
    at: datetime.datetime
    notice: str | None = None
    is_told: bool = False
    """Whether that text speaks of the present cause."""


def remember(tx: Transaction, refused: Refused, *, at: datetime.datetime) -> bool:
    """Whether this is news: the file was not refused before, or for another reason."""
    this = (table.c.folder == refused.folder) & (table.c.relative_path == refused.relative_path)
    known = connection(tx).execute(sa.select(table.c.code).where(this)).scalar_one_or_none()
    if known == refused.code:
        return False
    values = {
        "folder": refused.folder,
        "relative_path": refused.relative_path,
        "code": refused.code,
        "reason": plain_words(refused.reason),
        "at": at,
    }
    rows.put(tx, table, [values])
    return True


def forget(tx: Transaction, folder: str, relative_path: str) -> None:
    """The file is gone, or was taken after all."""
    statement = sa.delete(table).where(table.c.folder == folder, table.c.relative_path == relative_path)
    connection(tx).execute(statement)


def told(tx: Transaction, refused: Refused, notice: str) -> None:
    """A text of this name was left for the file's sender, about this cause."""
    this = (table.c.folder == refused.folder) & (table.c.relative_path == refused.relative_path)
    connection(tx).execute(sa.update(table).where(this).values(notice=notice, notice_code=refused.code))


def list_refusals(tx: Transaction, *, folder: str | None = None) -> list[Refusal]:
    """Every refusal that stands, by folder and name."""
    query = sa.select(table).order_by(table.c.folder, table.c.relative_path)
    if folder is not None:
        query = query.where(table.c.folder == folder)
    return [
        Refusal(
            Refused(row.folder, row.relative_path, Code(row.code), Words(row.reason["fr"], row.reason["en"])),
            row.at,
            row.notice,
            row.notice_code == row.code,
        )
        for row in connection(tx).execute(query)
    ]
