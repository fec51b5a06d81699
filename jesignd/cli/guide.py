"""Guide: the sheet the firm gives its clients before the first document comes to be signed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import output
from jesignd.cli.access import now, settings
from jesignd.durable import write_new
from jesignd.errors import JesignError, SettingsError, Words
from jesignd.papers.guide import Sender, draw_guide, write_guide
from jesignd.settings import logo as logos

if TYPE_CHECKING:
    from jesignd.cli.options import Options


@click.command()
@click.option("--firm", metavar="NOM", help="Nom du cabinet ; par défaut celui de la configuration.")
@click.option(
    "--logo",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    help="Logo du cabinet (PNG, JPEG ou SVG) ; par défaut celui de la configuration.",
)
@click.option("--sender", metavar="ADRESSE", default="", help="Adresse d’où partent les courriels à signer.")
@click.option("--contact", metavar="NOM", default="", help="Personne à appeler.")
@click.option("--phone", metavar="NUMÉRO", default="", help="Numéro à appeler.")
@click.option("--lang", "language", type=click.Choice(["fr", "en"]), help="Langue du guide.")
@click.option(
    "-o",
    "--output",
    "into",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    default=Path("guide.pdf"),
    show_default=True,
    help="Fichier PDF à écrire ; le même texte est écrit à côté, en .txt.",
)
@click.pass_obj
def guide(
    options: Options,
    *,
    firm: str | None,
    logo: Path | None,
    sender: str,
    contact: str,
    phone: str,
    language: str | None,
    into: Path,
) -> None:
    """Écrire le guide remis aux clients : signer en deux minutes, et ne pas se faire piéger."""
    name, picture = _identity(options, firm, logo)
    lang = language or options.lang
    who = Sender(name, sender=sender.strip(), contact=contact.strip(), phone=phone.strip(), logo=logos.read(picture))
    pdf = draw_guide(who, lang, timestamp=int(now().timestamp()))
    written = _write(into, pdf, write_guide(who, lang))
    blanks = [option for option, value in (("--sender", who.sender), ("--phone", who.phone)) if not value]
    if blanks:
        listed = ", ".join(blanks)
        output.say(Words(f"laissé à remplir à la main : {listed}", f"left to be filled in by hand: {listed}"), options)
    output.show({"written": written}, options, text=lambda: map(str, written))


def _identity(options: Options, firm: str | None, logo: Path | None) -> tuple[str, str | None]:
    """The firm's name and the file of its logo, from the options, else from the configuration."""
    chosen = os.path.abspath(logo) if logo is not None else None  # noqa: PTH100 - a link stays one
    if firm is not None and (chosen is not None or not options.config.exists()):
        return firm, chosen
    try:
        known = settings(options).firm
    except JesignError as error:
        error.hint = error.hint or Words("ou donnez --firm NOM", "or give --firm NAME")
        raise
    return firm or known.name, chosen or known.logo


def _write(into: Path, pdf: bytes, text: str) -> list[Path]:
    """Write both files under names that are free."""
    beside = into.with_suffix(".txt")
    for path in (into, beside):
        if os.path.lexists(path):
            raise SettingsError(
                Words(f"déjà là : {path}", f"already there: {path}"),
                hint=Words("donnez un autre nom : -o FICHIER", "give another name: -o FILE"),
            )
    try:
        write_new(into, [pdf], 0o644)
        write_new(beside, [text.encode()], 0o644)
    except OSError as error:
        raise SettingsError(Words(f"{into} : {error.strerror}", f"{into}: {error.strerror}")) from error
    return [into, beside]
