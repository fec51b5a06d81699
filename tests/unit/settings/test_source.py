from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.settings.fault import Place
from jesignd.settings.source import MAX_BYTES, Unreadable, read


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0123", "0123"),
        ("123", 123),
        ("-4", -4),
        ("0.05", 0.05),
        ("0.05000000000000000001", "0.05000000000000000001"),
        ("1e3", "1e3"),
        ("99999999999999999999", "99999999999999999999"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("12:30", "12:30"),
        ("2027-12-31", "2027-12-31"),
        ("0755", "0755"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("=", "="),
        (".inf", ".inf"),
    ],
)
def test_only_the_plain_forms_of_yaml_1_2_are_not_text(written: str, value: object) -> None:
    found = read(f"key: {written}".encode()).data["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_and_every_key_knows_its_place() -> None:
    source = read(b"a:\n  - b: 1\n    c: [x, y]\n")
    assert source.place_of(("a", 0, "b")) == Place(2, 8)
    assert source.place_of_key(("a", 0, "c")) == Place(3, 5)
    assert source.place_of(("a", 0, "c", 1)) == Place(3, 12)


def test_a_path_that_is_not_written_is_placed_at_what_holds_it() -> None:
    source = read(b"a:\n  b: 1\n")
    assert source.place_of(("a", "nothing", "here")) == source.place_of(("a",))


def test_a_byte_order_mark_is_accepted() -> None:
    assert read(b"\xef\xbb\xbfa: 1\n").data == {"a": 1}


def test_windows_line_ends_are_accepted() -> None:
    assert read(b"a: 1\r\nb: 2\r\n").data == {"a": 1, "b": 2}


def test_an_alias_repeats_what_its_anchor_holds() -> None:
    assert read(b"a: &x [1, 2]\nb: *x\n").data == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize("written", ["a: &x [*x]", "a: *x", "a: &x {b: *x}"])
def test_an_alias_without_a_finished_anchor_above_is_refused(written: str) -> None:
    with pytest.raises(Unreadable, match="refers to nothing"):
        read(written.encode())


def test_a_key_written_twice_keeps_the_first_and_is_told() -> None:
    source = read(b"a: {b: 1, b: {c: [2, 3]}, d: 4}\n")
    assert source.data == {"a": {"b": 1, "d": 4}}
    assert [fault.place for fault in source.faults] == [Place(1, 11)]


@pytest.mark.parametrize("written", ["? [a]\n: 1", "? {a: 1}\n: 2", "!x a: 1"])
def test_a_key_that_is_not_a_word_is_refused(written: str) -> None:
    with pytest.raises(Unreadable, match="plain word"):
        read(written.encode())


def test_a_file_above_the_limit_is_not_parsed() -> None:
    with pytest.raises(Unreadable, match="above 256 KiB"):
        read(b"#" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    "written", [b'a: "\\UFFFFFFFF"', b'a: "\\uD800"', b"%YAML 9.9\n---\na: 1", b"a: \xff", b"a: \x00"]
)
def test_what_no_text_may_hold_is_refused_with_a_place(written: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(written)
    assert refused.value.fault.place.line in {1, 2}


@given(st.binary(max_size=200))
def test_no_bytes_ever_raise_anything_but_unreadable(content: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read(content)


_fragments = st.sampled_from(
    [
        "a",
        "- ",
        ": ",
        "\n",
        "  ",
        "[",
        "]",
        "{",
        "}",
        "&x ",
        "*x",
        "!",
        "|",
        ">",
        "'",
        '"',
        "#",
        "---",
        "...",
        "\t",
        "%",
        "?",
        "<<",
        "\\u",
        "é",
        "\u2028",
    ]
)


@given(st.lists(_fragments, max_size=40).map("".join))
def test_no_text_made_of_yaml_signs_ever_raises_anything_but_unreadable(text: str) -> None:
    with contextlib.suppress(Unreadable):
        read(text.encode())
