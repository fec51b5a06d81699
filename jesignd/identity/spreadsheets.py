"""Spreadsheets: the rows of the first sheet of an `.xls` or `.xlsx`; a foreign file, so to be read confined."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from jesignd.errors import Code, DocumentError, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CELLS = 200_000


def first_sheet(data: bytes) -> tuple[tuple[str, ...], ...]:
    """Its rows as text, from the first cell of the sheet on.

    Raises:
        DocumentError: it is no spreadsheet, or an enormous one.
    """
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        last_row, last_column = sheet.end or (0, 0)
        if (last_row + 1) * (last_column + 1) > MAX_CELLS:
            raise _refused(Words("le tableau est trop grand", "the sheet is too large"))
        rows: Sequence[Sequence[object]] = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise _refused(Words("ce n’est pas un tableau lisible", "it is no spreadsheet that can be read")) from error
    return tuple(tuple(str(cell) for cell in row) for row in rows)


def _refused(why: Words) -> DocumentError:
    return DocumentError(
        Code.INDEX_ROW_INVALID,
        Words(f"liste refusée : {why.fr}", f"list refused: {why.en}"),
        hint=Words("enregistrez-la en .xlsx ou en .csv", "save it as .xlsx or .csv"),
    )
