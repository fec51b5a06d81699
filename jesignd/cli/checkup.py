"""Checkup: every part of an installation looked at, each finding with its remedy; nothing is changed."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.cli import checkup_people
from jesignd.cli.anchors import read_anchors
from jesignd.cli.findings import FINE, Finding, Grade
from jesignd.daemon.configured import endpoint, key_source, revocation_source
from jesignd.daemon.lock import is_running
from jesignd.domain.authorisation import named
from jesignd.domain.delegations import Allowed
from jesignd.domain.levels import PadesLevel
from jesignd.errors import JesignError, Words
from jesignd.pades import credentials
from jesignd.pades.trust import TimestampClient, gather
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.manager import Plugins
from jesignd.store import journal, ledger
from jesignd.store.database import Database

if TYPE_CHECKING:
    from jesignd.domain.folders import WatchedFolder
    from jesignd.settings.settings import Settings

ENOUGH_BYTES = 2_000_000_000


Check = Callable[["Settings", datetime.datetime], Iterator[Finding]]


def look(settings: Settings, parts: tuple[str, ...], now: datetime.datetime) -> Iterator[Finding]:
    """The findings of these parts; of all of them when none is named."""
    for name, check in PARTS.items():
        if not parts or name in parts:
            yield from check(settings, now)


def _people(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    """Whether whoever each sealed folder acts as may seal today."""
    from jesignd.flow.setup import rights_to_seal

    for folder, answer in rights_to_seal(settings, now):
        if isinstance(answer, Allowed):
            told = Words(f"agit au nom de {folder.acts_as}", f"acts as {folder.acts_as}")
            yield Finding("people", folder.name, Grade.OK, told)
        else:
            yield Finding("people", folder.name, Grade.ERROR, named(folder.acts_as, answer.reason), answer.hint)


def _configuration(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    del now
    for warning in settings.warnings:
        yield Finding("config", settings.path.name, Grade.WARNING, warning)
    if not settings.warnings:
        yield Finding("config", settings.path.name, Grade.OK, FINE)


def _state(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    del now
    yield _directory("state", str(settings.state))
    if settings.state.is_dir():
        yield _room(settings.state)
    running = is_running(settings.state)
    told = Words("en marche", "running") if running else Words("arrêté", "stopped")
    remedy = None if running else Words("systemctl start jesignd", "systemctl start jesignd")
    yield Finding("state", "jesignd run", Grade.OK if running else Grade.WARNING, told, remedy)


def _room(state: Path) -> Finding:
    free = shutil.disk_usage(state).free
    told = Words(f"{free // 1_000_000} Mo libres", f"{free // 1_000_000} MB free")
    if free >= ENOUGH_BYTES:
        return Finding("state", "disk", Grade.OK, told)
    return Finding("state", "disk", Grade.WARNING, told, Words("faites de la place", "make room"))


def _store(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    del now
    url = settings.database_url()
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        told = Words("pas encore créée : le démon n’a jamais tourné", "not made yet: the daemon has never run")
        yield Finding("store", "database", Grade.WARNING, told)
        return
    database = Database.open(url)
    try:
        with database.reading() as transaction:
            entries, lines = journal.check_chain(transaction), ledger.check_chain(transaction)
    finally:
        database.close()
    told = Words(
        f"journal {entries} et compte {lines} : chaînes intactes", f"journal {entries}, ledger {lines}: intact"
    )
    yield Finding("store", "database", Grade.OK, told)


def _folders(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    del now
    for folder in settings.folders:
        yield _watched(folder)
        for path in (folder.rejects, folder.returns, folder.archive):
            if path is not None:
                yield _directory("folders", path)
    for destination in settings.destinations.values():
        if destination.path:
            yield _directory("folders", destination.path)


def _watched(folder: WatchedFolder) -> Finding:
    path = Path(folder.path)
    if not os.access(path, os.R_OK | os.X_OK):
        told = Words(f"{path} : absent ou illisible", f"{path}: absent or unreadable")
        remedy = Words("montez le partage, donnez-en la lecture au service", "mount the share, let the service read it")
        return Finding("folders", folder.name, Grade.ERROR, told, remedy)
    if not (path / folder.marker).exists():
        told = Words(f"{path} : témoin {folder.marker} absent, hors ligne", f"{path}: no {folder.marker}, offline")
        remedy = Words(
            f"si c’est le bon dossier : echo {folder.name} > {path / folder.marker}",
            f"if it is the right folder: echo {folder.name} > {path / folder.marker}",
        )
        return Finding("folders", folder.name, Grade.ERROR, told, remedy)
    return Finding("folders", folder.name, Grade.OK, Words(str(path), str(path)))


def _directory(part: str, path: str) -> Finding:
    if os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return Finding(part, path, Grade.OK, FINE)
    return Finding(
        part,
        path,
        Grade.ERROR,
        Words("absent, ou fermé au service", "absent, or closed to the service"),
        Words("créez-le et donnez-le à l’utilisateur du service", "make it and give it to the service’s user"),
    )


def _plugins(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    del now
    loaded = Plugins.load(installed_plugins())
    for name in dict.fromkeys(folder.connector for folder in settings.folders):
        try:
            title = loaded.connector(name).manifest.title
        except JesignError as error:
            yield Finding("plugins", name, Grade.ERROR, error.message, error.hint)
        else:
            yield Finding("plugins", name, Grade.OK, title)
    for name, fault in loaded.broken.items():
        yield Finding("plugins", name, Grade.ERROR, fault.message, fault.hint)


def _keys(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    for name, key in settings.keys.items():
        try:
            credential = credentials.open_credential(key_source(key), now=now)
        except JesignError as error:
            yield Finding("keys", name, Grade.ERROR, error.message, error.hint)
            continue
        told = credentials.warnings(credential, now)
        for warning in told:
            yield Finding("keys", name, Grade.WARNING, warning)
        if not told:
            yield Finding("keys", name, Grade.OK, FINE)


def _time(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    for service in settings.timestamping:
        client = TimestampClient([endpoint(service)])
        try:
            client.timestamp(hashlib.sha256(now.isoformat().encode()).digest())
        except JesignError as error:
            yield Finding("time", service.name, Grade.ERROR, error.message, error.hint)
        else:
            yield Finding("time", service.name, Grade.OK, Words("répond, à l’heure", "answers, on time"))
        finally:
            client.close()


def _trust(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    anchors = read_anchors([Path(anchor) for anchor in settings.trust.anchors])
    if not anchors:
        told = Words("aucune racine : « verify » ne dira jamais « valide »", "no root: `verify` will never say valid")
        remedy = Words("renseignez trust.anchors", "set trust.anchors")
        yield Finding("trust", "anchors", Grade.WARNING, told, remedy)
    else:
        yield Finding("trust", "anchors", Grade.OK, Words(f"{len(anchors)} racine(s)", f"{len(anchors)} root(s)"))
    profiles = settings.seal_profiles({})
    for name in {one.key for one in profiles.values() if one.level in {PadesLevel.B_LT, PadesLevel.B_LTA}}:
        credential = credentials.open_credential(key_source(settings.keys[name]), now=now)
        source = revocation_source(settings, {name: credential})
        gather(credential.certificate, credential.chain, others=(), source=source)
        yield Finding(
            "trust", name, Grade.OK, Words("preuves de non-révocation obtenues", "revocation proofs obtained")
        )


def _guarded(part: str, check: Check) -> Check:
    """The check, in which whatever stops it is a finding too."""

    def guarded(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
        try:
            yield from check(settings, now)
        except JesignError as error:
            yield Finding(part, "", Grade.ERROR, error.message, error.hint)
        except OSError as error:
            reason = f"{error.filename or ''} {error.strerror}".strip()
            yield Finding(part, "", Grade.ERROR, Words(reason, reason))

    return guarded


PARTS: dict[str, Check] = {
    name: _guarded(name, check)
    for name, check in {
        "config": _configuration,
        "state": _state,
        "store": _store,
        "folders": _folders,
        "people": _people,
        "plugins": _plugins,
        "keys": _keys,
        "time": _time,
        "trust": _trust,
        "pki": checkup_people.pki,
        "providers": checkup_people.providers,
        "mail": checkup_people.mail,
    }.items()
}
"""What can be looked at, in the order in which an operator mends it."""
