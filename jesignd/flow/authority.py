"""Authority: the firm makes its own, keeps the root's key where it likes, and opens the issuing one to work."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd import durable
from jesignd.domain.certificates import ROOT_LIST_LASTS, VALIDITY_YEARS, AuthorityId
from jesignd.domain.events import Event
from jesignd.errors import CredentialError, ServiceError, Words
from jesignd.pki import authority as pki
from jesignd.pki.authority import Authority, Period
from jesignd.pki.profiles import Addresses, LegalPerson
from jesignd.store import certificates, journal, revocation
from jesignd.store.revocation import Signed

if TYPE_CHECKING:
    from jesignd.store.database import Database

log = logging.getLogger(__name__)

ROOT_KEY = "root.p12"
ROOT_CERTIFICATE = "root.pem"
ISSUING_KEY = "issuing.p12"
ISSUING_CERTIFICATE = "issuing.pem"


@dataclass(frozen=True, slots=True)
class Issuing:
    """An issuing authority ready to work, and how it issues."""

    authority: Authority
    addresses: Addresses
    years: int = VALIDITY_YEARS


@dataclass(frozen=True, slots=True)
class Passphrases:
    """What opens the two keys; shown nowhere."""

    root: bytes = field(repr=False)
    issuing: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Owner:
    """In whose name the authority speaks."""

    name: str
    siren: str | None
    demonstration: bool = False

    def named(self, role: str) -> LegalPerson:
        """The owner in this role; a demonstration says that it is one."""
        mark = "DEMO " if self.demonstration else ""
        return LegalPerson(self.name, f"{mark}{role} {self.name}", self.siren)


@dataclass(frozen=True, slots=True)
class Made:
    """The two authorities, as they now are."""

    root: AuthorityId
    issuing: AuthorityId
    root_key: Path
    """To be moved to a safe place; needed again once a year, see `renew_root_list`."""


def initialise(
    directory: Path,
    owner: Owner,
    *,
    passphrases: Passphrases,
    addresses: Addresses,
    database: Database,
    clock: Callable[[], datetime.datetime],
) -> Made:
    """Make what is missing of a root, an issuing authority and the root's list; what is there stays.

    Raises:
        CredentialError: a passphrase is too short, or does not open what is there.
        ServiceError: the directory cannot be written.
    """
    try:
        durable.make_directories(directory)
        root = _root(directory, owner, passphrase=passphrases.root, at=clock())
        issuing = _issuing(directory, owner, root=root, passphrase=passphrases.issuing, addresses=addresses, at=clock())
    except OSError as error:
        raise ServiceError(
            Words(f"{directory} : {error.strerror}", f"{directory}: {error.strerror}"),
            hint=Words("donnez ce répertoire au compte du service", "give this directory to the service’s account"),
        ) from error
    with database.transaction() as transaction:
        at = clock()
        for one, above in ((root, None), (issuing, root.id)):
            if revocation.add_authority(transaction, one.id, one.der, issuer=above, at=at):
                journal.record(transaction, Event.AUTHORITY_MADE, None, {"authority": one.id}, at=at)
        known = revocation.find_authority(transaction, root.id)
    if known is None or known.crl is None:
        _sign_root_list(root, database=database, clock=clock)
    return Made(root.id, issuing.id, directory / ROOT_KEY)


def open_issuing(directory: Path, passphrase: bytes, *, addresses: Addresses, years: int) -> Issuing:
    """The issuing authority, its key open in this process.

    Raises:
        CredentialError: it is not there, or does not open.
    """
    return Issuing(_open(directory / ISSUING_KEY, passphrase), addresses, years)


def renew_root_list(
    root_key: Path, passphrase: bytes, *, database: Database, clock: Callable[[], datetime.datetime]
) -> datetime.datetime:
    """Sign the root's list anew, with its key taken out of its safe place; until when it is good.

    Raises:
        CredentialError: the key does not open, or is another root's.
    """
    root = _open(root_key, passphrase)
    with database.reading() as transaction:
        known = revocation.find_authority(transaction, root.id)
        if known is None or known.issuer is not None:
            raise CredentialError(Words("cette racine n’est pas la nôtre", "this root is not ours"))
    return _sign_root_list(root, database=database, clock=clock)


def _sign_root_list(
    root: Authority, *, database: Database, clock: Callable[[], datetime.datetime]
) -> datetime.datetime:
    period = Period.lasting(clock(), ROOT_LIST_LASTS)
    with database.transaction() as transaction:
        known = revocation.find_authority(transaction, root.id)
        assert known is not None
        number = known.crl_number + 1
        revoked = certificates.statuses(transaction, root.id)
        signed = pki.revocation_list(root, revoked, number=number, period=period)
        revocation.publish_list(transaction, root.id, Signed(signed, period.begins, period.ends), number=number)
    log.info("signed list authority=%s number=%d", root.id, number)
    return period.ends


def _root(directory: Path, owner: Owner, *, passphrase: bytes, at: datetime.datetime) -> Authority:
    if (directory / ROOT_KEY).exists():
        return _open(directory / ROOT_KEY, passphrase)
    if (directory / ROOT_CERTIFICATE).exists():
        raise CredentialError(
            Words("la clé de la racine a été mise ailleurs", "the root’s key was put elsewhere"),
            hint=Words(f"remettez {ROOT_KEY} pour cette commande", f"bring {ROOT_KEY} back for this command"),
        )
    root = pki.make_root(owner.named("Autorité racine"), at=at)
    durable.write_new(directory / ROOT_KEY, [root.file(passphrase)])
    durable.write_new(directory / ROOT_CERTIFICATE, [root.pem], 0o644)
    return root


def _issuing(
    directory: Path,
    owner: Owner,
    *,
    root: Authority,
    passphrase: bytes,
    addresses: Addresses,
    at: datetime.datetime,
) -> Authority:
    if (directory / ISSUING_KEY).exists():
        return _open(directory / ISSUING_KEY, passphrase)
    made = pki.make_issuing(root, owner.named("Autorité d’émission"), at=at, addresses=addresses)
    durable.write_new(directory / ISSUING_KEY, [made.file(passphrase)])
    durable.write_new(directory / ISSUING_CERTIFICATE, [made.pem], 0o644)
    return made


def _open(path: Path, passphrase: bytes) -> Authority:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CredentialError(
            Words(f"{path.name} : {error.strerror}", f"{path.name}: {error.strerror}"),
            hint=Words("jesignd authority init crée l’autorité", "jesignd authority init makes the authority"),
        ) from error
    return pki.open_authority(data, passphrase)
