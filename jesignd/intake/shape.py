"""Shape: whether bytes still being written look like a whole PDF; no parsing, only the first and last kibibyte.

Readers accept `%PDF-` anywhere in the first 1024 bytes and `%%EOF` in the last 1024 (ISO 32000-1, implementation notes
13 and 18). A linearized file shows an early `%%EOF` while it grows, so the length it declares is compared too.
"""

from __future__ import annotations

import re
from enum import Enum

KIBIBYTE = 1024

_LENGTH = re.compile(rb"/Linearized\b[^>]*?/L\s+(\d{1,15})|/L\s+(\d{1,15})[^>]*?/Linearized\b")


class Shape(Enum):
    """What the two ends of a file say."""

    WHOLE = "whole"
    TRUNCATED = "truncated"
    """Begins like a PDF, or is empty; its end is not there yet."""
    NOT_A_PDF = "not a pdf"
    UNREADABLE = "unreadable"
    """Somebody holds it, or it went away: says nothing about the bytes."""


def shape(head: bytes, tail: bytes, size: int) -> Shape:
    """Judge a file of `size` bytes by its first and last kibibyte."""
    if b"%PDF-" not in head:
        return Shape.TRUNCATED if size < 8 and b"%PDF-".startswith(head[:5]) else Shape.NOT_A_PDF
    if b"%%EOF" not in tail:
        return Shape.TRUNCATED
    declared = _LENGTH.search(head)
    if declared is not None and int(declared[1] or declared[2]) > size:
        return Shape.TRUNCATED
    return Shape.WHOLE
