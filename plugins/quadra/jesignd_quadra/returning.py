"""Returning: `QUADRA_RETOUR_<lot>.csv`, the index's rows with what became of each; we never write in Quadra's files."""

from __future__ import annotations

from jesignd.domain import paris, tabular, text
from jesignd.plugin import Lot, Outcome, ReturnFile
from jesignd.plugin.conventions import file_key
from jesignd.plugin.returning import csv_bytes

_ADDED = ("CHRONO_ORIGINE", "FICHIER_SIGNE", "DATESIGNATURE", "ETAT")


def return_index(lot: Lot) -> ReturnFile | None:
    """The return file of a lot that had an index; None for documents that came alone."""
    if lot.index is None:
        return None
    try:
        table = tabular.read(lot.index.data, required=frozenset({"FICHIER", "CHRONO"}))
    except ValueError:
        return None
    by_path = {text.key(outcome.relative_path): outcome for outcome in lot.outcomes}
    rows = []
    for row in table.rows:
        outcome = by_path.get(file_key(lot.index.name, row.cells["FICHIER"]))
        if outcome is not None:
            rows.append([*(row.cells[column] for column in table.columns), *_added(row, outcome)])
    return ReturnFile(f"QUADRA_RETOUR_{_lot_number(lot.name)}.csv", csv_bytes((*table.columns, *_ADDED), rows))


def _added(row: tabular.Row, outcome: Outcome) -> tuple[str, ...]:
    signed_on = f"{paris.day(outcome.signed_at):%d/%m/%Y}" if outcome.signed_at else ""
    return (row.cells["CHRONO"], outcome.signed_name, signed_on, outcome.status.value)


def _lot_number(lot: str) -> str:
    """`QUADRA_DOC_20261124.csv` → `20261124`."""
    stem = lot.rsplit("/", 1)[-1].removesuffix(".csv").removesuffix(".CSV")
    return stem[len("QUADRA_DOC_") :] if stem.upper().startswith("QUADRA_DOC_") else stem
