"""Turned, cropped, shifted and scaled pages through the whole sealing function: the mark is where people look."""

from __future__ import annotations

import io
import itertools

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops, ImageStat
from sealing_bench import AT, Bench, picture, profile

from jesignd.domain.sealing import Corner, Mark
from jesignd.pades import appearance

SCALE = 2.0
MEDIA = {
    "plain": ([0, 0, 595, 842], None),
    "shifted": ([-200, 100, 395, 942], None),
    "cropped": ([0, 0, 595, 842], [40, 60, 500, 800]),
    "shifted and cropped": ([-200, 100, 395, 942], [-150, 180, 330, 900]),
}
CORNERS = (Corner.AUTO, Corner.TOP_LEFT)
CASES = list(itertools.product((0, 90, 180, 270), MEDIA, (1, 2), CORNERS))


def page(rotation: int, media: str, unit: float) -> bytes:
    """A page with writing in its middle and a line along its foot."""
    box, crop = MEDIA[media]
    pdf = pikepdf.new()
    pdf.add_blank_page()
    only = pdf.pages[0].obj
    only.MediaBox, only.Rotate = Array(box), rotation
    if crop:
        only.CropBox = Array(crop)
    if unit != 1:
        only.UserUnit = unit
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    only.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
    x, y = box[0] + 220, box[1] + 420
    only.Contents = pdf.make_stream(f"BT /F1 12 Tf {x} {y} Td (Bulletin de paie) Tj ET".encode())
    output = io.BytesIO()
    pdf.save(output)
    return output.getvalue()


@pytest.mark.parametrize(
    ("rotation", "media", "unit", "corner"), CASES, ids=[f"{r}-{m}-{u}-{c.value}" for r, m, u, c in CASES]
)
def test_the_mark_is_upright_where_it_should_be_and_of_its_size(rotation, media, unit, corner, tmp_path):
    before = page(rotation, media, unit)
    mark = Mark(corner=corner)
    sealed, after = Bench(tmp_path).seal(before, mark)
    assert sealed.compared
    was, now = picture(before, scale=SCALE), picture(after, scale=SCALE)
    changed = ImageChops.difference(was, now).getbbox()
    assert changed == pytest.approx(expected_box(sealed.box, unit, now.size), abs=3)
    assert is_upright(now.crop(changed), mark)
    millimetres = (changed[2] - changed[0]) / SCALE * unit / 72 * 25.4
    assert millimetres == pytest.approx(mark.width_mm, abs=1)
    seen = (now.size[0] * unit, now.size[1] * unit)
    assert in_corner(changed, now.size, right=corner is Corner.AUTO, reach=30 / 25.4 * 72 * SCALE / unit), seen


def expected_box(box: tuple[float, float, float, float], unit: float, size: tuple[int, int]) -> list[float]:
    """Points from the lower left of the page as seen → pixels from the upper left."""
    left, bottom, right, top = (edge / unit * SCALE for edge in box)
    return [left, size[1] - top, right, size[1] - bottom]


def in_corner(box: tuple[int, int, int, int], size: tuple[int, int], *, right: bool, reach: float) -> bool:
    """Whether the box lies within reach of the bottom right corner, or of the top left one."""
    if right:
        return size[0] - box[2] < reach and size[1] - box[3] < reach
    return box[0] < reach and box[1] < reach


def is_upright(seen: Image.Image, mark: Mark) -> bool:
    """Whether it looks more like the mark than like the mark turned any other way, and much like it."""
    drawn = pypdfium2.PdfDocument(appearance.draw_pdf(profile(mark), mark, AT))[0]
    upright = drawn.render(scale=seen.width / drawn.get_size()[0]).to_pil().convert("L").resize(seen.size)
    turned = upright.rotate(180)
    mirrored = upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    likeness = [ImageStat.Stat(ImageChops.difference(seen, other)).mean[0] for other in (upright, turned, mirrored)]
    return likeness[0] < 0.6 * min(likeness[1:])
