from __future__ import annotations

import io

import pikepdf
import pytest
from conftest import PAGES, by_hand, saved, signed_like, text_page
from pikepdf import Array, Dictionary, Name

from jesignd.domain.sealing import Corner, Mark, Rung
from jesignd.errors import Code, DocumentError
from jesignd.pdf.compare import require_unchanged
from jesignd.pdf.inspect import inspect
from jesignd.pdf.prepare import prepare, rebuild

MARK = Mark(corner=Corner.BOTTOM_RIGHT)


@pytest.fixture
def broken(payslip) -> bytes:
    return payslip.replace(b"startxref\n", b"startxref\n1")


def test_a_rewritten_file_is_strict_and_reads_the_same(broken):
    rebuilt = rebuild(broken)
    assert inspect(rebuilt).rung is Rung.STRICT
    require_unchanged(broken, rebuilt, placement=None, rung=Rung.REBUILT)


def test_a_page_tree_that_claims_a_parent_is_put_right():
    root = b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 2 0 R>>"
    rebuilt = rebuild(by_hand(b"<</Type/Catalog/Pages 2 0 R>>", root, PAGES[1]))
    assert inspect(rebuilt).rung is Rung.STRICT


def test_rewriting_twice_gives_the_same_bytes(broken):
    assert rebuild(broken) == rebuild(broken)


def test_a_rewritten_file_has_a_size_even_if_there_was_none(payslip):
    rebuilt = rebuild(payslip.replace(b"/Size", b"/Sise"))
    assert inspect(rebuilt).rung is Rung.STRICT


@pytest.mark.parametrize("xmp", [b"<rdf:Description pdfaid:part='1' pdfaid:conformance='B'/>", b"<broken \xff"])
def test_metadata_are_carried_over_byte_by_byte_even_when_they_are_not_well_formed(xmp):
    pdf = pikepdf.new()
    text_page(pdf)
    pdf.Root.Metadata = pdf.make_stream(xmp, Type=Name.Metadata, Subtype=Name.XML)
    rebuilt = rebuild(saved(pdf).replace(b"startxref\n", b"startxref\n1"))
    with pikepdf.open(io.BytesIO(rebuilt)) as after:
        assert after.Root.Metadata.read_bytes() == xmp


def test_an_attachment_is_carried_over_byte_by_byte():
    pdf = pikepdf.new()
    text_page(pdf)
    pdf.attachments["factur-x.xml"] = b"<facture>12,50</facture>"
    rebuilt = rebuild(saved(pdf).replace(b"startxref\n", b"startxref\n1"))
    with pikepdf.open(io.BytesIO(rebuilt)) as after:
        assert after.attachments["factur-x.xml"].get_file().read_bytes() == b"<facture>12,50</facture>"


def test_a_field_no_form_knows_of_is_carried_over_in_silence(payslip):
    with pikepdf.open(io.BytesIO(payslip)) as pdf:
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="X", Rect=Array([9, 9, 99, 99]))
        pdf.pages[0].Annots = Array([pdf.make_indirect(field)])
        with pytest.warns(pikepdf.PageCopyWarning):
            data = saved(pdf)
    assert b"/Widget" in rebuild(data.replace(b"startxref\n", b"startxref\n1"))


@pytest.mark.parametrize("spoil", [(b"", b""), (b"startxref\n", b"startxref\n1")])
def test_a_signed_file_is_never_rewritten(spoil):
    with pytest.raises(DocumentError) as caught:
        rebuild(signed_like().replace(*spoil))
    assert caught.value.code is Code.TRUNCATED


def test_an_encrypted_file_is_never_rewritten():
    pdf = pikepdf.new()
    text_page(pdf)
    with pytest.raises(DocumentError) as caught:
        rebuild(saved(pdf, encryption=pikepdf.Encryption(owner="x", user="")))
    assert caught.value.code is Code.ENCRYPTED


def test_a_sound_file_is_prepared_without_changing_a_byte(payslip):
    prepared = prepare(payslip, mark=MARK)
    assert prepared.data is payslip
    assert prepared.inspection == inspect(payslip)
    assert prepared.placement is not None


def test_a_broken_file_is_prepared_as_its_rewritten_self(broken):
    prepared = prepare(broken, mark=MARK)
    assert prepared.inspection.rung is Rung.REBUILT
    assert prepared.data == rebuild(broken)


def test_an_invisible_seal_needs_no_place(payslip):
    assert prepare(payslip, mark=None).placement is None


def test_a_name_that_strict_readers_refuse_is_kept_as_it_is_but_apart_from_the_page():
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<</Font<</#1x 4 0 R>>>>>>"
    rebuilt = rebuild(
        by_hand(b"<</Type/Catalog/Pages 2 0 R>>", PAGES[0], page, b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>")
    )
    assert b"/#1x " in rebuilt
    with pikepdf.open(io.BytesIO(rebuilt), suppress_warnings=True) as pdf:
        assert pdf.pages[0].obj["/Resources"].is_indirect
