"""Keys: a person's own key is attached once, and opened with their PIN for the time of one act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jesignd.domain.documents import Digest
from jesignd.domain.events import Event
from jesignd.domain.statements import PersonalSigner, Withdrawn
from jesignd.errors import CredentialError, NotAllowed, NotFound, Words
from jesignd.identity.containers import ARGON2ID, open_container
from jesignd.identity.credentials import LARGEST, WrongPin, open_pkcs12, usable_between
from jesignd.pades.holder import states_qualified
from jesignd.store import certificates, journal, people, personal_keys
from jesignd.store.personal_keys import PKCS12, PersonalKey

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import AccountId
    from jesignd.store.database import Database

MOST_TRIES = 3

Opener = Callable[[bytes, bytes], PersonalSigner]
"""Opens a container with a PIN; raises WrongPin. Slow by design, so never called in a transaction."""

OPENERS: Mapping[str, Opener] = {PKCS12: open_pkcs12, ARGON2ID: open_container}
"""By form of container: the keys that are here. `flow.bought` opens those kept elsewhere, which count tries there."""


def attach_pkcs12(
    account: AccountId,
    data: bytes,
    passphrase: bytes,
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
    by: str,
) -> PersonalKey:
    """Attach a key bought from a trust provider; what that provider claims is in its certificate, not here (F10).

    Raises:
        CredentialError: it does not open, is no natural person's, or its certificate does not count today.
        NotAllowed: the account is closed, or the key is somebody else's.
    """
    if len(data) > LARGEST:
        raise CredentialError(Words("fichier de clé trop gros", "the key file is too large"))
    return attach(account, PKCS12, data, open_pkcs12(data, passphrase), database=database, clock=clock, by=by)


def attach(
    account: AccountId,
    form: str,
    container: bytes,
    /,
    signer: PersonalSigner,
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
    by: str,
) -> PersonalKey:
    """Attach a bought key that its owner has opened, and that has been seen to sign.

    Raises:
        CredentialError: its certificate is no natural person's, of a kind we cannot use, or does not count today.
        NotAllowed: the account is closed, or the key is somebody else's.
    """
    begins, ends = usable_between(signer.certificate)
    at = clock()
    if not begins <= at < ends:
        raise CredentialError(Words("ce certificat n’est pas valable aujourd’hui", "this certificate is not valid now"))
    certificate, der = digest_of(signer.certificate), signer.certificate
    qualified = states_qualified(der)
    key = PersonalKey(certificate, account, form, container, begins, ends, at, qualified=qualified, der=der)
    with database.transaction() as transaction:
        if not people.account(transaction, account).is_open(at):
            raise NotAllowed(Words("ce compte est clos", "this account is closed"))
        if not personal_keys.attach(transaction, key):
            raise NotAllowed(Words("cette clé est celle de quelqu’un d’autre", "this key is somebody else's"))
        told = {"account": account, "certificate": certificate, "by": by}
        journal.record(transaction, Event.KEY_ATTACHED, None, told, at=at)
    return key


def open_key(
    account: AccountId,
    pin: bytes,
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
    certificate: Digest | None = None,
    openers: Mapping[str, Opener] = OPENERS,
) -> PersonalSigner:
    """Open the person's newest key that counts today and can be opened so, or that of this certificate if it does.

    Raises:
        NotFound: they have none.
        CredentialError: wrong PIN, the key was locked by three of them, or it is kept where it cannot be reached.
        ServiceError: the provider that keeps it does not answer.
    """
    at = clock()
    with database.transaction() as transaction:
        usable = _usable(transaction, account, certificate, at=at)
        key = next((one for one in usable if one.form in openers), None)
        if key is None:
            raise _unreachable()
        tries = _count_try(transaction, key, at=at) if key.form in OPENERS else 0
    try:
        signer = openers[key.form](key.container, pin)
    except WrongPin as error:
        if tries >= MOST_TRIES:
            raise _locked() from error
        raise
    except Withdrawn:
        _withdrawn(key, database=database, clock=clock)
        raise
    if digest_of(signer.certificate) != key.certificate:
        raise _exchanged()
    with database.transaction() as transaction:
        personal_keys.opened(transaction, key.certificate)
    return signer


def detach(
    account: AccountId, certificate: Digest, *, database: Database, clock: Callable[[], datetime.datetime], by: str
) -> None:
    """Use a bought key no more, from this instant: its owner had the provider revoke it, or lost it.

    Raises:
        NotFound: they have no such key, or our own authority issued it: that is revoked, not detached.
    """
    with database.transaction() as transaction:
        at = clock()
        found = personal_keys.find(transaction, certificate)
        if found is None or found.account != account or certificates.of_digest(transaction, certificate) is not None:
            raise NotFound(
                Words("aucune clé achetée avec ce certificat", "no bought key with this certificate"),
                hint=Words("la nôtre se révoque : jesignd certificate revoke", "ours: jesignd certificate revoke"),
            )
        if personal_keys.revoke(transaction, certificate, at=at):
            told = {"account": account, "certificate": certificate, "by": by}
            journal.record(transaction, Event.KEY_REVOKED, None, told, at=at)


def _usable(
    transaction: Transaction, account: AccountId, certificate: Digest | None, *, at: datetime.datetime
) -> list[PersonalKey]:
    """Their keys that count at this instant, newest first; NotFound: none."""
    usable = [
        one
        for one in personal_keys.of_people(transaction, [account])
        if one.certified.counts(at) and certificate in {None, one.certificate}
    ]
    if not usable:
        raise NotFound(
            Words("aucune clé personnelle en cours de validité", "no valid personal key"),
            hint=Words("jesignd user key en attache une", "jesignd user key attaches one"),
        )
    return usable


def _count_try(transaction: Transaction, key: PersonalKey, *, at: datetime.datetime) -> int:
    if key.locked_at is not None:
        raise _locked()
    tries = personal_keys.count_try(transaction, key.certificate, most=MOST_TRIES, at=at)
    if tries >= MOST_TRIES:
        told = {"account": key.account, "certificate": key.certificate, "tries": tries}
        journal.record(transaction, Event.KEY_LOCKED, None, told, at=at)
    return tries


def _withdrawn(key: PersonalKey, *, database: Database, clock: Callable[[], datetime.datetime]) -> None:
    """The provider says that it counts no longer; from now on it does not here, either."""
    with database.transaction() as transaction:
        at = clock()
        if personal_keys.revoke(transaction, key.certificate, at=at):
            told = {"account": key.account, "certificate": key.certificate, "by": "provider"}
            journal.record(transaction, Event.KEY_REVOKED, None, told, at=at)


def digest_of(certificate: bytes) -> Digest:
    """SHA-256 of a certificate, DER."""
    return Digest(hashlib.sha256(certificate).hexdigest())


def _unreachable() -> CredentialError:
    return CredentialError(
        Words("cette clé est chez un prestataire ou sur une carte", "this key is kept by a provider or on a card"),
        hint=Words("complétez `providers` dans la configuration", "complete `providers` in the configuration"),
    )


def _exchanged() -> CredentialError:
    return CredentialError(
        Words("le certificat n’est plus celui qui fut attaché", "the certificate is no longer the one attached"),
        hint=Words("attachez la clé de nouveau : jesignd enrol attach", "attach it again: jesignd enrol attach"),
    )


def _locked() -> CredentialError:
    return CredentialError(
        Words("cette clé est bloquée après trois codes faux", "this key is locked after three wrong PINs"),
        hint=Words("attachez-la de nouveau avec son bon code : jesignd user key", "attach it again: jesignd user key"),
    )
