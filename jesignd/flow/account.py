"""Account: the firm's credit as people deal with it: pay in, ask for a statement."""

from __future__ import annotations

import datetime
import logging
from typing import TYPE_CHECKING

from jesignd.domain.account_statement import AccountStatement, Entry, Moved, draw_up
from jesignd.domain.credit import ONLY_FIRM, Account, Cents, VatRate
from jesignd.domain.events import Event
from jesignd.domain.paris import PARIS
from jesignd.flow import charges
from jesignd.store import journal, ledger

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import FirmId
    from jesignd.store.ledger import Line

log = logging.getLogger(__name__)

_ENTRIES = {
    (Account.OUTSIDE, Account.FIRM): Entry.PAYMENT,
    (Account.FIRM, Account.ACTS): Entry.ACT,
    (Account.RESERVED, Account.ACTS): Entry.ACT,
    (Account.FIRM, Account.RESERVED): Entry.RESERVED,
    (Account.RESERVED, Account.FIRM): Entry.RELEASED,
}


def pay_in(
    transaction: Transaction,
    amount: Cents,
    *,
    reference: str,
    vat: VatRate,
    warn_below: Cents,
    at: datetime.datetime,
    memo: str = "",
    firm: FirmId = ONLY_FIRM,
) -> bool:
    """Add a payment, counted before tax, and tell the journal; False when this payment was added before."""
    if not ledger.top_up(transaction, amount, reference=reference, at=at, memo=memo, firm=firm, vat=vat):
        return False
    told = {"cents": amount, "reference": reference, "balance_cents": ledger.balance(transaction, firm)}
    journal.record(transaction, Event.CREDIT_ADDED, None, {**told, **({"firm": firm} if firm else {})}, at=at)
    charges.watch_balance(transaction, warn_below=warn_below, at=at, firm=firm)
    log.info("added credit cents=%d", amount)
    return True


def account_statement(
    transaction: Transaction,
    *,
    firm_name: str,
    vat: VatRate,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    firm: FirmId = ONLY_FIRM,
) -> AccountStatement:
    """What the account did from the first day to the last, both included, in Paris; the chain is checked before.

    `vat` is for movements written before rates were.

    Raises:
        VerificationFailed: the ledger was changed after the event.
    """
    ledger.check_chain(transaction)
    start = _midnight(since) if since else None
    end = _midnight(until + datetime.timedelta(days=1)) if until else None
    lines = ledger.statement(transaction, since=start, until=end, firm=firm)
    before = ledger.stood(transaction, start, firm=firm) if start else dict.fromkeys(Account, Cents(0))
    after = ledger.stood(transaction, end, firm=firm) if end else ledger.standing(transaction, firm)
    return draw_up(
        [_moved(line, vat) for line in lines],
        firm=firm_name,
        since=since,
        until=until,
        opening=Cents(before[Account.FIRM] + before[Account.RESERVED]),
        reserved=after[Account.RESERVED],
    )


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), PARIS)


def _moved(line: Line, vat: VatRate) -> Moved:
    entry = _ENTRIES[line.source, line.destination]
    rate = vat if line.vat is None else line.vat
    return Moved(line.sequence, line.at, entry, line.reference, line.amount, rate, line.memo)
