"""Syntax: what YAML's own parser complains of, in words an operator understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.errors import Words
from jesignd.settings.fault import Fault, Place

if TYPE_CHECKING:
    import yaml

_KNOWN: tuple[tuple[str, Words], ...] = (
    (
        "mapping values are not allowed",
        Words(
            "deux-points inattendus : retrait de travers, ou texte à mettre entre guillemets",
            "unexpected colon: wrong indentation, or a text that needs quotes",
        ),
    ),
    (
        "could not find expected ':'",
        Words("il manque « : » après la clé", "a `:` is missing after the key"),
    ),
    (
        "expected <block end>",
        Words(
            "retrait de travers (ligne mal alignée avec son bloc), ou guillemet jamais refermé plus haut",
            "wrong indentation (line not aligned with its block), or a quote never closed above",
        ),
    ),
    (
        "expected ',' or",
        Words("il manque une virgule, ou le crochet fermant", "a comma or the closing bracket is missing"),
    ),
    (
        "found unexpected end of stream",
        Words("guillemet ouvert et jamais refermé", "a quote is opened and never closed"),
    ),
    (
        "found unexpected document separator",
        Words("guillemet ouvert et jamais refermé", "a quote is opened and never closed"),
    ),
    (
        "found unknown escape character",
        Words(
            "« \\ » inconnu entre guillemets doubles : doublez-le ou prenez des guillemets simples",
            "unknown `\\` between double quotes: double it or use single quotes",
        ),
    ),
    (
        "that cannot start any token",
        Words(
            "ce caractère ne peut pas commencer une valeur : mettez-la entre guillemets",
            "this character cannot start a value: quote it",
        ),
    ),
)
_TAB = Words("tabulation : le retrait s’écrit avec des espaces", "tab: indentation is written with spaces")


def encoding_fault(content: bytes, error: UnicodeDecodeError) -> Fault:
    """Where the first byte stands that is not UTF-8."""
    before = content[: error.start]
    line = before.count(b"\n") + 1
    column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
    words = Words(
        f"octet {content[error.start]:#04x} : le fichier n’est pas en UTF-8 (enregistrez-le en UTF-8)",
        f"byte {content[error.start]:#04x}: the file is not UTF-8 (save it as UTF-8)",
    )
    return Fault(Place(line, column), (), words)


def character_fault(text: str, position: int) -> Fault:
    """Where the first character stands that no YAML text may hold."""
    before = text[:position]
    place = Place(before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1)
    code = f"U+{ord(text[position]):04X}" if position < len(text) else "?"
    return Fault(place, (), Words(f"caractère de commande {code} interdit", f"control character {code} is not allowed"))


def syntax_fault(text: str, error: yaml.MarkedYAMLError) -> Fault:
    """The parser's complaint in our words; in its own where we have none."""
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark is not None else Place()
    return Fault(place, (), _words(text, place, error.problem or error.context or ""))


def _words(text: str, place: Place, problem: str) -> Words:
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "\t" in line[: place.column] or "'\\t'" in problem:
        return _TAB
    for start, words in _KNOWN:
        if start in problem:
            return words
    return Words(f"syntaxe YAML incorrecte ({problem})", f"incorrect YAML ({problem})")
