"""Page box: the part of a page that is shown, how it is turned and how large it is meant to be.

Read as viewers read it, because a mark must be where people will see it. PDFium's rules: an unusable MediaBox is US
Letter, an unusable CropBox is the MediaBox, a crop is cut to the media, rotation is any multiple of a right angle.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pikepdf

from jesignd.pdf.catalog import dictionary, entry

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top."""

LETTER: Rectangle = (0.0, 0.0, 612.0, 792.0)
MAX_ANCESTORS = 64
MAX_USER_UNIT = 75_000.0


@dataclass(frozen=True, slots=True)
class PageBox:
    """One page's geometry. `shown` is in user space; `rotation` in degrees, clockwise; `scale` in points per unit."""

    shown: Rectangle
    rotation: int
    scale: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points, as people see the page."""
        left, bottom, right, top = self.shown
        width, height = (right - left) * self.scale, (top - bottom) * self.scale
        return (height, width) if self.rotation % 180 else (width, height)

    def to_user_space(self, seen: Rectangle) -> Rectangle:
        """A rectangle in points from the lower left of the page as seen → the same in user space."""
        left, bottom, right, top = (side / self.scale for side in seen)
        return self._spanned(self._point_to_user_space(left, bottom), self._point_to_user_space(right, top))

    def to_seen(self, inside: Rectangle) -> Rectangle:
        """A rectangle in user space → the same in points from the lower left of the page as seen."""
        left, bottom, right, top = inside
        x0, y0, x1, y1 = self._spanned(self._point_to_seen(left, bottom), self._point_to_seen(right, top))
        return (x0 * self.scale, y0 * self.scale, x1 * self.scale, y1 * self.scale)

    def _point_to_user_space(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.shown
        return {
            0: (left + x, bottom + y),
            90: (right - y, bottom + x),
            180: (right - x, top - y),
            270: (left + y, top - x),
        }[self.rotation]

    def _point_to_seen(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.shown
        return {
            0: (x - left, y - bottom),
            90: (y - bottom, right - x),
            180: (right - x, top - y),
            270: (top - y, x - left),
        }[self.rotation]

    @staticmethod
    def _spanned(one: tuple[float, float], other: tuple[float, float]) -> Rectangle:
        (x0, y0), (x1, y1) = one, other
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def page_box(page: pikepdf.Object) -> PageBox:
    """The geometry of this page object."""
    media = rectangle_of(_inherited(page, "/MediaBox")) or LETTER
    crop = rectangle_of(_inherited(page, "/CropBox"))
    shown = media if crop is None else (_common(media, crop) or media)
    rotation = _number(_inherited(page, "/Rotate"))
    unit = _number(page.get("/UserUnit")) or 1.0
    return PageBox(
        shown=shown,
        rotation=0 if rotation is None else int(rotation / 90) % 4 * 90,
        scale=unit if 0 < unit <= MAX_USER_UNIT else 1.0,
    )


def _inherited(page: pikepdf.Object, key: str) -> object:
    node: pikepdf.Object | None = page
    for _ in range(MAX_ANCESTORS):
        if node is None:
            break
        if (value := node.get(key)) is not None:
            return value
        node = dictionary(entry(node, "/Parent"))
    return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def rectangle_of(value: object) -> Rectangle | None:
    """A PDF rectangle in order, or None if it is not one or is empty."""
    if not isinstance(value, pikepdf.Array) or len(value) != 4:
        return None
    sides = [number for side in value if (number := _number(side)) is not None]
    if len(sides) != 4 or not all(abs(side) < 1e7 for side in sides):
        return None
    x0, y0, x1, y1 = sides
    left, right, bottom, top = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return (left, bottom, right, top) if left < right and bottom < top else None


def _common(one: Rectangle, other: Rectangle) -> Rectangle | None:
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left < right and bottom < top else None
