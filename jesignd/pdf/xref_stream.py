"""Xref stream: read a cross-reference stream, or another stream written as plainly, without any library's repairs."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from jesignd.pdf.syntax import Cursor, Malformed, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OBJECT_NUMBER = 8_388_607
"""Annex C.2 names 8,388,607 as the limit of the commonest reader; a number above it is a trick."""
MAX_STREAM_BYTES = 64 << 20

OBJECT = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj(?![A-Za-z0-9])")
"""`12 0 obj`, as every indirect object begins."""

Entry = tuple[int, int, int, int]
"""Object number, kind (0 free, 1 at an offset, 2 in an object stream), then the two fields of ISO 32000-2 table 18."""


class Damaged(ValueError):
    """The sections cannot be read as written; a reader would have to guess."""


FAULTS = (Damaged, Malformed, zlib.error, OverflowError)
"""What reading a stream by itself may raise."""


def stream_at(data: bytes, at: int) -> tuple[int, dict[str, Value], bytes]:
    """The number, dictionary and decoded body of the stream object at this byte.

    Raises:
        Damaged: no stream is there, or it is encoded in another way than these streams ever are.
    """
    match = OBJECT.match(data, at)
    if match is None:
        raise Damaged(f"no object at byte {at}")
    cursor = Cursor(data, match.end())
    dictionary = cursor.value()
    if not isinstance(dictionary, dict) or not cursor.take(b"stream"):
        raise Damaged(f"no stream at byte {at}")
    start = cursor.at + (2 if data.startswith(b"\r\n", cursor.at) else 1)
    length = dictionary.get("/Length")
    if type(length) is not int or not 0 <= length <= len(data) - start:
        raise Damaged(f"no length of the stream at byte {at}")
    if not Cursor(data, start + length).take(b"endstream"):
        raise Damaged(f"wrong length of the stream at byte {at}")
    return int(match.group(1)), dictionary, _decode(dictionary, data[start : start + length])


def _decode(dictionary: dict[str, Value], body: bytes) -> bytes:
    filters, parameters = _single(dictionary.get("/Filter")), _single(dictionary.get("/DecodeParms"))
    if filters is None:
        return body
    if filters != "/FlateDecode":
        raise Damaged("stream with an unusual filter")
    inflater = zlib.decompressobj()
    plain = inflater.decompress(body, MAX_STREAM_BYTES)
    if inflater.unconsumed_tail:
        raise Damaged("stream too large")
    if not isinstance(parameters, dict):
        return plain
    predictor, columns = parameters.get("/Predictor", 1), parameters.get("/Columns", 1)
    if predictor == 1:
        return plain
    if type(predictor) is not int or predictor < 10 or type(columns) is not int or not 0 < columns < 64:
        raise Damaged("stream with an unusual predictor")
    return _undo_prediction(plain, columns)


def _single(value: Value) -> Value:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _undo_prediction(plain: bytes, columns: int) -> bytes:
    """Undo PNG filters None, Sub and Up (W3C PNG §9.2), the ones writers use for such tables."""
    width = columns + 1
    if len(plain) % width:
        raise Damaged("stream cut in the middle of a row")
    rows: list[bytes] = []
    above = bytes(columns)
    for start in range(0, len(plain), width):
        kind, row = plain[start], plain[start + 1 : start + width]
        if kind == 2:
            row = bytes([(a + b) & 255 for a, b in zip(row, above, strict=True)])
        elif kind == 1:
            total = 0
            row = bytes([total := (total + byte) & 255 for byte in row])
        elif kind != 0:
            raise Damaged("stream with an unusual row filter")
        rows.append(row)
        above = row
    return b"".join(rows)


def entries_of(dictionary: dict[str, Value], body: bytes) -> Iterator[Entry]:
    """The entries of a cross-reference stream (ISO 32000-2 §7.5.8.3).

    Raises:
        Damaged: widths, index and body do not fit together.
    """
    widths = _integers(dictionary.get("/W"))
    index = _integers(dictionary.get("/Index", [0, dictionary.get("/Size")]))
    if len(widths) != 3 or max(widths) > 8 or len(index) % 2:
        raise Damaged("cross-reference stream without /W or /Index")
    first, second, _ = widths
    total = sum(widths)
    if sum(index[1::2]) * total != len(body):
        raise Damaged("cross-reference stream of another length than its /Index says")
    at = 0
    for start, count in zip(index[::2], index[1::2], strict=True):
        if start + count > MAX_OBJECT_NUMBER:
            raise Damaged("object number beyond all limits")
        for number in range(start, start + count):
            middle = at + first + second
            kind = int.from_bytes(body[at : at + first], "big") if first else 1
            end = at + total
            where = int.from_bytes(body[at + first : middle], "big")
            generation = int.from_bytes(body[middle:end], "big")
            yield number, kind, where, generation
            at = end


def _integers(value: Value) -> list[int]:
    if not isinstance(value, list):
        raise Damaged("array expected")
    integers = [item for item in value if type(item) is int and item >= 0]
    if len(integers) != len(value):
        raise Damaged("array of integers expected")
    return integers
