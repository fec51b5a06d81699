"""Draft: the sound parts of a file that may have faults elsewhere, so that every fault can be told at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from jesignd.settings.model.enrolment import Enrolment
from jesignd.settings.model.firm import Firm, FurtherFirm, Storage
from jesignd.settings.model.folders import DestinationFolder, Folder
from jesignd.settings.model.keys import Key, Revocation, TimestampService, Trust
from jesignd.settings.model.mail import Mail
from jesignd.settings.model.pki import Pki
from jesignd.settings.model.providers import Provider
from jesignd.settings.model.rules import RuleEntry

if TYPE_CHECKING:
    from jesignd.settings.fault import KeyPath

Part = TypeVar("Part")

_LISTS = ("firms", "timestamping", "folders", "destinations", "rules")


@dataclass(frozen=True, slots=True)
class Draft:
    """Sections and items that are well formed. Lists are by position in the file, so that places stay right."""

    firm: Firm | None
    firms: Mapping[int, FurtherFirm]
    storage: Storage | None
    trust: Trust | None
    revocation: Revocation | None
    enrolment: Enrolment | None
    pki: Pki | None
    mail: Mail | None
    providers: Mapping[str, Provider]
    keys: Mapping[str, Key]
    timestamping: Mapping[int, TimestampService]
    folders: Mapping[int, Folder]
    destinations: Mapping[int, DestinationFolder]
    rules: Mapping[int, RuleEntry]
    written: Mapping[str, frozenset[str]]
    """Every name written in a section, in a sound item or not: what a rule may refer to."""
    intact: bool
    """Nothing had to be left out."""


def draft_of(data: Mapping[str, object], wrong: frozenset[KeyPath]) -> Draft:
    """The parts of the data that hold none of the wrong paths."""
    sound = _Sound(data, wrong)
    return Draft(
        firm=sound.section("firm", TypeAdapter(Firm)),
        firms=sound.items("firms", TypeAdapter(FurtherFirm)),
        storage=sound.section("storage", TypeAdapter(Storage)),
        trust=sound.section("trust", TypeAdapter(Trust)),
        revocation=sound.section("revocation", TypeAdapter(Revocation)),
        enrolment=sound.section("enrolment", TypeAdapter(Enrolment)),
        pki=sound.section("pki", TypeAdapter(Pki)),
        mail=sound.section("mail", TypeAdapter(Mail)),
        providers=sound.entries("providers", TypeAdapter(Provider)),
        keys=sound.entries("keys", TypeAdapter(Key)),
        timestamping=sound.items("timestamping", TypeAdapter(TimestampService)),
        folders=sound.items("folders", TypeAdapter(Folder)),
        destinations=sound.items("destinations", TypeAdapter(DestinationFolder)),
        rules=sound.items("rules", TypeAdapter(RuleEntry)),
        written={section: _written(data.get(section)) for section in (*_LISTS, "keys")},
        intact=not wrong,
    )


class _Sound:
    def __init__(self, data: Mapping[str, object], wrong: frozenset[KeyPath]) -> None:
        self._data = data
        self._wrong_sections = {path[0] for path in wrong if path}
        self._wrong_items = {path[:2] for path in wrong}

    def section(self, name: str, adapter: TypeAdapter[Part]) -> Part | None:
        if name in self._wrong_sections or name not in self._data:
            return None
        return _validated(adapter, self._data[name])

    def items(self, name: str, adapter: TypeAdapter[Part]) -> dict[int, Part]:
        items = self._data.get(name)
        if not isinstance(items, list):
            return {}
        sound = (position for position in range(len(items)) if (name, position) not in self._wrong_items)
        return {position: _validated(adapter, items[position]) for position in sound}

    def entries(self, name: str, adapter: TypeAdapter[Part]) -> dict[str, Part]:
        entries = self._data.get(name)
        if not isinstance(entries, dict):
            return {}
        return {
            key: _validated(adapter, entry) for key, entry in entries.items() if (name, key) not in self._wrong_items
        }


def _validated(adapter: TypeAdapter[Part], value: object) -> Part:
    return adapter.validate_json(json.dumps(value))


def _written(section: object) -> frozenset[str]:
    if isinstance(section, dict):
        return frozenset(section)
    if not isinstance(section, list):
        return frozenset()
    names = (item.get("siren", item.get("name")) for item in section if isinstance(item, dict))
    return frozenset(name for name in names if isinstance(name, str))
