"""Geometry: put the mark where people will see it, upright, whatever the page's rotation, crop, offset and unit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jesignd.domain.sealing import Corner, Mark, Placement
from jesignd.pdf import free_area, refusals
from jesignd.pdf.opened import READING_FAULTS, Structure, structure, viewer
from jesignd.pdf.page_box import PageBox, Rectangle, page_box

if TYPE_CHECKING:
    from collections.abc import Callable

    import pikepdf
    import pypdfium2

    Avoid = Callable[[pikepdf.Object, PageBox], tuple[Rectangle, ...]]

POINTS_PER_MM = 72 / 25.4
WIDEST_MARGIN = 1 / 8
"""Of the page's short side: on a small page the margin gives way before the mark does."""
SHRINKING = (1.0, 0.85, 0.7, 0.55)
SHRINKING_ON_SMALL_PAGES = (*SHRINKING, 0.4, 0.25)
SMALL_PAGE_POINTS = 298.0
"""Short side of an A6 sheet: a ticket or a label has no room for a mark one could read at arm's length."""
STRIP_SHRINKING = (1.0, 0.85, 0.7)
_BY_PREFERENCE = (Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT, Corner.TOP_RIGHT, Corner.TOP_LEFT)
MOST_PAGES = 10
"""On which free room is looked for: whoever looks for the seal will not leaf further."""
STRIP_WIDTH_MM, STRIP_HEIGHT_MM = 80.0, 8.0
"""Two lines of small print."""
STRIP_MARGINS_MM = (5.0, 2.0)
"""As near the edge as office printers print; then nearer, which at least shows on screens."""


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
    if mark.corner is Corner.AUTO:
        return _in_free_area(data, opened, mark, asked=number)
    try:
        box = page_box(opened.pdf.pages[number - 1].obj)
        return _placement(box, corner_rectangle(box.size, mark, mark.corner), page=number)
    except READING_FAULTS as error:
        raise refusals.unreadable() from error


def _placement(box: PageBox, seen: Rectangle, *, page: int) -> Placement:
    return Placement(
        page=page,
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


def _in_free_area(data: bytes, opened: Structure, mark: Mark, *, asked: int) -> Placement:
    """Where the mark hides nothing: on the page asked for, else on one near it, else as a strip on one of those.

    Blank room within a signed field is taken last of all: it hides nothing, but looks as if it belonged to that one.
    """
    shapes = (mark, *_strips(mark))
    ways = ((shape, avoid) for avoid in (free_area.obstacles, free_area.unsigned_obstacles) for shape in shapes)
    with viewer(_plain(data, opened, asked)) as document:
        pages = _Pages(document, opened.pdf, asked)
        if (found := pages.at_the_foot(mark)) is not None:
            return found
        for shape, avoid in ways:
            for number in outwards(asked, opened.pages):
                if (found := pages.room(number, shape, avoid)) is not None:
                    return found
    raise refusals.no_free_area(asked)


def _plain(data: bytes, opened: Structure, asked: int) -> bytes:
    """The file as it is quickest to draw; as it is where that cannot be made out."""
    try:
        return free_area.plain_colours(data, opened.pdf.pages[asked - 1].obj)
    except READING_FAULTS:
        return data


class _Pages:
    """Pages looked at for free room; each is drawn once, however often it is asked for."""

    def __init__(self, document: pypdfium2.PdfDocument, pdf: pikepdf.Pdf, asked: int) -> None:
        self._document = document
        self._pdf = pdf
        self._asked = asked
        self._drawn: dict[int, tuple[PageBox, free_area.Grid]] = {}

    def at_the_foot(self, mark: Mark) -> Placement | None:
        """The place that `room` would give first, found by drawing less; None when that does not tell."""
        try:
            page = self._pdf.pages[self._asked - 1].obj
            box = page_box(page)
            corner = corner_rectangle(box.size, mark, Corner.BOTTOM_RIGHT)
            seen = free_area.at_the_foot(
                self._document, self._asked, box, obstacles=free_area.obstacles(page, box), corner=corner
            )
            return None if seen is None else _placement(box, seen, page=self._asked)
        except READING_FAULTS:
            return None

    def room(self, number: int, mark: Mark, avoid: Avoid) -> Placement | None:
        """A place for the mark on this page, or None; also when a page that was not asked for cannot be read."""
        try:
            return self._room(number, mark, avoid)
        except READING_FAULTS as error:
            if number == self._asked:
                raise refusals.unreadable() from error
            return None

    def _room(self, number: int, mark: Mark, avoid: Avoid) -> Placement | None:
        page = self._pdf.pages[number - 1].obj
        if number not in self._drawn:
            shape = page_box(page)
            self._drawn[number] = (shape, free_area.ink_of(self._document, number, shape))
        box, ink = self._drawn[number]
        obstacles = avoid(page, box)
        corners = tuple(corner_rectangle(box.size, mark, corner) for corner in _BY_PREFERENCE)
        seen = free_area.find(ink, obstacles=obstacles, corner=corners[0], shares=_shares(mark, box))
        if seen is None:
            seen = free_area.least_covered(
                self._document, ink, page=number, box=box, obstacles=obstacles, corners=corners
            )
        return None if seen is None else _placement(box, seen, page=number)


def _shares(mark: Mark, box: PageBox) -> tuple[float, ...]:
    if mark.height_mm <= STRIP_HEIGHT_MM:
        return STRIP_SHRINKING
    return SHRINKING_ON_SMALL_PAGES if min(box.size) < SMALL_PAGE_POINTS else SHRINKING


def _strips(mark: Mark) -> tuple[Mark, ...]:
    """The same mark laid out wide and low, for a footer's or a margin's height; nothing if it is that low already."""
    if mark.height_mm <= STRIP_HEIGHT_MM:
        return ()
    wide = max(mark.width_mm, STRIP_WIDTH_MM)
    strip = replace(mark, width_mm=wide, height_mm=STRIP_HEIGHT_MM)
    return tuple(replace(strip, margin_mm=min(mark.margin_mm, margin)) for margin in STRIP_MARGINS_MM)


def outwards(asked: int, pages: int) -> list[int]:
    """The page asked for, then its neighbours, the nearest first and the earlier of two; at most `MOST_PAGES`."""
    near = range(max(1, asked - MOST_PAGES), min(pages, asked + MOST_PAGES) + 1)
    return sorted(near, key=lambda number: (abs(number - asked), number))[:MOST_PAGES]


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
