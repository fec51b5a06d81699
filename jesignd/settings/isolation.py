"""Isolation: what comes in, what goes out, what is kept and what is run never share a directory.

The threat: a file dropped by a stranger that ends up executed, sealed twice (our output read as input), overwritten, or
taken for the daemon's own state. What remains: a link or a mount made after the check; the rooms that open files look
again at each use.
"""

from __future__ import annotations

import os
import re
import site
import stat
import sys
import sysconfig
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.errors import Words
from jesignd.settings.fault import KeyPath
from jesignd.settings.location import Location
from jesignd.settings.model.providers import CscProvider

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jesignd.settings.draft import Draft
    from jesignd.settings.references import Found

_LIVE_DATABASE = re.compile(r"(?:^|/)[^/]*quadra[^/]*/(?:[^/]+/)*database(?:/|$)", re.IGNORECASE)


class Role(Enum):
    """What a place is for, in words for people."""

    CONFIGURATION = Words("ce fichier de configuration", "this configuration file")
    STATE = Words("l’état du service", "the service's state")
    SOURCE = Words("un dossier surveillé", "a watched folder")
    OUTWARD = Words("une sortie : destination, rejets ou retours", "an output: destination, rejects or returns")
    ARCHIVE = Words("une archive de sources", "an archive of sources")
    AUTHORITY = Words("les clés de l’autorité", "the authority's keys")
    SECRET = Words("une clé ou un secret", "a key or a secret")


_MAY_OVERLAP = (
    frozenset({Role.STATE}),
    frozenset({Role.OUTWARD}),
    frozenset({Role.SECRET}),
    frozenset({Role.SECRET, Role.STATE}),
    frozenset({Role.AUTHORITY, Role.STATE}),
    frozenset({Role.AUTHORITY, Role.SECRET}),
)
"""Everything else is kept apart. Outputs may share: `_rejets` usually lies in the folder results go to."""


@dataclass(frozen=True, slots=True)
class Territory:
    """A directory, or for secrets a file, and where the configuration names it."""

    role: Role
    location: Location
    where: KeyPath


def check(draft: Draft, config: Path) -> Iterator[Found]:
    """Every overlap, and every place that is never allowed."""
    territories = (Territory(Role.CONFIGURATION, Location.of(os.path.abspath(config)), ()), *territories_of(draft))  # noqa: PTH100
    programs = _own_code(), _searched()
    for position, territory in enumerate(territories):
        if position:
            yield from _forbidden(territory)
        if territory.role not in {Role.SECRET, Role.CONFIGURATION}:
            yield from _mingled(territory, *programs)
        for earlier in territories[:position]:
            yield from _overlap(earlier, territory)
    yield from _writable(config)


def territories_of(draft: Draft) -> Iterator[Territory]:
    """Every place the configuration speaks of."""
    if draft.storage is not None:
        yield Territory(Role.STATE, Location.of(draft.storage.state), ("storage", "state"))
        database = draft.storage.database
        if isinstance(database, str) and database.startswith("sqlite:///"):
            directory = str(Path(database.removeprefix("sqlite:///")).parent)
            yield Territory(Role.STATE, Location.of(directory), ("storage", "database"))
    for at, folder in draft.folders.items():
        yield Territory(Role.SOURCE, Location.of(folder.path), ("folders", at, "path"))
        for name, role in (("archive", Role.ARCHIVE), ("rejects", Role.OUTWARD), ("returns", Role.OUTWARD)):
            if path := getattr(folder, name):
                yield Territory(role, Location.of(path), ("folders", at, name))
    for at, destination in draft.destinations.items():
        if destination.path is not None:
            yield Territory(Role.OUTWARD, Location.of(destination.path), ("destinations", at, "path"))
    yield from _secrets(draft)


def _secrets(draft: Draft) -> Iterator[Territory]:
    for name, key in draft.keys.items():
        for field in ("file", "key"):
            if path := getattr(key, field, None):
                yield Territory(Role.SECRET, Location.of(path), ("keys", name, field))
        for field in ("passphrase", "pin"):
            secret = getattr(key, field, None)
            if secret is not None and secret.file is not None:
                yield Territory(Role.SECRET, Location.of(secret.file), ("keys", name, field, "file"))
    if draft.enrolment is not None and draft.enrolment.secret is not None and draft.enrolment.secret.file is not None:
        yield Territory(Role.SECRET, Location.of(draft.enrolment.secret.file), ("enrolment", "secret", "file"))
    if draft.pki is not None:
        yield Territory(Role.AUTHORITY, Location.of(draft.pki.directory), ("pki", "directory"))
        if draft.pki.passphrase.file is not None:
            yield Territory(Role.SECRET, Location.of(draft.pki.passphrase.file), ("pki", "passphrase", "file"))
    yield from _secrets_of_services(draft)


def _secrets_of_services(draft: Draft) -> Iterator[Territory]:
    if draft.mail is not None and draft.mail.password is not None and draft.mail.password.file is not None:
        yield Territory(Role.SECRET, Location.of(draft.mail.password.file), ("mail", "password", "file"))
    for name, provider in draft.providers.items():
        if isinstance(provider, CscProvider) and provider.token.file is not None:
            yield Territory(Role.SECRET, Location.of(provider.token.file), ("providers", name, "token", "file"))


def _forbidden(territory: Territory) -> Iterator[Found]:
    if any(_LIVE_DATABASE.search(face) for face in territory.location.faces):
        yield (
            territory.where,
            Words(
                "jamais sous Quadra/DATABASE : ce sont les bases vivantes du logiciel",
                "never below Quadra/DATABASE: those are the software's live databases",
            ),
        )


def _mingled(territory: Territory, own: Sequence[Location], searched: Sequence[Location]) -> Iterator[Found]:
    here = territory.location
    programs = [program for program in own if here.overlaps(program)]
    # One way only: nothing is imported from a folder below a checkout, but from a checkout below a folder.
    programs += [program for program in searched if program.inside(here)]
    if programs:
        program = programs[0].path
        yield (
            territory.where,
            Words(
                f"données et programmes ne se mêlent pas : {program} contient des programmes",
                f"data and programs never mingle: {program} holds programs",
            ),
        )


def _own_code() -> tuple[Location, ...]:
    package = str(Path(__file__).resolve().parents[1])
    return tuple(map(Location.of, (package, sys.prefix, sysconfig.get_path("stdlib"), *site.getsitepackages())))


def _searched() -> tuple[Location, ...]:
    entries = [*sys.path, *os.environ.get("PATH", "").split(os.pathsep)]
    return tuple(
        Location.of(entry) for entry in dict.fromkeys(entries) if entry.startswith("/") and Path(entry).is_dir()
    )


def _overlap(one: Territory, other: Territory) -> Iterator[Found]:
    roles = frozenset({one.role, other.role})
    if roles in _MAY_OVERLAP or not one.location.overlaps(other.location):
        return
    hint = Words("", "")
    if roles == {Role.SOURCE, Role.OUTWARD}:
        hint = Words(
            " ; pour livrer à côté des sources : `mode: subfolder`",
            "; to deliver beside the sources: `mode: subfolder`",
        )
    path, what = one.location.path, one.role.value
    yield other.where, Words(f"recouvre {path} ({what.fr}){hint.fr}", f"overlaps {path} ({what.en}){hint.en}")


def _writable(config: Path) -> Iterator[Found]:
    try:
        mode = config.stat().st_mode
    except (OSError, ValueError):
        return
    if stat.S_IMODE(mode) & 0o022:
        yield (
            (),
            Words(
                "d’autres que le propriétaire peuvent écrire ce fichier : chmod go-w",
                "others than the owner may write this file: chmod go-w",
            ),
        )
