"""Install: make what a new installation lacks; whatever is already there stays as it is."""

from __future__ import annotations

import os
import pwd
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.folders import DeliveryMode
from jesignd.durable import make_directories, write_new
from jesignd.errors import CredentialError, SettingsError, Words
from jesignd.intake import scan
from jesignd.pades.request import certificate_request, new_key
from jesignd.settings.load import examine_content, settings_error
from jesignd.settings.model.keys import PemKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jesignd.domain.folders import WatchedFolder
    from jesignd.settings.settings import Settings

ACCOUNT = "jesignd"
"""The service's user, as `systemd/sysusers.d` makes it."""


def write_configuration(path: Path, text: str) -> Path:
    """Write a configuration that has been checked, under a name that was free.

    Raises:
        SettingsError: it has faults, or the name is taken; nothing was written.
    """
    found = examine_content(text.encode(), path)
    if found.settings is None:
        raise settings_error(path, found.faults)
    try:
        for made in _made(path.parent, 0o750):
            _readable(made)
        write_new(path, [text.encode()], 0o640)
    except OSError as error:
        raise _refused(path, error) from error
    return _readable(path)


def complete(settings: Settings) -> Iterator[Path]:
    """Make the directories, markers, key and request that the configuration speaks of and that are not there.

    Raises:
        SettingsError: a directory or file may not be made.
        CredentialError: a key that is there cannot be opened to sign its request.
    """
    for directory in dict.fromkeys(_directories(settings)):
        if not directory.exists():
            yield _directory(directory)
    if settings.configuration.pki is not None and not Path(settings.configuration.pki.directory).exists():
        yield _directory(Path(settings.configuration.pki.directory), 0o700)
    for folder in settings.folders:
        marker = Path(folder.path, folder.marker)
        if not os.path.lexists(marker):
            yield _marked(folder, marker)
    yield from _secrets(settings)
    for key in settings.keys.values():
        if isinstance(key, PemKey) and key.passphrase is not None and key.passphrase.file is not None:
            yield from _requested(key, Path(key.passphrase.file), settings)


def _secrets(settings: Settings) -> Iterator[Path]:
    """Secrets nobody has to know: what encrypts people's papers, and what opens the issuing authority's key.

    Only before there is a store: where one is lost later, another in its place would hide that.
    """
    place = store_file(settings)
    if place is None or place.exists():
        return
    pki = settings.configuration.pki
    for secret in (settings.configuration.enrolment.secret, pki.passphrase if pki is not None else None):
        place = Path(secret.file) if secret is not None and secret.file is not None else None
        if place is None or os.path.lexists(place):
            continue
        with _told():
            make_for_service(place.parent, 0o700)
            write_new(place, [secrets.token_urlsafe(48).encode()])
        yield handed_over(place)


def store_file(settings: Settings) -> Path | None:
    """Where the database is; None when it is a server's."""
    url = settings.database_url()
    path = url.removeprefix("sqlite:///")
    return Path(path) if path != url else None


def _directories(settings: Settings) -> Iterator[Path]:
    yield settings.state
    for folder in settings.folders:
        yield from (Path(path) for path in (folder.returns, folder.rejects, folder.archive) if path is not None)
    for destination in settings.destinations.values():
        if destination.mode is not DeliveryMode.SUBFOLDER:
            yield Path(destination.path)


def _directory(directory: Path, mode: int = 0o750) -> Path:
    try:
        make_for_service(directory, mode)
    except OSError as error:
        raise _refused(directory, error) from error
    return directory


def _marked(folder: WatchedFolder, marker: Path) -> Path:
    try:
        scan.mark(folder)
    except OSError as error:
        raise _refused(marker, error) from error
    return marker


def _requested(key: PemKey, passphrase: Path, settings: Settings) -> Iterator[Path]:
    """A key encrypted by a secret nobody has to know, and the request for its certificate, until there is one."""
    place, request = Path(key.key), Path(key.key).with_suffix(".csr")
    if os.path.lexists(key.certificate) or os.path.lexists(request):
        return
    with _told():
        make_for_service(place.parent, 0o700)
        if not os.path.lexists(place) and not os.path.lexists(passphrase):
            write_new(passphrase, [secrets.token_urlsafe(32).encode()])
            yield handed_over(passphrase)
        if not os.path.lexists(place):
            write_new(place, [new_key(passphrase.read_bytes())])
            yield handed_over(place)
        try:
            made = certificate_request(
                place.read_bytes(), passphrase.read_bytes(), firm=settings.firm.name, siren=settings.firm.siren
            )
        except ValueError as error:
            raise CredentialError(
                Words(f"clé illisible : {place}", f"cannot read the key: {place}"),
                hint=Words(f"vérifiez {passphrase}", f"check {passphrase}"),
            ) from error
        write_new(request, [made], 0o644)
    yield request


@contextmanager
def _told() -> Iterator[None]:
    """Turns a refusal of the system into words, with its file."""
    try:
        yield
    except OSError as error:
        raise _refused(Path(str(error.filename or "?")), error) from error


def write_paper(path: Path, content: bytes) -> Path | None:
    """Write a paper for people unless there is one of this name; what was written."""
    if os.path.lexists(path):
        return None
    try:
        make_directories(path.parent, 0o755)
        write_new(path, [content], 0o644)
    except OSError as error:
        raise _refused(path, error) from error
    return path


def make_for_service(directory: Path, mode: int) -> None:
    """Make the directory and those above it that are missing, all of them the service's."""
    for made in _made(directory, mode):
        handed_over(made)


def _made(directory: Path, mode: int) -> list[Path]:
    """Make the directory; it and whatever else had to be made."""
    missing = [one for one in (directory, *directory.parents) if not one.exists()]
    make_directories(directory, mode)
    return missing


def _readable(path: Path) -> Path:
    """The same path, which the service's group may read and only whoever set it up may change."""
    if os.geteuid() == 0:
        with suppress(KeyError):
            os.chown(path, -1, pwd.getpwnam(ACCOUNT).pw_gid, follow_symlinks=False)
    return path


def handed_over(path: Path) -> Path:
    """The same path, given to the service's user when root set it up for one."""
    if os.geteuid() == 0:
        with suppress(KeyError):
            account = pwd.getpwnam(ACCOUNT)
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    return path


def blanks(text: str, mark: str) -> int:
    """How many lines after the heading still bear the mark of a stand-in."""
    return sum(mark in line for line in _body(text.splitlines()))


def _body(lines: Iterable[str]) -> Iterator[str]:
    yield from (line for line in lines if not line.lstrip().startswith("#"))


def _refused(path: Path, error: OSError) -> SettingsError:
    return SettingsError(
        Words(f"{path} : {error.strerror}", f"{path}: {error.strerror}"),
        hint=Words("lancez la commande en root, ou donnez un autre endroit", "run it as root, or give another place"),
    )
