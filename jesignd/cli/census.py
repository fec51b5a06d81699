"""Census: take stock of an export folder before anything is watched; the folder is only read."""

from __future__ import annotations

import itertools
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import census_tables, output
from jesignd.cli.access import settings
from jesignd.domain.census_people import Need
from jesignd.domain.credit import Prices
from jesignd.domain.firm import Right
from jesignd.durable import make_directories, write_new
from jesignd.errors import SettingsError, Words
from jesignd.flow.census import take_census
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.supervising import Recogniser
from jesignd.settings.location import Location
from jesignd.settings.proposal import Draft, Member, SealKey, Watch, propose

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.cli.options import Options
    from jesignd.domain.census import Census
    from jesignd.settings.settings import Settings

PROPOSAL = "jesignd.propose.yaml"
_PLACES = ("/srv/jesignd", "/var/spool/jesignd", "/opt/jesignd")


@click.command()
@click.argument("directory", metavar="DOSSIER", type=click.Path(path_type=Path))
@click.option("--connector", metavar="NOM", help="Ce connecteur seulement ; sinon le meilleur de tous.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), help="Forme du résultat.")
@click.option(
    "-o",
    "--output",
    "into",
    metavar="RÉPERTOIRE",
    type=click.Path(path_type=Path),
    help="Y écrire les tables (CSV), le tout (JSON) et une configuration proposée (YAML).",
)
@click.pass_obj
def census(options: Options, directory: Path, connector: str | None, form: str | None, into: Path | None) -> None:
    """Recenser un dossier d’export : documents, personnes, logiciels ; rien n’y est écrit."""
    if into is not None:
        _refuse_inside(into, directory)
    known = _known(options)
    recogniser = Recogniser(installed_plugins())
    try:
        found = take_census(
            directory,
            recogniser=recogniser,
            connector=connector,
            rules=known.rules if known is not None else None,
            watched=known.folders if known is not None else (),
            progress=_counter(),
        )
    finally:
        recogniser.close()
    prices = known.prices if known is not None else Prices()
    proposal = propose(draft_of(found))
    if into is not None:
        for path in _export(found, into, proposal=proposal, prices=prices, lang=options.lang):
            output.say(Words(f"écrit : {path}", f"written: {path}"), options)
    _show(found, options, form=form, proposal=proposal, prices=prices)


def _counter() -> Callable[[], object]:
    """Counts aloud, in place, for somebody who waits before a terminal."""
    counted = itertools.count(1)

    def count() -> None:
        if (at := next(counted)) % 100 == 0 and sys.stderr.isatty():
            click.echo(f"\r{at}…", err=True, nl=False)

    return count


def _known(options: Options) -> Settings | None:
    """The configuration in force; a firm that takes stock usually has none yet."""
    return settings(options) if options.config.exists() else None


def _refuse_inside(into: Path, directory: Path) -> None:
    if Location.of(os.path.realpath(into)).inside(Location.of(os.path.realpath(directory))):
        raise SettingsError(
            Words(f"{into} est dans le dossier recensé", f"{into} lies in the folder looked at"),
            hint=Words(
                "rien n’y est jamais écrit : donnez un autre répertoire",
                "nothing is ever written there: give another directory",
            ),
        )


def _show(found: Census, options: Options, *, form: str | None, proposal: str, prices: Prices) -> None:
    chosen = form or options.format
    if chosen == "csv":
        for at, table in enumerate(census_tables.tables(found, options.lang, prices)):
            click.echo(("\r\n" if at else "") + census_tables.csv(table), nl=False)
    elif chosen == "text":
        for line in census_tables.text(found, options.lang, prices):
            click.echo(line)
    else:
        indent = 2 if chosen == "json" else None
        click.echo(json.dumps(record(found, proposal), ensure_ascii=False, indent=indent))


def record(found: Census, proposal: str) -> dict[str, object]:
    """For programs: every table by name, and the configuration proposed."""
    written = output.plain(found)
    assert isinstance(written, dict)
    return {**written, "recognised": found.recognised, "proposal": proposal}


def _export(found: Census, into: Path, *, proposal: str, prices: Prices, lang: str) -> list[Path]:
    """Write everything under names that are free; nothing is ever replaced."""
    bom = "\ufeff"  # without it, spreadsheets take UTF-8 for a code page
    files = {f"{one.file}.csv": bom + census_tables.csv(one) for one in census_tables.tables(found, lang, prices)}
    files["recensement.json"] = json.dumps(record(found, proposal), ensure_ascii=False, indent=2) + "\n"
    files[PROPOSAL] = proposal
    make_directories(into)
    taken = [name for name in files if os.path.lexists(into / name)]
    if taken:
        raise SettingsError(
            Words(f"déjà là : {into / taken[0]}", f"already there: {into / taken[0]}"),
            hint=Words("donnez un répertoire vide", "give an empty directory"),
        )
    for name, content in files.items():
        write_new(into / name, [content.encode()])
    return [into / name for name in files]


def draft_of(found: Census) -> Draft:
    """The configuration that the census suggests; what it cannot know stays to be filled in."""
    base = next(
        place
        for place in (*_PLACES, "/srv/jesignd-resultats")
        if not any(Location.of(place).overlaps(Location.of(one.path)) for one in found.software)
    )
    return Draft(
        state="/var/lib/jesignd",
        results=base,
        key=SealKey(passphrase="/etc/jesignd/keys/cachet.pass", pkcs12="/etc/jesignd/keys/cachet.p12"),  # noqa: S106
        people=_members(found),
        watches=tuple(
            Watch(one.folder, one.path, one.connector, f"{one.recognised} documents reconnus sur {one.documents}")
            for one in found.software
        ),
        kinds=frozenset(row.kind for row in found.kinds),
    )


def _members(found: Census) -> tuple[Member, ...]:
    """The accountants named as signatories: they may seal and sign; the firm adds its staff."""
    accountants = {row.email: row.name for row in found.people if row.need is Need.ENROLMENT}
    return tuple(Member(email, name, (Right.SEAL, Right.SIGN)) for email, name in accountants.items())
