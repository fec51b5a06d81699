"""The neutral file-name grammar of C§1.4, its traps, and names that read in two ways."""

from __future__ import annotations

import datetime
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.documents import DocumentKind
from jesignd.domain.recognition import Doubtful, Trait
from jesignd.errors import Code
from jesignd.plugin.conventions.declared import Declared
from jesignd.plugin.conventions.filenames import fault, neutral, pattern, read_name

KINDS = st.sampled_from(sorted(kind.code for kind in DocumentKind))
CLIENTS = st.from_regex(r"[0-9A-Z]{1,10}", fullmatch=True)
DAYS = st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2099, 12, 31))
PERIODS = st.builds(lambda day, form: day.strftime(form), DAYS, st.sampled_from(["%Y", "%Y%m", "%Y%m%d"]))
LABELS = st.text(st.characters(exclude_categories=["C"], exclude_characters="_."), min_size=1, max_size=50).filter(
    lambda label: (
        not label.upper().startswith(("MAT-", "NUM-"))
        and not re.fullmatch(r"[vV]\d{1,3}", label)
        and len(unicodedata.normalize("NFC", label)) <= 60
        and label.strip() == label
    )
)


@pytest.mark.parametrize(
    ("stem", "said"),
    [
        ("BP_000424_202610_MAT-00012", {Trait.EMPLOYEE: "00012"}),
        ("LDM_000424_2026_Mission de présentation_V2", {Trait.LABEL: "Mission de présentation", Trait.VERSION: "2"}),
        ("NH_627_20261031_NUM-NF2026-0042", {Trait.NUMBER: "NF2026-0042"}),
        ("PVAG_T00752_20260630", {Trait.CLIENT: "T00752", Trait.PERIOD: "20260630"}),
        ("bp_t7_202610_mat-a1_num-7_x_v003", {Trait.EMPLOYEE: "A1", Trait.NUMBER: "7", Trait.VERSION: "3"}),
        ("NH_627_20261031_NF2026", {Trait.LABEL: "NF2026"}),
        ("LDM_1_2026_Mission", {Trait.LABEL: "Mission"}),
    ],
)
def test_a_neutral_name_is_read(stem, said):
    reading = neutral(stem)

    assert reading is not None
    assert said.items() <= reading.items()


@pytest.mark.parametrize(
    "stem",
    [
        "BP_000424_202613_MAT-1",
        "BP_000424_202610_MAT-",
        "BP_000424_20261032",
        "BP_000424_20260229",
        "BP_000424_1899",
        "BP_000424_2026-10",
        "BP_000424_２０２６",
        "XX_000424_2026",
        "BP__2026",
        "BP_00042400000_2026",
        "BP_000424",
        "BP_000424_2026_",
        "BP_000424_2026_a_b",
        "BP_000424_2026_V2_V3",
        "BP_000424_2026_V1234_x",
        "NH_627_20261031_NUM-1_MAT-2",
        "NH_627_20261031_" + "x" * 61,
        "",
        "___",
    ],
)
def test_what_is_not_the_grammar_is_not_read(stem):
    assert neutral(stem) is None


@given(KINDS, CLIENTS, PERIODS, LABELS)
def test_what_the_grammar_can_write_is_always_read_back(kind, client, period, label):
    read = read_name(f"{kind}_{client}_{period}_MAT-12_{label}_V7.pdf")

    assert isinstance(read, Declared)
    said = {clue.trait: clue.value for clue in read.clues}
    assert (said[Trait.KIND], said[Trait.CLIENT], said[Trait.EMPLOYEE], said[Trait.VERSION]) == (
        kind,
        client,
        "12",
        "7",
    )
    assert said[Trait.PERIOD].replace("-", "") == period
    assert said[Trait.LABEL] == unicodedata.normalize("NFC", label)


@given(st.text(max_size=120))
def test_any_name_is_read_without_a_failure_and_twice_alike(name):
    first = read_name(name)

    assert first == read_name(name)
    assert fault(name) == fault(name)


@given(KINDS, CLIENTS, PERIODS, st.text(st.characters(exclude_characters="._"), max_size=30))
def test_a_part_that_is_not_understood_is_never_dropped(kind, client, period, junk):
    said = neutral(f"{kind}_{client}_{period}_MAT-1_NUM-2_x_{junk}_V1")

    assert said is None


def test_decomposed_accents_read_as_composed_ones():
    name = "LDM_000424_2026_Équerre.pdf"

    assert {clue.value for clue in read_name(unicodedata.normalize("NFD", name)).clues} == {
        clue.value for clue in read_name(name).clues
    }


def test_two_writings_that_mean_different_things_are_doubtful():
    other = pattern(r"(?P<kind>[A-Z]+)_(?P<period>\d{6})_(?P<client>\d+)")

    read = read_name("BP_202610_202611.pdf", (neutral, other))

    assert isinstance(read, Doubtful)
    assert read.code is Code.AMBIGUOUS
    assert "202610" in read.reason.fr


def test_two_writings_that_mean_the_same_are_one():
    same = pattern(r"(?P<kind>[A-Z]+)_(?P<client>\d+)_(?P<period>\d{6})")

    assert isinstance(read_name("BP_000424_202610.pdf", (neutral, same)), Declared)


def test_the_fault_of_a_name_is_told():
    assert "202613" in fault("BP_000424_202613.pdf").fr
    assert "MAT-" in fault("BP_000424_202610_MAT-.pdf").fr
    assert fault("photo.pdf") is None
    assert fault("BP_000424_202610.pdf") is None


@pytest.mark.parametrize("expression", ["(", "(?P<colour>x)"])
def test_a_pattern_that_cannot_work_is_refused(expression):
    with pytest.raises(ValueError):
        pattern(expression)
