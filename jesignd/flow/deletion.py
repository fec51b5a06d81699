"""Deletion: somebody has their own account deleted; what proves past acts stays, under an id and no name.

What stays names them where it was signed so: the certificates (which verify what they signed) and the delegations they
gave or received, word for word. Everything else that is personal goes: profile, address, login, telephone, identity
documents, password, codes, keys, and letters on their way.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from jesignd.domain.certificates import CertificateState, Reason
from jesignd.domain.events import Event
from jesignd.errors import NotAllowed, Words
from jesignd.store import certificates, enrolments, journal, outbox, people, personal_keys, revocation

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import Account
    from jesignd.store.database import Database

log = logging.getLogger(__name__)


def delete_own(account: Account, *, database: Database, clock: Callable[[], datetime.datetime]) -> None:
    """Close the account of whoever asks (they have shown who they are), and forget them; it is for good.

    Their certificates are revoked, what they held or granted counts no longer.

    Raises:
        NotAllowed: it is closed already.
    """
    with database.transaction() as transaction:
        at = clock()
        if not people.account(transaction, account.id).is_open(at):
            raise NotAllowed(Words("ce compte est déjà clos", "this account is closed already"))
        revoked = _revoke_all(transaction, account, at=at)
        people.close_account(transaction, account.id, at=at)
        personal_keys.destroy(transaction, account.id, at=at)
        scans = enrolments.forget(transaction, account.id, at=at)
        outbox.forget(transaction, account.id, at=at)
        outbox.forget(transaction, account.profile.email, at=at)
        people.forget(transaction, account.id)
        told = {"account": account.id, "certificates": revoked, "identities": scans}
        journal.record(transaction, Event.ACCOUNT_DELETED, None, told, at=at)
    log.info("deleted account=%s", account.id)


def _revoke_all(transaction: Transaction, account: Account, *, at: datetime.datetime) -> int:
    good = [one for one in certificates.of_account(transaction, account.id) if one.state(at) is CertificateState.GOOD]
    for one in good:
        certificates.revoke(transaction, one.serial, Reason.CESSATION, at=at)
        revocation.outdate(transaction, one.authority, one.serial)
        told = {"serial": one.serial, "certificate": one.digest, "reason": Reason.CESSATION.value, "by": account.id}
        journal.record(transaction, Event.CERTIFICATE_REVOKED, None, told, at=at)
    return len(good)
