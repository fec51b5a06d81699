"""Source: the YAML text as plain data, every value with its line and column.

Built from parser events, not by a loader: no tag is ever acted upon, depth and expansion are bounded, a key written
twice is a fault, and only the plain forms of YAML 1.2 are not strings (`0123`, `yes`, `12:30` and `2027-12-31` are).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

import yaml

from jesignd.errors import Words
from jesignd.settings.fault import Fault, KeyPath, Place
from jesignd.settings.syntax import character_fault, encoding_fault, syntax_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 256 << 10
MAX_DEPTH = 24
MAX_WEIGHT = 4 * MAX_BYTES
"""Characters and nodes once every alias is written out: a bomb of aliases ends here."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class Unreadable(Exception):
    """The text cannot be read past this fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words.en)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Source:
    """The file as plain data. `faults` are those one could read past."""

    data: dict[str, object]
    values: dict[KeyPath, Place] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def known(self, path: KeyPath) -> KeyPath:
        """The longest part of the path that is written in the file; steps that are not (union tags) are skipped."""
        found: KeyPath = ()
        for step in path:
            if (*found, step) in self.values:
                found = (*found, step)
        return found

    def place_of(self, path: KeyPath) -> Place:
        """Where the value is written, or the nearest thing above it that is."""
        found = self.known(path)
        return self.values[found] if found else Place()

    def place_of_key(self, path: KeyPath) -> Place:
        """Where the key itself is written."""
        return self.keys.get(path) or self.place_of(path)


def read(content: bytes) -> Source:
    """The whole file as data with its marks.

    Raises:
        Unreadable: not text, not YAML, not a mapping, or too large, deep or expanding.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(_at_start(f"fichier de plus de {MAX_BYTES >> 10} Kio", f"file above {MAX_BYTES >> 10} KiB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(encoding_fault(content, error)) from error
    builder = _Builder()
    try:
        data = builder.document(text)
    except yaml.reader.ReaderError as error:
        raise Unreadable(character_fault(text, error.position)) from error
    except yaml.MarkedYAMLError as error:
        raise Unreadable(syntax_fault(text, error)) from error
    except (ValueError, OverflowError) as error:
        # An escape such as "\UFFFFFFFF" leaves PyYAML 6 as a bare ValueError, without a mark.
        raise Unreadable(Fault(builder.here, (), _UNREADABLE)) from error
    if data is None:
        raise Unreadable(_at_start("le fichier est vide", "the file is empty"))
    if not isinstance(data, dict):
        raise Unreadable(
            _at_start("le fichier doit être fait de « clé: valeur »", "the file must be made of `key: value`")
        )
    return Source(data, builder.values, builder.keys, tuple(builder.faults))


_UNREADABLE = Words("texte illisible après ce point (séquence d’échappement ?)", "unreadable text after this point")


def _at_start(fr: str, en: str) -> Fault:
    return Fault(Place(), (), Words(fr, en))


class _Builder:
    """Turns events into data; `here` is the place of the event in hand."""

    def __init__(self) -> None:
        self.values: dict[KeyPath, Place] = {}
        self.keys: dict[KeyPath, Place] = {}
        self.faults: list[Fault] = []
        self.here = Place()
        self._events: Iterator[yaml.Event] = iter(())
        self._weight = 0
        self._anchors: dict[str, tuple[object, int]] = {}

    def document(self, text: str) -> object:
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)
        data: object = None
        documents = 0
        for event in self._events:
            self._step(event)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(
                        (),
                        Words(
                            "un seul document par fichier : « --- » est de trop",
                            "one document a file: `---` is one too many",
                        ),
                    )
                data = self._node(next(self._events), ())
        return data

    def _step(self, event: yaml.Event) -> None:
        assert event.start_mark is not None
        self.here = Place(event.start_mark.line + 1, event.start_mark.column + 1)

    def _stop(self, path: KeyPath, words: Words) -> NoReturn:
        raise Unreadable(Fault(self.here, path, words))

    def _node(self, event: yaml.Event, path: KeyPath) -> object:
        self._step(event)
        self.values[path] = self.here
        self._weigh(1, path)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        if len(path) > MAX_DEPTH:
            self._stop(
                path[:3], Words(f"plus de {MAX_DEPTH} niveaux d’imbrication", f"nested deeper than {MAX_DEPTH} levels")
            )
        before = self._weight
        if getattr(event, "tag", None) is not None:
            self.faults.append(
                Fault(self.here, path, Words("balise YAML « ! » non admise", "YAML tags (`!`) are not allowed"))
            )
        data = self._content(event, path)
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = (data, self._weight - before)
        return data

    def _content(self, event: yaml.Event, path: KeyPath) -> object:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, yaml.ScalarEvent)
        return self._scalar(event, path)

    def _alias(self, event: yaml.AliasEvent, path: KeyPath) -> object:
        if event.anchor not in self._anchors:
            self._stop(
                path,
                Words(
                    f"« *{event.anchor} » ne renvoie à rien d’écrit plus haut",
                    f"`*{event.anchor}` refers to nothing above",
                ),
            )
        data, weight = self._anchors[event.anchor]
        self._weigh(weight, path)
        return data

    def _weigh(self, weight: int, path: KeyPath) -> None:
        self._weight += weight
        if self._weight > MAX_WEIGHT:
            self._stop(
                path[:3], Words("les renvois « * » déplient trop de texte", "aliases (`*`) expand to too much text")
            )

    def _sequence(self, path: KeyPath) -> list[object]:
        items: list[object] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: KeyPath) -> dict[str, object]:
        entries: dict[str, object] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            self._step(event)
            key = self._key(event, path)
            where = (*path, key)
            if key in entries:
                first = self.keys[where].line
                self.faults.append(
                    Fault(
                        self.here,
                        where,
                        Words(f"clé déjà écrite ligne {first}", f"key already written at line {first}"),
                    )
                )
                self._discard(next(self._events))
                continue
            self.keys[where] = self.here
            entries[key] = self._node(next(self._events), where)
        return entries

    def _key(self, event: yaml.Event, path: KeyPath) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
            self._stop(path, Words("une clé doit être un simple mot", "a key must be a plain word"))
        key: str = event.value
        if key == "<<":
            self._stop(
                path,
                Words(
                    "la fusion « << » n’est pas admise : recopiez les clés",
                    "merging (`<<`) is not allowed: write the keys out",
                ),
            )
        self._weigh(len(key), path)
        return key

    def _discard(self, event: yaml.Event) -> None:
        depth = 0
        while True:
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
            if depth == 0:
                return
            event = next(self._events)

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> object:
        text: str = event.value
        self._weigh(len(text), path)
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._stop(path, Words("demi-caractère Unicode isolé", "lone Unicode surrogate"))
        if event.style is not None or not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text) and len(text) <= 18:
            return int(text)
        if _DECIMAL.fullmatch(text) and Decimal(text) == Decimal(repr(float(text))):
            return float(text)
        return text
