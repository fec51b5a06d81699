"""Bundles: a document and the files that go with it, as seen; and which name plays which part in a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from jesignd.domain import text
from jesignd.domain.documents import CompanionRole, Digest
from jesignd.intake import names
from jesignd.intake.scan import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.domain.folders import WatchedFolder


class Proof(Enum):
    """Why a document is believed to be wholly written, strongest first."""

    MARKER = "marker"
    INDEX = "index"
    FINISHED = "finished"
    """Its writer closed it or renamed it into place, and both its ends are there."""
    QUIET = "quiet"


class Part(NamedTuple):
    """A companion as seen."""

    role: CompanionRole
    entry: Entry


@dataclass(frozen=True, slots=True)
class Bundle:
    """A document that may be claimed, with what goes with it.

    `missing` are required companions that did not come in time: it is taken all the same, to be held in sight.
    `digest` is what the index says of the bytes, where the belief rests on it alone.
    """

    primary: Entry
    companions: tuple[Part, ...]
    proof: Proof
    missing: tuple[CompanionRole, ...] = ()
    lot: str | None = None
    """Relative path of the index that announced it."""
    digest: Digest | None = None


class Setback(Enum):
    """Why a claim did not go through this time."""

    CHANGED = "changed"
    GONE = "gone"
    LOCKED = "locked"
    """Another program (antivirus, backup, the writer) holds it."""
    UNPROVEN = "unproven"
    """Its index announced other bytes: it is not complete, or the index is wrong."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """A document left where it is, untouched, to be looked at again."""

    folder: str
    relative_path: str
    setback: Setback


class Role(Enum):
    """The part a name plays in its folder; a name may play none."""

    PRIMARY = "primary"
    BESIDE = "beside"
    """A sidecar, a marker or the end of an index, known by its stem."""
    INDEX = "index"
    DIRECTORY = "directory"
    NONE = "none"


class Roles:
    """Which part each name plays, by the folder's globs and conventions."""

    def __init__(self, folder: WatchedFolder) -> None:
        rules = folder.conventions
        self._includes = names.matcher(folder.include)
        self.sidecars = tuple(map(text.key, rules.sidecar_suffixes))
        self.markers = tuple(map(text.key, rules.marker_suffixes))
        self._directories = frozenset(map(text.key, rules.directories))
        self._index = re.compile(rules.index.pattern, re.IGNORECASE) if rules.index else None
        self.index_end = text.key(rules.index.end_suffix) if rules.index and rules.index.end_suffix else None
        self._beside = (*self.sidecars, *self.markers, *([self.index_end] if self.index_end else ()))

    def of(self, relative_path: str) -> Role:
        """The part this name plays; indexes and lists of people are never documents, whatever `include` says."""
        name = relative_path.rpartition("/")[2]
        folded = text.key(name)
        if name == relative_path and folded in self._directories:
            return Role.DIRECTORY
        if self._index is not None and self._index.fullmatch(name):
            return Role.INDEX
        if self._includes(name):
            return Role.PRIMARY
        return Role.BESIDE if folded.endswith(self._beside) else Role.NONE

    def sidecar_keys(self, primary_key: str) -> Iterator[str]:
        """The keys under which a sidecar of this document could stand."""
        yield from (stem(primary_key) + suffix for suffix in self.sidecars)

    def marker_keys(self, primary_key: str) -> Iterator[str]:
        """The keys under which its marker could stand: on its stem (`X.ok`) or on its whole name (`X.pdf.ok`)."""
        for suffix in self.markers:
            yield stem(primary_key) + suffix
            yield primary_key + suffix

    def is_sidecar(self, beside_key: str) -> bool:
        """Whether this name describes a document rather than announces one."""
        return beside_key.endswith(self.sidecars) if self.sidecars else False

    def stems_served(self, beside_key: str) -> Iterator[str]:
        """The stems of documents and indexes this companion may belong to."""
        for suffix in self._beside:
            if beside_key.endswith(suffix):
                bare = beside_key.removesuffix(suffix)
                yield bare
                if suffix in self.markers:
                    yield stem(bare)


def stem(path_key: str) -> str:
    """The path without the extension of its last name."""
    directory, slash, name = path_key.rpartition("/")
    bare, dot, _ = name.rpartition(".")
    return f"{directory}{slash}{bare}" if dot and bare else path_key
