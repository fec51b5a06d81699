"""Render: a page as people see it (picture, text), by PDFium, in bounded memory."""

from __future__ import annotations

import math
import struct
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from jesignd.pdf import refusals
from jesignd.pdf.opened import READING_FAULTS, viewer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2

MAX_PIXELS = 4_000_000
"""Of one picture (16 MB): a page of 14,400 points a side must not take the machine with it."""
MAX_SIDE = 8_192


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of a page as shown, rows from the top, `channels` bytes each (1 grey; 3 blue, green, red), no padding."""

    width: int
    height: int
    channels: int
    pixels: bytes

    def row(self, number: int) -> bytes:
        """One row, 0 being the top one."""
        span = self.width * self.channels
        return self.pixels[number * span : (number + 1) * span]


def page_count(data: bytes) -> int:
    """How many pages PDFium shows.

    Raises:
        DocumentError: unreadable or encrypted.
    """
    with viewer(data) as document:
        return len(document)


def page_text(data: bytes, page: int) -> str:
    """The text of a page (from 1), as a viewer would copy it.

    Raises:
        DocumentError: unreadable, encrypted, or no such page.
    """
    with viewer(data) as document, translated(), page_of(document, page) as opened:
        return text_of(opened)


def page_image(data: bytes, page: int, *, pixels_wide: int) -> bytes:
    """A page (from 1) as a PNG of that width, or narrower where `MAX_PIXELS` would be passed.

    Raises:
        DocumentError: unreadable, encrypted, or no such page.
    """
    with viewer(data) as document, translated(), page_of(document, page) as opened:
        width, _ = opened.get_size()
        return _png(colours_of(opened, scale=pixels_wide / max(width, 1e-6)))


@contextmanager
def translated() -> Iterator[None]:
    """Say in our words what goes wrong inside."""
    try:
        yield
    except READING_FAULTS as error:
        raise refusals.unreadable() from error


@contextmanager
def page_of(document: pypdfium2.PdfDocument, page: int) -> Iterator[pypdfium2.PdfPage]:
    """Open one page, from 1."""
    if not 1 <= page <= len(document):
        raise refusals.no_such_page(page, len(document))
    opened = document[page - 1]
    try:
        yield opened
    finally:
        opened.close()


def text_of(page: pypdfium2.PdfPage) -> str:
    """The text of an opened page."""
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()


def colours_of(page: pypdfium2.PdfPage, *, scale: float) -> Picture:
    """An opened page with its annotations and fields, at `scale` pixels per unit or what the limits allow of it."""
    return _packed(page.render(scale=_within_limits(page, scale), **_AS_SHOWN))


def greys_of(page: pypdfium2.PdfPage, *, scale: float) -> Picture:
    """`colours_of`, in grey."""
    return _packed(page.render(scale=_within_limits(page, scale), grayscale=True, **_AS_SHOWN))


def foot_of(page: pypdfium2.PdfPage, *, scale: float, share: float) -> tuple[Picture, float]:
    """The lowest `share` of `greys_of`, to the next pixel, and what share that is."""
    scale = _within_limits(page, scale)
    height = page.get_size()[1]
    cut = (0, 0, 0, height * (1 - share))
    picture = _packed(page.render(scale=scale, grayscale=True, crop=cut, **_AS_SHOWN))
    return picture, picture.height / math.ceil(height * scale)


_AS_SHOWN: dict[str, Any] = {
    "may_draw_forms": True,
    "fill_color": (255, 255, 255, 255),
    "prefer_bgrx": False,
    "maybe_alpha": False,
}


def _within_limits(page: pypdfium2.PdfPage, scale: float) -> float:
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise ValueError("page without a size")
    return float(min(scale, (MAX_PIXELS / (width * height)) ** 0.5, MAX_SIDE / width, MAX_SIDE / height))


def _packed(bitmap: pypdfium2.PdfBitmap) -> Picture:
    try:
        channels = {pdfium.FPDFBitmap_Gray: 1, pdfium.FPDFBitmap_BGR: 3}[bitmap.format]
        raw, span = bytes(bitmap.buffer), bitmap.width * channels
        if bitmap.stride != span:
            starts = range(0, bitmap.stride * bitmap.height, bitmap.stride)
            raw = b"".join(raw[start : start + span] for start in starts)
        return Picture(bitmap.width, bitmap.height, channels, raw)
    finally:
        bitmap.close()


def _png(picture: Picture) -> bytes:
    """Colour picture → PNG (W3C PNG, colour type 2, 8 bits), which spares a dependency."""
    swapped = bytearray(picture.pixels)
    swapped[0::3], swapped[2::3] = picture.pixels[2::3], picture.pixels[0::3]
    span = picture.width * 3
    rows = b"".join(b"\0" + swapped[start : start + span] for start in range(0, len(swapped), span))
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
