from __future__ import annotations

import io

import pikepdf
import pytest
from conftest import saved, text_page
from pikepdf import Array, Dictionary, Name

from jesignd.domain.sealing import Corner, Mark, Rung
from jesignd.errors import Code, DocumentError, VerificationFailed
from jesignd.pdf.compare import require_unchanged
from jesignd.pdf.geometry import place

MARK = Mark(page=1, corner=Corner.BOTTOM_RIGHT)


def document(*words: str, rotation: int = 0) -> bytes:
    pdf = pikepdf.new()
    for text in words:
        text_page(pdf, words=text)
        pdf.pages[-1].Rotate = rotation
    return saved(pdf)


def stamped(data: bytes, rectangle: tuple[float, float, float, float], page: int = 1) -> bytes:
    """With an annotation whose appearance fills that rectangle."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        left, bottom, right, top = rectangle
        look = pdf.make_stream(
            f"0 0.4 0.8 rg 0 0 {right - left} {top - bottom} re f".encode(),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, right - left, top - bottom]),
        )
        pdf.pages[page - 1].Annots = Array(
            [Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=Array(rectangle), F=4, AP=Dictionary(N=look))]
        )
        return saved(pdf)


def failure(before: bytes, after: bytes, **how: object) -> str:
    with pytest.raises(VerificationFailed) as caught:
        require_unchanged(before, after, **{"placement": None, "rung": Rung.STRICT, **how})
    return caught.value.message.fr


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_mark_inside_its_place_changes_nothing(rotation):
    before = document("Bulletin de paie", rotation=rotation)
    placement = place(before, MARK)
    require_unchanged(before, stamped(before, placement.rectangle), placement=placement, rung=Rung.STRICT)


def test_a_mark_beyond_its_place_is_a_change():
    before = document("Bulletin de paie")
    placement = place(before, MARK)
    left, bottom, right, top = placement.rectangle
    assert "aspect" in failure(before, stamped(before, (left - 6, bottom, right, top)), placement=placement)


def test_a_mark_on_a_page_that_was_to_have_none_is_a_change():
    before = document("un", "deux")
    placement = place(before, MARK)
    assert "page 2" in failure(before, stamped(before, placement.rectangle, page=2), placement=placement)


def test_anything_visible_is_a_change_when_the_seal_is_invisible():
    before = document("Bulletin de paie")
    assert "aspect" in failure(before, stamped(before, (10, 10, 40, 40)))


def test_one_other_figure_is_a_change():
    assert "page 2, son texte" in failure(document("un", "12,50"), document("un", "12,60"))


def test_a_missing_page_is_a_change():
    assert "2 pages avant, 1 après" in failure(document("un", "deux"), document("un"))


def test_another_page_size_is_a_change():
    before = document("un")
    with pikepdf.open(io.BytesIO(before)) as pdf:
        pdf.pages[0].MediaBox = Array([0, 0, 595, 800])
        after = saved(pdf)
    assert "format" in failure(before, after)


def test_text_is_compared_on_pages_that_are_not_pictured():
    words = [f"Salarie {number}" for number in range(40)]
    changed = words.copy()
    changed[17] = "Salarie X"
    assert "page 18, son texte" in failure(document(*words), document(*changed))


def with_form(*, drawn_by_viewer: bool) -> bytes:
    """A filled field that has an empty appearance; whether its value shows is up to `/NeedAppearances`."""
    pdf = pikepdf.new()
    text_page(pdf)
    look = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 20]))
    field = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="net", V="1 234,56", F=4))
    field.Rect, field.AP, field.DA = Array([72, 600, 272, 620]), Dictionary(N=look), pikepdf.String("/Helv 12 Tf 0 g")
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), NeedAppearances=drawn_by_viewer)
    return saved(pdf)


def test_a_field_whose_value_shows_no_more_is_a_change():
    before, after = with_form(drawn_by_viewer=True), with_form(drawn_by_viewer=False)
    assert "aspect" in failure(before, after)


@pytest.mark.parametrize("rung", [Rung.TOLERANT, Rung.REBUILT])
def test_a_change_in_an_irregular_file_is_the_fault_of_the_file(rung):
    with pytest.raises(DocumentError) as caught:
        require_unchanged(document("12,50"), document("12,60"), placement=None, rung=rung)
    assert caught.value.code is Code.TRUNCATED
    assert "page 1, son texte" in caught.value.message.fr
