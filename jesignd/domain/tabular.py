"""Tabular: read a batch index or a list of people (`;`, RFC 4180 quotes, a header line), with line numbers."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from jesignd.domain import text

MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `line` counts from 1, the header being line 1."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read. Column names are upper case, cells stripped; a line end inside a cell is one `\\n`."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str


def read(data: bytes, *, required: frozenset[str] = frozenset()) -> Table:
    """Read the whole table or nothing.

    Raises:
        ValueError: undecodable, unbalanced quotes, no header, a required column missing, a row of another width, or
            more than `MAX_ROWS` rows; the message says which line.
    """
    decoded, encoding = text.decode(data)
    # str.splitlines would also cut at NEL and other marks that may stand inside a cell.
    lines = decoded.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=";", strict=True)
    try:
        header = tuple(cell.strip().upper() for cell in next(reader))
    except csv.Error as error:
        raise ValueError(f"line 1: {error}") from error
    _check_header(header, required)
    rows: list[Row] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ValueError(f"line {reader.line_num}: {len(cells)} cells where the header has {len(header)}")
            rows.append(Row(reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
            if len(rows) > MAX_ROWS:
                raise ValueError(f"more than {MAX_ROWS} rows")
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
    return Table(header, tuple(rows), encoding)


def _check_header(header: tuple[str, ...], required: frozenset[str]) -> None:
    if not any(header):
        raise ValueError("empty table: a header line is needed")
    if missing := required - set(header):
        raise ValueError(f"line 1: missing column {', '.join(sorted(missing))}")
    if len(set(header)) != len(header):
        raise ValueError("line 1: a column is named twice")


def write_cell(value: str) -> str:
    """A cell for a spreadsheet: never a formula (OWASP CSV injection), quoted where it must be."""
    safe = f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
    if any(character in safe for character in ';"\r\n'):
        doubled = safe.replace('"', '""')
        return f'"{doubled}"'
    return safe
