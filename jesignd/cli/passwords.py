"""Passwords: changed under the old one, recovered with a code sent by mail, or reset by an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.cli import asking, output, persons
from jesignd.cli.access import now, opened, settings
from jesignd.errors import Words

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.domain.people import Account

_SENT = Words("Code reçu par courriel", "Code received by mail")


def change(options: Options, login: str) -> None:
    """Ask for the old one (and a code where the account asks for one), then for the new one."""
    from jesignd.flow.logins import Proof, asks_for_code, change_password

    found = settings(options)
    with opened(options) as database:
        old = asking.secret(asking.PASSWORD, options)
        code = asking.secret(asking.CODE, options) if asks_for_code(login, database=database) else None
        account = change_password(
            Proof(login, old, code),
            asking.new_password(options),
            database=database,
            encryption=persons.encryption_of(found),
            clock=now,
        )
    _changed(account, options)


def ask_code(options: Options, login: str) -> None:
    """Have a code sent; what is said is the same whether anybody has this login."""
    from jesignd.flow.recovery import ask_code as flow

    with opened(options) as database:
        flow(login, database=database, clock=now)
    words = Words(
        "si ce compte existe, un code part à son adresse ; il vaut un quart d’heure",
        "if this account exists, a code leaves for its address; it is good for a quarter of an hour",
    )
    output.say(words, options)
    if settings(options).configuration.mail is None:
        output.say(
            Words(
                "aucun serveur de courrier n’est configuré (`mail`) : demandez à un administrateur",
                "no mail server is configured (`mail`): ask an administrator",
            ),
            options,
        )


def choose(options: Options, login: str) -> None:
    """Ask for the code that was sent, then for the new password."""
    from jesignd.flow.recovery import choose_password

    with opened(options) as database:
        code = asking.secret(_SENT, options)
        account = choose_password(login, code, asking.new_password(options), database=database, clock=now)
    _changed(account, options)


def reset(options: Options, login: str, admin: str) -> None:
    """Show, once, a password that is only good to choose another."""
    from jesignd.flow.logins import reset_password

    found = settings(options)
    with opened(options) as database:
        by = persons.authenticated(admin, options, database=database, settings=found)
        account = persons.account_of(database, login)
        new = reset_password(account.id, by, database=database, clock=now)
    words = Words(
        f"mot de passe provisoire, à remettre en main propre : {new}",
        f"temporary password, to be handed over in person: {new}",
    )
    result = {"id": account.id, "login": account.login, "password": new}
    output.show(result, options, text=lambda: [words.in_language(options.lang)])


def _changed(account: Account, options: Options) -> None:
    words = Words("mot de passe changé", "password changed")
    result = {"id": account.id, "login": account.login, "done": words}
    output.show(result, options, text=lambda: [f"{account.login} : {words.in_language(options.lang)}"])
