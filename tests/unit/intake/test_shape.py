"""Whether bytes look like a whole PDF."""

from __future__ import annotations

import pytest

from jesignd.intake.shape import KIBIBYTE, Shape, shape

WHOLE = b"%PDF-1.7\n" + b"x" * 3000 + b"\nstartxref\n9\n%%EOF\n"


def judged(data: bytes) -> Shape:
    return shape(data[:KIBIBYTE], data[-KIBIBYTE:], len(data))


def test_a_pdf_with_both_ends_is_whole() -> None:
    assert judged(WHOLE) is Shape.WHOLE


def test_a_header_after_some_junk_and_bytes_after_the_end_are_accepted_as_readers_do() -> None:
    assert judged(b"\xef\xbb\xbf\n" + WHOLE + b"\0" * 500) is Shape.WHOLE


@pytest.mark.parametrize("length", [0, 1, 4, 5, 100, 3000, len(WHOLE) - 8])
def test_a_pdf_without_its_end_is_truncated(length: int) -> None:
    assert judged(WHOLE[:length]) is Shape.TRUNCATED


@pytest.mark.parametrize("data", [b"MZ\x90\0" * 100, b"<html>%%EOF</html>", b"PK\x03\x04", b"hello"])
def test_other_bytes_are_not_a_pdf(data: bytes) -> None:
    assert judged(data) is Shape.NOT_A_PDF


def test_a_linearized_file_shorter_than_it_says_is_truncated_in_spite_of_its_early_end() -> None:
    first_page = b"%PDF-1.7\n1 0 obj\n<</Linearized 1/L 90000/H[1 2]/O 3>>\nendobj\nstartxref\n0\n%%EOF\n"
    assert judged(first_page) is Shape.TRUNCATED
    assert judged(first_page.replace(b"90000", b"60")) is Shape.WHOLE


def test_a_preallocated_file_is_truncated() -> None:
    assert judged(WHOLE[:200] + b"\0" * 5000) is Shape.TRUNCATED
