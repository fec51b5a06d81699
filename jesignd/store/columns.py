"""Columns: the types SQLite and PostgreSQL do not have in common, so that both give back what they were given."""

from __future__ import annotations

import datetime
import json
import os
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
_WRAP = 1 << 64
_SIGN = 1 << 63

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)

Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number given by the database; SQLite numbers nothing but an INTEGER primary key."""


class Instant(sa.TypeDecorator[datetime.datetime]):
    """An aware instant, as microseconds since 1970 in UTC: sorts and compares alike everywhere."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """Refuse a naive date: nobody knows which instant it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a time zone: {value!r}")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime.datetime | None:  # noqa: ARG002
        """The instant, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Unsigned(sa.TypeDecorator[int]):
    """A number up to 2⁶⁴ − 1 in a signed column: some file systems give inode numbers above 2⁶³."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """The same 64 bits, read as signed."""
        return value - _WRAP if value is not None and value >= _SIGN else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """The same 64 bits, read as unsigned."""
        return None if value is None else int(value) % _WRAP


class FileName(sa.TypeDecorator[str]):
    """A name as the directory listed it; bytes that are no UTF-8 survive, which no text column allows."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> bytes | None:  # noqa: ARG002
        """The bytes on the disk."""
        return None if value is None else os.fsencode(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """The name to open it with."""
        return None if value is None else os.fsdecode(value)


class Day(sa.TypeDecorator[datetime.date]):
    """A day of the calendar, as `2026-11-24`: sorts and compares as days do."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime.date | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """ISO 8601."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime.date | None:  # noqa: ARG002
        """The day."""
        return None if value is None else datetime.date.fromisoformat(value)


class Plain(sa.TypeDecorator[Any]):
    """A JSON value in one spelling (sorted keys, ASCII), so that what is hashed is what is stored."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """The canonical text; NULL for None."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        """The value."""
        return None if value is None else json.loads(value)


def canonical(value: Mapping[str, object] | list[object]) -> str:
    """The one text of a JSON value: sorted keys, no spaces, ASCII; ValueError for NaN and infinity."""
    return _encoder.encode(value)
