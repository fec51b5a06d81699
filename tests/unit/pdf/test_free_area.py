from __future__ import annotations

import io

import pikepdf
import pytest
from conftest import saved, text_page
from pikepdf import Array, Dictionary, Name

from jesignd.domain.sealing import Corner, Mark, Placement
from jesignd.errors import Code, DocumentHeld
from jesignd.pdf.free_area import PIXELS_PER_POINT, grid_of, nearest, plain_colours
from jesignd.pdf.geometry import SHRINKING, corner_rectangle, outwards, place
from jesignd.pdf.opened import viewer
from jesignd.pdf.render import greys_of, page_of

LINE = 12
AUTO = Mark(corner=Corner.AUTO)
IN_THE_CORNER = (390.9, 28.3, 566.7, 90.7)
"""Of an A4 page of 595 by 842 points."""


def written(lines: int, *, start: float = 820, left: float = 20, width: int = 110, extra: str = "") -> pikepdf.Pdf:
    """A page with so many lines of text from the top, `width` letters each."""
    pdf = pikepdf.new()
    text_page(pdf)
    rows = "".join(f"1 0 0 1 {left} {start - LINE * row} Tm ({'M' * width}) Tj " for row in range(lines))
    pdf.pages[0].Contents = pdf.make_stream(f"BT /F1 6 Tf {rows} ET {extra}".encode())
    return pdf


def overlap(placement: Placement, other: tuple[float, float, float, float]) -> bool:
    left, bottom, right, top = placement.shown
    return left < other[2] and other[0] < right and bottom < other[3] and other[1] < top


def test_an_empty_bottom_right_corner_is_taken(payslip):
    assert place(payslip, AUTO).shown == pytest.approx(IN_THE_CORNER, abs=1.5)


def test_the_mark_moves_up_over_a_footer():
    pdf = written(2, start=60)
    left, bottom, right, _ = place(saved(pdf), AUTO).shown
    assert 66 <= bottom <= 80
    assert (left, right) == pytest.approx((IN_THE_CORNER[0], IN_THE_CORNER[2]), abs=3)


def test_the_mark_moves_left_of_a_column_that_fills_the_right():
    pdf = written(70, left=400, width=30)
    placement = place(saved(pdf), AUTO)
    assert placement.shown[2] <= 400
    assert placement.shown[1] == pytest.approx(IN_THE_CORNER[1], abs=1.5)


@pytest.mark.parametrize("kind", [Name.Widget, Name.Link, Name.Stamp])
def test_an_empty_field_or_annotation_is_not_covered(kind):
    pdf = written(3)
    field = (380, 20, 580, 120)
    annotation = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=kind, Rect=Array(field), FT=Name.Tx, T="Champ"))
    pdf.pages[0].Annots = Array([annotation])
    if kind == Name.Widget:
        pdf.Root.AcroForm = Dictionary(Fields=Array([annotation]))
    assert not overlap(place(saved(pdf), AUTO), field)


def test_the_mark_shrinks_a_little_before_it_gives_up_free_room():
    pdf = written(62)
    left, bottom, right, top = place(saved(pdf), AUTO).shown
    assert 0.69 * 175.7 <= right - left < 175
    assert (right - left) / (top - bottom) == pytest.approx(62 / 22, rel=1e-3)
    assert top <= 820 - LINE * 57 + LINE
    assert bottom >= 28


def test_a_page_full_of_text_holds_the_document():
    with pytest.raises(DocumentHeld) as caught:
        place(saved(written(69)), AUTO)
    assert caught.value.code is Code.AMBIGUOUS
    assert caught.value.hint is not None


def pages(*, full: tuple[int, ...], of: int) -> bytes:
    pdf = pikepdf.new()
    for number in range(1, of + 1):
        pdf.pages.extend(written(69 if number in full else 3).pages)
    return saved(pdf)


@pytest.mark.parametrize(
    ("asked", "full", "of", "taken"),
    [(-1, (4,), 4, 3), (1, (1,), 4, 2), (2, (2,), 4, 1), (2, (1, 2, 3), 4, 4), (-1, (12, 11, 10), 12, 9)],
)
def test_where_the_page_asked_for_is_full_the_nearest_page_with_room_is_taken(asked, full, of, taken):
    placement = place(pages(full=full, of=of), Mark(page=asked, corner=Corner.AUTO))
    assert placement.page == taken
    assert placement.shown == pytest.approx(IN_THE_CORNER, abs=1.5)


def test_room_is_not_looked_for_further_than_ten_pages():
    with pytest.raises(DocumentHeld):
        place(pages(full=tuple(range(2, 13)), of=12), AUTO)


@pytest.mark.parametrize(("asked", "pages", "expected"), [(1, 1, [1]), (2, 4, [2, 1, 3, 4]), (3, 3, [3, 2, 1])])
def test_pages_are_tried_outwards_from_the_one_asked_for(asked, pages, expected):
    assert outwards(asked, pages) == expected


def test_between_text_and_edge_the_mark_becomes_a_strip():
    placement = place(saved(written(66, start=836)), AUTO)
    left, bottom, right, top = placement.shown
    assert (right - left) / (top - bottom) == pytest.approx(10, rel=1e-3)
    assert top < 836 - 65 * LINE


def test_a_strip_is_never_made_of_a_mark_that_is_one_already():
    with pytest.raises(DocumentHeld):
        place(saved(written(69)), Mark(corner=Corner.AUTO, width_mm=80, height_mm=8))


@pytest.mark.parametrize(("signed", "covered"), [(True, True), (False, False)])
def test_only_an_empty_field_that_is_signed_already_may_be_covered(signed, covered):
    pdf = written(1)
    everywhere = Array([0, 0, 595, 842])
    field = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=everywhere, FT=Name.Sig, T="S"))
    if signed:
        field.V = Dictionary(Type=Name.Sig)
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    if covered:
        assert place(saved(pdf), AUTO).shown == pytest.approx(IN_THE_CORNER, abs=1.5)
    else:
        with pytest.raises(DocumentHeld):
            place(saved(pdf), AUTO)


def test_a_picture_without_text_may_be_covered_when_nothing_is_free():
    pdf = written(3, extra="".join(f"{y % 3 / 3} 0 0.5 rg 0 {y} 595 4 re f " for y in range(0, 780, 4)))
    assert place(saved(pdf), AUTO).page == 1


def test_a_scan_full_of_drawing_and_without_text_layer_is_not_covered():
    strokes = "".join(f"0 0 0 rg 10 {y} 575 3 re f " for y in range(5, 840, 9))
    pdf = pikepdf.new()
    text_page(pdf)
    pdf.pages[0].Contents = pdf.make_stream(strokes.encode())
    with pytest.raises(DocumentHeld):
        place(saved(pdf), AUTO)


def test_a_coloured_background_counts_as_blank():
    pdf = written(3, extra="")
    tint = b"q 0.8 0.9 0.8 rg 0 0 595 842 re f Q " + pdf.pages[0].Contents.read_bytes()
    pdf.pages[0].Contents = pdf.make_stream(tint)
    assert place(saved(pdf), AUTO).shown == pytest.approx(IN_THE_CORNER, abs=1.5)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_free_room_is_found_in_the_page_as_people_see_it(rotation):
    pdf = written(20)
    pdf.pages[0].Rotate = rotation
    placement = place(saved(pdf), AUTO)
    inside = placement.rectangle
    text = (20, 820 - 19 * LINE, 575, 830)
    assert not (inside[0] < text[2] and text[0] < inside[2] and inside[1] < text[3] and text[1] < inside[3])
    assert placement.rotation == rotation


def test_a_page_of_two_hundred_inches_is_searched_in_bounded_memory():
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(14400, 14400))
    placement = place(saved(pdf), AUTO)
    assert placement.shown[2] == pytest.approx(14400 - 28.3, abs=15)


def test_a_tiny_page_gets_a_mark_that_fits():
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(60, 20))
    left, bottom, right, top = place(saved(pdf), AUTO).shown
    assert 0 <= left < right <= 60
    assert 0 <= bottom < top <= 20


@pytest.mark.parametrize("lines", [3, 40, 55, 60])
@pytest.mark.parametrize("footer", [0, 1, 6, 14])
def test_looking_at_the_foot_first_gives_what_the_whole_page_gives(lines, footer):
    rows = "".join(
        f"1 0 0 1 {250 if footer == 6 else 20} {16 + 11 * row} Tm (Pied de page) Tj " for row in range(footer)
    )
    data = saved(written(lines, extra=f"BT /F1 6 Tf {rows} ET"))
    corner = corner_rectangle((595, 842), AUTO, Corner.BOTTOM_RIGHT)
    with viewer(data) as document, page_of(document, 1) as page:
        whole = grid_of(greys_of(page, scale=PIXELS_PER_POINT), size=(595, 842))
    expected = next(found for share in SHRINKING if (found := nearest(whole, corner=corner, share=share)))
    assert place(data, AUTO).shown == pytest.approx(expected, abs=1e-3)


def test_colour_profiles_make_no_difference_to_where_the_mark_goes():
    pdf = written(58)
    before = place(saved(pdf), AUTO)
    profile = pdf.make_stream(bytes(range(256)) * 2, N=3)
    page = pdf.pages[0]
    page.Resources.ColorSpace = Dictionary(Cs=Array([Name.ICCBased, profile]), Odd=Array([]), Plain=Name.DeviceRGB)
    page.Contents = pdf.make_stream(b"/Cs cs 0 0 0 sc " + page.Contents.read_bytes())
    data = saved(pdf)
    with pikepdf.open(io.BytesIO(data)) as opened:
        plain = plain_colours(data, opened.pages[0].obj)
    assert len(plain) == len(data)
    assert plain != data
    assert place(data, AUTO).shown == before.shown
