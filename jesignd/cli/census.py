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
from jesignd.domain.credit import Prices
from jesignd.domain.people import Status
from jesignd.domain.suggestions import commands
from jesignd.durable import make_directories, write_new
from jesignd.errors import SettingsError, Words
from jesignd.flow.census import take_census
from jesignd.papers.invitation import write_invitation
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.supervising import Recogniser
from jesignd.settings.location import Location
from jesignd.settings.proposal import Draft, SealKey, Watch, propose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jesignd.cli.options import Options
    from jesignd.domain.census import Census
    from jesignd.settings.settings import Settings

PROPOSAL = "jesignd.propose.yaml"
COMMANDS = "comptes-et-delegations.txt"
INVITATION = "reunion-de-lancement.txt"
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
    proposal = propose(draft_of(found, known))
    if into is not None:
        files = _files(found, known, proposal=proposal, prices=prices, lang=options.lang)
        for path in _export(files, into):
            output.say(Words(f"écrit : {path}", f"written: {path}"), options)
    _show(found, options, form=form, proposal=proposal, prices=prices)
    if (form or options.format) == "text":
        for line in _to_type(suggested(found, known), options.lang):
            click.echo(line)


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


def _files(found: Census, known: Settings | None, *, proposal: str, prices: Prices, lang: str) -> dict[str, str]:
    """Everything there is to write, by name: tables, the whole, a configuration, and what to tell the staff."""
    bom = "\ufeff"  # without it, spreadsheets take UTF-8 for a code page
    files = {f"{one.file}.csv": bom + census_tables.csv(one) for one in census_tables.tables(found, lang, prices)}
    files["recensement.json"] = json.dumps(record(found, proposal), ensure_ascii=False, indent=2) + "\n"
    files[PROPOSAL] = proposal
    firm = known.firm.name if known is not None else Words("Le cabinet", "The firm").in_language(lang)
    files[INVITATION] = write_invitation(firm, [one.name for one in found.accounts], lang)
    if typed := suggested(found, known):
        files[COMMANDS] = "".join(f"{command}\n" for command in typed)
    return files


def _to_type(typed: Sequence[str], lang: str) -> Iterator[str]:
    if typed:
        yield ""
        yield Words(
            "Comptes et délégations, à relire puis à taper :", "Accounts and delegations, to type:"
        ).in_language(lang)
        yield from (f"  {output.printable(command)}" for command in typed)


def _export(files: Mapping[str, str], into: Path) -> list[Path]:
    """Write everything under names that are free; nothing is ever replaced."""
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


def suggested(found: Census, known: Settings | None) -> tuple[str, ...]:
    """The commands that make the accounts and delegations; in the firm of a configuration in force, if there is one."""
    return commands(found.accounts, firm=known.firm.name if known is not None else None)


def draft_of(found: Census, known: Settings | None = None) -> Draft:
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
        acts_as=next((one.login for one in found.accounts if one.status is Status.ACCOUNTANT), None),
        commands=suggested(found, known),
        watches=tuple(
            Watch(one.folder, one.path, one.connector, f"{one.recognised} documents reconnus sur {one.documents}")
            for one in found.software
        ),
        kinds=frozenset(row.kind for row in found.kinds),
    )
