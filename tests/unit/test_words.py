"""Sentences for people: each in both languages, in French as French is printed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]


class Sentence(NamedTuple):
    """A pair of words in the source; `{}` stands for what is filled in."""

    place: str
    french: str
    english: str


def sentences() -> Iterator[Sentence]:
    for path in sorted([*ROOT.glob("jesignd/**/*.py"), *ROOT.glob("plugins/*/jesignd_*/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Words":
                written = [text_of(argument) for argument in node.args]
                if len(written) == 2 and written[0] is not None and written[1] is not None:
                    yield Sentence(f"{path.relative_to(ROOT)}:{node.lineno}", written[0], written[1])


def text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


_YAML = re.compile(r"`[^`]*`|\{\w+: [^}]*\}|« clé: valeur »")
"""Pieces of a configuration file, quoted as they are to be typed."""

FOUND = list(sentences())


def wrong(pattern: str) -> list[str]:
    """The French sentences in which this is found."""
    return [f"{one.place} {one.french}" for one in FOUND if re.search(pattern, _YAML.sub("…", one.french))]


def test_there_are_sentences():
    assert len(FOUND) > 500


def test_none_is_empty_in_one_language_only():
    assert [one for one in FOUND if bool(one.french.strip()) != bool(one.english.strip())] == []


def test_what_one_language_fills_in_the_other_does_too():
    assert [one for one in FOUND if ("{}" in one.french) != ("{}" in one.english)] == []


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("a typewriter's apostrophe", r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿœ]"),
        ("a colon, semicolon or mark that touches its word", r"[a-zà-ÿ)»}][;!?](?:\s|$)|[a-zà-ÿ)»]:\s"),
        ("guillemets that touch what they hold", r"«\S|[^\s]»"),
        ("English quotation marks", r"[“”]"),
        ("two spaces", r"\S  +\S"),
        ("three points instead of an ellipsis", r"\w\.\.\.(?:\s|$)"),
        ("a sentence that ends twice", r"[.!?]\.$"),
    ],
)
def test_french_is_written_as_it_is_printed(fault, pattern):
    assert wrong(pattern) == []
