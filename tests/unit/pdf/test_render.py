from __future__ import annotations

import struct
import zlib

import pikepdf
import pytest
from conftest import saved, text_page
from pikepdf import Array, Dictionary, Name

from jesignd.errors import DocumentError
from jesignd.pdf.render import MAX_PIXELS, page_count, page_image, page_text


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_the_text_of_a_page_is_what_a_viewer_would_copy(payslip):
    assert page_text(payslip, 1).strip() == "Bulletin de paie"


def test_pages_are_counted():
    pdf = pikepdf.new()
    for _ in range(3):
        text_page(pdf)
    assert page_count(saved(pdf)) == 3


def test_a_picture_has_the_width_asked_for_and_shows_the_page():
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 600))
    pdf.pages[0].Contents = pdf.make_stream(b"1 0 0 rg 0 0 300 600 re f")
    png = page_image(saved(pdf), 1, pixels_wide=90)
    assert size_of(png) == (90, 180)
    packed = png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8]
    assert zlib.decompress(packed)[:7] == b"\0\xff\0\0\xff\0\0"


def test_a_huge_page_gives_a_picture_within_the_limit():
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(14400, 14400))
    width, height = size_of(page_image(saved(pdf), 1, pixels_wide=20_000))
    assert width * height <= MAX_PIXELS * 1.01


@pytest.mark.parametrize("page", [0, 2, -1])
def test_a_page_that_is_not_there_is_refused(payslip, page):
    with pytest.raises(DocumentError):
        page_text(payslip, page)


def test_what_cannot_be_opened_is_refused():
    with pytest.raises(DocumentError):
        page_count(b"%PDF-1.4 nothing more")


def test_what_was_filled_into_a_form_is_shown():
    pdf = pikepdf.new()
    text_page(pdf)
    look = pdf.make_stream(b"0 0 200 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 20]))
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="net", F=4, AP=Dictionary(N=look))
    field.Rect = Array([72, 600, 272, 620])
    empty = page_image(saved(pdf), 1, pixels_wide=300)
    pdf.pages[0].Annots = Array([pdf.make_indirect(field)])
    pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].Annots)
    assert page_image(saved(pdf), 1, pixels_wide=300) != empty
