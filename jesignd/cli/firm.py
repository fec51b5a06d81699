"""Firm: firms and offices, who belongs to them, and which addresses are their clients'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jesignd.cli import output, persons
from jesignd.cli.access import now, opened, resume_for_rights
from jesignd.cli.access import user as who
from jesignd.domain.people import Status, email
from jesignd.errors import NotAllowed, NotFound, Words
from jesignd.flow import people as flow
from jesignd.store import people

if TYPE_CHECKING:
    from jesignd.cli.options import Options

STATUSES = {Status.ACCOUNTANT: Words("expert-comptable", "accountant"), Status.STAFF: Words("collaborateur", "staff")}


@click.group()
def firm() -> None:
    """Cabinets et leurs membres."""


@firm.command()
@click.argument("name", metavar="NOM")
@click.option("--siren", metavar="SIREN", help="Neuf chiffres ; deux bureaux peuvent avoir le même.")
@click.pass_obj
def add(options: Options, name: str, siren: str | None) -> None:
    """Ajouter un cabinet, ou l’un de ses bureaux."""
    with opened(options) as database:
        added = flow.add_firm(name, siren, database=database, clock=now, by=who())
    output.show(added, options, text=lambda: [f"{added.id}  {added.name}"])


@firm.command("list")
@click.option("--members", is_flag=True, help="Avec leurs membres d’aujourd’hui.")
@click.pass_obj
def list_(options: Options, *, members: bool) -> None:
    """Les cabinets."""
    with opened(options) as database, database.reading() as transaction:
        firms = people.list_firms(transaction)
        found = {one.id: people.members(transaction, one.id, at=now()) if members else [] for one in firms}
    result = [
        {
            "id": one.id,
            "name": one.name,
            "siren": one.siren,
            "members": [{"login": account.login, "status": status} for account, status in found[one.id]],
        }
        for one in firms
    ]

    def text() -> list[str]:
        lines: list[str] = []
        for one in firms:
            lines += output.columns([(one.name, one.siren or "–", one.id)])
            lines += output.columns(
                [
                    (f"  {account.login}", account.profile.name, STATUSES[status].in_language(options.lang))
                    for account, status in found[one.id]
                ]
            )
        return lines

    output.show(result, options, text=text)


@firm.command()
@click.argument("named", metavar="CABINET")
@click.argument("login", metavar="IDENTIFIANT")
@click.option(
    "--status",
    type=click.Choice([status.value for status in Status]),
    default=Status.STAFF.value,
    help="Ce qu’elle y devient.",
)
@click.pass_obj
def join(options: Options, named: str, login: str, status: str) -> None:
    """Faire entrer quelqu’un dans un cabinet, ou l’y faire changer de qualité."""
    with opened(options) as database:
        where, account = persons.firm_of(database, named), persons.account_of(database, login)
        flow.join(account.id, where.id, Status(status), database=database, clock=now, by=who())
        resume_for_rights(database)
    words = STATUSES[Status(status)]
    result = {"account": account.id, "firm": where.id, "status": status}
    output.show(result, options, text=lambda: [f"{account.login} : {words.in_language(options.lang)}, {where.name}"])


@firm.command()
@click.argument("named", metavar="CABINET")
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def leave(options: Options, named: str, login: str) -> None:
    """Faire sortir quelqu’un ; ce qu’il y tenait et ce qu’il y a délégué s’arrête à l’instant."""
    with opened(options) as database:
        where, account = persons.firm_of(database, named), persons.account_of(database, login)
        if not flow.leave(account.id, where.id, database=database, clock=now, by=who()):
            raise NotFound(Words(f"{login} n’est pas de ce cabinet", f"{login} is not of this firm"))
    words = Words("sorti", "left")
    result = {"account": account.id, "firm": where.id, "left": True}
    output.show(result, options, text=lambda: [f"{account.login} : {words.in_language(options.lang)}, {where.name}"])


@firm.command()
@click.argument("named", metavar="CABINET")
@click.argument("addresses", metavar="COURRIEL…", nargs=-1, required=True)
@click.pass_obj
def client(options: Options, named: str, addresses: tuple[str, ...]) -> None:
    """Noter des adresses de clients : ni compte ni délégation pour elles."""
    with opened(options) as database:
        where = persons.firm_of(database, named)
        for address in addresses:
            try:
                bare = email(address)
            except ValueError as error:
                raise NotAllowed(Words(f"adresse refusée : {address}", f"address refused: {address}")) from error
            flow.note_client(where.id, bare, database=database, clock=now)
    result = {"firm": where.id, "clients": list(addresses)}
    output.show(result, options, text=lambda: [f"{where.name} : {', '.join(addresses)}"])
