"""Lots: what a batch index announces, row by row; a row that leads out of the folder announces nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain import tabular, text
from jesignd.domain.documents import Digest
from jesignd.intake import names

if TYPE_CHECKING:
    from jesignd.domain.folders import IndexConvention

LARGEST_INDEX = 5_000_000

_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Announced:
    """A document as an index announces it; `size` and `digest` where it says them."""

    relative_path: str
    line: int
    size: int | None
    digest: Digest | None


@dataclass(frozen=True, slots=True)
class Lot:
    """An index as read: its documents by the key of their path, and the lines that cannot be followed."""

    documents: Mapping[str, Announced]
    faulty_lines: tuple[int, ...]


def read_lot(data: bytes, convention: IndexConvention, index_path: str) -> Lot:
    """Read an index; file names in it are relative to its own directory.

    Raises:
        ValueError: the table cannot be read at all, or the column of files is missing: the whole lot is refused.
    """
    column = convention.file_column.upper()
    table = tabular.read(data, required=frozenset({column}))
    directory = index_path.rpartition("/")[0]
    documents: dict[str, Announced] = {}
    faulty: list[int] = []
    for row in table.rows:
        path = _resolve(directory, row.cells[column])
        if path is None or text.key(path) in documents:
            faulty.append(row.line)
            continue
        documents[text.key(path)] = Announced(
            path,
            row.line,
            _size(row.cells.get((convention.size_column or "").upper(), "")),
            _digest(row.cells.get((convention.digest_column or "").upper(), "")),
        )
    return Lot(documents, tuple(faulty))


def seals(end_marker: bytes, index: bytes) -> bool:
    """Whether the end marker goes with these bytes: empty, or their SHA-256; other words do not count."""
    said = _digest(end_marker.decode("ascii", "replace").strip())
    return said is None or said == hashlib.sha256(index).hexdigest()


def _resolve(directory: str, written: str) -> str | None:
    """The path below the root, or None for a name that leads out, is absolute, or could not be a file here."""
    path = written.replace("\\", "/")
    parts = path.split("/")
    if not path or path.startswith("/") or _DRIVE.match(path) or ".." in parts:
        return None
    kept = [part for part in parts if part not in {"", "."}]
    if not kept or any(names.fault(part) for part in kept):
        return None
    return "/".join([directory, *kept] if directory else kept)


def _size(cell: str) -> int | None:
    return int(cell) if re.fullmatch(r"[0-9]{1,15}", cell) else None


def _digest(cell: str) -> Digest | None:
    return Digest(cell.lower()) if re.fullmatch(r"[0-9A-Fa-f]{64}", cell) else None
