"""Catalog: what a document says of itself: its producer, PDF/A claim, attachments, layers."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Name

from jesignd.pdf import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_XMP_BYTES = 32 << 20
MAX_ATTACHMENTS = 1000
MAX_WORDS = 200
MAX_TREE = 10_000

_PART = re.compile(rb"pdfaid:part\s*(?:>|=\s*[\"'])\s*(\d)")
_CONFORMANCE = re.compile(rb"pdfaid:conformance\s*(?:>|=\s*[\"'])\s*([A-Za-z])")


def dictionary(value: object) -> pikepdf.Object | None:
    """The value if it is a dictionary or a stream, which has one."""
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        return value
    return None


def entry(holder: object, key: str) -> pikepdf.Object | None:
    """The value under this key, if the holder is a dictionary that has it."""
    owner = dictionary(holder)
    return None if owner is None else owner.get(key)


def items(value: object) -> Iterator[pikepdf.Object]:
    """The items, if the value is an array."""
    if isinstance(value, pikepdf.Array):
        yield from value


def producer(pdf: pikepdf.Pdf) -> str:
    """The program that says it made the file, or nothing; clipped, without control characters."""
    value = entry(pdf.trailer.get("/Info"), "/Producer")
    if not isinstance(value, pikepdf.String):
        return ""
    return _one_line(str(value))


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:MAX_WORDS].strip()


def pdfa(pdf: pikepdf.Pdf) -> str | None:
    """The PDF/A part and conformance the metadata claim (`1b`, `3a`, `4`); bounded, and never parsed as XML.

    Raises:
        DocumentError: the metadata unpack to more than `MAX_XMP_BYTES`, on which viewers choke.
    """
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return None
    xmp = _bounded_text(metadata)
    part = _PART.search(xmp)
    if part is None:
        return None
    conformance = _CONFORMANCE.search(xmp)
    return (part.group(1) + (conformance.group(1).lower() if conformance else b"")).decode("ascii")


def _bounded_text(stream: pikepdf.Stream) -> bytes:
    raw = stream.read_raw_bytes()
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array) and len(filters) == 1:
        filters = filters[0]
    if filters == Name.FlateDecode:
        inflater = zlib.decompressobj()
        try:
            raw = inflater.decompress(raw, MAX_XMP_BYTES)
        except zlib.error:
            return b""
        if inflater.unconsumed_tail:
            raise refusals.inflated()
    # UTF-16 is allowed; without its zeros the ASCII names we look for are the same.
    return raw.replace(b"\0", b"")


def attachments(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """Names of the files in the catalog's tree of embedded files, in the tree's order (ISO 32000-2 §7.9.6)."""
    pending = [entry(pdf.Root.get("/Names"), "/EmbeddedFiles")]
    names: list[str] = []
    visited = 0
    while pending and visited < MAX_TREE and len(names) < MAX_ATTACHMENTS:
        node = pending.pop()
        visited += 1
        pairs = list(items(entry(node, "/Names")))
        names += [_attachment(key, spec) for key, spec in zip(pairs[::2], pairs[1::2], strict=False)]
        pending += reversed(list(items(entry(node, "/Kids"))))
    return tuple(names)


def _attachment(key: object, spec: object) -> str:
    for name in (entry(spec, "/UF"), entry(spec, "/F"), key):
        if isinstance(name, pikepdf.String | str):
            return _one_line(str(name))
    return ""


def hides_layers(pdf: pikepdf.Pdf) -> bool:
    """Whether some optional content is off when the document opens (ISO 32000-2 §8.11.4.3)."""
    properties = pdf.Root.get("/OCProperties")
    if dictionary(properties) is None:
        return False
    shown = entry(properties, "/D")
    return any(True for _ in items(entry(shown, "/OFF"))) or entry(shown, "/BaseState") == Name.OFF
