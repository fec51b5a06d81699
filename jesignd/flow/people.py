"""People: add firms and accounts, let people join and leave, and hand new accounts what waited for their address."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.domain.people import (
    NEVER_ACT,
    Account,
    AccountId,
    Email,
    Firm,
    FirmId,
    Membership,
    Profile,
    Role,
    Status,
)
from jesignd.domain.text import is_siren
from jesignd.errors import NotAllowed, Words
from jesignd.store import delegations, journal, people

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from jesignd.domain.delegations import Delegation
    from jesignd.domain.jobs import Transaction
    from jesignd.store.database import Database

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._+-]{1,63}(@[a-z0-9.-]+)?")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to whom an account is to be opened, perhaps in a firm at once."""

    login: str
    profile: Profile
    roles: frozenset[Role] = frozenset()
    firm: FirmId | None = None
    status: Status = Status.STAFF


def add_firm(
    name: str, siren: str | None, *, database: Database, clock: Callable[[], datetime.datetime], by: str
) -> Firm:
    """Add a firm, or one of its offices (they may share a SIREN).

    Raises:
        NotAllowed: the name is taken, or the number is no SIREN.
    """
    if siren is not None and not is_siren(siren):
        raise NotAllowed(Words(f"« {siren} » n’est pas un SIREN", f"“{siren}” is not a SIREN"))
    at = clock()
    firm = Firm(FirmId(f"fir_{uuid.uuid4().hex}"), name.strip(), siren)
    with database.transaction() as transaction:
        if not firm.name or not people.insert_firm(transaction, firm, at=at):
            raise NotAllowed(Words(f"nom de cabinet vide ou déjà pris : {name}", f"firm name empty or taken: {name}"))
        journal.record(transaction, Event.FIRM_ADDED, None, {"firm": firm.id, "by": by}, at=at)
    return firm


def add_account(
    newcomer: Newcomer, *, database: Database, clock: Callable[[], datetime.datetime], by: str
) -> tuple[Account, list[Delegation]]:
    """Open an account; it receives the delegations that waited for its address.

    Raises:
        NotAllowed: the login or address is taken, it is a client's, or the roles and the firm do not go together.
    """
    at = clock()
    account = Account(
        AccountId(f"per_{uuid.uuid4().hex}"), newcomer.login.lower(), newcomer.profile, at, newcomer.roles
    )
    _check_newcomer(newcomer)
    with database.transaction() as transaction:
        firms = [newcomer.firm] if newcomer.firm else []
        if people.client_emails(transaction, [account.profile.email], firms_=firms):
            raise _client()
        if not people.insert_account(transaction, account):
            raise NotAllowed(
                Words("identifiant ou courriel déjà pris", "login or e-mail address already taken"),
                hint=Words("jesignd user list les montre", "jesignd user list shows them"),
            )
        told = {"account": account.id, "roles": sorted(account.roles), "by": by}
        journal.record(transaction, Event.ACCOUNT_ADDED, None, told, at=at)
        if newcomer.firm is not None:
            _join(transaction, Membership(newcomer.firm, account.id, newcomer.status, at), by=by)
        received = receive_waiting(transaction, account, at=at) if not account.roles & NEVER_ACT else []
    return account, received


def receive_waiting(transaction: Transaction, account: Account, *, at: datetime.datetime) -> list[Delegation]:
    """Hand the account what was granted to its address before it existed; it joins those firms as staff."""
    received = delegations.bind(transaction, account.profile.email, account.id, at=at)
    for delegation in received:
        make_member(transaction, account.id, delegation.grant.firm, at=at)
        told = {"delegation": delegation.id, "holder": account.id, "statement": delegation.statement}
        journal.record(transaction, Event.DELEGATION_RECEIVED, None, told, at=at)
    return received


def make_member(transaction: Transaction, account: AccountId, firm: FirmId, *, at: datetime.datetime) -> None:
    """Let the person join the firm as staff, unless they belong to it already."""
    stays = people.memberships_of(transaction, [account])
    if not any(stay.firm == firm and stay.left_at is None for stay in stays):
        _join(transaction, Membership(firm, account, Status.STAFF, at), by=account)


def join(
    account: AccountId,
    firm: FirmId,
    status: Status,
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
    by: str,
) -> None:
    """Let somebody join a firm, or become something else in it; then a new stay begins, and old delegations end.

    Raises:
        NotAllowed: the account is closed, never acts, or its address is a client's.
    """
    at = clock()
    with database.transaction() as transaction:
        one = people.account(transaction, account)
        if not one.is_open(at) or one.roles & NEVER_ACT:
            raise _never_acts()
        if people.client_emails(transaction, [one.profile.email], firms_=[firm]):
            raise _client()
        stays = people.memberships_of(transaction, [account])
        if not any((stay.firm, stay.status, stay.left_at) == (firm, status, None) for stay in stays):
            _join(transaction, Membership(firm, account, status, at), by=by)


def leave(
    account: AccountId, firm: FirmId, *, database: Database, clock: Callable[[], datetime.datetime], by: str
) -> bool:
    """Let somebody leave a firm: what they hold there and what they granted there ends at once; False if not in it."""
    at = clock()
    with database.transaction() as transaction:
        if not people.leave(transaction, account, firm, at=at):
            return False
        told = {"account": account, "firm": firm, "by": by}
        journal.record(transaction, Event.MEMBER_LEFT, None, told, at=at)
    return True


def set_roles(
    account: AccountId,
    roles: frozenset[Role],
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
    by: str,
) -> None:
    """Give exactly these roles; whoever becomes administrator or auditor leaves every firm."""
    at = clock()
    with database.transaction() as transaction:
        people.set_roles(transaction, account, roles)
        if roles & NEVER_ACT:
            people.leave(transaction, account, None, at=at)
        told = {"account": account, "roles": sorted(roles), "by": by}
        journal.record(transaction, Event.ACCOUNT_CHANGED, None, told, at=at)


def close(account: AccountId, *, database: Database, clock: Callable[[], datetime.datetime], by: str) -> None:
    """Close an account for good."""
    at = clock()
    with database.transaction() as transaction:
        people.close_account(transaction, account, at=at)
        journal.record(transaction, Event.ACCOUNT_CLOSED, None, {"account": account, "by": by}, at=at)


def note_client(firm: FirmId, email: Email, *, database: Database, clock: Callable[[], datetime.datetime]) -> None:
    """Remember a client's address: no account of this firm, no delegation will ever have it.

    Raises:
        NotAllowed: it is the address of somebody of the firm.
    """
    at = clock()
    with database.transaction() as transaction:
        if any(one.profile.email == email for one, _ in people.members(transaction, firm, at=at)):
            raise NotAllowed(
                Words("c’est l’adresse d’un membre du cabinet", "this is the address of somebody of the firm")
            )
        people.note_client(transaction, firm, email)


def _join(transaction: Transaction, membership: Membership, *, by: str) -> None:
    people.join(transaction, membership)
    told = {"account": membership.account, "firm": membership.firm, "status": membership.status.value, "by": by}
    journal.record(transaction, Event.MEMBER_JOINED, None, told, at=membership.since)


def _check_newcomer(newcomer: Newcomer) -> None:
    if _LOGIN.fullmatch(newcomer.login.lower()) is None or newcomer.login.startswith("per_"):
        raise NotAllowed(
            Words(
                f"identifiant refusé : « {newcomer.login} » ; lettres sans accent, chiffres, « . _ + - »",
                f"login refused: “{newcomer.login}”; unaccented letters, digits, `. _ + -`",
            )
        )
    if not newcomer.profile.first_name.strip() or not newcomer.profile.last_name.strip():
        raise NotAllowed(Words("il manque le prénom ou le nom", "first or last name is missing"))
    if newcomer.roles & NEVER_ACT and newcomer.firm is not None:
        raise _never_acts()


def _never_acts() -> NotAllowed:
    return NotAllowed(
        Words(
            "un administrateur, un auditeur ou un compte clos n’appartient à aucun cabinet",
            "an administrator, an auditor or a closed account belongs to no firm",
        ),
        hint=Words("ouvrez un second compte pour agir", "open a second account to act"),
    )


def _client() -> NotAllowed:
    return NotAllowed(
        Words(
            "cette adresse est celle d’un client : il n’a ni compte ni délégation",
            "this is a client's address: clients have neither account nor delegation",
        )
    )
