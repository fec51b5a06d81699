"""Geometry: put the mark where people will see it, upright, whatever the page's rotation, crop, offset and unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.sealing import Corner, Mark, Placement
from jesignd.pdf import free_area, refusals
from jesignd.pdf.opened import READING_FAULTS, Structure, structure
from jesignd.pdf.page_box import PageBox, Rectangle, page_box

if TYPE_CHECKING:
    import pikepdf

POINTS_PER_MM = 72 / 25.4
WIDEST_MARGIN = 1 / 8
"""Of the page's short side: on a small page the margin gives way before the mark does."""


def place(data: bytes, mark: Mark) -> Placement:
    """Where the mark goes in this file.

    Raises:
        DocumentHeld: no such page, or (`Corner.AUTO`) no room that hides no text (E07).
        DocumentError: unreadable or encrypted.
    """
    with structure(data) as opened:
        return place_opened(data, opened, mark)


def place_opened(data: bytes, opened: Structure, mark: Mark) -> Placement:
    """`place`, for a file qpdf has already opened."""
    number = _page_number(mark.page, opened.pages)
    try:
        page = opened.pdf.pages[number - 1].obj
        box = page_box(page)
        if mark.corner is Corner.AUTO:
            seen = _in_free_area(data, page, number=number, box=box, mark=mark)
        else:
            seen = corner_rectangle(box.size, mark, mark.corner)
    except READING_FAULTS as error:
        raise refusals.unreadable() from error
    return Placement(
        page=number,
        rectangle=_rounded(box.to_user_space(seen)),
        rotation=box.rotation,
        scale=box.scale,
        shown=_rounded(seen),
    )


def _page_number(asked: int, pages: int) -> int:
    number = pages + 1 + asked if asked < 0 else asked
    if not 1 <= number <= pages:
        raise refusals.no_such_page(asked, pages)
    return number


def _in_free_area(data: bytes, page: pikepdf.Object, *, number: int, box: PageBox, mark: Mark) -> Rectangle:
    corners = (Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT, Corner.TOP_RIGHT, Corner.TOP_LEFT)
    return free_area.find(
        data,
        page=number,
        box=box,
        obstacles=free_area.obstacles(page, box),
        corners=tuple(corner_rectangle(box.size, mark, corner) for corner in corners),
    )


def corner_rectangle(size: tuple[float, float], mark: Mark, corner: Corner) -> Rectangle:
    """The mark in that corner of a page of this size, all in points as seen; shrunk in proportion where it must be."""
    width, height = size
    margin = min(mark.margin_mm * POINTS_PER_MM, min(size) * WIDEST_MARGIN)
    wide, high = mark.width_mm * POINTS_PER_MM, mark.height_mm * POINTS_PER_MM
    fit = min(1.0, (width - 2 * margin) / wide, (height - 2 * margin) / high)
    wide, high = wide * fit, high * fit
    left = margin if corner in {Corner.BOTTOM_LEFT, Corner.TOP_LEFT} else width - margin - wide
    bottom = height - margin - high if corner in {Corner.TOP_LEFT, Corner.TOP_RIGHT} else margin
    return (left, bottom, left + wide, bottom + high)


def _rounded(rectangle: Rectangle) -> Rectangle:
    left, bottom, right, top = (round(side, 4) for side in rectangle)
    return (left, bottom, right, top)
