"""Update: append objects to a foreign PDF so that every byte received stays, and no object number is taken twice.

Built on pyHanko's incremental writer (0.38), with four of its habits changed: new numbers start above every number in
use or referred to, whatever `/Size` claims; metadata, version and information dictionary stay as they were (a damaged
XMP packet is no reason to refuse); a malformed `/ID` is replaced; nothing encrypted is touched.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from jesignd.domain.sealing import Rung
from jesignd.errors import Code, DocumentError, Words

if TYPE_CHECKING:
    from pyhanko.pdf_utils.xref import XRefSectionData

UNREADABLE = (
    PdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    SyntaxError,
    struct.error,
    zlib.error,
)
"""What the parser is known to let out of a malformed file; everything but exhaustion and interrupts."""

_HIGHEST_NUMBER = 8_388_607
"""ISO 32000-1, annex C.2: object numbers above cannot be used, hence cannot collide."""
_MENTION = re.compile(rb"(\d{1,7})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+(?:obj|R)")
_DEEPEST_TREE = 64


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Turn whatever the parser lets out into a refusal that says the file is damaged."""
    try:
        yield
    except UNREADABLE as error:
        raise DocumentError(
            Code.TRUNCATED,
            Words("la structure de ce PDF est abîmée", "this PDF’s structure is damaged"),
            hint=Words(
                "ouvrez-le, réimprimez-le en PDF depuis le logiciel d’origine et déposez le nouveau fichier",
                "open it, print it to PDF again from its software and drop the new file",
            ),
        ) from error


def entry(dictionary: generic.DictionaryObject, key: str) -> Any:
    """What the dictionary holds under this key, references followed; None when it has none (`get` does not follow)."""
    with contextlib.suppress(KeyError):
        return dictionary[key]
    return None


class Written(generic.PdfObject):
    """An object whose bytes are already known."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def write_to_stream(self, stream: io.BytesIO, *_: object, **__: object) -> None:
        """Write the bytes as they are."""
        stream.write(self.content)


class Update(IncrementalPdfFileWriter):
    """One revision in the making, to be appended to `data`."""

    def __init__(self, data: bytes, rung: Rung) -> None:
        self.rung = rung
        stream = io.BytesIO(data)
        reader = PdfFileReader(stream, strict=rung is not Rung.TOLERANT)
        if "/Encrypt" in reader.trailer:
            raise DocumentError(
                Code.ENCRYPTED,
                Words("ce PDF est chiffré ou protégé", "this PDF is encrypted or protected"),
                hint=Words("déposez le même document sans protection", "drop the same document without protection"),
            )
        self.input_stream = stream
        self.prev = reader
        self.trailer = reader.trailer
        BasePdfFileWriter.__init__(
            self,
            reader.trailer.raw_get("/Root"),
            None,
            _identifier(reader),
            obj_id_start=highest_number(reader, data),
            stream_xrefs=reader.has_xref_stream,
        )
        self._resolves_objs_from = (self, reader)

    def _update_meta(self) -> None:
        """Leave XMP and information dictionary alone: they must agree, and the signature says when it was made."""

    def append_to(self) -> io.BytesIO:
        """The received bytes followed by the new revision."""
        stream: io.BytesIO = self.prev.stream
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) not in b"\r\n":
            stream.write(b"\n")
        self.digest_aware_write = True
        self.write_in_place()  # type: ignore[no-untyped-call]
        return stream


def highest_number(reader: PdfFileReader, data: bytes) -> int:
    """The highest object number in use, or mentioned anywhere in clear; `/Size` only counts when it is higher."""
    highest = 0
    with contextlib.suppress(KeyError):
        size = reader.trailer["/Size"]
        if isinstance(size, int) and 0 < size <= _HIGHEST_NUMBER:
            highest = size - 1
    for revision in range(reader.xrefs.total_revisions):
        for section in _sections(reader, revision):
            used = section.explicit_refs_in_revision
            highest = max(highest, max((number for number, _ in used), default=0))
    mentioned = set(_MENTION.findall(data))
    return max(highest, max((number for number in map(int, mentioned) if number <= _HIGHEST_NUMBER), default=0))


def find_page(update: Update, page: int) -> generic.IndirectObject:
    """The reference of a page, counted from 1 in the order of the page tree.

    Raises:
        DocumentError: there is no such page.
    """
    root = update.root.raw_get("/Pages")
    found = _descend(root, page) if update.rung is not Rung.TOLERANT else None
    if found is None:
        found = next((ref for index, ref in enumerate(_leaves(root), start=1) if index == page), None)
    if found is None:
        raise DocumentError(Code.TRUNCATED, Words(f"ce PDF n’a pas de page {page}", f"this PDF has no page {page}"))
    return found


def _sections(reader: PdfFileReader, revision: int) -> Iterator[XRefSectionData]:
    section = reader.xrefs.get_xref_data(revision)
    yield section
    if section.hybrid is not None:
        yield section.hybrid.xref_data


def _identifier(reader: PdfFileReader) -> generic.ArrayObject:
    """The first part stays, the second is new (ISO 32000-1, 14.4)."""
    first = generic.ByteStringObject(os.urandom(16))
    with contextlib.suppress(KeyError, IndexError, TypeError, AttributeError):
        kept = reader.trailer["/ID"][0]
        if isinstance(kept, generic.TextStringObject):
            kept = generic.ByteStringObject(kept.original_bytes)
        if isinstance(kept, generic.ByteStringObject):
            first = kept
    return generic.ArrayObject([first, generic.ByteStringObject(os.urandom(16))])


def _descend(root: generic.IndirectObject, page: int) -> generic.IndirectObject | None:
    """Follow the counts down to the page; None when they cannot be relied upon."""
    ref, left = root, page
    for _ in range(_DEEPEST_TREE):
        node = ref.get_object()
        if "/Kids" not in node:
            return ref if left == 1 else None
        kids, count = node["/Kids"], node["/Count"]
        if len(kids) == count and 1 <= left <= count:
            ref, left = kids.raw_get(left - 1), 1
            continue
        for index in range(len(kids)):
            kid = kids.raw_get(index)
            below = kid.get_object()
            held = below["/Count"] if "/Kids" in below else 1
            if left <= held:
                ref = kid
                break
            left -= held
        else:
            return None
    return None


def _leaves(root: generic.IndirectObject) -> Iterator[generic.IndirectObject]:
    """Every page in order, without believing any count; a node met twice is not entered again."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        ref = waiting.pop()
        if not isinstance(ref, generic.IndirectObject) or ref.idnum in seen:
            continue
        node = ref.get_object()
        if not isinstance(node, generic.DictionaryObject):
            continue
        if "/Kids" not in node:
            yield ref
            continue
        seen.add(ref.idnum)
        kids = node["/Kids"]
        waiting.extend(kids.raw_get(index) for index in reversed(range(len(kids))))
