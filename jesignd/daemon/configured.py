"""Configured: what one configuration file comes to; made whole before it replaces the one in force.

A key that cannot be opened or a plugin that is broken does not stop the house: what depends on it holds, with the
reason, and the rest goes on.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.folders import WatchedFolder
from jesignd.errors import CredentialError, JesignError, NotFound, PluginError, SettingsError, Words
from jesignd.flow.authorise import Office
from jesignd.flow.deliver import Places
from jesignd.flow.firms import make_sure
from jesignd.flow.seal import SealingLine
from jesignd.pades import credentials as keyring
from jesignd.pades.certificates import der
from jesignd.pades.certificates import load as load_certificate
from jesignd.pades.trust import Endpoint, RevocationClient, TimestampClient, gather
from jesignd.settings import logo
from jesignd.settings.load import load
from jesignd.settings.model.keys import Key, PemKey, Pkcs12Key, TimestampService
from jesignd.settings.secrets import resolve
from jesignd.settings.settings import Settings

if TYPE_CHECKING:
    from jesignd.confined import Pool
    from jesignd.domain.firm import ActingFirm
    from jesignd.domain.sealing import Credential, RevocationMaterial, RevocationSource
    from jesignd.plugin.supervising import Recogniser
    from jesignd.store.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Configured:
    """A configuration in force: the parts that the steps of the line ask for."""

    settings: Settings
    folders: Mapping[str, WatchedFolder]
    """Those that can be watched, with their connectors' conventions."""
    office: Office
    places: Places
    line: SealingLine
    troubles: tuple[Words, ...]
    """What does not work, for `status` and `doctor`."""


def configure(
    path: Path, *, recogniser: Recogniser, pool: Pool, database: Database, clock: Callable[[], datetime.datetime]
) -> Configured:
    """Read the file and make everything it speaks of; the store gets to know its firms.

    Raises:
        SettingsError: the file, an option of a connector, a logo, a text or a firm cannot be used.
    """
    settings = load(path)
    folders, folder_troubles = _folders(settings, recogniser)
    credentials, key_troubles = open_credentials(settings)
    return Configured(
        settings=settings,
        folders=folders,
        office=office_of(settings, folders, firms=make_sure(settings, database=database, clock=clock)),
        places=Places(folders, settings.destinations),
        line=sealing_line(settings, credentials, pool),
        troubles=(*folder_troubles, *key_troubles),
    )


def office_of(settings: Settings, folders: Mapping[str, WatchedFolder], *, firms: Mapping[str, ActingFirm]) -> Office:
    """What a decision rests on, by this configuration.

    Raises:
        SettingsError: a text that people accept cannot be read.
    """
    return Office(
        folders,
        firms,
        settings.rules,
        settings.prices,
        terms=settings.terms(),
        mandates_for=settings.mandates_for,
        warn_below=settings.warn_below,
    )


def needs_restart(before: Settings, after: Settings) -> tuple[Words, ...]:
    """What a reload cannot change: the sections of the file that count from the next start only."""
    told = [
        name
        for name in ("storage", "limits")
        if getattr(before.configuration, name) != getattr(after.configuration, name)
    ]
    return tuple(
        Words(f"{name} : changement pris au prochain démarrage", f"{name}: its change counts from the next start")
        for name in told
    )


def _folders(settings: Settings, recogniser: Recogniser) -> tuple[dict[str, WatchedFolder], list[Words]]:
    folders: dict[str, WatchedFolder] = {}
    troubles: list[Words] = []
    for folder in settings.folders:
        try:
            conventions = recogniser.conventions(folder.connector, folder.options)
        except NotFound as error:
            raise SettingsError(error.message, hint=error.hint) from error
        except PluginError as error:
            log.error("folder not watched folder=%s plugin=%s", folder.name, error.plugin)
            troubles.append(
                Words(f"dossier {folder.name} : {error.message.fr}", f"folder {folder.name}: {error.message.en}")
            )
            continue
        folders[folder.name] = replace(folder, conventions=conventions)
    return folders, troubles


def open_credentials(settings: Settings) -> tuple[dict[str, Credential], list[Words]]:
    """The keys that can be opened, by name, and what is wrong with the others."""
    opened: dict[str, Credential] = {}
    troubles: list[Words] = []
    for name, key in settings.keys.items():
        try:
            opened[name] = keyring.open_credential(key_source(key))
        except CredentialError as error:
            log.error("key not usable key=%s: %s", name, error.message.en)
            troubles.append(Words(f"clé {name} : {error.message.fr}", f"key {name}: {error.message.en}"))
    return opened, troubles


def key_source(key: Key) -> keyring.Pkcs12Key | keyring.PemKey | keyring.Pkcs11Key:
    """Where a key is, its secret resolved at this moment.

    Raises:
        CredentialError: the secret cannot be read.
    """
    if isinstance(key, Pkcs12Key):
        passphrase = resolve(key.passphrase) if key.passphrase else None
        return keyring.Pkcs12Key(Path(key.file), passphrase)
    if isinstance(key, PemKey):
        passphrase = resolve(key.passphrase) if key.passphrase else None
        return keyring.PemKey(Path(key.key), Path(key.certificate), passphrase)
    return keyring.Pkcs11Key(Path(key.module), key.token, key.label, resolve(key.pin))


def sealing_line(settings: Settings, credentials: Mapping[str, Credential], pool: Pool) -> SealingLine:
    """What seals, by this configuration, with these keys and in these children."""
    endpoints = [endpoint(service) for service in settings.timestamping]
    timestamps = TimestampClient(endpoints) if endpoints else None
    source = revocation_source(settings, credentials)
    return SealingLine(
        profiles=settings.seal_profiles({firm.siren: logo.read(firm.logo) for firm in settings.firms}),
        credentials=credentials,
        timestamps=timestamps,
        revocation=lambda credential: _proofs(credential, timestamps, source),
        pool=pool,
        max_bytes=max((folder.max_bytes for folder in settings.folders), default=10_000_000),
        compare_one_in=settings.limits.comparison_sample,
    )


def revocation_source(settings: Settings, credentials: Mapping[str, Credential]) -> RevocationSource:
    """Lists of revocation from where the configuration says; if nowhere, from where our own certificates say."""
    places = settings.revocation.crls
    own = [one for credential in credentials.values() for one in (credential.certificate, *credential.chain)]
    return RevocationClient(
        files=[Path(place) for place in places if place.startswith("/")],
        urls=[place for place in places if not place.startswith("/")],
        own_chain=() if places else own,
    )


def _proofs(credential: Credential, timestamps: TimestampClient | None, source: RevocationSource) -> RevocationMaterial:
    """What B-LT embeds for this key. The authority's own certificates are only known once it has answered once."""
    if timestamps is not None and not timestamps.certificates():
        timestamps.timestamp(hashlib.sha256(b"").digest())
    others = timestamps.certificates() if timestamps else ()
    return gather(credential.certificate, credential.chain, others=others, source=source)


def endpoint(service: TimestampService) -> Endpoint:
    """A time-stamping authority as the client asks it.

    Raises:
        SettingsError: its anchor cannot be read.
    """
    certificates: tuple[bytes, ...] = ()
    if service.anchor is not None:
        certificates = (anchor(Path(service.anchor)),)
    return Endpoint(service.name, service.url, service.timeout, certificates)


def anchor(path: Path) -> bytes:
    """A root certificate (PEM or DER file), as DER.

    Raises:
        SettingsError: it cannot be read as one.
    """
    try:
        return der(load_certificate(path.read_bytes()))
    except (OSError, ValueError, JesignError) as error:
        raise SettingsError(
            Words(f"certificat illisible : {path}", f"cannot read the certificate: {path}"),
            hint=Words("donnez un fichier PEM ou DER", "give a PEM or DER file"),
        ) from error
