"""User: accounts, their passwords, codes, roles and keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from jesignd.cli import asking, output, persons
from jesignd.cli.access import now, opened, resume_for_rights, settings
from jesignd.cli.access import user as who
from jesignd.cli.stories import moment
from jesignd.domain.people import Account, Profile, Role, Status, Title, email, mobile
from jesignd.errors import NotAllowed, Words
from jesignd.flow import people as flow
from jesignd.store import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.cli.options import Options

Value = TypeVar("Value")

_STATUS = click.Choice([status.value for status in Status])
_ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Comptes : personnes, mots de passe, codes, rôles, clés."""


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.option("--email", "address", required=True, metavar="COURRIEL", help="Courriel, unique.")
@click.option("--first-name", required=True, metavar="PRÉNOM", help="Prénom.")
@click.option("--last-name", required=True, metavar="NOM", help="Nom.")
@click.option("--title", type=click.Choice([title.value for title in Title]), help="Civilité.")
@click.option("--birth-year", type=click.IntRange(1900, 2100), metavar="ANNÉE", help="Année de naissance.")
@click.option("--function", default="", help="Fonction.")
@click.option("--company", default="", help="Société.")
@click.option("--address", "street", default="", help="Adresse.")
@click.option("--postcode", default="", help="Code postal.")
@click.option("--city", default="", help="Ville.")
@click.option("--phone", default="", help="Téléphone mobile.")
@click.option("--firm", metavar="CABINET", help="Cabinet que la personne rejoint.")
@click.option("--status", type=_STATUS, default=Status.STAFF.value, show_default=True, help="Ce qu’elle y est.")
@click.option("--role", "roles", type=_ROLES, multiple=True, help="Rôle ; peut se répéter.")
@click.pass_obj
def add(
    options: Options,
    /,
    *,
    login: str,
    address: str,
    firm: str | None,
    status: str,
    roles: tuple[str, ...],
    street: str,
    phone: str,
    title: str | None,
    **fields: object,
) -> None:
    """Ouvrir un compte ; les délégations qui attendaient ce courriel lui reviennent."""
    profile = Profile(
        email=_checked(email, address),
        phone=_checked(mobile, phone) if phone else "",
        title=Title(title) if title else None,
        address=street,
        **fields,  # type: ignore[arg-type]
    )
    with opened(options) as database:
        joins = persons.firm_of(database, firm).id if firm else None
        newcomer = flow.Newcomer(login, profile, frozenset(map(Role, roles)), joins, Status(status))
        account, received = flow.add_account(newcomer, database=database, clock=now, by=who())
        resume_for_rights(database)
    result = {"id": account.id, "login": account.login, "received": [one.id for one in received]}
    output.show(result, options, text=lambda: [f"{account.id}  {account.login}"])
    if received:
        count = len(received)
        output.say(Words(f"délégations reçues : {count}", f"delegations received: {count}"), options)


@user.command("list")
@click.pass_obj
def list_(options: Options) -> None:
    """Les comptes, les clos aussi."""
    with opened(options) as database, database.reading() as transaction:
        found = people.list_accounts(transaction)
    output.show([_summary(one) for one in found], options, text=lambda: _table(found, options.lang))


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def passwd(options: Options, login: str) -> None:
    """Changer un mot de passe, saisi sans être vu."""
    from jesignd.flow.logins import set_password

    with opened(options) as database:
        account = persons.account_of(database, login)
        set_password(account.id, asking.new_password(options), database=database, clock=now, by=who())
    _done(account, Words("mot de passe changé", "password changed"), options)


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.option("--forgotten", "how", flag_value="forgotten", help="Recevoir un code par courriel.")
@click.option("--code", "how", flag_value="code", help="Choisir un mot de passe avec le code reçu.")
@click.option("--reset-by", metavar="ADMINISTRATEUR", help="Donner un mot de passe à changer aussitôt.")
@click.pass_obj
def password(options: Options, login: str, how: str | None, reset_by: str | None) -> None:
    """Changer son mot de passe, sous l’ancien ; ou l’avoir oublié."""
    from jesignd.cli import passwords

    if reset_by is not None:
        passwords.reset(options, login, reset_by)
    elif how == "forgotten":
        passwords.ask_code(options, login)
    elif how == "code":
        passwords.choose(options, login)
    else:
        passwords.change(options, login)


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def delete(options: Options, login: str) -> None:
    """Supprimer son propre compte, pour de bon ; ce qui prouve les actes passés reste, sans coordonnées."""
    from jesignd.flow.deletion import delete_own

    found = settings(options)
    with opened(options) as database:
        account = persons.authenticated(login, options, database=database, settings=found)
        if not asking.confirmed(Words(f"Supprimer {account.login} ?", f"Delete {account.login}?"), options):
            return
        delete_own(account, database=database, clock=now)
    _done(account, Words("compte supprimé", "account deleted"), options)


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def totp(options: Options, login: str) -> None:
    """Donner des codes à usage unique : l’adresse pour le téléphone, puis un code pour confirmer."""
    from jesignd.flow.logins import confirm_totp, start_totp

    found = settings(options)
    encryption = persons.encryption_of(found)()
    with opened(options) as database:
        account = persons.account_of(database, login)
        address = start_totp(account.id, database=database, encryption=encryption, issuer=found.firm.name)
        click.echo(address, err=True)
        code = asking.secret(asking.CODE, options)
        confirm_totp(account.id, code, database=database, encryption=encryption, clock=now, by=who())
    _done(account, Words("codes en service", "codes are asked for from now on"), options)


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.argument("roles", metavar="[RÔLE]…", nargs=-1, type=_ROLES)
@click.pass_obj
def role(options: Options, login: str, roles: tuple[str, ...]) -> None:
    """Donner exactement ces rôles ; aucun les retire tous."""
    with opened(options) as database:
        account = persons.account_of(database, login)
        flow.set_roles(account.id, frozenset(map(Role, roles)), database=database, clock=now, by=who())
        resume_for_rights(database)
    named = ", ".join(roles) or "–"
    _done(account, Words(f"rôles : {named}", f"roles: {named}"), options)


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.argument("file", metavar="FICHIER.p12", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def key(options: Options, login: str, file: Path) -> None:
    """Attacher une clé personnelle (PKCS#12) ; seul son code l’ouvre."""
    from jesignd.flow.keys import attach_pkcs12

    with opened(options) as database:
        account = persons.account_of(database, login)
        pin = asking.secret(asking.PIN, options).encode()
        data = file.read_bytes()
        attached = attach_pkcs12(account.id, data, pin, database=database, clock=now, by=who())
        resume_for_rights(database)
    until = f"{attached.not_after:%d/%m/%Y}"
    _done(account, Words(f"clé attachée, jusqu’au {until}", f"key attached, until {until}"), options)


@user.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def close(options: Options, login: str) -> None:
    """Clore un compte pour de bon ; ce qu’il tenait et ce qu’il a délégué s’arrête."""
    with opened(options) as database:
        account = persons.account_of(database, login)
        if not asking.confirmed(Words(f"Clore {account.login} ?", f"Close {account.login}?"), options):
            return
        flow.close(account.id, database=database, clock=now, by=who())
    _done(account, Words("compte clos", "account closed"), options)


def _checked(read: Callable[[str], Value], text: str) -> Value:
    try:
        return read(text)
    except ValueError as error:
        raise NotAllowed(Words(f"valeur refusée : « {text} »", f"value refused: “{text}”")) from error


def _done(account: Account, words: Words, options: Options) -> None:
    result = {"id": account.id, "login": account.login, "done": words}
    output.show(result, options, text=lambda: [f"{account.login} : {words.in_language(options.lang)}"])


def _summary(one: Account) -> dict[str, object]:
    profile = one.profile
    return {
        "id": one.id,
        "login": one.login,
        "name": profile.name,
        "email": profile.email,
        "roles": one.roles,
        "opened_at": one.opened_at,
        "closed_at": one.closed_at,
    }


def _table(found: list[Account], lang: str) -> list[str]:
    heading = {
        "fr": ("identifiant", "nom", "courriel", "rôles", "état"),
        "en": ("login", "name", "e-mail", "roles", "state"),
    }[lang]
    opened_word, closed_word = Words("ouvert", "open"), Words("clos le ", "closed ")
    rows = [
        (
            one.login,
            one.profile.name,
            one.profile.email,
            ", ".join(sorted(one.roles)),
            closed_word.in_language(lang) + moment(one.closed_at) if one.closed_at else opened_word.in_language(lang),
        )
        for one in found
    ]
    return output.columns(rows, heading=heading)
