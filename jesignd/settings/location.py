"""Location: a path seen in every way in which it might be the same place as another.

By name and by target, blind to case and Unicode form (a share may be blind to them), and by inode, which also sees
through bind mounts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jesignd.domain.text import key as spelling

Identity = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class Location:
    """A path as it was at one moment; what does not exist yet is known by name only."""

    path: str
    faces: tuple[str, ...]
    """As written, and as resolved."""
    steps: tuple[tuple[str, ...], ...]
    identity: Identity | None
    above: frozenset[Identity]
    """The place itself and every directory that holds it."""

    @classmethod
    def of(cls, path: str) -> Location:
        """Look at an absolute path; never fails."""
        try:
            resolved = os.path.realpath(path)
        except (OSError, ValueError):
            resolved = path
        here = Path(resolved)
        identities = [_identity(place) for place in (here, *here.parents)]
        return cls(
            path=path,
            faces=(path, resolved),
            steps=tuple(dict.fromkeys((_steps(path), _steps(resolved)))),
            identity=identities[0],
            above=frozenset(identity for identity in identities if identity is not None),
        )

    def inside(self, outer: Location) -> bool:
        """Whether this is the outer place, or lies below it."""
        by_name = any(mine[: len(theirs)] == theirs for mine in self.steps for theirs in outer.steps)
        return by_name or (outer.identity is not None and outer.identity in self.above)

    def overlaps(self, other: Location) -> bool:
        """Whether the two are one place, or one lies below the other."""
        return self.inside(other) or other.inside(self)


def _steps(path: str) -> tuple[str, ...]:
    return tuple(spelling(step) for step in path.split("/") if step not in {"", "."})


def _identity(path: Path) -> Identity | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
