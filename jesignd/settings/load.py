"""Load: the configuration file as settings, or every one of its faults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from jesignd.errors import SettingsError, Words
from jesignd.settings import isolation, lawful, references
from jesignd.settings.draft import draft_of
from jesignd.settings.fault import Fault, Place
from jesignd.settings.model.configuration import Configuration
from jesignd.settings.settings import Settings
from jesignd.settings.source import MAX_BYTES, Source, Unreadable, read
from jesignd.settings.words import fault_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jesignd.settings.fault import KeyPath
    from jesignd.settings.references import Found


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found in a file. `settings` is None exactly when there are faults. Both lists are sorted by place."""

    settings: Settings | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    source: Source | None = None

    def at(self, path: KeyPath, words: Words) -> Fault:
        """A fault that somebody else found (a connector, of its options), at its place in the file."""
        return Fault(self.source.place_of(path) if self.source is not None else Place(), path, words)


def load(path: Path) -> Settings:
    """The settings of this file.

    Raises:
        SettingsError: the file cannot be used; `faults` has every fault, with file, line and column.
    """
    found = examine(path)
    if found.settings is None:
        raise settings_error(path, found.faults)
    return found.settings


def settings_error(path: Path, faults: tuple[Fault, ...]) -> SettingsError:
    """The error that carries these faults."""
    count = len(faults)
    return SettingsError(
        Words(
            f"configuration refusée : {count} faute{'s' if count > 1 else ''} dans {path}",
            f"configuration refused: {count} fault{'s' if count > 1 else ''} in {path}",
        ),
        hint=Words("jesignd config check", "jesignd config check"),
        faults=tuple(fault.located(str(path)) for fault in faults),
    )


def examine(path: Path) -> Examination:
    """Everything there is to say about the file; raises nothing but `SettingsError`, when it cannot be opened."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "?"
        raise SettingsError(
            Words(f"configuration illisible : {path} ({reason})", f"cannot read the configuration: {path} ({reason})"),
            hint=Words("donnez le chemin avec -c FICHIER", "give its path with -c FILE"),
            faults=(
                Fault(path=(), place=Place(), words=Words("fichier illisible", "unreadable file")).located(str(path)),
            ),
        ) from error
    return examine_content(content, path)


def examine_content(content: bytes, path: Path) -> Examination:
    """The same for a content already read; the path is only asked who may write it."""
    try:
        source = read(content)
    except Unreadable as error:
        return Examination(None, (error.fault,))
    configuration, formal, wrong = _validated(source)
    already = {fault.path for fault in source.faults}
    draft = draft_of(source.data, frozenset(wrong | already))
    faults = [*source.faults, *(fault for fault in formal if fault.path not in already)]
    for check in (references.check(draft), lawful.check(draft.rules), isolation.check(draft, path)):
        faults += _placed(check, source)
    if faults or configuration is None:
        return Examination(None, _in_order(faults), source=source)
    warnings = _in_order(_placed((*lawful.unreachable(draft.rules), *references.unused(draft)), source))
    return Examination(Settings.of(configuration, path, source=source, warnings=warnings), (), warnings, source)


def _validated(source: Source) -> tuple[Configuration | None, list[Fault], set[KeyPath]]:
    """The model, or what is formally wrong and where; a key that is missing is wrong in its parent."""
    try:
        return Configuration.model_validate_json(json.dumps(source.data)), [], set()
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [fault_of(detail, source) for detail in details], {tuple(detail["loc"]) for detail in details}


def _placed(found: Iterable[Found], source: Source) -> list[Fault]:
    return [Fault(source.place_of(path), path, words) for path, words in found]


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.place, str(fault.path))))
