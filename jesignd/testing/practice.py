"""Practice: a firm, and an accountant who may act for it, made by the functions that make real ones; in no time.

What a line needs before anything is sealed. For people with keys and delegations see `cabinet`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jesignd.domain.people import Account, Firm, Profile, Status, email
from jesignd.domain.terms import DEFAULT, TermsKind
from jesignd.flow import enrol, people
from jesignd.store import people as known

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from jesignd.store.database import Database

SIREN = "732829320"


def open_practice(
    database: Database,
    *,
    clock: Callable[[], datetime.datetime],
    firm: str = "Cabinet Équerre & Associés",
    siren: str = SIREN,
    login: str = "claire",
    name: tuple[str, str] = ("Claire", "Martin"),
) -> tuple[Firm, Account]:
    """The firm with this SIREN and its accountant, who has accepted the conditions; those that are there are kept."""
    here: dict[str, Any] = {"database": database, "clock": clock, "by": "test"}
    with database.reading() as transaction:
        firms = [one for one in known.list_firms(transaction) if one.siren == siren]
        account = known.find_account(transaction, login)
    where = firms[0] if firms else people.add_firm(firm, siren, **here)
    if account is None:
        profile = Profile(*name, email(f"{login}@jlm.example"))
        account, _ = people.add_account(people.Newcomer(login, profile), **here)
        enrol.accept(account.id, TermsKind.CONDITIONS, database=database, clock=clock, terms=DEFAULT)
    people.join(account.id, where.id, Status.ACCOUNTANT, **here)
    return where, account
