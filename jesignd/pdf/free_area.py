"""Free area: find room for the mark on a page, as near the bottom right as may be, without hiding anything.

The page is rendered small (about 2 pixels a millimetre) and in grey; whatever differs from its background is covered,
and so are annotations and fields even when they look empty. Where nothing is free the mark shrinks a little, then goes
to the corner where it covers least, but never over text; whoever asks may then try another page or a lower mark.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Name

from jesignd.pdf.catalog import entry, items
from jesignd.pdf.page_box import PageBox, Rectangle, rectangle_of
from jesignd.pdf.render import Picture, foot_of, greys_of, page_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pypdfium2

PIXELS_PER_POINT = 0.7
MAX_SIDE_PIXELS = 1200
WHITE = 255
FOOT = 0.3
"""Share of the page that is looked at first, from below."""
MOST_OF_FOOT = 1.5
"""How many marks high, margin included, the foot must be to be worth a look of its own."""
GREY_TOLERANCE = 12
"""How far from the background a pixel may be and still be blank: the grain of a scan, not the tint of a table."""
BREATHING_PIXELS = 2
BLANK_ENOUGH = 0.02
FILLED = 0.95
"""A corner without text that is covered this much is a picture or a band of colour, not writing."""
MAX_ANNOTATIONS = 5000
MAX_BLANKED_BYTES = 8 << 20
MIN_PROFILE_BYTES = 64
"""Of a compressed profile: its header alone has 128; what is shorter might stand anywhere in the file."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Which pixels are covered (1) or blank (0); rows from the top. `across`, `up`: pixels per point."""

    rows: tuple[bytes, ...]
    across: float
    up: float

    @property
    def width(self) -> int:
        """In pixels."""
        return len(self.rows[0])

    def pixels(self, seen: Rectangle) -> tuple[int, int, int, int]:
        """First and last column, first and last row (both last ones excluded) that a rectangle touches."""
        left, bottom, right, top = seen
        height = len(self.rows)
        return (
            max(0, math.floor(left * self.across)),
            min(self.width, math.ceil(right * self.across)),
            max(0, math.floor(height - top * self.up)),
            min(height, math.ceil(height - bottom * self.up)),
        )

    def covered(self, seen: Rectangle) -> float:
        """Share of the rectangle that is covered."""
        first, last, high, low = self.pixels(seen)
        area = max(1, (last - first) * (low - high))
        return sum(row[first:last].count(1) for row in self.rows[high:low]) / area


def obstacles(page: pikepdf.Object, box: PageBox) -> tuple[Rectangle, ...]:
    """Where annotations and fields lie, in points as seen; watermarks over the whole page do not count."""
    return tuple(seen for seen, _ in _annotations(page, box))


def unsigned_obstacles(page: pikepdf.Object, box: PageBox) -> tuple[Rectangle, ...]:
    """`obstacles` but for fields that are signed: nobody will fill them any more, and what they show counts as ink."""
    return tuple(seen for seen, annotation in _annotations(page, box) if not _is_signed_field(annotation))


def _annotations(page: pikepdf.Object, box: PageBox) -> Iterator[tuple[Rectangle, pikepdf.Object]]:
    width, height = box.size
    for annotation in itertools.islice(items(page.get("/Annots")), MAX_ANNOTATIONS):
        inside = rectangle_of(entry(annotation, "/Rect"))
        kind = entry(annotation, "/Subtype")
        if inside is None or kind == Name.Popup:
            continue
        left, bottom, right, top = box.to_seen(inside)
        if kind == Name.Widget or (right - left) * (top - bottom) < width * height / 2:
            yield (left, bottom, right, top), annotation


def _is_signed_field(annotation: object) -> bool:
    field = annotation if entry(annotation, "/FT") is not None else entry(annotation, "/Parent")
    return entry(field, "/FT") == Name.Sig and entry(field, "/V") is not None


def plain_colours(data: bytes, page: pikepdf.Object) -> bytes:
    """The same file with the page's colour profiles blanked, so that a viewer falls back to the device's colours.

    What is covered stays covered, and the viewer is spared building transformations: 4 of the 6 ms a page takes it.
    """
    if len(data) > MAX_BLANKED_BYTES:
        return data
    spaces = entry(entry(page, "/Resources"), "/ColorSpace")
    for name in spaces.keys() if isinstance(spaces, pikepdf.Dictionary) else ():
        kind, stream = (*items(entry(spaces, name)), None, None)[:2]
        if kind == Name.ICCBased and isinstance(stream, pikepdf.Stream):
            profile = stream.read_raw_bytes()
            if len(profile) >= MIN_PROFILE_BYTES:
                data = data.replace(profile, bytes(len(profile)))
    return data


def ink_of(document: pypdfium2.PdfDocument, page: int, box: PageBox) -> Grid:
    """What is drawn on a page, annotations and fields included."""
    with page_of(document, page) as opened:
        picture = greys_of(opened, scale=_scale(opened, box))
    return grid_of(picture, size=box.size)


def at_the_foot(
    document: pypdfium2.PdfDocument, page: int, box: PageBox, *, obstacles: Sequence[Rectangle], corner: Rectangle
) -> Rectangle | None:
    """What `find` would give at full size, where the page's foot alone tells: most pages have room there, and most of
    the time is drawing. None: look at the whole page.
    """
    left, bottom, _, top = corner
    width, height = box.size
    if height * FOOT < MOST_OF_FOOT * top:
        return None
    with page_of(document, page) as opened:
        picture, share = foot_of(opened, scale=_scale(opened, box), share=FOOT)
    if picture.pixels.count(WHITE) * 3 < len(picture.pixels):
        return None
    room = _with_obstacles(grid_of(picture, size=(width, height * share)), obstacles)
    free = nearest(room, corner=corner, share=1.0)
    if free is None:
        return None
    # Nearer than anything above the foot could be: nothing was missed by not looking there.
    reach = height * share - 2 * bottom - (top - bottom) - 1 / room.up
    return free if math.hypot(left - free[0], free[1] - bottom) < reach else None


def _scale(page: pypdfium2.PdfPage, box: PageBox) -> float:
    return float(min(PIXELS_PER_POINT * box.scale, MAX_SIDE_PIXELS / max(page.get_size())))


def find(ink: Grid, *, obstacles: Sequence[Rectangle], corner: Rectangle, shares: Sequence[float]) -> Rectangle | None:
    """The blank rectangle nearest to the (bottom right) corner, in points as seen, or None.

    `shares` are the sizes the corner's rectangle may be shrunk to, in order.
    """
    room = _with_obstacles(ink, obstacles)
    found = (nearest(room, corner=corner, share=share) for share in shares)
    return next((free for free in found if free is not None), None)


def least_covered(
    document: pypdfium2.PdfDocument,
    ink: Grid,
    *,
    page: int,
    box: PageBox,
    obstacles: Sequence[Rectangle],
    corners: Sequence[Rectangle],
) -> Rectangle | None:
    """The corner where the mark covers least, if it hides no text there; None if it would in all of them."""
    with page_of(document, page) as opened:
        for corner in sorted(corners, key=ink.covered):
            if not _touches(corner, obstacles) and _hides_nothing(opened, corner, box=box, ink=ink):
                return corner
    return None


def grid_of(picture: Picture, *, size: tuple[float, float]) -> Grid:
    """A grey picture of a page of that size (points) → what is covered."""
    background = WHITE
    if picture.pixels.count(WHITE) * 3 < len(picture.pixels):
        ((background, _),) = Counter(picture.pixels).most_common(1)
    table = bytes(int(abs(value - background) > GREY_TOLERANCE) for value in range(256))
    flat, wide = picture.pixels.translate(table), picture.width
    rows = tuple(flat[start : start + wide] for start in range(0, len(flat), wide))
    return Grid(rows, picture.width / size[0], picture.height / size[1])


def _with_obstacles(grid: Grid, obstacles: Sequence[Rectangle]) -> Grid:
    rows = [bytearray(row) for row in grid.rows]
    for obstacle in obstacles:
        first, last, high, low = grid.pixels(obstacle)
        if first < last:
            for row in rows[high:low]:
                row[first:last] = b"\1" * (last - first)
    return Grid(tuple(map(bytes, rows)), grid.across, grid.up)


def nearest(grid: Grid, *, corner: Rectangle, share: float) -> Rectangle | None:
    """The blank rectangle of `share` of the corner's size nearest to that (bottom right) corner, or None."""
    left, bottom, right, top = corner
    wide, high = (right - left) * share, (top - bottom) * share
    across, down = math.ceil(wide * grid.across), math.ceil(high * grid.up)
    height = len(grid.rows)
    start, edge = math.ceil((height and grid.width) - right * grid.across), math.floor(right * grid.across)
    lowest, highest = math.floor(height - bottom * grid.up), math.ceil(bottom * grid.up)
    rows = [int.from_bytes(row, "big") for row in grid.rows]
    blank = bytes(across + 2 * BREATHING_PIXELS)
    best: tuple[float, int, int] | None = None
    for low in range(lowest, highest + down, -1):
        up = lowest - low
        if best is not None and up >= best[0]:
            break
        union = 0
        for row in rows[max(0, low - down - BREATHING_PIXELS) : low + BREATHING_PIXELS]:
            union |= row
        line = union.to_bytes(grid.width, "big")
        at = line.rfind(blank, max(0, start - BREATHING_PIXELS), edge + BREATHING_PIXELS)
        if at >= 0:
            aside = edge - (at + BREATHING_PIXELS + across)
            best = min(best or (math.inf, 0, 0), (math.hypot(aside, up), aside, up))
    if best is None:
        return None
    _, aside, up = best
    x, y = right - aside / grid.across, bottom + up / grid.up
    return (x - wide, y, x, y + high)


def _touches(one: Rectangle, others: Sequence[Rectangle]) -> bool:
    left, bottom, right, top = one
    return any(left < far[2] and far[0] < right and bottom < far[3] and far[1] < top for far in others)


def _hides_nothing(page: pypdfium2.PdfPage, corner: Rectangle, *, box: PageBox, ink: Grid) -> bool:
    """Whether no writing lies under this corner; without a text layer, anything drawn may be writing."""
    text = page.get_textpage()
    try:
        left, bottom, right, top = box.to_user_space(corner)
        under = str(text.get_text_bounded(left, bottom, right, top)).strip()
    finally:
        text.close()
    if under:
        return False
    covered = ink.covered(corner)
    return covered <= BLANK_ENOUGH or covered >= FILLED or bool(text_of(page).strip())
