"""Persons: who types a command, and how people, firms and rights are named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jesignd.cli import asking
from jesignd.cli.access import now, settings
from jesignd.domain.credit import ONLY_FIRM
from jesignd.domain.firm import Right
from jesignd.domain.granting import right_named
from jesignd.errors import Words
from jesignd.store import people

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jesignd.cli.options import Options
    from jesignd.domain.people import Account, Firm, FirmId
    from jesignd.domain.statements import PersonalSigner
    from jesignd.flow.keys import Opener
    from jesignd.identity.encryption import Encryption
    from jesignd.settings.settings import Settings
    from jesignd.store.database import Database


class RightName(click.ParamType[Any]):
    """One of the four powers, in French or English."""

    name = "pouvoir"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Right:
        """The right."""
        right = value if isinstance(value, Right) else right_named(str(value))
        if right is None:
            self.fail(f"« {value} » : préparer, lancer, sceller ou signer", param, ctx)
        return right


def firm_of(database: Database, named: str | None) -> Firm:
    """The firm named, or the only one there is.

    Raises:
        NotFound: none of that name, or several and none named.
    """
    with database.reading() as transaction:
        firms = people.list_firms(transaction)
        return firms[0] if named is None and len(firms) == 1 else people.firm(transaction, named or "?")


def ledger_account_of(database: Database, named: str | None, settings: Settings) -> tuple[str, FirmId]:
    """Name of the firm, and of its account in the ledger; of the main firm, where none is named.

    Raises:
        NotFound: none of that name.
    """
    from jesignd.flow.firms import account_of as account_in
    from jesignd.flow.firms import known

    if named is None:
        return settings.firm.name, ONLY_FIRM
    firm = firm_of(database, named)
    with database.reading() as transaction:
        return firm.name, account_in(firm, known(transaction, settings))


def account_of(database: Database, named: str) -> Account:
    """The account with this login, address or id.

    Raises:
        NotFound: none.
    """
    with database.reading() as transaction:
        return people.account(transaction, named)


def encryption_of(settings: Settings) -> Callable[[], Encryption]:
    """Gives what encrypts papers and codes, when it is first needed."""

    def ready() -> Encryption:
        from jesignd.identity.encryption import Encryption

        return Encryption(settings.enrolment_secret())

    return ready


def authenticated(login: str, options: Options, *, database: Database, settings: Settings) -> Account:
    """The account of whoever types, once they have shown it.

    Raises:
        NotAllowed: they have not.
    """
    from jesignd.flow.logins import Proof, asks_for_code, authenticate

    password = asking.secret(asking.PASSWORD, options)
    code = asking.secret(asking.CODE, options) if asks_for_code(login, database=database) else None
    return authenticate(Proof(login, password, code), database=database, encryption=encryption_of(settings), clock=now)


def openers_of(settings: Settings, options: Options) -> Mapping[str, Opener]:
    """How personal keys are opened from a terminal: those here, those on cards, those providers keep."""
    from jesignd.flow.bought import openers

    def ask_code(kind: str) -> str:
        return asking.secret(Words(f"Code à usage unique ({kind})", f"One-time code ({kind})"), options)

    return openers(settings.configuration.providers, clock=now, ask_code=ask_code)


def opened_key(account: Account, options: Options, *, database: Database) -> PersonalSigner:
    """The person's key, once they have typed its PIN.

    Raises:
        CredentialError: wrong, or locked.
        NotFound: they have none.
    """
    from jesignd.flow.keys import open_key

    openers = openers_of(settings(options), options)
    pin = asking.secret(asking.PIN, options).encode()
    return open_key(account.id, pin, database=database, clock=now, openers=openers)
