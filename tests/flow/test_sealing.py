"""The sealing function on files that are signed, odd or broken, and on a disk that fails."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from sealing_bench import Bench

from jesignd.domain.sealing import Mark, Rung
from jesignd.errors import Code, DocumentError, ServiceError


@pytest.fixture
def bench(tmp_path) -> Bench:
    return Bench(tmp_path)


def saved(pdf: pikepdf.Pdf) -> bytes:
    output = io.BytesIO()
    pdf.save(output, fix_metadata_version=False)
    return output.getvalue()


def blank() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    return pdf


def refusal(bench: Bench, data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        bench.seal(data, Mark())
    assert not (bench.folder / "scellé.pdf").exists()
    return caught.value


def test_a_second_seal_leaves_the_first_as_it_was(bench):
    _, once = bench.seal(saved(blank()), Mark(), signatures_follow=True)
    sealed, twice = bench.seal(once, Mark())
    assert twice.startswith(once)
    assert sealed.inspection.signatures == 1
    assert "earlier-signatures" in sealed.checks


def test_a_seal_that_would_have_an_earlier_signature_called_broken_is_refused(bench):
    pdf = blank()
    pdf.Root.Metadata = pdf.make_stream(b"<x:xmpmeta xmp:ModifyDate='2020'/>", Type=Name.Metadata, Subtype=Name.XML)
    _, once = bench.seal(saved(pdf), Mark(), signatures_follow=True)
    refused = refusal(bench, once)
    assert refused.code is Code.ALREADY_SIGNED
    assert "Cachet1" in refused.message.fr
    assert refused.hint is not None


def test_a_signed_file_that_the_engine_cannot_read_is_told_to_be_damaged_and_signed(bench):
    _, once = bench.seal(saved(blank()), Mark(), signatures_follow=True)
    at = once.rindex(b"/Contents<") + 40
    refused = refusal(bench, once[:at] + b"\x8b" + once[at + 1 :])
    assert refused.code is Code.TRUNCATED
    assert "porte déjà une signature" in refused.message.fr


def test_a_file_certified_against_any_change_is_refused(bench):
    _, once = bench.seal(saved(blank()), Mark())
    assert refusal(bench, once).code is Code.ALREADY_SIGNED


def test_names_that_the_engine_cannot_read_are_no_obstacle(bench):
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</#1x " + font + b">>>>>>"
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    data = body + b"3 0 obj" + page + b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    sealed, after = bench.seal(data, Mark())
    assert sealed.inspection.rung is Rung.REBUILT
    assert sealed.compared
    assert b"/#1x " in after


def filled_form(*, listed: bool) -> bytes:
    """A field with a value and no appearance, which the program that opens it is to draw."""
    pdf = blank()
    field = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="net", V="1 234,56", F=4))
    field.Rect, field.DA = Array([72, 600, 272, 620]), pikepdf.String("/Helv 12 Tf 0 g")
    pdf.pages[0].Annots = Array([field])
    if listed:
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.Root.AcroForm = Dictionary(
            Fields=Array([field]), NeedAppearances=True, DR=Dictionary(Font=Dictionary(Helv=helvetica))
        )
    return saved(pdf)


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
@pytest.mark.parametrize("listed", [True, False])
def test_what_was_filled_in_shows_after_the_seal_as_before(bench, listed):
    sealed, after = bench.seal(filled_form(listed=listed), Mark())
    assert sealed.compared
    assert (b"/NeedAppearances" in after) is listed


def test_a_disk_that_fails_is_not_the_fault_of_the_file(bench):
    (bench.folder / "original.pdf").mkdir()
    with pytest.raises(ServiceError):
        bench.seal_where_it_lies(Mark())
