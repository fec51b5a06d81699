"""Register: the files of one folder as last seen, found by name, by key (twins) and by stem (companions)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jesignd.domain import text
from jesignd.errors import Code
from jesignd.intake.bundles import Role, stem
from jesignd.intake.scan import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator


class Fate(Enum):
    """What has become of a file so far; a document has exactly one."""

    PENDING = "pending"
    READY = "ready"
    """Believed whole; handed over, or about to be."""
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(slots=True)
class Tracked:
    """A file under observation. Instants are monotonic seconds."""

    entry: Entry
    key: str
    role: Role
    first_seen: float
    since: float
    """Since when it has looked the same."""
    seen: float
    fate: Fate = Fate.PENDING
    finished: bool = False
    """Its writer closed it or renamed it into place, and it has not changed since."""
    told: Code | None = None
    locked_since: float | None = None
    wary: bool = False
    """Its index lied about its bytes once: stillness alone counts now."""
    alone: bool = False
    """Handed over without a sidecar."""

    def has_been_still(self, seconds: float) -> bool:
        """Whether two equal samples lie at least so far apart."""
        return self.seen > self.since and self.seen >= self.since + seconds


class Register:
    """The files of one folder; names equal but for case and Unicode form share a key."""

    def __init__(self) -> None:
        self._files: dict[str, Tracked] = {}
        self._keys: dict[str, str | tuple[str, ...]] = {}
        self._stems: dict[str, str | tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Tracked]:
        return iter(list(self._files.values()))  # copied at once: another thread may ask for figures

    def get(self, listed_path: str) -> Tracked | None:
        """The file listed under this path."""
        return self._files.get(listed_path)

    def add(self, entry: Entry, role: Role, now: float) -> Tracked:
        """Begin to observe a file."""
        tracked = Tracked(entry, text.key(entry.relative_path), role, now, now, now)
        self._files[entry.listed_path] = tracked
        _link(self._keys, tracked.key, entry.listed_path)
        if role in {Role.PRIMARY, Role.INDEX}:
            _link(self._stems, stem(tracked.key), entry.listed_path)
        return tracked

    def remove(self, tracked: Tracked) -> None:
        """Forget a file that is gone."""
        listed = tracked.entry.listed_path
        del self._files[listed]
        _unlink(self._keys, tracked.key, listed)
        if tracked.role in {Role.PRIMARY, Role.INDEX}:
            _unlink(self._stems, stem(tracked.key), listed)

    def with_key(self, key: str) -> list[Tracked]:
        """The files of this key; more than one are twins."""
        return [self._files[listed] for listed in _names(self._keys.get(key))]

    def with_stem(self, path_stem: str) -> list[Tracked]:
        """The documents and indexes of this stem."""
        return [self._files[listed] for listed in _names(self._stems.get(path_stem))]


def _names(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else value


def _link(index: dict[str, str | tuple[str, ...]], key: str, listed: str) -> None:
    there = index.get(key)
    index[key] = listed if there is None else (*_names(there), listed)


def _unlink(index: dict[str, str | tuple[str, ...]], key: str, listed: str) -> None:
    left = tuple(name for name in _names(index.get(key)) if name != listed)
    if left:
        index[key] = left[0] if len(left) == 1 else left
    else:
        index.pop(key, None)
