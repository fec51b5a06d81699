"""Returning: the CSV in which people and software read what became of their files (C§1.10)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from jesignd.domain.tabular import write_cell
from jesignd.domain.text import key

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from jesignd.plugin.contract import Lot, Outcome

COLUMNS = (
    "VERSION",
    "LOT",
    "LIGNE",
    "FICHIER",
    "SHA256_ORIGINE",
    "STATUT",
    "CODE",
    "MESSAGE",
    "FICHIER_SIGNE",
    "SHA256_SIGNE",
    "ID_ORIGINE",
    "ID_JESIGND",
    "NIVEAU",
    "DATE_SIGNATURE",
)

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def return_file(lot: Lot) -> bytes:
    """The return file of a lot: one row a document, by path, `;`, CRLF (see `csv_bytes` for the letters)."""
    ordered = sorted(lot.outcomes, key=lambda outcome: (key(outcome.relative_path), outcome.document))
    return csv_bytes(COLUMNS, [_row(lot.name, outcome) for outcome in ordered])


def return_name(folder: str, lot: str, at: datetime.datetime) -> str:
    """`CR_<folder>_<lot>_<instant>.csv`, the instant in UTC; safe as a file name whatever the folder is called."""
    instant = f"{at:%Y%m%dT%H%M%S}Z"
    return f"CR_{_safe(folder)}_{_safe(lot)}_{instant}.csv"


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as a French spreadsheet opens it with a double click; no cell is ever a formula.

    The letters are cp1252, which all of them read; UTF-8 with its mark where a single name needs more, because a name
    with a `?` in it would no longer find its file.
    """
    lines = [";".join(_cell(cell) for cell in row) for row in (columns, *rows)]
    text = "".join(f"{line}\r\n" for line in lines)
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return text.encode("utf-8-sig", errors="replace")


def _row(lot: str, outcome: Outcome) -> tuple[str, ...]:
    return (
        "1",
        lot,
        "" if outcome.line is None else str(outcome.line),
        outcome.relative_path,
        outcome.digest,
        outcome.status.value,
        outcome.code.value if outcome.code else "",
        outcome.message,
        outcome.signed_name,
        outcome.signed_digest or "",
        outcome.origin_id or "",
        outcome.document,
        outcome.level.value if outcome.level else "",
        f"{outcome.signed_at:%Y-%m-%dT%H:%M:%SZ}" if outcome.signed_at else "",
    )


def _cell(value: str) -> str:
    """One line, composed accents (cp1252 has no others), safe in a spreadsheet."""
    return write_cell(_CONTROLS.sub(" ", unicodedata.normalize("NFC", value)))


def _safe(name: str) -> str:
    return re.sub(r"[^0-9A-Za-zÀ-ÿ.-]+", "-", name).strip("-.")[:60] or "sans-nom"
