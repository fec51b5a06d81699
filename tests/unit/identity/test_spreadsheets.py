from __future__ import annotations

import io

import pytest
import xlwt

from jesignd.domain.granting import listed
from jesignd.errors import DocumentError
from jesignd.identity import spreadsheets
from jesignd.identity.spreadsheets import first_sheet


def xls(rows: list[list[object]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Feuil1")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            sheet.write(y, x, value)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_an_old_spreadsheet_is_read_from_its_first_cell():
    rows = first_sheet(xls([["Courriel", "Sceller", "Hubemploi"], ["a@b.fr", 1, 1], ["é@b.fr", 0, 0]]))
    first, second = listed(rows)
    assert (first.email, first.rights, first.ignored) == ("a@b.fr", {"seal"}, ("Hubemploi",))
    assert (second.email, second.text) == (None, "é@b.fr")


def test_an_empty_first_column_is_not_skipped():
    assert first_sheet(xls([["", "a@b.fr"]]))[0] == ("", "a@b.fr")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_what_is_no_spreadsheet_is_refused(data):
    with pytest.raises(DocumentError):
        first_sheet(data)


def test_an_enormous_sheet_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_CELLS", 3)
    with pytest.raises(DocumentError, match="too large"):
        first_sheet(xls([["a", "b"], ["c", "d"]]))
