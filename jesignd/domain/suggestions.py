"""Suggestions: the accounts and delegations that an export folder suggests, as the commands that make them.

Names and addresses are those the exports bear: they are quoted for a shell, and no line break gets into a command.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from jesignd.domain.census_people import Need, PersonRow
from jesignd.domain.documents import DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.levels import FLOORS, Act
from jesignd.domain.people import Status, email

_WORDS = {Right.PREPARE: "préparer", Right.LAUNCH: "lancer", Right.SEAL: "sceller", Right.SIGN: "signer"}
_RIGHTS: dict[Act | None, Right] = {Act.SEAL: Right.SEAL, Act.SIGN: Right.SIGN}


@dataclass(frozen=True, slots=True)
class Power:
    """A right to delegate, for the kinds of document on which the person was named."""

    right: Right
    kinds: tuple[DocumentKind, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody of the firm who would need an account; an accountant needs no delegation."""

    login: str
    name: str
    first_name: str
    last_name: str
    email: str
    status: Status
    powers: tuple[Power, ...] = ()


def suggest(people: Iterable[PersonRow]) -> tuple[Suggestion, ...]:
    """One for each address of somebody of the firm, accountants first, each login once."""
    by_address: dict[str, list[PersonRow]] = {}
    for row in people:
        if row.need is not Need.NOTHING:
            by_address.setdefault(row.email.casefold(), []).append(row)
    found: list[Suggestion] = []
    taken: set[str] = set()
    for rows in by_address.values():
        one = _suggestion(rows, taken)
        taken.add(one.login)
        found.append(one)
    return tuple(sorted(found, key=lambda one: (one.status is Status.STAFF, one.login)))


def commands(suggested: Iterable[Suggestion], *, firm: str | None = None) -> tuple[str, ...]:
    """What to type, in order: accounts first, so that no delegation waits for one."""
    people = tuple(suggested)
    where = _typed(firm or "CABINET")
    granter = next((one.login for one in people if one.status is Status.ACCOUNTANT), "EXPERT-COMPTABLE")
    accounts = [_account(one, where) for one in people]
    grants = [_grant(one, power, where=where, granter=granter) for one in people for power in one.powers]
    return (*accounts, *grants)


def login_of(text: str) -> str:
    """A login made of a name or of what stands before the `@` of an address; empty where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text.partition("@")[0]).encode("ascii", "ignore").decode().casefold()
    found = re.sub(r"[^a-z0-9_+-]+", ".", plain).strip("._+-")[:64]
    return found if len(found) > 1 else ""


def _suggestion(rows: list[PersonRow], taken: set[str]) -> Suggestion:
    first = rows[0]
    bare = login_of(first.email) or login_of(first.name) or "compte"
    login = next(name for at in range(1, 10_000) if (name := bare if at == 1 else f"{bare}{at}") not in taken)
    is_accountant = any(row.need is Need.ENROLMENT for row in rows)
    kinds = {kind for row in rows for kind in row.kinds}
    return Suggestion(
        login,
        first.name,
        first.first_name,
        first.last_name,
        first.email,
        Status.ACCOUNTANT if is_accountant else Status.STAFF,
        () if is_accountant else _powers(kinds),
    )


def _powers(kinds: Iterable[DocumentKind]) -> tuple[Power, ...]:
    """To seal or to sign, as is customary; where nothing is, to prepare."""
    by_right: dict[Right, list[DocumentKind]] = {}
    for kind in sorted(kinds, key=lambda kind: kind.code):
        act = FLOORS[kind].default
        by_right.setdefault(_RIGHTS.get(act, Right.PREPARE), []).append(kind)
    return tuple(Power(right, tuple(by_right[right])) for right in Right if right in by_right)


def _account(one: Suggestion, where: str) -> str:
    names = f"--first-name {_typed(one.first_name)} --last-name {_typed(one.last_name)}"
    return f"jesignd user add {one.login} --email {_address(one)} {names} --firm {where} --status {one.status}"


def _grant(one: Suggestion, power: Power, *, where: str, granter: str) -> str:
    limits = " ".join(f"--kind {kind.code}" for kind in power.kinds)
    order = f"--firm {where} --by {granter} --right {_WORDS[power.right]} {limits} --until JOUR"
    return f"jesignd delegation grant {_address(one)} {order}"


def _address(one: Suggestion) -> str:
    """What stands in the exports may be no address, or look like an option."""
    try:
        bare = email(one.email)
    except ValueError:
        return "COURRIEL"
    return "COURRIEL" if bare.startswith("-") else _typed(bare)


def _typed(text: str) -> str:
    """As a shell takes it, on one line."""
    return shlex.quote(" ".join("".join(one if one.isprintable() else " " for one in text).split()))
