"""Authority: make the firm's own certificate authority, see it, and bring its root out once a year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import asking, output
from jesignd.cli.access import now, opened, settings
from jesignd.cli.stories import moment
from jesignd.errors import NotAllowed, Words
from jesignd.settings.secrets import resolve
from jesignd.store import revocation

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.store.revocation import KnownAuthority

ROOT_PASSPHRASE = Words("Phrase de passe de la racine", "Passphrase of the root")


@click.group()
def authority() -> None:
    """Autorité de certification du cabinet."""


@authority.command()
@click.pass_obj
def init(options: Options) -> None:
    """Créer la racine et l'autorité d'émission ; ce qui existe reste.

    La phrase de passe de la racine est demandée : elle n'est dans aucun fichier.
    """
    from jesignd.flow.authority import Owner, Passphrases, initialise
    from jesignd.pki.profiles import Addresses

    found = settings(options)
    pki, firm = found.pki, found.firm
    passphrases = Passphrases(_new_passphrase(options), resolve(pki.passphrase))
    with opened(options) as database:
        made = initialise(
            Path(pki.directory),
            Owner(firm.name, firm.siren, demonstration=firm.demonstration),
            passphrases=passphrases,
            addresses=Addresses(pki.public_url),
            database=database,
            clock=now,
        )
    output.show(made, options, text=lambda: [f"{made.root}  {made.issuing}"])
    output.say(
        Words(
            f"rangez {made.root_key} hors de cette machine ; il ressort une fois par an : jesignd authority root-list",
            f"store {made.root_key} away from this machine; it comes back once a year: jesignd authority root-list",
        ),
        options,
    )


@authority.command()
@click.pass_obj
def show(options: Options) -> None:
    """Les autorités, et jusqu'à quand valent leurs listes de révocation."""
    with opened(options) as database, database.reading() as transaction:
        every = revocation.list_authorities(transaction)
    output.show([_plain(one) for one in every], options, text=lambda: [_line(one, options.lang) for one in every])


@authority.command("root-list")
@click.option(
    "--key",
    required=True,
    metavar="FICHIER",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Fichier root.p12, sorti de son coffre.",
)
@click.pass_obj
def root_list(options: Options, key: Path) -> None:
    """Signer de nouveau la liste de révocation de la racine."""
    from jesignd.flow.authority import renew_root_list

    passphrase = asking.secret(ROOT_PASSPHRASE, options).encode()
    with opened(options) as database:
        until = renew_root_list(key, passphrase, database=database, clock=now)
    output.show({"until": until}, options, text=lambda: [moment(until)])


def _new_passphrase(options: Options) -> bytes:
    import sys

    typed = asking.secret(ROOT_PASSPHRASE, options)
    if sys.stdin.isatty() and asking.secret(asking.AGAIN, options) != typed:
        raise NotAllowed(Words("les deux saisies diffèrent", "the two differ"))
    return typed.encode()


def _plain(one: KnownAuthority) -> dict[str, object]:
    return {
        "id": one.id,
        "issuer": one.issuer,
        "added_at": one.added_at,
        "list_number": one.crl_number,
        "list_until": one.crl_until,
    }


def _line(one: KnownAuthority, lang: str) -> str:
    what = Words("racine", "root") if one.issuer is None else Words("émission", "issuing")
    until = moment(one.crl_until) if one.crl_until else "–"
    return f"{one.id}  {what.in_language(lang)}  {until}"
