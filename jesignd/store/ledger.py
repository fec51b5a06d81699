"""Ledger: credit in double entry and whole cents; every line moves an amount from one account of a firm to another.

A line's reference is unique: an act is debited once, a payment credited once, however often we are told.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.domain.credit import ONLY_FIRM, Account, Cents, VatRate, euros
from jesignd.domain.people import FirmId
from jesignd.errors import CreditExhausted, VerificationFailed, Words
from jesignd.store import chain, rows
from jesignd.store.database import connection
from jesignd.store.schema import balances, ledger, reservations

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction

OPEN = "open"
"""State of a reservation whose credit is still set aside."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount that goes from one account to another."""

    reference: str
    """What it is (`payment`, `reserve`, `act`, `release`), `:` and the id of the payment or of the act."""
    source: Account
    destination: Account
    amount: Cents
    memo: str = ""
    firm: FirmId = ONLY_FIRM
    vat: VatRate | None = None
    """The rate of tax at that moment; None: written before rates were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Movement):
    """A movement as it stands in the ledger."""

    sequence: int
    at: datetime.datetime


def debit(
    tx: Transaction,
    acts: Sequence[tuple[str, Cents]],
    *,
    at: datetime.datetime,
    memo: str = "",
    firm: FirmId = ONLY_FIRM,
    vat: VatRate | None = None,
) -> frozenset[str]:
    """Spend credit on these acts at once, none of it reserved; the ids of those debited now, not of those before.

    Raises:
        CreditExhausted: the account does not cover all of them; none was debited.
    """
    prices = dict(acts)
    known = written(tx, [f"act:{act}" for act in prices])
    new = {act: price for act, price in prices.items() if f"act:{act}" not in known}
    require(tx, Cents(sum(new.values())), firm=firm)
    post(
        tx,
        [Movement(f"act:{act}", Account.FIRM, Account.ACTS, price, memo, firm, vat) for act, price in new.items()],
        at=at,
    )
    return frozenset(new)


def top_up(
    tx: Transaction,
    amount: Cents,
    *,
    reference: str,
    at: datetime.datetime,
    memo: str = "",
    firm: FirmId = ONLY_FIRM,
    vat: VatRate | None = None,
) -> bool:
    """Add a payment, counted before tax, to the firm's account; False when this payment was added before."""
    if amount <= 0:
        raise ValueError("a payment is more than nothing")
    whole = f"payment:{firm}:{reference}" if firm else f"payment:{reference}"
    if written(tx, [whole]):
        return False
    post(tx, [Movement(whole, Account.OUTSIDE, Account.FIRM, amount, memo, firm, vat)], at=at)
    return True


def balance(tx: Transaction, firm: FirmId = ONLY_FIRM) -> Cents:
    """What the firm can still spend; what is reserved is not in it."""
    return standing(tx, firm)[Account.FIRM]


affordable = balance
"""What a batch may cost at most, in this transaction."""


def standing(tx: Transaction, firm: FirmId = ONLY_FIRM) -> dict[Account, Cents]:
    """What stands on each account of the firm."""
    query = sa.select(balances.c.account, balances.c.cents).where(balances.c.firm == firm)
    recorded = dict(connection(tx).execute(query).all())
    return {account: Cents(recorded.get(account, 0)) for account in Account}


def require(tx: Transaction, total: Cents, *, firm: FirmId) -> None:
    """Make sure the firm can spend so much.

    Raises:
        CreditExhausted: it cannot.
    """
    available = balance(tx, firm)
    if total > available:
        raise CreditExhausted(
            Words(
                f"Le crédit du cabinet ({euros(available)}) ne couvre pas {euros(total)}.",
                f"The firm’s credit ({euros(available)}) does not cover {euros(total)}.",
            ),
            hint=Words("Rechargez le compte ; les documents repartent ensuite.", "Top up; then documents go on."),
        )


def statement(
    tx: Transaction,
    *,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
    firm: FirmId = ONLY_FIRM,
) -> list[Line]:
    """The firm's lines from `since` on and before `until`, oldest first."""
    query = sa.select(ledger).where(ledger.c.firm == firm).order_by(ledger.c.sequence)
    if since is not None:
        query = query.where(ledger.c.at >= since)
    if until is not None:
        query = query.where(ledger.c.at < until)
    return [
        Line(
            reference=row["reference"],
            source=Account(row["source"]),
            destination=Account(row["destination"]),
            amount=Cents(row["cents"]),
            memo=row["memo"],
            firm=FirmId(row["firm"]),
            vat=row["vat"],
            sequence=row["sequence"],
            at=row["at"],
        )
        for row in connection(tx).execute(query).mappings()
    ]


def stood(tx: Transaction, before: datetime.datetime, *, firm: FirmId = ONLY_FIRM) -> dict[Account, Cents]:
    """What stood on each account of the firm before this instant, from the lines themselves."""
    earlier = sa.and_(ledger.c.firm == firm, ledger.c.at < before)
    return {account: _moved(tx, account, earlier) for account in Account}


def check_chain(tx: Transaction) -> int:
    """Recompute chain, balances and reservations; the number of lines.

    Raises:
        VerificationFailed: something was changed; says what.
    """
    lines = chain.check(tx, ledger)
    firms = connection(tx).execute(sa.union(sa.select(ledger.c.firm), sa.select(balances.c.firm))).scalars().all()
    for firm in map(FirmId, firms):
        for account, recorded in standing(tx, firm).items():
            if _moved(tx, account, ledger.c.firm == firm) != recorded:
                raise _contradiction(account)
        kept = sa.select(sa.func.coalesce(sa.func.sum(reservations.c.cents), 0)).where(
            reservations.c.firm == firm, reservations.c.state == OPEN
        )
        if int(connection(tx).execute(kept).scalar_one()) != standing(tx, firm)[Account.RESERVED]:
            raise _contradiction(Account.RESERVED)
    return lines


def head(tx: Transaction) -> str:
    """The digest of the last line, to be kept elsewhere: it alone shows that lines were cut off the end."""
    return chain.head(tx, ledger.name).digest


def post(tx: Transaction, movements: Sequence[Movement], *, at: datetime.datetime) -> None:
    """Write these lines and what they make of the balances; whoever calls has made sure that they may be."""
    if any(one.amount < 0 for one in movements):
        raise ValueError("an amount moves from source to destination; it is never negative")
    lines: list[dict[str, object]] = [
        {
            "reference": one.reference,
            "source": one.source,
            "destination": one.destination,
            "cents": one.amount,
            "at": at,
            "memo": one.memo,
            "firm": one.firm,
            "vat": one.vat,
        }
        for one in movements
    ]
    chain.append(tx, ledger, lines)
    for firm in dict.fromkeys(one.firm for one in movements):
        moved: Counter[Account] = Counter()
        for one in movements:
            if one.firm == firm:
                moved[one.destination] += one.amount
                moved[one.source] -= one.amount
        now = standing(tx, firm)
        changed = [{"firm": firm, "account": one, "cents": now[one] + cents} for one, cents in moved.items()]
        rows.put(tx, balances, changed)


def written(tx: Transaction, references: Sequence[str]) -> frozenset[str]:
    """Which of these lines there are."""
    found: set[str] = set()
    for start in range(0, len(references), _CHUNK):
        query = sa.select(ledger.c.reference).where(ledger.c.reference.in_(references[start : start + _CHUNK]))
        found.update(connection(tx).execute(query).scalars())
    return frozenset(found)


def _moved(tx: Transaction, account: Account, where: sa.ColumnElement[bool]) -> Cents:
    total = sa.func.coalesce(sa.func.sum(ledger.c.cents), 0)
    into = connection(tx).execute(sa.select(total).where(where, ledger.c.destination == account)).scalar_one()
    out_of = connection(tx).execute(sa.select(total).where(where, ledger.c.source == account)).scalar_one()
    return Cents(int(into) - int(out_of))


def _contradiction(account: Account) -> VerificationFailed:
    return VerificationFailed(
        Words(
            f"Le solde « {account} » ne correspond pas à ses écritures.",
            f"The balance “{account}” is not the sum of its lines.",
        ),
        hint=Words("Comparez à la dernière sauvegarde.", "Compare with the last backup."),
    )
