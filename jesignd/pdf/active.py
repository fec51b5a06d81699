"""Active: does a document contain anything that acts (scripts, programs, sending) or files within it?

Two passes: a quick one over the bytes and the unpacked object streams, which nearly always ends it, and a careful one
over the objects as qpdf reads them, only when the quick one found one of the words or could not look everywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pikepdf

from jesignd.pdf import xref_stream
from jesignd.pdf.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.pdf.xref import Sections

MAX_OBJECTS = 200_000
MAX_UNPACKED = 128 << 20

_WORDS = (
    b"/JavaScript", b"/JS", b"/Launch", b"/SubmitForm", b"/ImportData",
    b"/RichMedia", b"/3D", b"/Movie", b"/Sound", b"/Screen", b"/EmbeddedFile", b"/EF",
)  # fmt: skip
_ESCAPED_NAME = re.compile(rb"/[A-Za-z0-9]{0,12}#[0-9A-Fa-f]{2}")
_SIGNS: tuple[tuple[Finding, re.Pattern[bytes]], ...] = (
    (Finding.JAVASCRIPT, re.compile(rb"/S /JavaScript\b|/JS [(<\d]")),
    (Finding.LAUNCH, re.compile(rb"/S /Launch\b")),
    (Finding.SUBMIT_FORM, re.compile(rb"/S /SubmitForm\b")),
    (Finding.IMPORT_DATA, re.compile(rb"/S /ImportData\b")),
    (
        Finding.MULTIMEDIA,
        re.compile(rb"/Subtype /(?:RichMedia|3D|Movie|Sound|Screen)\b|/S /(?:Movie|Sound|Rendition)\b"),
    ),
    (Finding.EMBEDDED_FILES, re.compile(rb"/Type /EmbeddedFile\b|/EF <<|/EmbeddedFiles ")),
)


def search(data: bytes, sections: Sections | None, pdf: pikepdf.Pdf) -> set[Finding]:
    """What was found; `sections` None when the file's own tables could not be read."""
    if sections is not None and not any(_suspicious(piece) for piece in _readable(data, sections)):
        return set()
    return _careful(pdf)


def _suspicious(piece: bytes | None) -> bool:
    if piece is None:
        return True
    return any(word in piece for word in _WORDS) or _ESCAPED_NAME.search(piece) is not None


def _readable(data: bytes, sections: Sections) -> Iterator[bytes | None]:
    """The file's bytes, then each object stream's; None where one could not be unpacked."""
    yield data
    unpacked = 0
    for container in set(sections.containers.values()):
        offset, _ = sections.offsets.get(container, (0, 0))
        try:
            _, _, body = xref_stream.stream_at(data, offset)
        except xref_stream.FAULTS:
            yield None
            return
        unpacked += len(body)
        yield body if unpacked <= MAX_UNPACKED else None


def _careful(pdf: pikepdf.Pdf) -> set[Finding]:
    found: set[Finding] = set()
    for count, item in enumerate(pdf.objects):
        if count >= MAX_OBJECTS:
            found.add(Finding.NOT_SEARCHED)
            break
        if isinstance(item, pikepdf.Stream):
            item = item.stream_dict
        elif not isinstance(item, pikepdf.Dictionary | pikepdf.Array):
            continue
        written = item.unparse(resolved=True)
        found.update(finding for finding, sign in _SIGNS if sign.search(written))
    return found
