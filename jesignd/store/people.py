"""People: firms, accounts, who belongs where, which addresses are clients', and which texts were accepted."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.documents import Digest
from jesignd.domain.people import Account, AccountId, Email, Firm, FirmId, Membership, Profile, Role, Status, Title
from jesignd.domain.terms import Terms, TermsKind
from jesignd.errors import NotFound, Words
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.people_tables import acceptances, accounts, client_addresses, firms, memberships, terms

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction

_NEXT = datetime.timedelta(microseconds=1)


def insert_firm(tx: Transaction, firm: Firm, *, at: datetime.datetime) -> bool:
    """Add a firm; False when its id or name is taken."""
    taken = sa.select(firms.c.id).where((firms.c.id == firm.id) | (firms.c.name == firm.name))
    if connection(tx).execute(taken).first() is not None:
        return False
    values = {"id": firm.id, "name": firm.name, "siren": firm.siren, "created_at": at}
    connection(tx).execute(sa.insert(firms).values(**values))
    return True


def complete_firm(tx: Transaction, name: str, siren: str) -> bool:
    """Give the firm of this name, which has no SIREN yet, this one; False when there is none such."""
    this = (firms.c.name == name) & firms.c.siren.is_(None)
    return connection(tx).execute(sa.update(firms).where(this).values(siren=siren)).rowcount == 1


def list_firms(tx: Transaction) -> list[Firm]:
    """Every firm, by name."""
    return [_firm(row) for row in connection(tx).execute(sa.select(firms).order_by(firms.c.name))]


def firm(tx: Transaction, named: str) -> Firm:
    """The firm with this id, name or SIREN.

    Raises:
        NotFound: none, or several offices with one SIREN.
    """
    this = (firms.c.id == named) | (firms.c.name == named) | (firms.c.siren == named)
    found = connection(tx).execute(sa.select(firms).where(this)).all()
    if len(found) != 1:
        raise NotFound(
            Words(f"cabinet inconnu ou ambigu : {named}", f"unknown or ambiguous firm: {named}"),
            hint=Words("jesignd firm list les montre", "jesignd firm list shows them"),
        )
    return _firm(found[0])


def insert_account(tx: Transaction, account: Account) -> bool:
    """Add an account; False when its login or address is taken."""
    profile = account.profile
    taken = sa.select(accounts.c.id).where((accounts.c.login == account.login) | (accounts.c.email == profile.email))
    if connection(tx).execute(taken).first() is not None:
        return False
    connection(tx).execute(
        sa.insert(accounts).values(
            id=account.id,
            login=account.login,
            email=profile.email,
            profile=_plain_profile(profile),
            roles=sorted(account.roles),
            opened_at=account.opened_at,
            closed_at=account.closed_at,
        )
    )
    return True


def update_profile(tx: Transaction, account: AccountId, profile: Profile) -> None:
    """Give the account this profile; its address stays, because delegations name it."""
    statement = sa.update(accounts).where(accounts.c.id == account, accounts.c.email == profile.email)
    connection(tx).execute(statement.values(profile=_plain_profile(profile)))


def set_roles(tx: Transaction, account: AccountId, roles: frozenset[Role]) -> None:
    """Give the account exactly these roles."""
    connection(tx).execute(sa.update(accounts).where(accounts.c.id == account).values(roles=sorted(roles)))


def close_account(tx: Transaction, account: AccountId, *, at: datetime.datetime) -> None:
    """Close the account for good; it leaves every firm, and nothing that proves who they are is kept."""
    open_one = sa.update(accounts).where(accounts.c.id == account, accounts.c.closed_at.is_(None))
    connection(tx).execute(open_one.values(closed_at=at, password=None, totp=None))
    leave(tx, account, None, at=at)


def forget(tx: Transaction, account: AccountId) -> None:
    """Keep nothing of a closed account but its id, its roles and its dates."""
    profile = _plain_profile(Profile("", "", Email("")))
    closed = sa.update(accounts).where(accounts.c.id == account, accounts.c.closed_at.is_not(None))
    nobody = {"login": account, "email": f"{account}@deleted.invalid", "profile": profile, "recovery": None}
    connection(tx).execute(closed.values(**nobody))


def account(tx: Transaction, named: str) -> Account:
    """The account with this id, login or address.

    Raises:
        NotFound: none.
    """
    found = find_account(tx, named)
    if found is None:
        raise NotFound(
            Words(f"aucun compte « {named} »", f"no account “{named}”"),
            hint=Words("jesignd user list les montre", "jesignd user list shows them"),
        )
    return found


def find_account(tx: Transaction, named: str) -> Account | None:
    """The account with this id, login or address, or None."""
    this = (accounts.c.id == named) | (accounts.c.login == named) | (accounts.c.email == named.strip().lower())
    row = connection(tx).execute(sa.select(accounts).where(this)).first()
    return None if row is None else _account(row)


def list_accounts(tx: Transaction) -> list[Account]:
    """Every account, by login, the closed ones too."""
    return [_account(row) for row in connection(tx).execute(sa.select(accounts).order_by(accounts.c.login))]


def join(tx: Transaction, membership: Membership) -> None:
    """Begin a stay in a firm; one that goes on with another status ends at that instant.

    A stay never begins before the last one ended, not even when the clock was set back: what died with that one stays
    dead.
    """
    leave(tx, membership.account, membership.firm, at=membership.since)
    theirs = (memberships.c.account == membership.account) & (memberships.c.firm == membership.firm)
    query = sa.select(sa.func.max(memberships.c.since), sa.func.max(memberships.c.left_at)).where(theirs)
    earlier = [instant for instant in connection(tx).execute(query).one() if instant is not None]
    since = max([membership.since, *(instant + _NEXT for instant in earlier)])
    connection(tx).execute(sa.insert(memberships).values(**{**dataclasses.asdict(membership), "since": since}))


def leave(tx: Transaction, account: AccountId, from_firm: FirmId | None, *, at: datetime.datetime) -> int:
    """End the person's stay in this firm, or (None) in every firm; how many stays ended."""
    this = (memberships.c.account == account) & memberships.c.left_at.is_(None)
    if from_firm is not None:
        this &= memberships.c.firm == from_firm
    return connection(tx).execute(sa.update(memberships).where(this).values(left_at=at)).rowcount


def memberships_of(tx: Transaction, people: Sequence[AccountId]) -> list[Membership]:
    """Every stay of these people, ended or not, oldest first."""
    query = sa.select(memberships).where(memberships.c.account.in_(people)).order_by(memberships.c.since)
    return [_membership(row) for row in connection(tx).execute(query)]


def members(tx: Transaction, firm: FirmId, *, at: datetime.datetime) -> list[tuple[Account, Status]]:
    """Who belongs to this firm at this instant, by login."""
    query = (
        sa.select(accounts, memberships.c.status)
        .join(memberships, memberships.c.account == accounts.c.id)
        .where(memberships.c.firm == firm, memberships.c.since <= at)
        .where(memberships.c.left_at.is_(None) | (memberships.c.left_at > at))
        .order_by(accounts.c.login)
    )
    return [(_account(row), Status(row.status)) for row in connection(tx).execute(query)]


def note_client(tx: Transaction, firm: FirmId, email: Email) -> None:
    """Remember that this is the address of one of the firm's clients."""
    key = (client_addresses.c.firm, client_addresses.c.email)
    rows.insert_new(tx, client_addresses, [{"firm": firm, "email": email}], key=client_addresses.c.email, unique=key)


def client_emails(tx: Transaction, emails: Sequence[Email], *, firms_: Sequence[FirmId] = ()) -> frozenset[Email]:
    """Which of these addresses are clients' of these firms (of any firm, when none is named)."""
    query = sa.select(client_addresses.c.email).where(client_addresses.c.email.in_(emails))
    if firms_:
        query = query.where(client_addresses.c.firm.in_(firms_))
    return frozenset(Email(one) for one in connection(tx).execute(query).scalars())


def accept(tx: Transaction, account: AccountId, kind: TermsKind, *, accepted: Terms, at: datetime.datetime) -> Digest:
    """Write down that the person accepted the text in force, keep the text, and return its version."""
    version = accepted.version(kind)
    rows.insert_new(tx, terms, [{"version": version, "text": accepted.text(kind)}], key=terms.c.version)
    values = {"account": account, "kind": kind, "version": version, "at": at}
    key = (acceptances.c.account, acceptances.c.kind, acceptances.c.version)
    rows.insert_new(tx, acceptances, [values], key=acceptances.c.version, unique=key)
    return version


def accepted_at(tx: Transaction, account: AccountId, kind: TermsKind, *, version: Digest) -> datetime.datetime | None:
    """When the person accepted this version; None: they have not."""
    query = sa.select(acceptances.c.at).where(
        acceptances.c.account == account, acceptances.c.kind == kind, acceptances.c.version == version
    )
    return connection(tx).execute(query).scalar_one_or_none()


def accepted_text(tx: Transaction, version: Digest) -> str | None:
    """The text of this version, if anybody ever accepted it."""
    return connection(tx).execute(sa.select(terms.c.text).where(terms.c.version == version)).scalar_one_or_none()


def _firm(row: Any) -> Firm:
    return Firm(FirmId(row.id), row.name, row.siren)


def _account(row: Any) -> Account:
    plain = dict(row.profile)
    title = plain.pop("title")
    profile = Profile(**plain, email=Email(row.email), title=Title(title) if title else None)
    roles = frozenset(Role(one) for one in row.roles)
    return Account(AccountId(row.id), row.login, profile, row.opened_at, roles, row.closed_at)


def _membership(row: Any) -> Membership:
    return Membership(FirmId(row.firm), AccountId(row.account), Status(row.status), row.since, row.left_at)


def _plain_profile(profile: Profile) -> dict[str, object]:
    """Everything but the address, which has a column of its own."""
    return {name: value for name, value in dataclasses.asdict(profile).items() if name != "email"}
