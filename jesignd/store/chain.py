"""Chain: lines that nobody can change, drop or add in the middle unseen, each carrying the digest of all before it.

Cutting lines off the end and setting the head back with them leaves a shorter, sound chain: only a copy of the head
kept elsewhere shows that.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.errors import VerificationFailed, Words
from jesignd.store import rows
from jesignd.store.columns import canonical
from jesignd.store.database import connection
from jesignd.store.schema import chains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jesignd.domain.jobs import Transaction

_BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a chain: its number, from 1 (0: none yet), and its digest."""

    sequence: int
    digest: str


def head(tx: Transaction, name: str) -> Head:
    """Where the chain ends, as recorded beside it."""
    query = sa.select(chains.c.sequence, chains.c.digest).where(chains.c.name == name)
    row = connection(tx).execute(query).one_or_none()
    return Head(row.sequence, row.digest) if row else Head(0, _BEGINNING)


def append(tx: Transaction, table: sa.Table, lines: Sequence[Mapping[str, object]]) -> None:
    """Add these lines at the end, in this order; the table's name names the chain."""
    if not lines:
        return
    last = head(tx, table.name)
    written: list[dict[str, object]] = []
    for line in lines:
        last = Head(last.sequence + 1, _digest(last, _hashed(table, line)))
        written.append({**line, "sequence": last.sequence, "digest": last.digest})
    connection(tx).execute(sa.insert(table), written)
    rows.put(tx, chains, [{"name": table.name, "sequence": last.sequence, "digest": last.digest}])


def check(tx: Transaction, table: sa.Table) -> int:
    """Recompute the whole chain; the number of its lines.

    Raises:
        VerificationFailed: names the first line that is not what was written.
    """
    last = Head(0, _BEGINNING)
    query = sa.select(table).order_by(table.c.sequence).execution_options(yield_per=1000)
    with connection(tx).execute(query) as result:
        for row in result.mappings():
            expected = Head(last.sequence + 1, _digest(last, _hashed(table, dict(row))))
            if Head(row["sequence"], row["digest"]) != expected:
                raise _broken(table.name, expected.sequence)
            last = expected
    if last != head(tx, table.name):
        raise _broken(table.name, last.sequence + 1)
    return last.sequence


def _hashed(table: sa.Table, line: Mapping[str, object]) -> Mapping[str, object]:
    """What the digest of a line covers: a column added later only where it says something, so that lines older than it
    keep the digest they were given. The schema names that silence: `hashed_unless`.
    """
    silences = {column.name: column.info["hashed_unless"] for column in table.c if "hashed_unless" in column.info}
    said = {name: value for name, value in line.items() if name not in {"sequence", "digest"}}
    return {name: value for name, value in said.items() if name not in silences or value != silences[name]}


def _digest(previous: Head, line: Mapping[str, object]) -> str:
    plain = {name: _plain(value) for name, value in line.items()}
    text = canonical({"line": plain, "previous": previous.digest, "sequence": previous.sequence + 1})
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: object) -> object:
    """The spelling that survives being stored and read again."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict):
        return canonical(value)
    return str(value) if isinstance(value, str) else value


def _broken(name: str, sequence: int) -> VerificationFailed:
    return VerificationFailed(
        Words(
            f"La chaîne « {name} » est rompue à la ligne {sequence} : elle a été modifiée après coup.",
            f"The chain “{name}” is broken at line {sequence}: it was changed afterwards.",
        ),
        hint=Words(
            "Gardez ce fichier tel quel pour l’enquête et comparez-le à la dernière sauvegarde.",
            "Keep this file as it is for the inquiry and compare it with the last backup.",
        ),
    )
