"""Revoke: a certificate counts no longer, by decision of its owner, of an officer, or of the authority."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from jesignd.domain.certificates import Issued, Reason
from jesignd.domain.events import Event
from jesignd.domain.people import AccountId, Role
from jesignd.errors import NotAllowed, Words
from jesignd.identity import revocation_codes
from jesignd.store import certificates, journal, people, revocation

if TYPE_CHECKING:
    from jesignd.store.database import Database

log = logging.getLogger(__name__)


def revoke_by_owner(
    named: str, code: str, *, database: Database, clock: Callable[[], datetime.datetime], reason: Reason
) -> Issued:
    """Revoke with the code that was shown when the certificate was issued (F91).

    Raises:
        NotFound: there is no such certificate.
        NotAllowed: it is another code, or it was revoked before.
    """
    with database.reading() as transaction:
        issued = certificates.certificate(transaction, named)
    if not revocation_codes.matches(code, issued.revocation_code):
        raise NotAllowed(
            Words("ce code de révocation n’est pas le bon", "this is not the revocation code"),
            hint=Words("un préposé à l’enregistrement peut révoquer", "a registration officer may revoke"),
        )
    return revoke(issued, reason, by="owner", database=database, clock=clock)


def revoke_by_officer(
    named: str,
    officer: AccountId,
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
    reason: Reason,
) -> Issued:
    """Revoke by decision of a registration officer.

    Raises:
        NotFound: there is no such certificate, or no such account.
        NotAllowed: they are no officer, or it was revoked before.
    """
    with database.reading() as transaction:
        issued = certificates.certificate(transaction, named)
        one = people.account(transaction, officer)
    if Role.OFFICER not in one.roles or not one.is_open(clock()):
        raise NotAllowed(
            Words("seul un préposé à l’enregistrement révoque sans code", "only an officer revokes without the code"),
            hint=Words("jesignd user role donne ce rôle", "jesignd user role gives this role"),
        )
    return revoke(issued, reason, by=one.id, database=database, clock=clock)


def revoke(
    issued: Issued, reason: Reason, *, by: str, database: Database, clock: Callable[[], datetime.datetime]
) -> Issued:
    """Revoke for good; lists and answers say so from the next publication on, our own rooms from now.

    Raises:
        NotAllowed: it was revoked before.
    """
    with database.transaction() as transaction:
        at = clock()
        if not certificates.revoke(transaction, issued.serial, reason, at=at):
            raise NotAllowed(Words("ce certificat est déjà révoqué", "this certificate was revoked before"))
        revocation.outdate(transaction, issued.authority, issued.serial)
        told = {"serial": issued.serial, "certificate": issued.digest, "reason": reason.value, "by": by}
        journal.record(transaction, Event.CERTIFICATE_REVOKED, None, told, at=at)
        revoked = certificates.certificate(transaction, issued.serial)
    log.info("revoked certificate=%s reason=%s", issued.serial, reason.value)
    return revoked


def withdraw(issued: Issued, *, database: Database, clock: Callable[[], datetime.datetime]) -> None:
    """Revoke a certificate that could not be handed over: its key is lost, it must not stay good."""
    revoke(issued, Reason.CESSATION, by="authority", database=database, clock=clock)
