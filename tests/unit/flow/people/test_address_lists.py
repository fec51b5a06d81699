from __future__ import annotations

import io
from pathlib import PurePath

import pytest
import xlwt

from jesignd.errors import DocumentError
from jesignd.flow.address_lists import LARGEST, combined, read, typed


def xls(*addresses: str) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Feuil1")
    for place, address in enumerate(addresses):
        sheet.write(place, 0, address)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_spreadsheet_is_read_in_a_child_of_ours():
    assert [one.email for one in read("Liste.XLS", xls("a@b.fr", "c@d.fr"))] == ["a@b.fr", "c@d.fr"]


def test_a_spreadsheet_that_is_none_is_refused():
    with pytest.raises(DocumentError, match="no spreadsheet"):
        read("liste.xlsx", b"rubbish")


@pytest.mark.parametrize("name", ["liste.pdf", "liste.ods", "liste.xlsm", "liste.csv.exe", "liste"])
def test_another_format_is_refused_by_name(name):
    with pytest.raises(DocumentError) as refused:
        read(name, b"a@b.fr")
    assert (PurePath(name).suffix or name) in refused.value.message.fr


@pytest.mark.parametrize("data", [b"", b"\n\n", b'"unbalanced\n', b"x" * (LARGEST + 1), b"\xff\xfe\x00"], ids=len)
def test_an_empty_broken_or_enormous_list_is_refused(data):
    with pytest.raises(DocumentError):
        read("liste.csv", data)


def test_what_is_typed_comes_after_the_list_and_may_repeat_it():
    lines = combined(typed(("a@b.fr", "c@d.fr")), ("C@D.fr", "e@f.fr", "e@f.fr"))
    assert [(one.line, one.email, one.first_line) for one in lines] == [
        (1, "a@b.fr", None),
        (2, "c@d.fr", None),
        (3, "c@d.fr", 2),
        (4, "e@f.fr", None),
        (5, "e@f.fr", 4),
    ]
