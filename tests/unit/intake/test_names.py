"""Names that are nobody's document, and names that could harm whoever handles them."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain import text
from jesignd.intake import names

HOSTILE = [
    "a\nb.pdf",
    "a\rb.pdf",
    "a\tb.pdf",
    "a\x1b[31mb.pdf",
    "a\x7fb.pdf",
    "bulletin\u202efdp.exe",
    "a\u2066b\u2069.pdf",
    "a\u200bb.pdf",
    "\ufeffa.pdf",
    "a\u2028b.pdf",
    "a.pdf.",
    "a.pdf ",
    "CON",
    "con.pdf",
    "PRN.tar.pdf",
    "Aux.pdf",
    "nul",
    "COM1.pdf",
    "LPT¹.pdf",
    "a:b.pdf",
    "C:\\a.pdf",
    "..\\a.pdf",
    "a?.pdf",
    "a*.pdf",
    'a"b.pdf',
    "a|b.pdf",
    "a<b>.pdf",
    os.fsdecode(b"\xe9t\xe9.pdf"),
    "é" * 119 + ".pdf",
    "a" * 237 + ".pdf",
]

HARMLESS = [
    "BP_000424_202610_MAT-00012.pdf",
    "BULLET~1.PDF",
    "L'été à Noël – « clôture » n° 3 (v2).pdf",
    unicodedata.normalize("NFD", "Équerre – été.pdf"),
    "CONTRAT.pdf",
    "console.pdf",
    "COM10.pdf",
    "auxiliaire.pdf",
    ".pdf",
    "a..pdf",
    "-rf.pdf",
    "$(reboot).pdf",
    "%41.pdf",
    "工资单.pdf",
    "👩‍💼.pdf",
    "a" * 236 + ".pdf",
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_refused_in_both_languages(name: str) -> None:
    fault = names.fault(name)
    assert fault is not None
    assert fault.fr
    assert fault.en
    assert fault.fr != fault.en


@pytest.mark.parametrize("name", HARMLESS, ids=ascii)
def test_a_name_people_really_use_is_accepted(name: str) -> None:
    assert names.fault(name) is None


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_what_is_shown_of_a_name_can_be_printed_and_stored(name: str) -> None:
    shown = names.shown(name)
    shown.encode("utf-8")
    assert "\n" not in shown
    assert "\u202e" not in shown


@given(st.binary(min_size=1, max_size=60).filter(lambda raw: b"/" not in raw and b"\0" not in raw))
def test_any_bytes_make_a_name_that_can_always_be_shown(raw: bytes) -> None:
    name = os.fsdecode(raw)
    shown = names.shown(name)
    shown.encode("utf-8")
    assert all(unicodedata.category(character) not in {"Cc", "Zl", "Zp", "Cs"} for character in shown)
    names.fault(name)


@given(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=40))
def test_a_shown_name_has_the_same_key_in_both_unicode_forms(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    assert text.key(names.shown(decomposed)) == text.key(names.shown(unicodedata.normalize("NFC", name)))


@pytest.mark.parametrize(
    "name",
    [
        "~$a.pdf",
        ".a.pdf",
        "._a.pdf",
        "a.pdf.part",
        "a.PDF.TMP",
        "a.filepart",
        "a.crdownload",
        "THUMBS.DB",
        "a.pdf.lock",
    ],
)
def test_temporary_names_are_nobodys_document(name: str) -> None:
    assert names.matcher(names.IGNORED_FILES)(name)


@pytest.mark.parametrize("name", ["BULLET~1.PDF", "a.pdf", "temp.pdf", "part.pdf", "a~.pdf"])
def test_eight_dot_three_names_are_not_taken_for_temporaries(name: str) -> None:
    assert not names.matcher(names.IGNORED_FILES)(name)


def test_globs_match_in_any_case_and_either_unicode_form() -> None:
    matches = names.matcher(["*été*.pdf"])
    assert matches(unicodedata.normalize("NFD", "Été.PDF"))
    assert not names.matcher([])("a.pdf")
