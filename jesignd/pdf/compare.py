"""Compare: show that nothing but the mark has changed, as people see it.

Bounded: page count and page sizes always; text on every page up to `MAX_TEXT_PAGES`, beyond that on an even sample;
pictures of the first, the last and the marked page and of an even sample of `SAMPLED_PICTURES`. Pictures must be equal
to the bit, outside the mark and a border of two pixels where the mark's edge is smoothed.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jesignd.domain.sealing import Rung
from jesignd.errors import VerificationFailed, Words
from jesignd.pdf import refusals
from jesignd.pdf.opened import READING_FAULTS, viewer
from jesignd.pdf.render import Picture, colours_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2

    from jesignd.domain.sealing import Placement

MAX_TEXT_PAGES = 1000
SAMPLED_PICTURES = 6
PIXELS_PER_UNIT = 1.0
BORDER_PIXELS = 2


def require_unchanged(before: bytes, after: bytes, *, placement: Placement | None, rung: Rung) -> None:
    """Return if `after` shows and reads the same as `before`, outside the mark.

    Raises:
        DocumentError: something differs, or one of the two cannot be opened, for a reason that lies in the file: it is
            irregular, or does not even look the same twice.
        VerificationFailed: something differs although the file is sound; says what and on which page.
    """
    difference = first_difference(before, after, placement=placement)
    if difference is None:
        return
    if rung is not Rung.STRICT or first_difference(before, before, placement=None) is not None:
        raise refusals.changed_by_sealing(difference)
    raise VerificationFailed(
        Words(f"Le document a changé : {difference.fr}.", f"The document has changed: {difference.en}."),
        hint=Words(
            "Rien n’a été livré. Signalez ce fichier à l’éditeur de jesignd.",
            "Nothing was delivered. Report this file to the makers of jesignd.",
        ),
    )


def first_difference(before: bytes, after: bytes, *, placement: Placement | None) -> Words | None:
    """What differs first, or None."""
    with viewer(before) as old, viewer(after) as new:
        pages = len(old)
        if pages != len(new):
            return Words(f"{pages} pages avant, {len(new)} après", f"{pages} pages before, {len(new)} after")
        pictured = _even_sample(pages, SAMPLED_PICTURES) | {1, pages}
        if placement is not None:
            pictured.add(placement.page)
        for number in sorted(pictured | _even_sample(pages, MAX_TEXT_PAGES)):
            spared = placement if placement is not None and placement.page == number else None
            compare = _seen_difference if number in pictured else _read_difference
            with _pages(old, new, number) as (one, other):
                if (found := compare(one, other, spared)) is not None:
                    return Words(f"page {number}, {found.fr}", f"page {number}, {found.en}")
    return None


def _even_sample(pages: int, wanted: int) -> set[int]:
    return set(range(1, pages + 1, math.ceil(pages / wanted)))


@contextmanager
def _pages(
    old: pypdfium2.PdfDocument, new: pypdfium2.PdfDocument, number: int
) -> Iterator[tuple[pypdfium2.PdfPage | None, pypdfium2.PdfPage | None]]:
    """The same page of both; None where PDFium cannot show it."""
    opened: list[pypdfium2.PdfPage | None] = []
    try:
        for document in (old, new):
            try:
                opened.append(document[number - 1])
            except READING_FAULTS:
                opened.append(None)
        one, other = opened
        yield one, other
    finally:
        for page in opened:
            if page is not None:
                page.close()


_UNSHOWN = Words("elle ne s’affiche plus", "it is not shown any more")


def _read_difference(
    one: pypdfium2.PdfPage | None, other: pypdfium2.PdfPage | None, _spared: Placement | None
) -> Words | None:
    if one is None or other is None:
        return None if one is other else _UNSHOWN
    if one.get_size() != other.get_size():
        return Words("son format", "its size")
    try:
        same = text_of(one) == text_of(other)
    except READING_FAULTS:
        same = False
    return None if same else Words("son texte", "its text")


def _seen_difference(
    one: pypdfium2.PdfPage | None, other: pypdfium2.PdfPage | None, spared: Placement | None
) -> Words | None:
    found = _read_difference(one, other, spared)
    if found is not None or one is None or other is None:
        return found
    try:
        same = _look_alike(one, other, spared)
    except READING_FAULTS:
        same = False
    return None if same else Words("son aspect hors du cachet", "its look outside the mark")


def _look_alike(one: pypdfium2.PdfPage, other: pypdfium2.PdfPage, spared: Placement | None) -> bool:
    old, new = colours_of(one, scale=PIXELS_PER_UNIT), colours_of(other, scale=PIXELS_PER_UNIT)
    if old.pixels == new.pixels:
        return True
    if spared is None or (old.width, old.height) != (new.width, new.height):
        return False
    left, right, high, low = _hole(old, one.get_size(), spared)
    for number in range(old.height):
        was, now = old.row(number), new.row(number)
        if high <= number < low:
            was, now = was[:left] + was[right:], now[:left] + now[right:]
        if was != now:
            return False
    return True


def _hole(picture: Picture, size: tuple[float, float], spared: Placement) -> tuple[int, int, int, int]:
    """First and last byte of each row, first and last row, that the mark may have changed."""
    across, up = picture.width / (size[0] * spared.scale), picture.height / (size[1] * spared.scale)
    left, bottom, right, top = spared.shown
    return (
        max(0, math.floor(left * across) - BORDER_PIXELS) * picture.channels,
        (math.ceil(right * across) + BORDER_PIXELS) * picture.channels,
        math.floor(picture.height - top * up) - BORDER_PIXELS,
        math.ceil(picture.height - bottom * up) + BORDER_PIXELS,
    )
