"""Init: set an installation up by four steps; typed again, it goes on where it stood and replaces nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import asking, output
from jesignd.cli.access import now
from jesignd.cli.checkup import PARTS, look
from jesignd.cli.findings import Grade
from jesignd.cli.first_accountant import open_first
from jesignd.cli.setting_up import Answers, ask, draft, take_stock
from jesignd.cli.stages import record, text
from jesignd.errors import SettingsError, Words
from jesignd.flow import install, setup
from jesignd.papers.guide import Sender, draw_guide, write_guide
from jesignd.papers.invitation import write_invitation
from jesignd.settings import logo as logos
from jesignd.settings.load import load
from jesignd.settings.model.keys import PemKey
from jesignd.settings.proposal import propose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.cli.options import Options
    from jesignd.settings.settings import Settings


@click.command()
@click.option("--status", is_flag=True, help="Dire seulement où en sont les quatre étapes.")
@click.option("-y", "--yes", is_flag=True, help="Ne rien demander : ce qui n’est pas dit prend sa valeur par défaut.")
@click.option("--firm", metavar="NOM", help="Nom du cabinet.")
@click.option("--siren", metavar="SIREN", help="SIREN du cabinet, neuf chiffres.")
@click.option("--logo", metavar="FICHIER", type=click.Path(path_type=Path), help="Logo du cabinet (PNG, JPEG ou SVG).")
@click.option("--accountant", metavar="NOM", help="Expert-comptable au nom de qui les documents sont traités.")
@click.option(
    "--export",
    "exports",
    metavar="DOSSIER",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Dossier d’export à recenser et à surveiller (répétable).",
)
@click.option("--state", metavar="RÉPERTOIRE", type=click.Path(path_type=Path), help="Répertoire du service.")
@click.option("--results", metavar="RÉPERTOIRE", type=click.Path(path_type=Path), help="Où vont scellés et retours.")
@click.option("--timestamping", metavar="ADRESSE", help="Autorité d’horodatage (RFC 3161).")
@click.option("--demo-authority", is_flag=True, help="Clé de démonstration, qui ne prouve rien.")
@click.option("--authority-url", metavar="ADRESSE", help="Adresse publique (http://…) de votre propre autorité.")
@click.option("--login", metavar="IDENTIFIANT", help="Compte de l’expert-comptable ; par défaut tiré de son nom.")
@click.option("--email", metavar="COURRIEL", help="Courriel de l’expert-comptable ; son compte est ouvert.")
@click.option("--mobile", metavar="NUMÉRO", help="Téléphone mobile de l’expert-comptable.")
@click.option(
    "--password-file",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    help="Fichier dont la première ligne est son mot de passe.",
)
@click.option("--sender", metavar="ADRESSE", default="", help="Adresse d’où partent les courriels à signer.")
@click.option("--phone", metavar="NUMÉRO", default="", help="Numéro à appeler.")
@click.pass_obj
def init(options: Options, /, *, status: bool, yes: bool, sender: str, phone: str, **given: object) -> int:
    """Mettre en route : demander, créer, vérifier, et dire ce qui manque à chacune des quatre étapes.

    Code 3 s’il manque encore quelque chose. Rien n’est jamais remplacé.
    """
    if not status:
        answers = Answers.of(given)
        is_new = not os.path.lexists(options.config)
        if is_new:
            answers = _configure(options, answers, asks=not yes)
        _complete(options, answers, asks=not yes and (is_new or asking.at_terminal()))
        _tell(options, sender=sender.strip(), phone=phone.strip(), accountant=answers.accountant)
    states = setup.survey(options.config, at=now(), key_fault=_key_fault, prefix=_prefix(options))
    output.show(record(states), options, text=lambda: text(states, options.lang))
    if all(state.is_done for state in states):
        output.say(Words("tout est prêt : jesignd run", "all is ready: jesignd run"), options)
        return 0
    return output.EXIT_PARTIAL


def _configure(options: Options, given: Answers, *, asks: bool) -> Answers:
    """Ask what is not given, make the demonstration's key if one is wanted, and write the file; what was answered."""
    answers = ask(given, options) if asks else given
    if answers.firm is None or answers.siren is None:
        raise SettingsError(
            Words("il manque le nom ou le SIREN du cabinet", "the firm's name or SIREN is missing"),
            hint=Words("donnez --firm et --siren", "give --firm and --siren"),
        )
    found = take_stock(answers.exports)
    keys = options.config.parent / "keys"
    text = propose(draft(answers, found, keys))
    written = install.write_configuration(options.config, text)
    _say(written, options)
    if answers.demo_authority:
        for path in _demonstration(keys, firm=answers.firm, siren=answers.siren):
            _say(install.handed_over(path), options)
    return answers


def _demonstration(keys: Path, *, firm: str, siren: str) -> Iterator[Path]:
    from jesignd.cli.demonstration.authority import authority_in
    from jesignd.testing.exports import Company

    if any(os.path.lexists(keys / name) for name in ("cachet.p12", "cachet.pass")):
        return
    install.make_for_service(keys, 0o700)
    authority_in(keys, firm=Company("", firm, "", "", siren), now=now())
    yield from (keys / name for name in ("cachet.p12", "cachet.pass", "racine.pem"))


def _complete(options: Options, answers: Answers, *, asks: bool) -> None:
    """Make what the configuration speaks of, and the first account."""
    settings = load(options.config)
    for path in install.complete(settings):
        _say(path, options)
    open_first(settings, answers, options, asks=asks)


def _tell(options: Options, *, sender: str, phone: str, accountant: str | None) -> None:
    """Write the papers for clients and staff, and say what is wrong with the rest."""
    settings = load(options.config)
    for path in _papers(settings, sender=sender, phone=phone, accountant=accountant):
        _say(path, options)
    others = tuple(part for part in PARTS if part not in {"keys", "people"})  # the steps speak of those
    for finding in look(settings, others, now()):
        if finding.grade is Grade.ERROR:
            told = f"{finding.part} {finding.subject}"
            output.say(Words(f"✗ {told} : {finding.message.fr}", f"✗ {told}: {finding.message.en}"), options)


def _papers(settings: Settings, *, sender: str, phone: str, accountant: str | None) -> Iterator[Path]:
    """The invitation, and the guide once the address it names is known."""
    folder, lang = setup.papers_beside(settings.path), settings.firm.locale
    names = setup.accountants(settings, now()) or [name for name in [accountant] if name]
    wanted = {setup.INVITATION: write_invitation(settings.firm.name, names, lang).encode()}
    if sender:
        who = Sender(settings.firm.name, sender=sender, phone=phone, logo=logos.read(settings.firm.logo))
        wanted[setup.GUIDE] = draw_guide(who, lang, timestamp=int(now().timestamp()))
        wanted[str(Path(setup.GUIDE).with_suffix(".txt"))] = write_guide(who, lang).encode()
    for name, content in wanted.items():
        if (written := install.write_paper(folder / name, content)) is not None:
            yield written


def _key_fault(settings: Settings) -> Words | None:
    """Why the keys cannot be used; and, as long as a request waits for its certificate, where that is."""
    for finding in look(settings, ("keys",), now()):
        if finding.grade is Grade.ERROR:
            return _awaited(settings) or finding.message
    return None


def _awaited(settings: Settings) -> Words | None:
    for key in settings.keys.values():
        if not isinstance(key, PemKey):
            continue
        place, request = key.certificate, Path(key.key).with_suffix(".csr")
        if not os.path.lexists(place) and request.is_file():
            return Words(
                f"envoyez {request} à votre prestataire, puis déposez son certificat dans {place}",
                f"send {request} to your trust provider, then put its certificate into {place}",
            )
    return None


def _prefix(options: Options) -> str:
    from jesignd.cli import DEFAULT_CONFIG

    return "jesignd" if str(options.config) == DEFAULT_CONFIG else f"jesignd -c {options.config}"


def _say(path: Path, options: Options) -> None:
    output.say(Words(f"créé : {path}", f"made: {path}"), options)
