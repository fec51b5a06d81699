"""Anatomy: which keys the model knows at a place of the file; for suggestions, the schema and the reference."""

from __future__ import annotations

import difflib
import typing
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jesignd.settings.fault import KeyPath


def sections_in(annotation: object) -> tuple[type[BaseModel], ...]:
    """Every section type named in an annotation, whatever wraps it (`Annotated`, unions, lists, mappings)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    found: list[type[BaseModel]] = []
    for argument in typing.get_args(annotation):
        found += [section for section in sections_in(argument) if section not in found]
    return tuple(found)


def every_section(root: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """The root and all sections below it, in the order in which a reader meets them."""
    found: dict[type[BaseModel], None] = {root: None}
    for field in root.model_fields.values():
        for section in sections_in(field.rebuild_annotation()):
            found.update(dict.fromkeys(every_section(section)))
    return tuple(found)


def keys_at(root: type[BaseModel], path: KeyPath) -> frozenset[str]:
    """The keys allowed in the mapping at this path, which may hold union tags; empty where anything goes."""
    sections: tuple[type[BaseModel], ...] = (root,)
    for step in path:
        tagged = tuple(section for section in sections if step in _tags(section))
        if tagged:
            sections = tagged
            continue
        below = [section.model_fields[step].annotation for section in sections if step in section.model_fields]
        if below:
            sections = tuple(inner for annotation in below for inner in sections_in(annotation))
    return frozenset(name for section in sections for name in section.model_fields)


def _tags(section: type[BaseModel]) -> frozenset[object]:
    tags: set[object] = set()
    for field in section.model_fields.values():
        if typing.get_origin(field.annotation) is Literal and field.is_required():
            tags.update(typing.get_args(field.annotation))
    return frozenset(tags)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word somebody probably meant; None when nothing resembles it."""
    by_form = {_form(name): name for name in known}
    matches = difflib.get_close_matches(_form(word), by_form, n=1, cutoff=0.6)
    return by_form[matches[0]] if matches else None


def _form(word: str) -> str:
    return word.casefold().replace("-", "_")
