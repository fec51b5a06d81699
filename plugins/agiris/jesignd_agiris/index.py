"""Index: the table that may come with a drop of payslips, `MATRICULE;NOM;PRENOM;EMAIL;FICHIER;PERIODE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind
from jesignd.domain.recognition import Doubtful, Source, Trait, Unusable
from jesignd.plugin.conventions import Columns, Declared, Found, clue, find_row, read_row

if TYPE_CHECKING:
    from jesignd.plugin import Bundle

COLUMNS = Columns(
    traits={"MATRICULE": Trait.EMPLOYEE, "PERIODE": Trait.PERIOD},
    required=frozenset({"MATRICULE", "FICHIER", "PERIODE"}),
    also_known=frozenset({"NOM", "PRENOM", "EMAIL"}),
)


def read_index(bundle: Bundle) -> Declared | Doubtful | Unusable:
    """What the document's row says; an orphan where the table does not list it."""
    if bundle.index is None:
        return Declared()
    found = find_row(bundle.index, bundle, COLUMNS)
    return read_row(found, COLUMNS) if isinstance(found, Found) else found


def as_payslip(row: Declared) -> Declared:
    """The row, which speaks of a payslip because it names an employee and nothing else says what the file is."""
    employee = next((each for each in row.clues if each.trait is Trait.EMPLOYEE), None)
    if employee is None:
        return row
    kind = clue(Trait.KIND, DocumentKind.PAYSLIP.code, Source.INDEX, where=employee.where)
    return Declared((*row.clues, kind), row.signatories, row.notes)
