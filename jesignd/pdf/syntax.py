"""Syntax: read one PDF object out of raw bytes, just enough to follow cross-reference sections.

A second opinion on what qpdf and PDFium say, so it shares nothing with them and repairs nothing: what is not written
as ISO 32000-2 §7.3 says is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class Reference(NamedTuple):
    """`12 0 R`."""

    number: int
    generation: int


Value: TypeAlias = "bool | int | float | str | bytes | Reference | list[Value] | dict[str, Value] | None"
"""Names are `str` with their solidus; both kinds of strings are `bytes`, left as written."""

MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 18
WHITESPACE = b"\0\t\n\f\r "

_BLANK = re.compile(rb"(?:[\0\t\n\f\r ]+|%[^\r\n]*)*")
_REFERENCE = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_NAME = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*)")
_WORD = re.compile(rb"(true|false|null)(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_HEX = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*)>")
_IN_STRING = re.compile(rb"[^()\\]+|\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_WORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}


class Malformed(ValueError):
    """These bytes are not the object they should be."""


@dataclass(slots=True)
class Cursor:
    """A place in the bytes; reading an object moves it behind that object."""

    data: bytes
    at: int = 0

    def skip_blank(self) -> None:
        """Move over white space and comments."""
        match = _BLANK.match(self.data, self.at)
        assert match is not None
        self.at = match.end()

    def take(self, keyword: bytes) -> bool:
        """Move over white space and this keyword, if it comes next."""
        self.skip_blank()
        if not self.data.startswith(keyword, self.at):
            return False
        self.at += len(keyword)
        return True

    def integer(self) -> int:
        """Read one non-negative integer."""
        value = self.value()
        if type(value) is not int or value < 0:
            raise Malformed(f"integer expected before byte {self.at}")
        return value

    def value(self, depth: int = 0) -> Value:
        """Read one object of any type but a stream's body."""
        if depth > MAX_DEPTH:
            raise Malformed(f"nested deeper than {MAX_DEPTH} at byte {self.at}")
        self.skip_blank()
        if self.take(b"<<"):
            return self._dictionary(depth)
        if self.take(b"["):
            return self._array(depth)
        if self.data.startswith(b"(", self.at):
            return self._literal_string()
        return self._scalar()

    def _scalar(self) -> Value:
        for pattern, convert in _SCALARS:
            if match := pattern.match(self.data, self.at):
                self.at = match.end()
                return convert(match)
        raise Malformed(f"no object at byte {self.at}")

    def _dictionary(self, depth: int) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        while not self.take(b">>"):
            key = _NAME.match(self.data, self.at)
            if key is None:
                raise Malformed(f"name expected at byte {self.at}")
            self.at = key.end()
            name = _name(key)
            if name in entries:
                raise Malformed(f"key written twice at byte {self.at}")
            entries[name] = self.value(depth + 1)
        return entries

    def _array(self, depth: int) -> list[Value]:
        items: list[Value] = []
        while not self.take(b"]"):
            items.append(self.value(depth + 1))
        return items

    def _literal_string(self) -> bytes:
        start, level = self.at, 0
        while match := _IN_STRING.match(self.data, self.at):
            self.at = match.end()
            level += {b"(": 1, b")": -1}.get(match.group(), 0)
            if level == 0:
                return self.data[start + 1 : self.at - 1]
        raise Malformed(f"string without end at byte {start}")


def _name(match: re.Match[bytes]) -> str:
    raw = match.group(1)
    if b"#" in raw:
        raw = _ESCAPE.sub(lambda escape: bytes([int(escape.group(1), 16)]), raw)
    return "/" + raw.decode("latin-1")


def _number(match: re.Match[bytes]) -> int | float:
    written = match.group()
    if b"." in written:
        return float(written)
    if len(written) > MAX_INTEGER_DIGITS:
        raise Malformed(f"integer too long at byte {match.start()}")
    return int(written)


def _reference(match: re.Match[bytes]) -> Reference:
    return Reference(int(match.group(1)), int(match.group(2)))


_SCALARS = (
    (_NAME, _name),
    (_REFERENCE, _reference),
    (_NUMBER, _number),
    (_WORD, lambda match: _WORDS[match.group(1)]),
    (_HEX, lambda match: match.group(1)),
)
