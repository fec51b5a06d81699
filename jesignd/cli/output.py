"""Output: results on stdout (text, JSON or JSON lines), talk on stderr, errors with their remedy and exit code."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from jesignd.errors import DocumentError, JesignError, SettingsError, Words

if TYPE_CHECKING:
    from jesignd.cli.options import Options

EXIT_PARTIAL = 3
"""Some of several things failed."""


def show(result: object, options: Options, *, text: Callable[[], Iterable[str]]) -> None:
    """Print a result: its lines of text, or itself as JSON; a sequence in `jsonl` is one line per item."""
    if options.format == "text":
        for line in text():
            click.echo(line)
    elif options.format == "jsonl":
        items = result if isinstance(result, Sequence) and not isinstance(result, str) else [result]
        for item in items:
            click.echo(json.dumps(plain(item), ensure_ascii=False))
    else:
        click.echo(json.dumps(plain(result), ensure_ascii=False, indent=2))


def say(words: Words, options: Options) -> None:
    """Tell people something that is not the result."""
    click.echo(words.in_language(options.lang), err=True)


def plain(value: object) -> Any:
    """The value as JSON knows it: objects by field, enums by value, instants as RFC 3339 in UTC, sets sorted."""
    for kinds, write in _PLAIN:
        if isinstance(value, kinds):
            return write(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.repr}
    return str(value)


def _instant(value: Any) -> str:
    return str(value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z"))


_PLAIN: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (enum.Enum, lambda value: value.value),
    ((str, int, float, bool, type(None)), lambda value: value),
    (datetime.datetime, _instant),
    (datetime.date, lambda value: value.isoformat()),
    (PurePath, str),
    (bytes, lambda value: value.hex()),
    (Words, lambda value: {"fr": value.fr, "en": value.en}),
    (Mapping, lambda value: {str(plain(key)): plain(item) for key, item in value.items()}),
    ((set, frozenset), lambda value: sorted((plain(item) for item in value), key=str)),
    ((list, tuple), lambda value: [plain(item) for item in value]),
)


def width(text: str) -> int:
    """Columns the text takes on a terminal."""
    return sum(_column(character) for character in text)


def _column(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int) -> str:
    """The text followed by the spaces that make it so wide; never cut."""
    return text + " " * max(0, columns - width(text))


def shorten(text: str, columns: int) -> str:
    """The text, with its middle replaced by an ellipsis where it is wider."""
    if width(text) <= columns:
        return text
    head = (columns - 1) * 2 // 3
    tail = columns - 1 - head
    return f"{text[:head]}…{text[len(text) - tail :]}"


def printable(text: str) -> str:
    """Somebody else's text, safe for a terminal: no control, direction or line character passes."""
    return "".join("\ufffd" if unicodedata.category(character) in _UNSAFE else character for character in text)


_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})


def columns(rows: Sequence[Sequence[str]], *, heading: Sequence[str] = (), gap: str = "  ") -> list[str]:
    """Lines in which the cells stand under each other; an empty table gives no line."""
    if not rows:
        return []
    cells = [[printable(cell) for cell in row] for row in ([heading, *rows] if heading else rows)]
    widths = [max(width(cell) for cell in column) for column in zip(*cells, strict=True)]
    lines = [gap.join(pad(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in cells]
    return [click.style(lines[0], bold=True), *lines[1:]] if heading else lines


def report(error: JesignError, options: Options) -> int:
    """Print the error and its remedy on stderr, and return the exit code."""
    if options.format == "text":
        for line in error_lines(error, options.lang):
            click.echo(line, err=True)
    else:
        click.echo(json.dumps({"error": error_object(error)}, ensure_ascii=False), err=True)
    return error.exit_code


def error_lines(error: JesignError, lang: str) -> list[str]:
    """What happened, every fault of a configuration, and what to do."""
    code = f"{error.code.value} " if isinstance(error, DocumentError) else ""
    first, *others = error.message.in_language(lang).splitlines() or [""]
    lines = [click.style("✗ ", fg="red") + code + printable(first), *(f"  {printable(line)}" for line in others)]
    if isinstance(error, SettingsError):
        lines += [f"  {printable(fault.in_language(lang))}" for fault in error.faults]
    if error.hint is not None:
        lines.append(click.style("  → ", fg="yellow") + printable(error.hint.in_language(lang)))
    return lines


def error_object(error: JesignError) -> dict[str, Any]:
    """The error for programs: class, exit code, both languages, what it is about."""
    return {
        "class": type(error).__name__,
        "exit_code": error.exit_code,
        "code": error.code.value if isinstance(error, DocumentError) else None,
        "message": plain(error.message),
        "hint": plain(error.hint),
        "document": error.document,
        "faults": plain(error.faults) if isinstance(error, SettingsError) else [],
    }


def is_terminal() -> bool:
    """Whether somebody is looking at stdout as it is printed."""
    return sys.stdout.isatty()
