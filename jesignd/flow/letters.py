"""Letters: what people are told by mail, put in the outbox in the transaction that decides it.

`flow.postman` finds the words and sends. Where no mail server is configured they wait, and `jesignd status` says so.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.domain.mail import Kind, Letter, letter
from jesignd.domain.people import AccountId, Role, Status
from jesignd.store import journal, outbox, people

if TYPE_CHECKING:
    from jesignd.domain.credit import Cents
    from jesignd.domain.delegations import Delegation
    from jesignd.domain.documents import Digest
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import FirmId


def certificate_expires(
    transaction: Transaction,
    certificate: Digest,
    to: AccountId,
    *,
    days: int,
    not_after: datetime.datetime,
    at: datetime.datetime,
) -> bool:
    """Tell its owner that a certificate ends in so many days at most (F19); False when they were told."""
    return _post(transaction, Letter(Kind.CERTIFICATE_EXPIRES, certificate, to, not_after, threshold=days), at=at)


def delegation_received(transaction: Transaction, delegation: Delegation, *, at: datetime.datetime) -> None:
    """Tell whoever it was given to, at the address it names while they have no account."""
    to = delegation.holder or delegation.grant.email
    _post(transaction, letter(Kind.DELEGATION_RECEIVED, delegation.id, to, at=at), at=at)


def delegation_revoked(transaction: Transaction, delegation: Delegation, *, at: datetime.datetime) -> None:
    """Tell its holder that it counts no longer."""
    to = delegation.holder or delegation.grant.email
    _post(transaction, letter(Kind.DELEGATION_REVOKED, delegation.id, to, at=at), at=at)


def credit_low(
    transaction: Transaction, firm: FirmId, *, balance: Cents, warn_below: Cents, at: datetime.datetime
) -> None:
    """Tell the accountants and the administrators, once at each passage below the threshold."""
    facts = {"balance_cents": int(balance), "warn_below_cents": int(warn_below)}
    about = f"{firm}@{at.isoformat(timespec='seconds')}"
    for to in in_charge(transaction, firm, at=at):
        _post(transaction, letter(Kind.CREDIT_LOW, about, to, at=at, facts=facts), at=at)


def password_code(transaction: Transaction, request: str, to: AccountId, *, at: datetime.datetime) -> None:
    """Have a code sent to whoever forgot their password."""
    _post(transaction, letter(Kind.PASSWORD_CODE, request, to, at=at), at=at)


def in_charge(transaction: Transaction, firm: FirmId | None, *, at: datetime.datetime) -> list[AccountId]:
    """Who is told what concerns the house: administrators, and the accountants of this firm, or, none named, of any."""
    accounts = [one for one in people.list_accounts(transaction) if one.is_open(at)]
    stays = people.memberships_of(transaction, [one.id for one in accounts])
    accountants = {
        stay.account
        for stay in stays
        if stay.status is Status.ACCOUNTANT and stay.covers(at, at) and (not firm or stay.firm == firm)
    }
    return [one.id for one in accounts if one.id in accountants or Role.ADMIN in one.roles]


def _post(transaction: Transaction, one: Letter, *, at: datetime.datetime) -> bool:
    if not outbox.write(transaction, one, at=at):
        return False
    told = {"kind": one.kind.value, "about": one.about, "threshold": one.threshold}
    journal.record(transaction, Event.LETTER_WRITTEN, None, told, at=at)
    return True
