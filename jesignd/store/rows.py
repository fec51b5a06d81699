"""Rows: the two writes that SQLite and PostgreSQL spell alike but SQLAlchemy does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

from jesignd.store.database import connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from jesignd.domain.jobs import Transaction


def insert_new(
    tx: Transaction,
    table: sa.Table,
    values: Sequence[Mapping[str, object]],
    *,
    key: sa.Column[Any],
    unique: Sequence[sa.Column[Any]] = (),
) -> frozenset[str]:
    """Insert the rows whose key (or whose several `unique` columns) is free; the keys inserted. Others stay as is."""
    if not values:
        return frozenset()
    statement = _insert(tx, table).on_conflict_do_nothing(index_elements=list(unique) or [key]).returning(key)
    return frozenset(connection(tx).execute(statement, list(values)).scalars())


def put(tx: Transaction, table: sa.Table, values: Sequence[Mapping[str, object]]) -> None:
    """Insert these rows, or give the rows with the same primary key these values."""
    if not values:
        return
    statement = _insert(tx, table)
    keys = {column.name for column in table.primary_key}
    changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
    connection(tx).execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed), list(values)
    )


def _insert(tx: Transaction, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    if connection(tx).dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
