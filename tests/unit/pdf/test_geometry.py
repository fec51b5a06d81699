from __future__ import annotations

import io
import itertools
import math

import pikepdf
import pypdfium2
import pytest
from conftest import saved, text_page
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array

from jesignd.domain.sealing import Corner, Mark, Placement
from jesignd.errors import Code, DocumentHeld
from jesignd.pdf.geometry import corner_rectangle, place
from jesignd.pdf.page_box import PageBox, page_box

MEDIA = [0, 0, 400, 600]
ROTATIONS = [0, 90, 180, 270, -90, 450, 720]
BOXES = {
    "plain": (MEDIA, None),
    "offset": ([100, -50, 500, 550], None),
    "cropped": (MEDIA, [50, 80, 350, 500]),
    "crop beyond media": (MEDIA, [-100, 80, 350, 900]),
    "offset and cropped": ([-300, -200, 100, 400], [-250, -150, 50, 350]),
    "upside down box": ([400, 600, 0, 0], None),
}
RED, BLUE = (255, 0, 0), (0, 0, 255)


def page(rotation: int, boxes: str, unit: float = 1, *, inherited: bool = False) -> bytes:
    media, crop = BOXES[boxes]
    pdf = pikepdf.new()
    pdf.add_blank_page()
    holder = pdf.Root.Pages if inherited else pdf.pages[0].obj
    del pdf.pages[0].obj["/MediaBox"]
    holder.MediaBox = Array(media)
    holder.Rotate = rotation
    if crop:
        holder.CropBox = Array(crop)
    if unit != 1:
        pdf.pages[0].obj.UserUnit = unit
    return saved(pdf)


def stamped(data: bytes, placement: Placement) -> bytes:
    """Draw an upright mark as the seal does: blue, its lower left quarter red as people are to see it."""
    left, bottom, right, top = placement.rectangle
    x, y = {0: (left, bottom), 90: (right, bottom), 180: (right, top), 270: (left, top)}[placement.rotation]
    angle = math.radians(placement.rotation)
    wide, high = right - left, top - bottom
    if placement.rotation % 180:
        wide, high = high, wide
    cosine, sine = round(math.cos(angle)), round(math.sin(angle))
    drawing = (
        f"q {cosine} {sine} {-sine} {cosine} {x} {y} cm 0 0 1 rg 0 0 {wide} {high} re f "
        f"1 0 0 rg 0 0 {wide / 2} {high / 2} re f Q"
    )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.pages[placement.page - 1].obj.Contents = pdf.make_stream(drawing.encode())
        return saved(pdf)


def colour_at(data: bytes, x: float, y: float) -> tuple[int, int, int]:
    """Colour at a point given as shares of the page as seen, from its lower left."""
    document = pypdfium2.PdfDocument(data)
    shown = document[0]
    bitmap = shown.render(scale=1, rev_byteorder=True)
    column = min(bitmap.width - 1, int(x * bitmap.width))
    row = min(bitmap.height - 1, int((1 - y) * bitmap.height))
    at = row * bitmap.stride + 3 * column
    colour = tuple(bytes(bitmap.buffer)[at : at + 3])
    bitmap.close()
    shown.close()
    document.close()
    return colour


CORNERS = [Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT, Corner.TOP_RIGHT, Corner.TOP_LEFT]
PAGES = [
    *itertools.product(ROTATIONS, BOXES, [1], [False]),
    *itertools.product([0, 90, -90], ["offset and cropped"], [2.5], [False, True]),
    *itertools.product([180, 270], ["cropped"], [0.5], [True]),
]


@pytest.mark.parametrize(("rotation", "boxes", "unit", "inherited"), PAGES)
def test_the_mark_is_seen_upright_in_its_corner_on_any_page(rotation, boxes, unit, inherited):
    data = page(rotation, boxes, unit, inherited=inherited)
    for corner in CORNERS:
        placement = place(data, Mark(page=1, corner=corner, width_mm=30, height_mm=12, margin_mm=5))
        left, bottom, right, top = placement.shown
        document = pypdfium2.PdfDocument(data)
        width, height = (side * placement.scale for side in document.get_page_size(0))
        document.close()
        if unit >= 1:
            assert right - left == pytest.approx(30 * 72 / 25.4, abs=0.01)
        assert ((left + right) / 2 < width / 2) == (corner in {Corner.BOTTOM_LEFT, Corner.TOP_LEFT})
        assert ((bottom + top) / 2 < height / 2) == (corner in {Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT})
        seen = stamped(data, placement)
        for x, y, colour in ((0.25, 0.25, RED), (0.75, 0.25, BLUE), (0.25, 0.75, BLUE), (0.75, 0.75, BLUE)):
            point = (left + x * (right - left)) / width, (bottom + y * (top - bottom)) / height
            assert colour_at(seen, *point) == colour, (corner, x, y)


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.floats(0.1, 10),
    st.tuples(*[st.floats(-500, 500)] * 2),
    st.tuples(*[st.floats(10, 5000)] * 2),
    st.tuples(*[st.floats(0, 200)] * 2),
)
def test_user_space_and_seen_page_always_convert_back_and_forth(rotation, scale, origin, size, corner):
    x, y = origin
    box = PageBox((x, y, x + size[0], y + size[1]), rotation, scale)
    seen = (corner[0], corner[1], corner[0] + 30, corner[1] + 20)
    assert box.to_seen(box.to_user_space(seen)) == pytest.approx(seen, abs=1e-6)


@given(
    st.tuples(*[st.floats(3, 20000)] * 2),
    st.sampled_from(CORNERS),
    st.floats(5, 300),
    st.floats(5, 300),
    st.floats(0, 100),
)
def test_the_mark_always_fits_the_page_and_keeps_its_shape(size, corner, width, height, margin):
    mark = Mark(width_mm=width, height_mm=height, margin_mm=margin, corner=corner)
    left, bottom, right, top = corner_rectangle(size, mark, corner)
    assert left >= -1e-6
    assert bottom >= -1e-6
    assert right <= size[0] + 1e-6
    assert top <= size[1] + 1e-6
    assert (right - left) / (top - bottom) == pytest.approx(width / height)


@pytest.mark.parametrize("boxes", BOXES)
@pytest.mark.parametrize("rotation", ROTATIONS)
def test_the_page_has_the_size_the_viewer_gives_it(rotation, boxes):
    data = page(rotation, boxes)
    document = pypdfium2.PdfDocument(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert page_box(pdf.pages[0].obj).size == pytest.approx(document.get_page_size(0))
    document.close()


def test_a_mark_on_the_last_page_counts_from_the_end():
    pdf = pikepdf.new()
    for _ in range(3):
        text_page(pdf)
    data = saved(pdf)
    assert place(data, Mark(page=-1, corner=Corner.TOP_LEFT)).page == 3
    assert place(data, Mark(page=2, corner=Corner.TOP_LEFT)).page == 2


@pytest.mark.parametrize("asked", [0, 2, -2])
def test_a_page_the_document_does_not_have_holds_it(payslip, asked):
    with pytest.raises(DocumentHeld) as caught:
        place(payslip, Mark(page=asked, corner=Corner.TOP_LEFT))
    assert caught.value.code is Code.AMBIGUOUS
