"""Account statement: what a firm's account did over a span of days: before tax, the tax, and with it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jesignd.domain.credit import Cents, VatRate, vat_by_line
from jesignd.errors import Words


class Entry(StrEnum):
    """What a movement is to the firm."""

    PAYMENT = "payment"
    ACT = "act"
    RESERVED = "reserved"
    RELEASED = "released"


ENTRIES: dict[Entry, Words] = {
    Entry.PAYMENT: Words("versement", "top-up"),
    Entry.ACT: Words("acte", "act"),
    Entry.RESERVED: Words("réservation", "reservation"),
    Entry.RELEASED: Words("réservation rendue", "reservation released"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement, as the ledger has it; `amount` is never negative."""

    sequence: int
    at: datetime.datetime
    entry: Entry
    reference: str
    amount: Cents
    vat: VatRate
    memo: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement with its tax. `net` is signed: what comes in is positive, what is spent negative."""

    sequence: int
    at: datetime.datetime
    entry: Entry
    reference: str
    memo: str
    net: Cents
    rate: VatRate
    vat: Cents
    gross: Cents
    """With tax."""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of several movements; each part is the sum of the lines' own."""

    net: Cents
    vat: Cents
    gross: Cents


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A firm's movements over a span. `opening` and `closing` are before tax and count what is reserved."""

    firm: str
    since: datetime.date | None
    until: datetime.date | None
    """The last day, included."""
    opening: Cents
    lines: tuple[StatementLine, ...]
    paid: Total
    spent: Total
    closing: Cents
    reserved: Cents
    """Part of `closing` that is set aside for acts under way."""


def draw_up(
    moved: Sequence[Moved],
    *,
    firm: str,
    since: datetime.date | None,
    until: datetime.date | None,
    opening: Cents,
    reserved: Cents,
) -> AccountStatement:
    """The statement of these movements; reservations are no lines of it, for they take nothing from the firm.

    The lines' taxes add up to the tax on their total, kind by kind and rate by rate.
    """
    lines = sorted((*_lines(moved, Entry.PAYMENT, 1), *_lines(moved, Entry.ACT, -1)), key=lambda one: one.sequence)
    closing = Cents(opening + sum(one.net for one in lines))
    return AccountStatement(
        firm=firm,
        since=since,
        until=until,
        opening=opening,
        lines=tuple(lines),
        paid=_total(lines, Entry.PAYMENT),
        spent=_total(lines, Entry.ACT),
        closing=closing,
        reserved=reserved,
    )


def _lines(moved: Sequence[Moved], entry: Entry, sign: int) -> list[StatementLine]:
    these = [one for one in moved if one.entry is entry]
    taxes = vat_by_line((Cents(sign * one.amount), one.vat) for one in these)
    return [_line(one, Cents(sign * one.amount), tax) for one, tax in zip(these, taxes, strict=True)]


def _line(moved: Moved, net: Cents, tax: Cents) -> StatementLine:
    return StatementLine(
        sequence=moved.sequence,
        at=moved.at,
        entry=moved.entry,
        reference=moved.reference,
        memo=moved.memo,
        net=net,
        rate=moved.vat,
        vat=tax,
        gross=Cents(net + tax),
    )


def _total(lines: Sequence[StatementLine], entry: Entry) -> Total:
    these = [one for one in lines if one.entry is entry]
    net, vat = Cents(sum(one.net for one in these)), Cents(sum(one.vat for one in these))
    return Total(net, vat, Cents(net + vat))
