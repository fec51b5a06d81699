"""Settings: the configuration in the words of the rest of the house."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.credit import Cents
from jesignd.domain.folders import DeliveryMode, Destination, WatchedFolder
from jesignd.domain.levels import Act
from jesignd.domain.routing import Rule
from jesignd.domain.sealing import SealProfile, profile_name
from jesignd.domain.terms import DEFAULT, Terms
from jesignd.errors import CredentialError, SettingsError, Words
from jesignd.settings.lawful import act_of
from jesignd.settings.model.configuration import Configuration
from jesignd.settings.secrets import resolve

if TYPE_CHECKING:
    from jesignd.domain.credit import Prices
    from jesignd.domain.documents import DocumentKind
    from jesignd.settings.fault import Fault
    from jesignd.settings.model.configuration import Limits
    from jesignd.settings.model.firm import Firm, FurtherFirm
    from jesignd.settings.model.keys import Key, Revocation, TimestampService, Trust
    from jesignd.settings.model.pki import Pki
    from jesignd.settings.model.rules import RuleEntry
    from jesignd.settings.source import Source

_LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Settings:
    """A configuration without faults. What is not a domain type is read from `configuration`, section by section."""

    path: Path
    configuration: Configuration
    rules: tuple[Rule, ...]
    folders: tuple[WatchedFolder, ...]
    destinations: Mapping[str, Destination]
    warnings: tuple[Words, ...] = ()

    @classmethod
    def of(cls, configuration: Configuration, path: Path, *, source: Source, warnings: tuple[Fault, ...]) -> Settings:
        """The settings made of a model that every check has passed."""
        return cls(
            path=path,
            configuration=configuration,
            rules=tuple(
                _rule(entry, f"{path.name}:{source.place_of(('rules', position)).line}")
                for position, entry in enumerate(configuration.rules)
            ),
            folders=_folders(configuration),
            destinations={entry.name: entry.destination() for entry in configuration.destinations},
            warnings=tuple(warning.located(str(path)) for warning in warnings),
        )

    @property
    def firm(self) -> Firm:
        """Name, SIREN, logo, language."""
        return self.configuration.firm

    @property
    def firms(self) -> tuple[Firm | FurtherFirm, ...]:
        """Every firm of the installation, the main one first."""
        return (self.configuration.firm, *self.configuration.firms)

    @property
    def mandates_for(self) -> frozenset[DocumentKind]:
        """Kinds of document that need a client's mandate."""
        return frozenset(self.configuration.mandates.required_for)

    @property
    def state(self) -> Path:
        """The daemon's own directory."""
        return Path(self.configuration.storage.state)

    @property
    def keys(self) -> Mapping[str, Key]:
        """Where the keys are, by name; their secrets are still to be resolved."""
        return self.configuration.keys

    @property
    def timestamping(self) -> tuple[TimestampService, ...]:
        """Time-stamping authorities, preferred first."""
        return self.configuration.timestamping

    @property
    def revocation(self) -> Revocation:
        """Where proofs of non-revocation come from."""
        return self.configuration.revocation

    @property
    def trust(self) -> Trust:
        """Roots for verification."""
        return self.configuration.trust

    @property
    def limits(self) -> Limits:
        """What the treatment of a document may use."""
        return self.configuration.limits

    @property
    def prices(self) -> Prices:
        """What each act costs."""
        return self.configuration.pricing.prices()

    @property
    def warn_below(self) -> Cents:
        """Credit under which the firm is warned; 0: never."""
        return Cents(self.configuration.pricing.warn_below)

    def database_url(self) -> str:
        """The database's address, its secret resolved.

        Raises:
            CredentialError: the secret cannot be read.
        """
        database = self.configuration.storage.database
        if database is None:
            return f"sqlite:///{self.state / 'jesignd.db'}"
        return database if isinstance(database, str) else resolve(database).decode()

    def terms(self) -> Terms:
        """The texts people accept: the firm's own where it wrote them.

        Raises:
            SettingsError: a text cannot be read.
        """
        ours, enrolment = DEFAULT, self.configuration.enrolment
        return Terms(
            _text(enrolment.conditions) if enrolment.conditions else ours.conditions,
            _text(enrolment.undertaking) if enrolment.undertaking else ours.undertaking,
        )

    def enrolment_secret(self) -> bytes:
        """What identity documents and one-time codes are encrypted under.

        Raises:
            CredentialError: none is named, or it cannot be read.
        """
        secret = self.configuration.enrolment.secret
        if secret is None:
            raise CredentialError(
                Words(
                    "aucun secret d’enregistrement n’est configuré : ni pièce d’identité ni code",
                    "no enrolment secret is configured: neither identity documents nor codes",
                ),
                hint=Words(
                    "`openssl rand -base64 48`, puis `enrolment: {secret: {credential: …}}`",
                    "`openssl rand -base64 48`, then `enrolment: {secret: {credential: …}}`",
                ),
            )
        return resolve(secret)

    @property
    def pki(self) -> Pki:
        """The firm's own certificate authority.

        Raises:
            SettingsError: it has none.
        """
        found = self.configuration.pki
        if found is None:
            raise SettingsError(
                Words("aucune autorité de certification n’est configurée", "no certificate authority is configured"),
                hint=Words(
                    "`pki: {directory: …, passphrase: {credential: …}, public_url: http://…}`",
                    "`pki: {directory: …, passphrase: {credential: …}, public_url: http://…}`",
                ),
            )
        return found

    def seal_profiles(self, logos: Mapping[str, bytes | None]) -> Mapping[str, SealProfile]:
        """A profile for each rule that seals and each firm (see `profile_name`); `logos` by SIREN (see `logo.read`)."""
        return {
            profile_name(entry.name, firm.siren if position else ""): SealProfile(
                name=entry.name,
                firm_name=firm.name,
                key=entry.seal.key,
                level=entry.seal.level,
                mark=None if entry.seal.mark == "none" else entry.seal.mark.mark(),
                logo=logos.get(firm.siren),
                demonstration=self.firm.demonstration,
                test=entry.test,
            )
            for position, firm in enumerate(self.firms)
            for entry in self.configuration.rules
            if entry.seal is not None
        }


def _text(path: str) -> str:
    try:
        text = Path(path).read_bytes()[: _LONGEST_TEXT + 1].decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            Words(f"{path} : texte illisible, ou pas en UTF-8", f"{path}: cannot be read, or is not UTF-8")
        ) from error
    if not text.strip() or len(text) > _LONGEST_TEXT:
        raise SettingsError(Words(f"{path} : texte vide ou trop long", f"{path}: empty or too long"))
    return text


def _rule(entry: RuleEntry, place: str) -> Rule:
    act = act_of(entry)
    assert act is not None
    return Rule(
        name=entry.name,
        when=entry.when.when(),
        act=act,
        place=place,
        profile=entry.name if act is Act.SEAL else None,
        destinations=entry.deliver,
        test=entry.test,
        reason=None if entry.reason is None else Words(entry.reason, entry.reason),
    )


def _folders(configuration: Configuration) -> tuple[WatchedFolder, ...]:
    """A sub-folder we deliver into is ignored in every folder, at any depth: we never read our own results."""
    results = tuple(
        dict.fromkeys(
            glob.escape(entry.subfolder) for entry in configuration.destinations if entry.mode is DeliveryMode.SUBFOLDER
        )
    )
    main = configuration.firm.siren
    watched = (folder.watched(results) for folder in configuration.folders)
    return tuple(replace(folder, firm="") if folder.firm == main else folder for folder in watched)
