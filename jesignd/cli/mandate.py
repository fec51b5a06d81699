"""Mandate: what clients allowed the firm."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import click

from jesignd.cli import output, persons
from jesignd.cli.access import now, opened, resume_for_rights, settings
from jesignd.cli.access import user as who
from jesignd.domain.documents import DocumentKind
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.domain.paris import day
from jesignd.errors import Words
from jesignd.flow import mandate as flow
from jesignd.store import mandates

if TYPE_CHECKING:
    from jesignd.cli.options import Options

_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
_KINDS = click.Choice([kind.code for kind in DocumentKind], case_sensitive=False)
ID_COLUMNS = len("man_") + 8


@click.group()
def mandate() -> None:
    """Mandats donnés par les clients."""


@mandate.command()
@click.argument("client_code", metavar="DOSSIER")
@click.argument("reference", metavar="RÉFÉRENCE")
@click.option("--by", "recorder", required=True, metavar="IDENTIFIANT", help="Qui l’enregistre, sous son mot de passe.")
@click.option("--kind", "kinds", multiple=True, type=_KINDS, help="Natures couvertes ; toutes par défaut.")
@click.option("--from", "since", type=_DAY, metavar="JOUR", help="Premier jour ; par défaut aujourd’hui.")
@click.option("--until", type=_DAY, metavar="JOUR", help="Dernier jour, inclus.")
@click.option("--firm", metavar="CABINET", help="Cabinet ; inutile s’il n’y en a qu’un.")
@click.pass_obj
def add(
    options: Options,
    client_code: str,
    reference: str,
    *,
    recorder: str,
    kinds: tuple[str, ...],
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    firm: str | None,
) -> None:
    """Enregistrer un mandat : le dossier, et la pièce qui le porte (« LDM 2026-014, art. 7 »)."""
    found = settings(options)
    with opened(options) as database:
        where = persons.firm_of(database, firm)
        account = persons.authenticated(recorder, options, database=database, settings=found)
        wish = Mandate(
            id=MandateId(""),
            firm=where.id,
            client_code=client_code,
            reference=reference,
            first_day=since.date() if since else day(now()),
            recorded_by=account.id,
            recorded_at=now(),
            kinds=frozenset(map(DocumentKind.from_code, kinds)),
            last_day=until.date() if until else None,
        )
        recorded = flow.record(wish, database=database, terms=found.terms(), clock=now)
        resume_for_rights(database)
    output.show(recorded, options, text=lambda: _table([recorded], options.lang))


@mandate.command("list")
@click.option("--client", "client_code", metavar="DOSSIER", help="Ceux de ce client.")
@click.option("--firm", metavar="CABINET", help="Cabinet ; inutile s’il n’y en a qu’un.")
@click.pass_obj
def list_(options: Options, client_code: str | None, firm: str | None) -> None:
    """Les mandats, le plus récent d’abord."""
    with opened(options) as database:
        where = persons.firm_of(database, firm)
        with database.reading() as transaction:
            if client_code is None:
                found = mandates.of_firm(transaction, where.id)
            else:
                found = mandates.of_client(transaction, where.id, client_code)
    output.show(found, options, text=lambda: _table(found, options.lang))


@mandate.command()
@click.argument("identifier", metavar="ID")
@click.pass_obj
def end(options: Options, identifier: str) -> None:
    """Mettre fin à un mandat : les documents suivants attendront."""
    with opened(options) as database:
        ended = flow.end(identifier, database=database, clock=now, by=who())
    words = Words("mandat terminé", "mandate ended")
    output.show(
        {"id": ended.id, "ended": True}, options, text=lambda: [f"{ended.id} : {words.in_language(options.lang)}"]
    )


def _table(found: list[Mandate], lang: str) -> list[str]:
    everything = Words("toutes natures", "all kinds").in_language(lang)
    ended = Words("terminé", "ended").in_language(lang)
    return output.columns(
        [
            (
                one.id[:ID_COLUMNS],
                one.client_code,
                one.reference,
                ", ".join(sorted(kind.code for kind in one.kinds)) or everything,
                f"{one.first_day:%d/%m/%Y}",
                ended if one.ended_at else (f"{one.last_day:%d/%m/%Y}" if one.last_day else "–"),
            )
            for one in found
        ]
    )
