from __future__ import annotations

import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.pdf import xref
from jesignd.pdf.syntax import Cursor, Malformed, Reference
from jesignd.pdf.xref import Oddity
from jesignd.pdf.xref_stream import Damaged


def test_a_plain_table_is_read_without_oddities(payslip):
    sections = xref.read(payslip)
    assert sections.oddities == set()
    assert sections.highest == max(sections.offsets)
    assert sections.trailer["/Size"] == sections.highest + 1


def test_a_cross_reference_stream_is_read_without_oddities(packed_payslip):
    sections = xref.read(packed_payslip)
    assert sections.oddities == set()
    assert sections.containers


def test_a_size_that_lies_is_found(payslip):
    size = xref.read(payslip).trailer["/Size"]
    lying = payslip.replace(b"/Size %d" % size, b"/Size %d" % (size - 3))
    assert xref.read(lying).oddities == {Oddity.LYING_SIZE}


def test_a_missing_size_counts_as_a_lie(payslip):
    assert Oddity.LYING_SIZE in xref.read(payslip.replace(b"/Size", b"/Sise")).oddities


def test_an_entry_that_points_elsewhere_is_found(payslip):
    at = payslip.rfind(b"xref\n", 0, payslip.rfind(b"startxref"))
    entry = payslip.index(b" 00000 n", at) - 10
    wrong = payslip[:entry] + b"%010d" % (int(payslip[entry : entry + 10]) + 4) + payslip[entry + 10 :]
    assert Oddity.WRONG_OFFSET in xref.read(wrong).oddities


def test_bytes_before_the_header_are_noted(payslip):
    assert Oddity.JUNK_BEFORE in xref.read(b"%pdf" + payslip[4:]).oddities


def test_words_after_the_end_are_noted_and_white_space_is_not(payslip):
    assert xref.read(payslip + b"\r\n\0\0").oddities == set()
    assert xref.read(payslip + b"<!-- served in 3 ms -->").oddities == {Oddity.JUNK_AFTER}


@pytest.mark.parametrize("cut", [1, 8, 40, 200])
def test_a_file_cut_short_is_damaged(payslip, cut):
    with pytest.raises(Damaged):
        xref.read(payslip[: len(payslip) - 6 - cut])


def test_sections_that_loop_are_damaged(payslip):
    start = payslip.rindex(b"startxref") + 10
    offset = payslip[start:].split()[0]
    looped = payslip.replace(b"trailer <<", b"trailer << /Prev " + offset + b" ")
    assert looped != payslip
    with pytest.raises(Damaged, match="loop"):
        xref.read(looped)


def hybrid(entry_offset: int) -> bytes:
    """Object 4 is free in the table and in use in the hidden stream; `entry_offset` is added to object 1's there."""
    objects = b"%PDF-1.5\n"
    offsets = {}
    for number, body in ((1, b"<</Type/Catalog/Pages 2 0 R>>"), (2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>"),
                         (3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"), (4, b"(hidden)")):  # fmt: skip
        offsets[number] = len(objects)
        objects += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    stream_at = len(objects)
    rows = b"".join(
        bytes([1]) + (offsets[number] + shift).to_bytes(2, "big") + b"\0"
        for number, shift in ((1, entry_offset), (4, 0))
    )
    packed = zlib.compress(rows)
    objects += b"5 0 obj\n<</Type/XRef/Size 6/W[1 2 1]/Index[1 1 4 1]/Filter/FlateDecode/Length %d>>stream\n" % len(
        packed
    )
    objects += packed + b"\nendstream\nendobj\n"
    table_at = len(objects)
    table = b"xref\n0 6\n0000000000 65535 f \n"
    table += b"".join(b"%010d 00000 n \n" % offsets[number] for number in (1, 2, 3))
    table += b"0000000000 00000 f \n" + b"%010d 00000 n \n" % stream_at
    return (
        objects
        + table
        + b"trailer\n<</Size 6/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (stream_at, table_at)
    )


def test_a_hybrid_file_shows_its_hidden_objects():
    sections = xref.read(hybrid(0))
    assert sections.oddities == {Oddity.HYBRID}
    assert 4 in sections.offsets
    assert 4 not in sections.free


def test_a_hybrid_file_whose_two_tables_contradict_each_other_is_found():
    assert Oddity.HYBRID_CONFLICT in xref.read(hybrid(3)).oddities


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_damaged_and_nothing_else(data):
    with pytest.raises(Damaged):
        xref.read(data)


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=12))
def test_a_spoilt_file_is_read_or_damaged_and_nothing_else(at, patch):
    original = hybrid(0)
    at %= len(original)
    with suppress(Damaged):
        xref.read(original[:at] + patch + original[at + len(patch) :])


def test_objects_are_read_as_written():
    text = b"<< /A#42 [1 -2.5 true null (a(b)\\)c) <4142>] % comment\n /R 12 0 R /N 7 /D << >> >>"
    assert Cursor(text).value() == {
        "/AB": [1, -2.5, True, None, rb"a(b)\)c", b"4142"],
        "/R": Reference(12, 0),
        "/N": 7,
        "/D": {},
    }


@pytest.mark.parametrize("text", [b"<< /A 1 /A 2 >>", b"[" * 40, b"(never closed", b"<< 1 2 >>", b"9" * 40, b""])
def test_what_is_not_written_as_the_standard_says_is_malformed(text):
    with pytest.raises(Malformed):
        Cursor(text).value()
