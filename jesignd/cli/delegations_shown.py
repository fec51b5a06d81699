"""Delegations shown: as the two views tell them, one line a power, and what became of a list."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.cli.output import columns
from jesignd.domain.delegations import DelegationId
from jesignd.domain.firm import Right
from jesignd.domain.rights import RIGHTS
from jesignd.errors import Words
from jesignd.flow.delegate import Outcome
from jesignd.store import people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.domain.delegations import Delegation, Scope
    from jesignd.domain.jobs import Transaction
    from jesignd.flow.delegate import LineResult

ID_COLUMNS = len("del_") + 8
"""As much of an id as is shown; any unambiguous beginning is accepted."""

_ORDER = (Right.SEAL, Right.SIGN, Right.PREPARE, Right.LAUNCH)
"""As the firm's own screens list the powers."""

OUTCOMES = {
    Outcome.GRANTED: Words("délégué", "granted"),
    Outcome.PENDING: Words("en attente d’un compte", "waits for an account"),
    Outcome.MERGED: Words("doublon", "duplicate"),
    Outcome.REFUSED: Words("refusé", "refused"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One power received or given."""

    id: DelegationId
    granted_by: str
    holder: str
    """Name, or the address while nobody has an account with it."""
    firm: str
    right: Right
    first_day: datetime.date
    last_day: datetime.date
    state: str
    """`in force`, `to come`, `expired`, `revoked` or `pending`."""
    limits: Words
    statement: str


STATES = {
    "in force": Words("expire le {last}", "expires {last}"),
    "to come": Words("commence le {first}, expire le {last}", "begins {first}, expires {last}"),
    "expired": Words("expirée le {last}", "expired {last}"),
    "revoked": Words("révoquée", "revoked"),
    "pending": Words("attend un compte, expire le {last}", "waits for an account, expires {last}"),
}


def gather(transaction: Transaction, found: Sequence[Delegation], *, at: datetime.datetime) -> list[Shown]:
    """One line for each power of each delegation."""
    shown: list[Shown] = []
    for one in found:
        granter = people.account(transaction, one.grant.granted_by)
        holder = people.account(transaction, one.holder).profile.name if one.holder else one.grant.email
        firm = people.firm(transaction, one.grant.firm)
        shown += [
            Shown(
                one.id,
                granter.profile.name,
                holder,
                firm.name,
                right,
                one.grant.first_day,
                one.grant.last_day,
                state(one, at),
                limits(one.grant.scope),
                one.statement,
            )
            for right in _ORDER
            if right in one.grant.rights
        ]
    return shown


def state(one: Delegation, at: datetime.datetime) -> str:
    """Where the delegation stands, in a word."""
    if one.is_revoked(at):
        return "revoked"
    if at >= one.grant.ends_at:
        return "expired"
    if one.holder is None:
        return "pending"
    return "to come" if at < one.grant.starts_at else "in force"


def limits(scope: Scope) -> Words:
    """What the delegation is limited to; nothing where it is not."""
    kinds = ", ".join(sorted(kind.code for kind in scope.kinds))
    clients = ", ".join(scope.clients)
    euros = f"{(scope.cents or 0) / 100:.2f}"
    french = [kinds, clients]
    english = [kinds, clients]
    if scope.acts is not None:
        french.append(f"{scope.acts} actes")
        english.append(f"{scope.acts} acts")
    if scope.cents is not None:
        french.append(f"{euros.replace('.', ',')} €")
        english.append(f"€{euros}")
    return Words(" ; ".join(filter(None, french)), "; ".join(filter(None, english)))


def table(shown: Sequence[Shown], lang: str) -> list[str]:
    """One line a power."""
    heading = {
        "fr": ("délégant", "délégataire", "pouvoir", "cabinet", "échéance", "limites", "n°"),
        "en": ("delegator", "delegate", "right", "firm", "term", "limits", "no."),
    }[lang]
    rows = [
        (
            one.granted_by,
            one.holder,
            RIGHTS[one.right].in_language(lang),
            one.firm,
            STATES[one.state].in_language(lang).format(first=_day(one.first_day), last=_day(one.last_day)),
            one.limits.in_language(lang),
            one.id[:ID_COLUMNS],
        )
        for one in shown
    ]
    return columns(rows, heading=heading)


def results(found: Sequence[LineResult], lang: str) -> list[str]:
    """What became of each line of a list."""
    rows = [
        (
            f"{one.line}",
            one.text,
            OUTCOMES[one.outcome].in_language(lang),
            one.delegation[:ID_COLUMNS] if one.delegation else "",
            _remark(one, lang),
        )
        for one in found
    ]
    return columns(rows)


def _remark(one: LineResult, lang: str) -> str:
    remarks = [one.reason.in_language(lang)] if one.reason else []
    if one.ignored:
        names = ", ".join(one.ignored)
        remarks.append(Words(f"droits ignorés : {names}", f"rights ignored: {names}").in_language(lang))
    return " ; ".join(remarks)


def _day(one: datetime.date) -> str:
    return f"{one:%d/%m/%Y}"
