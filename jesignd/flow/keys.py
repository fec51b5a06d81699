"""Keys: a person's own key is attached once, and opened with their PIN for the time of one act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jesignd.domain.documents import Digest
from jesignd.domain.events import Event
from jesignd.errors import CredentialError, NotAllowed, NotFound, Words
from jesignd.identity.containers import ARGON2ID, open_container
from jesignd.identity.credentials import LARGEST, OpenedKey, WrongPin, open_pkcs12
from jesignd.pades.holder import states_qualified
from jesignd.store import journal, people, personal_keys
from jesignd.store.personal_keys import PKCS12, PersonalKey

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.people import AccountId
    from jesignd.store.database import Database

MOST_TRIES = 3

Opener = Callable[[bytes, bytes], OpenedKey]
"""Opens a container with a PIN; raises WrongPin. Slow by design, so never called in a transaction."""

OPENERS: Mapping[str, Opener] = {PKCS12: open_pkcs12, ARGON2ID: open_container}
"""By form of container."""


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
    opened = open_pkcs12(data, passphrase)
    at = clock()
    if not opened.not_before <= at < opened.not_after:
        raise CredentialError(Words("ce certificat n’est pas valable aujourd’hui", "this certificate is not valid now"))
    certificate = digest_of(opened.certificate)
    qualified = states_qualified(opened.certificate)
    key = PersonalKey(certificate, account, PKCS12, data, opened.not_before, opened.not_after, at, qualified=qualified)
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
) -> OpenedKey:
    """Open the person's newest key that counts today, or that of this certificate if it does.

    Raises:
        NotFound: they have none.
        CredentialError: wrong PIN, or the key was locked by three of them.
    """
    at = clock()
    with database.transaction() as transaction:
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
        key = usable[0]
        if key.locked_at is not None:
            raise _locked()
        tries = personal_keys.count_try(transaction, key.certificate, most=MOST_TRIES, at=at)
        if tries >= MOST_TRIES:
            told = {"account": account, "certificate": key.certificate, "tries": tries}
            journal.record(transaction, Event.KEY_LOCKED, None, told, at=at)
    try:
        signer = openers[key.form](key.container, pin)
    except WrongPin as error:
        if tries >= MOST_TRIES:
            raise _locked() from error
        raise
    with database.transaction() as transaction:
        personal_keys.opened(transaction, key.certificate)
    return signer


def digest_of(certificate: bytes) -> Digest:
    """SHA-256 of a certificate, DER."""
    return Digest(hashlib.sha256(certificate).hexdigest())


def _locked() -> CredentialError:
    return CredentialError(
        Words("cette clé est bloquée après trois codes faux", "this key is locked after three wrong PINs"),
        hint=Words("attachez-la de nouveau avec son bon code : jesignd user key", "attach it again: jesignd user key"),
    )
