"""Charges: what each seal costs: reserved when it is authorised, spent when it is made, given back when it is not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jesignd.domain.credit import ONLY_FIRM, Cents, VatRate, euros
from jesignd.domain.events import Event
from jesignd.domain.jobs import Stage
from jesignd.domain.people import FirmId
from jesignd.errors import CreditExhausted, Words
from jesignd.flow import letters
from jesignd.store import credit_warnings, journal, ledger, reservations

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping, Sequence

    from jesignd.domain.documents import DocumentId
    from jesignd.domain.jobs import Transaction
    from jesignd.flow.records import Route
    from jesignd.store.database import Database
    from jesignd.store.documents import Document

log = logging.getLogger(__name__)

TRIAL = "TEST"
"""Written in the memo of what a trial moves in the ledger, which is nothing."""


def act_of(document: Document) -> str:
    """The id under which this document's seal is charged, once."""
    return f"seal:{document.id}:{document.epoch}"


def reserve(
    transaction: Transaction,
    authorised: Mapping[DocumentId, tuple[Document, Route]],
    *,
    at: datetime.datetime,
    vat: VatRate,
) -> None:
    """Set aside what each of these documents will cost, at the price of its route.

    Raises:
        CreditExhausted: not all can be paid; nothing was set aside.
    """
    by_account: dict[FirmId, list[reservations.Act]] = {}
    for document, route in authorised.values():
        act = reservations.Act(act_of(document), route.price, document.id, _memo(route))
        by_account.setdefault(route.account, []).append(act)
    for account, acts in by_account.items():
        reservations.reserve(transaction, acts, at=at, firm=account, vat=vat)


def spend(transaction: Transaction, sealed: Sequence[tuple[Document, Route]], *, at: datetime.datetime) -> None:
    """Spend what was set aside for these documents; those authorised before there were reservations pay now.

    Raises:
        CreditExhausted: one of the latter cannot be paid.
    """
    captured = reservations.capture(transaction, {act_of(document): _memo(route) for document, route in sealed}, at=at)
    for document, route in sealed:
        if act_of(document) not in captured:
            ledger.debit(transaction, [(act_of(document), route.price)], at=at, memo=_memo(route), firm=route.account)


def _memo(route: Route) -> str:
    return f"{Stage.SEAL.value} {TRIAL}" if route.test else Stage.SEAL.value


def no_credit(balance: Cents) -> CreditExhausted:
    """The account cannot pay for a seal."""
    return CreditExhausted(
        Words(f"crédit insuffisant : il reste {euros(balance)}", f"not enough credit: {euros(balance)} are left"),
        hint=Words(
            "créditez le compte (jesignd credit topup) : le document repartira de lui-même",
            "top up the account (jesignd credit topup): the document goes on by itself",
        ),
    )


def release_forgotten(*, database: Database, clock: Callable[[], datetime.datetime]) -> int:
    """Give back what is set aside for documents that are no longer about to be sealed; for how many."""
    with database.reading() as transaction:
        if not reservations.forgotten(transaction):
            return 0
    with database.transaction() as transaction:
        forgotten = reservations.forgotten(transaction)
        reservations.release(transaction, forgotten, at=clock())
    if forgotten:
        log.warning("released reservations documents=%d", len(forgotten))
    return len(forgotten)


def watch_balance(
    transaction: Transaction, *, warn_below: Cents, at: datetime.datetime, firm: FirmId = ONLY_FIRM
) -> None:
    """Say in the journal and in the log that the credit has become low, once until it is enough again; 0: never."""
    balance = ledger.balance(transaction, firm)
    low = balance < warn_below
    if low == (credit_warnings.since(transaction, firm) is not None):
        return
    event = Event.CREDIT_LOW if low else Event.CREDIT_RESTORED
    if low:
        credit_warnings.begin(transaction, firm, at=at)
        letters.credit_low(transaction, firm, balance=balance, warn_below=warn_below, at=at)
        log.warning("credit is low balance_cents=%d warn_below_cents=%d", balance, warn_below)
    else:
        credit_warnings.end(transaction, firm)
        log.info("credit is enough again balance_cents=%d", balance)
    told = {"balance_cents": balance, "warn_below_cents": warn_below, **({"firm": firm} if firm else {})}
    journal.record(transaction, event, None, told, at=at)


def check_balance(
    *,
    database: Database,
    warn_below: Cents,
    clock: Callable[[], datetime.datetime],
    accounts: Sequence[FirmId] = (ONLY_FIRM,),
) -> None:
    """The same from outside a transaction, after whatever else has moved credit; writes only when something changed."""
    with database.reading() as transaction:
        changed = [
            firm
            for firm in accounts
            if (ledger.balance(transaction, firm) < warn_below)
            != (credit_warnings.since(transaction, firm) is not None)
        ]
    if changed:
        with database.transaction() as transaction:
            for firm in changed:
                watch_balance(transaction, warn_below=warn_below, at=clock(), firm=firm)
