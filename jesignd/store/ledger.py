"""Ledger: credit in double entry and whole cents; every line moves an amount from one account to another.

A line's reference is unique: an act is debited once, a payment credited once, however often we are told.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.domain.credit import Account, Cents, euros
from jesignd.errors import CreditExhausted, VerificationFailed, Words
from jesignd.store import chain, rows
from jesignd.store.database import connection
from jesignd.store.schema import balances, ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jesignd.domain.jobs import Transaction


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. `reference` is `act:` and the act's id, or `payment:` and the payment's."""

    sequence: int
    reference: str
    source: Account
    destination: Account
    amount: Cents
    at: datetime.datetime
    memo: str


def debit(
    tx: Transaction, acts: Sequence[tuple[str, Cents]], *, at: datetime.datetime, memo: str = ""
) -> frozenset[str]:
    """Spend credit on these acts; the ids of those debited now, the others having been before.

    Raises:
        CreditExhausted: the account does not cover all of them; none was debited.
    """
    prices = dict(acts)
    known = _known(tx, [f"act:{act}" for act in prices])
    new = {act: price for act, price in prices.items() if f"act:{act}" not in known}
    total, available = sum(new.values()), balance(tx)
    if total > available:
        raise CreditExhausted(
            Words(
                f"Le crédit du cabinet ({euros(available)}) ne couvre pas {euros(Cents(total))}.",
                f"The firm’s credit ({euros(available)}) does not cover {euros(Cents(total))}.",
            ),
            hint=Words("Rechargez le compte ; les documents repartent ensuite.", "Top up; then documents go on."),
        )
    _post(tx, {f"act:{act}": price for act, price in new.items()}, Account.FIRM, Account.ACTS, at=at, memo=memo)
    return frozenset(new)


def top_up(tx: Transaction, amount: Cents, *, reference: str, at: datetime.datetime, memo: str = "") -> bool:
    """Add a payment to the firm's account; False when this payment was added before."""
    if amount <= 0:
        raise ValueError("a payment is more than nothing")
    if _known(tx, [f"payment:{reference}"]):
        return False
    _post(tx, {f"payment:{reference}": amount}, Account.OUTSIDE, Account.FIRM, at=at, memo=memo)
    return True


def balance(tx: Transaction) -> Cents:
    """What the firm can still spend."""
    return _balances(tx)[Account.FIRM]


affordable = balance
"""What a batch may cost at most, in this transaction."""


def statement(
    tx: Transaction, *, since: datetime.datetime | None = None, until: datetime.datetime | None = None
) -> list[Line]:
    """The lines from `since` on and before `until`, oldest first."""
    query = sa.select(ledger).order_by(ledger.c.sequence)
    if since is not None:
        query = query.where(ledger.c.at >= since)
    if until is not None:
        query = query.where(ledger.c.at < until)
    return [
        Line(
            row["sequence"],
            row["reference"],
            Account(row["source"]),
            Account(row["destination"]),
            Cents(row["cents"]),
            row["at"],
            row["memo"],
        )
        for row in connection(tx).execute(query).mappings()
    ]


def check_chain(tx: Transaction) -> int:
    """Recompute chain and balances; the number of lines. VerificationFailed when something was changed."""
    lines = chain.check(tx, ledger)
    moved = sa.func.coalesce(sa.func.sum(ledger.c.cents), 0)
    for account, recorded in _balances(tx).items():
        into = connection(tx).execute(sa.select(moved).where(ledger.c.destination == account)).scalar_one()
        out_of = connection(tx).execute(sa.select(moved).where(ledger.c.source == account)).scalar_one()
        if int(into) - int(out_of) != recorded:
            raise VerificationFailed(
                Words(
                    f"Le solde « {account} » ne correspond pas à ses écritures.",
                    f"The balance “{account}” is not the sum of its lines.",
                ),
                hint=Words("Comparez à la dernière sauvegarde.", "Compare with the last backup."),
            )
    return lines


def _post(
    tx: Transaction,
    amounts: Mapping[str, Cents],
    source: Account,
    destination: Account,
    *,
    at: datetime.datetime,
    memo: str,
) -> None:
    if any(amount < 0 for amount in amounts.values()):
        raise ValueError("an amount moves from source to destination; it is never negative")
    lines: list[dict[str, object]] = [
        {"reference": reference, "source": source, "destination": destination, "cents": amount, "at": at, "memo": memo}
        for reference, amount in amounts.items()
    ]
    chain.append(tx, ledger, lines)
    total, standing = sum(amounts.values()), _balances(tx)
    changed = {source: standing[source] - total, destination: standing[destination] + total}
    rows.put(tx, balances, [{"account": account, "cents": cents} for account, cents in changed.items()])


def _balances(tx: Transaction) -> dict[Account, Cents]:
    query = sa.select(balances.c.account, balances.c.cents)
    recorded = dict(connection(tx).execute(query).all())
    return {account: Cents(recorded.get(account, 0)) for account in Account}


def _known(tx: Transaction, references: Sequence[str]) -> frozenset[str]:
    query = sa.select(ledger.c.reference).where(ledger.c.reference.in_(references))
    return frozenset(connection(tx).execute(query).scalars())
