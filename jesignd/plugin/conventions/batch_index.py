"""Batch index: find the row that announces a document, and what it says (C§1.6).

The columns are the connector's; the rules are the same for all: one row a file, nothing guessed, a broken row goes back
to its sender with its line number. Tables are remembered between calls, or a lot of 3,000 files would be read 3,000
times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from jesignd.domain import tabular, text
from jesignd.domain.recognition import Doubtful, Signatory, Source, Trait, Unusable
from jesignd.domain.tabular import Row, Table
from jesignd.errors import Code, Words
from jesignd.plugin.conventions.declared import Declared, clue
from jesignd.plugin.conventions.people import Incomplete, in_order, incomplete, signatory

if TYPE_CHECKING:
    from jesignd.plugin.contract import Attached, Bundle

_MEND = Words("Corriger l’index et exporter le lot de nouveau.", "Mend the index and export the lot again.")


@dataclass(frozen=True, slots=True)
class Columns:
    """How an index is written: the column of the file's name, and what the others speak of."""

    traits: Mapping[str, Trait]
    required: frozenset[str]
    file: str = "FICHIER"
    version: str | None = None
    """Column that must hold 1."""
    signatories: str | None = None
    also_known: frozenset[str] = frozenset()
    """Columns that are read elsewhere or rightly ignored, and so make no note."""


NEUTRAL = Columns(
    traits={
        "DOSSIER": Trait.CLIENT,
        "TYPE": Trait.KIND,
        "PERIODE": Trait.PERIOD,
        "MATRICULE": Trait.EMPLOYEE,
        "NUMERO": Trait.NUMBER,
        "LIBELLE": Trait.LABEL,
        "TAILLE": Trait.SIZE,
        "SHA256": Trait.DIGEST,
        "ID_ORIGINE": Trait.ORIGIN,
    },
    required=frozenset({"VERSION", "DOSSIER", "TYPE", "PERIODE", "FICHIER"}),
    version="VERSION",
    signatories="SIGNATAIRES",
)


@dataclass(frozen=True, slots=True)
class Found:
    """The row of one document, and the table it stands in."""

    row: Row
    table: Table
    place: str
    """Index name and line, for people."""

    def invalid(self, column: str) -> Unusable:
        """The file goes back to its sender: this cell of its row cannot be understood."""
        shown = self.row.cells.get(column, "")[:60]
        return Unusable(
            Code.INDEX_ROW_INVALID,
            Words(f"{self.place} : {column} « {shown} » incompris", f"{self.place}: {column} “{shown}” not understood"),
            _MEND,
        )


@lru_cache(maxsize=4)
def _table(data: bytes, required: frozenset[str]) -> Table:
    return tabular.read(data, required=required)


@lru_cache(maxsize=4)
def _rows_by_file(index: Attached, required: frozenset[str], column: str) -> Mapping[str, tuple[Row, ...]]:
    by_file: dict[str, tuple[Row, ...]] = {}
    for row in _table(index.data, required).rows:
        key = file_key(index.name, row.cells[column])
        by_file[key] = (*by_file.get(key, ()), row)
    return by_file


def file_key(index_name: str, cell: str) -> str:
    """The document a cell names, as a key: its path below the index's own folder, with `/` or `\\`, in any case."""
    parts = [part for part in cell.replace("\\", "/").split("/") if part not in {"", "."}]
    return text.key("/".join([*index_name.split("/")[:-1], *parts]))


def find_row(index: Attached, bundle: Bundle, columns: Columns) -> Found | Doubtful | Unusable:
    """The one row that names this document, by its path from the index."""
    name = index.name.rsplit("/", 1)[-1]
    try:
        table = _table(index.data, columns.required)
        by_file = _rows_by_file(index, columns.required, columns.file)
    except ValueError as error:
        return Unusable(
            Code.INDEX_ROW_INVALID,
            Words(f"{name} : index illisible ({error})", f"{name}: unreadable index ({error})"),
            _MEND,
        )
    rows = by_file.get(text.key(bundle.relative_path), ())
    if not rows:
        return Doubtful(
            Code.INDEX_ROW_INVALID,
            Words(
                f"orphelin : {name} n’annonce pas « {bundle.name} »", f"orphan: {name} does not list “{bundle.name}”"
            ),
            _MEND,
        )
    if len(rows) > 1:
        lines = ", ".join(str(row.line) for row in rows)
        return Doubtful(
            Code.AMBIGUOUS,
            Words(f"{name} : lignes {lines} pour le même fichier", f"{name}: lines {lines} for the same file"),
            _MEND,
        )
    return Found(rows[0], table, f"{name}, ligne {rows[0].line}")


def orphan(bundle: Bundle) -> Doubtful:
    """The document holds: its folder asks for an index, and none announced it."""
    return Doubtful(
        Code.INDEX_ROW_INVALID,
        Words(f"orphelin : aucun index n’annonce « {bundle.name} »", f"orphan: no index lists “{bundle.name}”"),
        Words("Exporter le lot avec son index et son fichier de fin.", "Export the lot with its index and end marker."),
    )


def read_row(
    found: Found, columns: Columns, *, translate: Mapping[str, Callable[[str], str]] | None = None
) -> Declared | Doubtful | Unusable:
    """What the row says. `translate` turns a column's own codes into ours before they are checked."""
    cells = found.row.cells
    if columns.version is not None and cells.get(columns.version) != "1":
        return found.invalid(columns.version)
    clues = []
    for column, trait in columns.traits.items():
        value = cells.get(column, "")
        if not value:
            continue
        try:
            translated = translate[column](value) if translate and column in translate else value
            clues.append(clue(trait, translated, Source.INDEX, where=found.place))
        except ValueError:
            return found.invalid(column)
    try:
        people = _people(cells.get(columns.signatories, "") if columns.signatories else "")
    except Incomplete as error:
        return incomplete(error, found.place)
    return Declared(tuple(clues), people, _notes(found, columns))


def _people(cell: str) -> tuple[Signatory, ...]:
    """`1|client|Nom|Prénom|adresse|mobile/2|expert|…`: a slash inside a name is not followed by a number and a bar."""
    people = []
    for entry in re.split(r"/(?=\d{1,2}\|)", cell) if cell else []:
        parts = entry.split("|")
        if len(parts) != 6:
            raise Incomplete("order")
        names = ("order", "role", "last_name", "first_name", "email", "mobile")
        people.append(signatory(dict(zip(names, parts, strict=True))))
    return in_order(people)


def _notes(found: Found, columns: Columns) -> tuple[Words, ...]:
    known = {columns.file, columns.version, columns.signatories, *columns.traits, *columns.also_known}
    notes = [
        Words(f"{found.place} : colonne {column} ignorée", f"{found.place}: column {column} passed over")
        for column in found.table.columns
        if column not in known
    ]
    if any("¤" in cell for cell in found.row.cells.values()):
        # The euro sign of ISO 8859-15 reads so in cp1252; nothing in the bytes tells the two apart.
        notes.append(Words(f"{found.place} : « ¤ » lu, sans doute « € »", f"{found.place}: read “¤”, probably “€”"))
    return tuple(notes)
