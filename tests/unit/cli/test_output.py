from __future__ import annotations

import datetime
import json
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.cli import output
from jesignd.cli.options import Options
from jesignd.domain.documents import DocumentState
from jesignd.errors import Code, CredentialError, DocumentError, SettingsError, Words

FRENCH = Options(Path("/c.yaml"))


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    state: DocumentState
    at: datetime.datetime
    secret: str = field(default="hidden", repr=False)


THING = Thing("É", DocumentState.HELD, datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC))


def test_a_result_is_text_for_people(capsys):
    output.show([THING], FRENCH, text=lambda: ["une ligne"])
    assert capsys.readouterr().out == "une ligne\n"


def test_a_result_is_one_json_value_for_programs(capsys):
    output.show([THING], Options(Path("/c"), "json"), text=list)
    assert json.loads(capsys.readouterr().out) == [{"name": "É", "state": "held", "at": "2026-11-24T09:30:00Z"}]


def test_json_lines_are_one_line_per_item(capsys):
    output.show([THING, THING], Options(Path("/c"), "jsonl"), text=list)
    assert len([json.loads(line) for line in capsys.readouterr().out.splitlines()]) == 2


def test_what_a_class_keeps_out_of_its_repr_stays_out_of_json():
    assert "hidden" not in json.dumps(output.plain(THING))


def test_an_error_shows_its_message_its_remedy_and_its_code(capsys):
    error = DocumentError(
        Code.ENCRYPTED, Words("fichier protégé", "file protected"), hint=Words("ôtez-le", "remove it")
    )
    assert output.report(error, FRENCH) == 7
    told = capsys.readouterr().err
    assert "E03 fichier protégé" in told
    assert "→ ôtez-le" in told


def test_an_error_is_an_object_for_programs(capsys):
    error = CredentialError(Words("clé absente", "no key"))
    assert output.report(error, Options(Path("/c"), "json")) == 78
    told = json.loads(capsys.readouterr().err)["error"]
    assert told["class"] == "CredentialError"
    assert told["message"] == {"fr": "clé absente", "en": "no key"}


def test_every_fault_of_a_configuration_is_told(capsys):
    faults = (Words("a.yaml:1:1: a", "a"), Words("a.yaml:9:2: b", "b"))
    assert output.report(SettingsError(Words("refusée", "refused"), faults=faults), FRENCH) == 78
    told = capsys.readouterr().err
    assert "a.yaml:1:1: a" in told
    assert "a.yaml:9:2: b" in told


def test_a_long_message_keeps_its_lines(capsys):
    output.report(CredentialError(Words("un\ndeux", "one\ntwo")), FRENCH)
    assert [line.strip(" ✗") for line in capsys.readouterr().err.splitlines()] == ["un", "deux"]


@pytest.mark.parametrize(("text", "wide"), [("abc", 3), ("é", 1), ("e\u0301", 1), ("漢", 2), ("", 0)])
def test_width_counts_columns_not_characters(text, wide):
    assert output.width(text) == wide


def test_columns_stand_under_each_other_whatever_the_accents():
    lines = output.columns([("é", "x"), ("e\u0301e", "y"), ("abc", "z")])
    places = {output.width(line[: line.index(mark)]) for line, mark in zip(lines, "xyz", strict=True)}
    assert len(places) == 1


@given(st.text())
def test_no_control_character_ever_reaches_the_terminal(text):
    shown = output.printable(text)
    assert all(character.isprintable() or unicodedata.category(character) == "Zs" for character in shown)


def test_french_no_break_spaces_pass():
    assert output.printable("12,50\u202f€ \u00ab\u00a0x\u00a0\u00bb") == "12,50\u202f€ \u00ab\u00a0x\u00a0\u00bb"


@given(st.text(alphabet="abcdé ", max_size=80), st.integers(min_value=8, max_value=40))
def test_a_shortened_text_always_fits(text, wide):
    assert output.width(output.shorten(text, wide)) <= wide
