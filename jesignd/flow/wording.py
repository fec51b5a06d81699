"""Wording: the words a letter is filled with, found when it leaves; none when it has become pointless meanwhile."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.credit import ONLY_FIRM, Cents, euros
from jesignd.domain.mail import Kind
from jesignd.domain.paris import hour, long_day, written
from jesignd.domain.people import FirmId
from jesignd.domain.rights import RIGHTS
from jesignd.pades.certificates import common_name, load
from jesignd.store import certificates, delegations, people, personal_keys

if TYPE_CHECKING:
    from jesignd.domain.delegations import Delegation
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.mail import Letter
    from jesignd.domain.people import Account

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class House:
    """What letters call this firm where the store has no name for it."""

    name: str


def words_of(
    transaction: Transaction, letter: Letter, to: Account | None, *, house: House, at: datetime.datetime
) -> Mapping[str, str] | None:
    """The words of this letter to this person; None: there is nothing left to say."""
    if letter.kind is Kind.CERTIFICATE_EXPIRES:
        return _certificate(transaction, letter, to, at=at)
    if letter.kind in {Kind.DELEGATION_RECEIVED, Kind.DELEGATION_REVOKED}:
        return _delegation(transaction, letter, to)
    if letter.kind is Kind.CREDIT_LOW:
        return _credit(transaction, letter, to, house=house)
    return {"name": _name(to), "login": to.login if to else ""}


def _certificate(
    transaction: Transaction, letter: Letter, to: Account | None, *, at: datetime.datetime
) -> dict[str, str] | None:
    key = personal_keys.find(transaction, letter.about)
    own = certificates.of_digest(transaction, letter.about)
    der, not_after = (own.der, own.not_after) if own else (key.der if key else None, key.not_after if key else None)
    revoked = (own and own.revoked_at) or (key and key.revoked_at)
    if not_after is None or revoked or (own and certificates.renewed(transaction, own.serial)):
        return None
    login = to.login if to else ""
    return {
        **_dates("day", not_after),
        "hour": hour(not_after),
        "days": str(max(math.ceil((not_after - at) / _DAY), 0)),
        "name": _name(to),
        "subject": common_name(load(der).subject) if der else _name(to),
        "serial": own.serial if own else letter.about[:16],
        **_remedy(own is not None, own is not None and own.firm is not None, login),
    }


def _remedy(ours: bool, seal: bool, login: str) -> dict[str, str]:  # noqa: FBT001 - two facts, not two switches
    if seal:
        return {
            "remedy_fr": "Pour en délivrer un autre au cabinet : jesignd certificate seal",
            "remedy_en": "To issue the firm another one: jesignd certificate seal",
        }
    if ours:
        return {
            "remedy_fr": f"Pour le renouveler sous le même code PIN : jesignd enrol renew {login}",
            "remedy_en": f"To renew it under the same PIN: jesignd enrol renew {login}",
        }
    return {
        "remedy_fr": "Il vient d’un prestataire : demandez-lui le suivant, puis attachez-le à votre compte.",
        "remedy_en": "It comes from a trust provider: ask them for the next one, then attach it to your account.",
    }


def _delegation(transaction: Transaction, letter: Letter, to: Account | None) -> dict[str, str] | None:
    delegation = delegations.get(transaction, letter.about)
    received = letter.kind is Kind.DELEGATION_RECEIVED
    if received == (delegation.revocation is not None):
        return None
    grant = delegation.grant
    rights = sorted(grant.rights, key=list(RIGHTS).index)
    return {
        "granter": people.account(transaction, grant.granted_by).profile.name,
        "firm": people.firm(transaction, grant.firm).name,
        "rights_fr": ", ".join(RIGHTS[one].fr for one in rights),
        "rights_en": ", ".join(RIGHTS[one].en for one in rights),
        "delegation": delegation.id,
        **(_starting(delegation, to) if received else _ended(delegation)),
    }


def _starting(delegation: Delegation, to: Account | None) -> dict[str, str]:
    grant = delegation.grant
    return {
        "first_fr": written(grant.first_day),
        "first_en": written(grant.first_day, "en"),
        "day_fr": written(grant.last_day),
        "day_en": written(grant.last_day, "en"),
        **_next(to),
    }


def _next(to: Account | None) -> dict[str, str]:
    if to is None:
        return {
            "next_fr": "Elle attend que votre cabinet vous ouvre un compte avec cette adresse.",
            "next_en": "It waits for your firm to open you an account with this address.",
        }
    return {
        "next_fr": f"Avant de vous en servir, acceptez-en l’engagement : jesignd delegation accept {to.login}",
        "next_en": f"Before you use it, accept what a delegate undertakes: jesignd delegation accept {to.login}",
    }


def _ended(delegation: Delegation) -> dict[str, str]:
    assert delegation.revocation is not None
    at = delegation.revocation.at
    return {**_dates("day", at), "hour": hour(at)}


def _credit(transaction: Transaction, letter: Letter, to: Account | None, *, house: House) -> dict[str, str]:
    firm = FirmId(letter.about.partition("@")[0])
    balance, least = Cents(letter.facts["balance_cents"]), Cents(letter.facts["warn_below_cents"])
    name = house.name if firm == ONLY_FIRM else people.firm(transaction, firm).name
    return {
        "name": _name(to),
        "firm": name,
        "balance_fr": euros(balance),
        "balance_en": _english(balance),
        "least_fr": euros(least),
        "least_en": _english(least),
    }


def _english(amount: Cents) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}€{abs(amount) // 100}.{abs(amount) % 100:02d}"


def _dates(name: str, at: datetime.datetime) -> dict[str, str]:
    return {f"{name}_fr": long_day(at), f"{name}_en": long_day(at, "en")}


def _name(to: Account | None) -> str:
    return to.profile.name if to else ""
