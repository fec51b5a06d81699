from __future__ import annotations

import io

import pikepdf
import pytest
from conftest import saved, text_page
from pikepdf import Array, Dictionary, Name

from jesignd.domain.sealing import Corner, Mark
from jesignd.errors import VerificationFailed
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
        require_unchanged(before, after, **{"placement": None, **how})
    return caught.value.message.fr


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_mark_inside_its_place_changes_nothing(rotation):
    before = document("Bulletin de paie", rotation=rotation)
    placement = place(before, MARK)
    require_unchanged(before, stamped(before, placement.rectangle), placement=placement)


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
