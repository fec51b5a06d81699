"""Return files: exactly the columns of C§1.10, safe in a spreadsheet, readable by what exports."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain import tabular
from jesignd.domain.documents import Digest, DocumentId
from jesignd.domain.levels import PadesLevel
from jesignd.errors import Code
from jesignd.plugin.contract import Lot, Outcome, ReturnStatus
from jesignd.plugin.returning import COLUMNS, csv_bytes, return_file, return_name

SEALED = Outcome(
    document=DocumentId("doc_1"),
    relative_path="Été/BP.pdf",
    digest=Digest("a" * 64),
    status=ReturnStatus.SEALED,
    signed_name="BP_scellé.pdf",
    signed_digest=Digest("b" * 64),
    origin_id="QP-1",
    level=PadesLevel.B_LT,
    signed_at=datetime.datetime(2026, 11, 24, 9, 31, tzinfo=datetime.UTC),
    line=2,
)
REJECTED = Outcome(
    document=DocumentId("doc_2"),
    relative_path="=cmd|' /C calc'!A0.pdf",
    digest=Digest("c" * 64),
    status=ReturnStatus.REJECTED,
    code=Code.ENCRYPTED,
    message="protégé ;\nimprimez-le",
)


def test_a_lot_is_told_row_by_row():
    data = return_file(Lot("LOT_1", (REJECTED, SEALED)))

    table = tabular.read(data)
    assert table.columns == COLUMNS
    assert table.encoding == "cp1252"
    sealed = next(row.cells for row in table.rows if row.cells["ID_JESIGND"] == "doc_1")
    assert (sealed["STATUT"], sealed["NIVEAU"], sealed["DATE_SIGNATURE"]) == ("SCELLE", "B-LT", "2026-11-24T09:31:00Z")
    assert sealed["LIGNE"] == "2"
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_no_cell_is_a_formula():
    rows = tabular.read(return_file(Lot("LOT_1", (REJECTED,)))).rows

    assert rows[0].cells["FICHIER"].startswith("'=")


def test_a_name_that_cp1252_has_no_letters_for_is_kept_in_utf8():
    data = csv_bytes(("NOM",), [("Łódź.pdf",)])

    assert data.startswith(b"\xef\xbb\xbf")
    assert "Łódź" in data.decode("utf-8-sig")


def test_decomposed_accents_still_fit_cp1252():
    assert "Été" in csv_bytes(("NOM",), [("E\u0301te\u0301",)]).decode("cp1252")


@given(st.lists(st.text(), min_size=2, max_size=4))
def test_a_row_is_always_one_line_of_as_many_cells(cells):
    columns = tuple(f"C{number}" for number in range(len(cells)))

    table = tabular.read(csv_bytes(columns, [("x", *cells[1:])]))

    assert len(table.rows) == 1
    assert len(table.rows[0].cells) == len(cells)
    assert table.rows[0].cells["C0"] == "x"


def test_the_name_of_a_return_file_is_safe():
    at = datetime.datetime(2026, 11, 24, 9, 31, 5, tzinfo=datetime.UTC)

    assert return_name("paie/été", "LOT_1", at) == "CR_paie-été_LOT-1_20261124T093105Z.csv"
    assert return_name("..", "", at) == "CR_sans-nom_sans-nom_20261124T093105Z.csv"
