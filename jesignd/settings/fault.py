"""Fault: one thing wrong in the configuration file, and the place where it is written."""

from __future__ import annotations

from dataclasses import dataclass

from jesignd.errors import Words

KeyPath = tuple[str | int, ...]
"""Keys and list positions (from 0) from the top of the file down to a value."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Line and column, both from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, where. Sorts by place."""

    place: Place
    path: KeyPath
    words: Words

    def located(self, file: str) -> Words:
        """`jesignd.yaml:12:5: folders[0].path: …`, in both languages."""
        where = f"{file}:{self.place.line}:{self.place.column}: "
        if self.path:
            where += f"{dotted(self.path)}: "
        return Words(where + self.words.fr, where + self.words.en)


def dotted(path: KeyPath) -> str:
    """`folders[0].path`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
