"""Index: `QUADRA_DOC_<lot>.csv`, a list a firm can make from its payroll documents with one query."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.recognition import Doubtful, Source, Trait, Unusable
from jesignd.errors import Words
from jesignd.plugin.conventions import Columns, Declared, Found, clue, find_row, read_row
from jesignd_quadra.layout import dossier

if TYPE_CHECKING:
    from jesignd.plugin import Attached, Bundle

COLUMNS = Columns(
    traits={
        "DOSSIER": Trait.CLIENT,
        "NUMEMPLOYE": Trait.EMPLOYEE,
        "LIBELLE": Trait.LABEL,
    },
    required=frozenset({"DOSSIER", "CHAPITRE", "NATURE", "ANNEE", "PERIODE", "FICHIER", "CHRONO"}),
    also_known=frozenset(
        {"NATURE", "ETABLISSEMENT", "CHAPITRE", "ANNEE", "PERIODE", "INDICEBULLETIN", "AUTEUR", "CHRONO", "PUBLIERWEB"}
    ),
)
NATURES: Mapping[str, Kind] = {
    "BULLETIN": Kind.PAYSLIP,
    "BULLETINS": Kind.PAYSLIP,
    "BULLETIN DE PAIE": Kind.PAYSLIP,
    "CONTRAT": Kind.EMPLOYMENT_CONTRACT,
    "CONTRAT DE TRAVAIL": Kind.EMPLOYMENT_CONTRACT,
    "ATTESTATION": Kind.ATTESTATION,
    "ATTESTATIONS IJSS": Kind.ATTESTATION,
    "ATTESTATION D'EMPLOI": Kind.ATTESTATION,
    "DUE": Kind.HR_DOCUMENT,
    "DPAE": Kind.HR_DOCUMENT,
    "JOURNAL DE PAIE": Kind.HR_DOCUMENT,
    "TABLEAU DES CHARGES": Kind.HR_DOCUMENT,
    "NOTE D'HONORAIRES": Kind.FEE_NOTE,
    "LETTRE DE MISSION": Kind.ENGAGEMENT_LETTER,
    "PLAQUETTE": Kind.ANNUAL_ACCOUNTS,
    "INVENTAIRE": Kind.INVENTORY,
    "PV": Kind.MEETING_MINUTES,
}


def kind_code(nature: str, own: Mapping[str, str]) -> str:
    """The code of the kind a nature stands for: the firm's own list first, then ours, then our codes themselves.

    Raises:
        ValueError: none of them knows it.
    """
    mine = {_plain(name): code for name, code in own.items()}
    plain = _plain(nature)
    if plain in mine:
        return Kind.from_code(mine[plain]).code
    return NATURES[plain].code if plain in NATURES else Kind.from_code(plain).code


def read_index(
    index: Attached, bundle: Bundle, natures: Mapping[str, str]
) -> tuple[Declared, Mapping[str, str]] | Doubtful | Unusable:
    """What the document's row says, and the row itself. A nature nobody knows leaves the kind to the name."""
    found = find_row(index, bundle, COLUMNS)
    if not isinstance(found, Found):
        return found
    read = read_row(found, COLUMNS, translate={"DOSSIER": dossier})
    if not isinstance(read, Declared):
        return read
    cells = found.row.cells
    clues, notes = list(read.clues), list(read.notes)
    try:
        clues.append(clue(Trait.PERIOD, cells["PERIODE"] or cells["ANNEE"], Source.INDEX, where=found.place))
        clues.append(clue(Trait.ORIGIN, _origin(cells), Source.INDEX, where=found.place))
    except ValueError:
        return found.invalid("PERIODE")
    try:
        clues.append(clue(Trait.KIND, kind_code(cells["NATURE"], natures), Source.INDEX, where=found.place))
    except ValueError:
        notes.append(Words(f"{found.place} : NATURE inconnue", f"{found.place}: unknown NATURE"))
    return Declared(tuple(clues), notes=tuple(notes)), cells


def _plain(nature: str) -> str:
    """Without accents, capitals or the two apostrophes to tell apart."""
    decomposed = unicodedata.normalize("NFKD", nature.replace("’", "'").strip())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).upper()


def _origin(cells: Mapping[str, str]) -> str:
    """A chronological number is unique within a year; several payslips of one month differ by their rank."""
    return "/".join((cells["ANNEE"], cells["CHRONO"], cells.get("INDICEBULLETIN", "")))
