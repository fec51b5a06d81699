"""Xref: our own strict reading of a file's cross-reference sections, trusting neither `/Size` nor a repairing library.

Appending to a file is safe when new object numbers lie above every number in use. `/Size` should say where that is, and
lies in one foreign file out of sixty; who believes it overwrites live objects, and validators go on saying "valid".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from jesignd.pdf.syntax import WHITESPACE, Cursor, Value
from jesignd.pdf.xref_stream import FAULTS, MAX_OBJECT_NUMBER, OBJECT, Damaged, Entry, entries_of, stream_at

MAX_SECTIONS = 4096
LAST_BYTES = 1024
MAX_GENERATION = 65_535
IN_OBJECT_STREAM = 2
_IN_USE = ord("n")

_HEADER = re.compile(rb"%PDF-\d\.\d")
_STARTXREF = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+%%EOF")
_SUBSECTION = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10}) +(\d{1,10})[ \t]*(?:\r\n|\r|\n)")
_TABLE = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*")
_LOOSE_ENTRY = re.compile(rb"[\r\n\t ]*(\d{1,10})[ \t]+(\d{1,5})[ \t]+([nf])(?=[\r\n\t ])")


class Oddity(Enum):
    """What is not as the standard wants it, in sections that could be read nevertheless."""

    JUNK_BEFORE = "junk before header"
    JUNK_AFTER = "junk after end"
    HYBRID = "hybrid sections"
    HYBRID_CONFLICT = "hybrid sections disagree"
    LOOSE_TABLE = "table not in columns"
    NULL_ENTRY = "entry at offset zero"
    LOOSE_OFFSET = "entry before its object"
    WRONG_OFFSET = "entry without its object"
    LYING_SIZE = "object number not below /Size"
    ODD_GENERATION = "generation beyond 65535"
    ODD_IDENTIFIER = "/ID is not two strings"


@dataclass(slots=True)
class Sections:
    """What all cross-reference sections together say; the newest one wins."""

    trailer: dict[str, Value] = field(default_factory=dict)
    """Of the newest section."""
    offsets: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Object number → byte offset, generation."""
    containers: dict[int, int] = field(default_factory=dict)
    """Object number → number of the object stream it lies in."""
    free: set[int] = field(default_factory=set)
    highest: int = 0
    """The highest object number any section mentions, in use or free."""
    count: int = 0
    oddities: set[Oddity] = field(default_factory=set)

    @property
    def encrypted(self) -> bool:
        """Whether the newest trailer says that the file is encrypted."""
        return self.trailer.get("/Encrypt") is not None


def read(data: bytes) -> Sections:
    """Read the whole chain of sections from the end of the file.

    Raises:
        Damaged: something is missing, loops, or is not written as the standard says.
    """
    try:
        return _read(data)
    except FAULTS as error:
        raise Damaged(str(error)) from error


def _read(data: bytes) -> Sections:
    sections = Sections()
    if _HEADER.match(data) is None:
        sections.oddities.add(Oddity.JUNK_BEFORE)
    pending = [_start(data, sections)]
    seen: set[int] = set()
    while pending:
        at = pending.pop()
        if at in seen or len(seen) >= MAX_SECTIONS:
            raise Damaged("sections in a loop")
        seen.add(at)
        trailer = _section(data, at, sections)
        if not sections.trailer:
            sections.trailer = trailer
        if (previous := trailer.get("/Prev")) is not None:
            pending.append(_offset(previous, data))
    sections.count = len(seen)
    _check_trailer(sections)
    _check_offsets(data, sections)
    return sections


def _check_trailer(sections: Sections) -> None:
    size, identifier = sections.trailer.get("/Size"), sections.trailer.get("/ID")
    if type(size) is not int or sections.highest >= size:
        sections.oddities.add(Oddity.LYING_SIZE)
    if isinstance(identifier, list) and [type(half) for half in identifier] != [bytes, bytes]:
        sections.oddities.add(Oddity.ODD_IDENTIFIER)


def _start(data: bytes, sections: Sections) -> int:
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Damaged("no end-of-file marker")
    after = data[end + 5 :]
    if after.strip(WHITESPACE):
        sections.oddities.add(Oddity.JUNK_AFTER)
    if len(after) >= LAST_BYTES - 5:
        raise Damaged("the end-of-file marker is not at the end")
    starts = _STARTXREF.findall(data, max(0, end - 64))
    if not starts:
        raise Damaged("no startxref")
    return _offset(int(starts[-1]), data)


def _offset(value: Value, data: bytes) -> int:
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 < value < len(data):
        raise Damaged("section outside the file")
    return value


def _section(data: bytes, at: int, sections: Sections) -> dict[str, Value]:
    cursor = Cursor(data, at)
    if not cursor.take(b"xref"):
        return _stream(data, at, sections)
    trailer, entries = _table(cursor, sections)
    hidden = {number for number, kind, _, _ in entries if kind == 0 and not _names(sections, number)}
    shown = {number: where for number, kind, where, _ in entries if kind == 1}
    _admit(entries, sections)
    if (hybrid := trailer.get("/XRefStm")) is not None:
        sections.oddities.add(Oddity.HYBRID)
        _hybrid(data, _offset(hybrid, data), hidden=hidden, shown=shown, sections=sections)
    return trailer


def _names(sections: Sections, number: int) -> bool:
    return number in sections.offsets or number in sections.containers or number in sections.free


def _table(cursor: Cursor, sections: Sections) -> tuple[dict[str, Value], list[Entry]]:
    entries: list[Entry] = []
    while not cursor.take(b"trailer"):
        match = _SUBSECTION.match(cursor.data, cursor.at)
        if match is None:
            raise Damaged(f"no subsection at byte {cursor.at}")
        first, count = int(match.group(1)), int(match.group(2))
        if first + count > MAX_OBJECT_NUMBER:
            raise Damaged("object number beyond all limits")
        cursor.at = match.end()
        entries += _subsection(cursor, first, count, sections=sections)
    trailer = cursor.value()
    if not isinstance(trailer, dict):
        raise Damaged("no trailer dictionary")
    return trailer, entries


def _subsection(cursor: Cursor, first: int, count: int, *, sections: Sections) -> list[Entry]:
    block = cursor.data[cursor.at : cursor.at + 20 * count]
    if len(block) == 20 * count and _TABLE.fullmatch(block):
        cursor.at += 20 * count
        return [
            (first + i, int(block[at + 17] == _IN_USE), int(block[at : at + 10]), int(block[at + 11 : at + 16]))
            for i, at in enumerate(range(0, 20 * count, 20))
        ]
    sections.oddities.add(Oddity.LOOSE_TABLE)
    entries: list[Entry] = []
    for number in range(first, first + count):
        match = _LOOSE_ENTRY.match(cursor.data, cursor.at)
        if match is None:
            raise Damaged(f"no table entry at byte {cursor.at}")
        cursor.at = match.end()
        entries.append((number, int(match.group(3) == b"n"), int(match.group(1)), int(match.group(2))))
    return entries


def _stream(data: bytes, at: int, sections: Sections) -> dict[str, Value]:
    number, trailer, body = stream_at(data, at)
    if trailer.get("/Type") != "/XRef":
        raise Damaged(f"no cross-reference section at byte {at}")
    sections.highest = max(sections.highest, number)
    _admit(list(entries_of(trailer, body)), sections)
    return trailer


def _hybrid(data: bytes, at: int, *, hidden: set[int], shown: dict[int, int], sections: Sections) -> None:
    """Admit a hybrid file's second section, which may only speak of numbers that the table beside it calls free."""
    number, trailer, body = stream_at(data, at)
    sections.highest = max(sections.highest, number)
    entries = [entry for entry in entries_of(trailer, body) if entry[1] != 0]
    for named, _, where, _ in entries:
        if named in hidden:
            sections.free.discard(named)
        elif shown.get(named, where) != where:
            sections.oddities.add(Oddity.HYBRID_CONFLICT)
    _admit(entries, sections)


def _admit(entries: list[Entry], sections: Sections) -> None:
    """Add the entries of an older section: what a newer one said of the same number stands."""
    offsets, containers, free = sections.offsets, sections.containers, sections.free
    if any(generation > MAX_GENERATION and kind != IN_OBJECT_STREAM for _, kind, _, generation in entries):
        sections.oddities.add(Oddity.ODD_GENERATION)
    for number, kind, where, generation in entries:
        if number > sections.highest:
            sections.highest = number
        if number in offsets or number in containers or number in free:
            continue
        if kind == 1:
            offsets[number] = (where, generation)
        elif kind == 2:
            containers[number] = where
        else:
            free.add(number)


def _check_offsets(data: bytes, sections: Sections) -> None:
    """Note entries that do not point at the object they name."""
    oddities = sections.oddities
    for number, (offset, generation) in sections.offsets.items():
        if data.startswith(b"%d %d obj" % (number, generation), offset):
            continue
        match = OBJECT.match(data, offset)
        if offset == 0 or number == 0:
            oddities.add(Oddity.NULL_ENTRY)
        elif match is None or (int(match.group(1)), int(match.group(2))) != (number, generation):
            oddities.add(Oddity.WRONG_OFFSET)
        elif match.start(1) != offset:
            oddities.add(Oddity.LOOSE_OFFSET)
