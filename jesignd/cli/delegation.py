"""Delegation: grant, import, list, revoke, absences, undertakings, proofs."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jesignd.cli import delegations_shown, output, persons
from jesignd.cli.access import now, opened, resume_for_rights, settings
from jesignd.cli.credit import Euros
from jesignd.domain.delegations import Absence, Scope
from jesignd.domain.documents import DocumentKind
from jesignd.domain.granting import Listed, Wish
from jesignd.domain.paris import day
from jesignd.errors import Words
from jesignd.flow.delegate import Order, Outcome
from jesignd.store import delegations, people

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.cli.options import Options
    from jesignd.domain.firm import Right

_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
_KINDS = click.Choice([kind.code for kind in DocumentKind], case_sensitive=False)


@click.group()
def delegation() -> None:
    """Délégations : accorder, importer, consulter, révoquer."""


def _terms_of_grant(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that both ways of granting share."""
    for option in (
        click.option("--amount", type=Euros(), metavar="€", help="Ce que les actes peuvent coûter en tout, HT."),
        click.option("--acts", type=click.IntRange(min=1), metavar="N", help="Nombre d’actes en tout."),
        click.option("--client", "clients", multiple=True, metavar="DOSSIER", help="Dossiers (0004* accepté)."),
        click.option("--kind", "kinds", multiple=True, type=_KINDS, help="Natures de document."),
        click.option("--until", required=True, type=_DAY, metavar="JOUR", help="Dernier jour, inclus."),
        click.option("--from", "since", type=_DAY, metavar="JOUR", help="Premier jour ; par défaut aujourd’hui."),
        click.option("--right", "rights", multiple=True, type=persons.RightName(), help="Pouvoir ; peut se répéter."),
        click.option("--by", "granter", required=True, metavar="IDENTIFIANT", help="Expert-comptable qui délègue."),
        click.option("--firm", metavar="CABINET", help="Cabinet ; inutile s’il n’y en a qu’un."),
    ):
        command = option(command)
    return command


@delegation.command()
@click.argument("addresses", metavar="COURRIEL…", nargs=-1, required=True)
@_terms_of_grant
@click.pass_obj
def grant(options: Options, /, addresses: tuple[str, ...], **order: Any) -> int:
    """Déléguer à des personnes, par leur courriel ; signé par la clé de l’expert-comptable."""
    from jesignd.flow.address_lists import typed

    return _grant(options, typed(addresses), **order)


@delegation.command("import")
@click.argument("file", metavar="LISTE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("addresses", metavar="[COURRIEL]…", nargs=-1)
@_terms_of_grant
@click.pass_obj
def import_(options: Options, /, file: Path, addresses: tuple[str, ...], **order: Any) -> int:
    """Déléguer à une liste (.xls .xlsx .txt .csv, courriels en première colonne), et à ceux qu’on tape en plus."""
    from jesignd.flow.address_lists import combined, read

    return _grant(options, combined(read(file.name, file.read_bytes()), addresses), **order)


@delegation.command("list")
@click.option("--given", metavar="IDENTIFIANT", help="Celles que cette personne a données.")
@click.option("--received", metavar="IDENTIFIANT", help="Celles que cette personne a reçues.")
@click.option("--firm", metavar="CABINET", help="Toutes celles de ce cabinet.")
@click.pass_obj
def list_(options: Options, given: str | None, received: str | None, firm: str | None) -> None:
    """Les délégations données, reçues, ou toutes celles d’un cabinet."""
    if sum(one is not None for one in (given, received, firm)) > 1:
        raise click.UsageError("--given, --received, --firm : une seule des trois")
    with opened(options) as database:
        where = persons.firm_of(database, firm) if given is None and received is None else None
        with database.reading() as transaction:
            if given is not None:
                found = delegations.given_by(transaction, people.account(transaction, given).id)
            elif received is not None:
                found = delegations.received_by(transaction, people.account(transaction, received).id)
            else:
                assert where is not None
                found = delegations.of_firm(transaction, where.id)
            shown = delegations_shown.gather(transaction, found, at=now())
    output.show(shown, options, text=lambda: delegations_shown.table(shown, options.lang))


@delegation.command()
@click.argument("identifiers", metavar="ID…", nargs=-1, required=True)
@click.option("--by", "revoker", required=True, metavar="IDENTIFIANT", help="Expert-comptable qui révoque.")
@click.pass_obj
def revoke(options: Options, identifiers: tuple[str, ...], revoker: str) -> None:
    """Révoquer : plus rien ne se fait au titre de ces délégations."""
    from jesignd.flow.delegate import revoke as take_back

    terms = settings(options).terms()
    with opened(options) as database:
        account = persons.account_of(database, revoker)
        signer = persons.opened_key(account, options, database=database)
        for identifier in identifiers:
            with database.reading() as transaction:
                found = delegations.get(transaction, identifier)
            news = take_back(found.id, account.id, signer, database=database, terms=terms, clock=now)
            words = Words("révoquée", "revoked") if news else Words("déjà révoquée", "revoked before")
            output.show({"id": found.id, "revoked": True, "news": news}, options, text=_line(found.id, words, options))


@delegation.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.option("--stand-in", metavar="IDENTIFIANT", help="Qui reçoit ce qui l’attend.")
@click.option("--from", "since", type=_DAY, metavar="JOUR", help="Premier jour ; par défaut aujourd’hui.")
@click.option("--until", type=_DAY, metavar="JOUR", help="Dernier jour, inclus.")
@click.option("--back", is_flag=True, help="La personne est revenue.")
@click.option("--by", metavar="IDENTIFIANT", help="Qui le déclare ; par défaut la personne elle-même.")
@click.option("--firm", metavar="CABINET", help="Cabinet ; inutile s’il n’y en a qu’un.")
@click.pass_obj
def absence(
    options: Options,
    login: str,
    *,
    stand_in: str | None,
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    back: bool,
    by: str | None,
    firm: str | None,
) -> None:
    """Déclarer une absence : ce qui attend la personne va à son remplaçant, qui agit en son propre nom."""
    from jesignd.flow.delegate import declare_absence, end_absences

    found = settings(options)
    with opened(options) as database:
        where, absent = persons.firm_of(database, firm), persons.account_of(database, login)
        declarer = persons.authenticated(by or login, options, database=database, settings=found)
        if back:
            ended = end_absences(where.id, absent.id, database=database, clock=now, by=declarer.id)
            words = Words(f"revenu, absences terminées : {ended}", f"back, absences ended: {ended}")
        elif stand_in is None or until is None:
            raise click.UsageError("--stand-in et --until, ou --back")
        else:
            other = persons.account_of(database, stand_in)
            first = since.date() if since else day(now())
            away = Absence(where.id, absent.id, other.id, first, until.date())
            declare_absence(away, declarer.id, database=database, terms=found.terms(), clock=now)
            words = Words(
                f"absence du {first:%d/%m/%Y} au {until:%d/%m/%Y}, remplacement : {other.profile.name}",
                f"away from {first} to {until.date()}, stand-in: {other.profile.name}",
            )
    output.show({"account": absent.id, "done": words}, options, text=_line(absent.login, words, options))


@delegation.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def accept(options: Options, login: str) -> None:
    """Lire et accepter l’engagement du délégataire, sous son mot de passe."""
    from jesignd.cli.enrol import accept_undertaking

    accept_undertaking(options, login)


@delegation.command()
@click.argument("identifier", metavar="ID")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), help="Fichier à écrire.")
@click.pass_obj
def export(options: Options, identifier: str, target: Path | None) -> None:
    """La preuve d’une délégation et de ses actes, à vérifier sans jesignd (docs/verify_delegation.py)."""
    from jesignd.cli.proofs import write_proof
    from jesignd.flow.proofs import proof

    with opened(options) as database, database.reading() as transaction:
        made = proof(transaction, delegations.get(transaction, identifier).id)
    write_proof(made, target, options)


def _grant(
    options: Options,
    lines: tuple[Listed, ...],
    *,
    firm: str | None,
    granter: str,
    rights: tuple[Right, ...],
    since: datetime.datetime | None,
    until: datetime.datetime,
    kinds: tuple[str, ...],
    clients: tuple[str, ...],
    acts: int | None,
    amount: int | None,
) -> int:
    from jesignd.flow.delegate import grant as give

    terms = settings(options).terms()
    scope = Scope(frozenset(map(DocumentKind.from_code, kinds)), clients, acts, amount)  # type: ignore[arg-type]
    wish = Wish(frozenset(rights), since.date() if since else day(now()), until.date())
    with opened(options) as database:
        where, account = persons.firm_of(database, firm), persons.account_of(database, granter)
        signer = persons.opened_key(account, options, database=database)
        order = Order(where.id, account.id, lines, wish, scope)
        results = give(order, signer, database=database, terms=terms, clock=now)
        resume_for_rights(database)
    output.say(Words("Votre demande a bien été prise en compte.", "Your request has been taken into account."), options)
    output.show(results, options, text=lambda: delegations_shown.results(results, options.lang))
    return output.EXIT_PARTIAL if any(one.outcome is Outcome.REFUSED for one in results) else 0


def _line(name: str, words: Words, options: Options) -> Callable[[], list[str]]:
    return lambda: [f"{name} : {words.in_language(options.lang)}"]
