"""First look: what the bytes alone say, before any library opens them."""

from __future__ import annotations

import re

from jesignd.errors import Words
from jesignd.pdf import refusals

HEADER_WITHIN = 1024
"""Bytes within which `%PDF-` must stand, as viewers have it."""

_OTHERS: tuple[tuple[bytes, Words], ...] = (
    (b"MZ", Words("c’est un programme Windows", "it is a Windows program")),
    (b"\x7fELF", Words("c’est un programme", "it is a program")),
    (b"#!", Words("c’est un programme", "it is a program")),
    (b"PK\x03\x04", Words("c’est une archive ZIP ou un document Office", "it is a ZIP archive or an Office document")),
    (b"\xd0\xcf\x11\xe0", Words("c’est un ancien document Office", "it is an old Office document")),
    (b"Rar!", Words("c’est une archive RAR", "it is a RAR archive")),
    (b"7z\xbc\xaf", Words("c’est une archive 7-Zip", "it is a 7-Zip archive")),
    (b"\x1f\x8b", Words("c’est une archive gzip", "it is a gzip archive")),
    (b"\x89PNG", Words("c’est une image PNG", "it is a PNG image")),
    (b"\xff\xd8\xff", Words("c’est une image JPEG", "it is a JPEG image")),
    (b"GIF8", Words("c’est une image GIF", "it is a GIF image")),
    (b"II*\0", Words("c’est une image TIFF", "it is a TIFF image")),
    (b"MM\0*", Words("c’est une image TIFF", "it is a TIFF image")),
    (b"{\\rtf", Words("c’est un document RTF", "it is an RTF document")),
    (b"%!PS", Words("c’est un fichier PostScript", "it is a PostScript file")),
)
_OBJECT = re.compile(rb"\d[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj(?![A-Za-z])")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<script")


def require_pdf(data: bytes) -> None:
    """Return if the bytes begin like a PDF and like nothing else.

    Raises:
        DocumentError: another kind of file, even one with a PDF inside (E01), or nothing at all (E02).
    """
    if not data:
        raise refusals.truncated()
    if data.startswith(b"%PDF-"):
        return
    start = data[:HEADER_WITHIN].lstrip(b"\xef\xbb\xbf\0\t\n\f\r ")
    for beginning, words in _OTHERS:
        if start.startswith(beginning):
            raise refusals.not_a_pdf(words)
    if start.lower().startswith(_MARKUP):
        raise refusals.not_a_pdf(Words("c’est une page web ou un fichier XML", "it is a web page or an XML file"))
    if b"%PDF" not in data[:HEADER_WITHIN]:
        raise refusals.not_a_pdf(Words("son contenu n’est pas reconnu", "its contents are not recognised"))


def is_complete(data: bytes) -> bool:
    """Whether the last thing written is the end of a PDF, not an object: a file cut in transit ends in one."""
    end = max(data.rfind(b"startxref"), data.rfind(b"trailer"))
    return end >= 0 and _OBJECT.search(data, end) is None
