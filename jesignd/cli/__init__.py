"""Command line: the root; commands are imported only when they are called, so that `--help` answers at once."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import NamedTuple

import click

from jesignd.cli import phrases
from jesignd.cli.options import Options
from jesignd.errors import Words

DEFAULT_CONFIG = "/etc/jesignd/jesignd.yaml"


class Entry(NamedTuple):
    """Where a command is, and what the list of commands says of it."""

    place: str
    summary: Words


COMMANDS: dict[str, Entry] = {
    "init": Entry(
        "jesignd.cli.init:init",
        Words("Mettre en route, en quatre étapes.", "Set up, in four steps."),
    ),
    "run": Entry(
        "jesignd.cli.run:run",
        Words("Lancer le démon au premier plan.", "Run the daemon in the foreground."),
    ),
    "web": Entry(
        "jesignd.cli.web:web",
        Words("Lancer le programme web.", "Run the web program."),
    ),
    "status": Entry(
        "jesignd.cli.status:status",
        Words("Dossiers surveillés, documents, crédit.", "Watched folders, documents, credit."),
    ),
    "doctor": Entry(
        "jesignd.cli.doctor:doctor",
        Words("Vérifier l’installation et dire les remèdes.", "Check the installation and name the remedies."),
    ),
    "demo": Entry(
        "jesignd.cli.demo:demo",
        Words("Démonstration complète, en local.", "Complete demonstration, on this machine."),
    ),
    "config": Entry(
        "jesignd.cli.config:config",
        Words("Vérifier et montrer la configuration.", "Check and show the configuration."),
    ),
    "document": Entry(
        "jesignd.cli.document:document",
        Words("Suivre, expliquer et libérer les documents.", "Follow, explain and release documents."),
    ),
    "seal": Entry(
        "jesignd.cli.seal:seal", Words("Sceller des fichiers sans le démon.", "Seal files, no daemon needed.")
    ),
    "verify": Entry(
        "jesignd.cli.verify:verify",
        Words("Vérifier des fichiers signés ou scellés.", "Verify signed or sealed files."),
    ),
    "rules": Entry(
        "jesignd.cli.rules:rules",
        Words("Essayer les règles sur un fichier.", "Try the rules on a file."),
    ),
    "census": Entry(
        "jesignd.cli.census:census",
        Words("Recenser un dossier d’export, sans rien y écrire.", "Take stock of an export folder, read only."),
    ),
    "guide": Entry(
        "jesignd.cli.guide:guide",
        Words("Écrire le guide remis aux clients (PDF et texte).", "Write the guide given to clients (PDF and text)."),
    ),
    "credit": Entry(
        "jesignd.cli.credit:credit",
        Words("Solde, versement et relevé.", "Balance, top-up and statement."),
    ),
    "firm": Entry("jesignd.cli.firm:firm", Words("Cabinets et leurs membres.", "Firms and their members.")),
    "user": Entry(
        "jesignd.cli.user:user",
        Words("Comptes : personnes, mots de passe, rôles, clés.", "Accounts: people, passwords, roles, keys."),
    ),
    "enrol": Entry(
        "jesignd.cli.enrol:enrol",
        Words("Enregistrement : pièce, mobile, approbation.", "Enrolment: papers, mobile, approval."),
    ),
    "certificate": Entry(
        "jesignd.cli.certificate:certificate",
        Words("Certificats : délivrer, renouveler, révoquer.", "Certificates: issue, renew, revoke."),
    ),
    "authority": Entry(
        "jesignd.cli.authority:authority",
        Words("Autorité de certification du cabinet.", "The firm's certificate authority."),
    ),
    "delegation": Entry(
        "jesignd.cli.delegation:delegation",
        Words("Délégations : accorder, importer, révoquer.", "Delegations: grant, import, revoke."),
    ),
    "mandate": Entry(
        "jesignd.cli.mandate:mandate", Words("Mandats donnés par les clients.", "Mandates given by clients.")
    ),
    "plugin": Entry("jesignd.cli.plugin:plugin", Words("Connecteurs installés.", "Installed connectors.")),
}


class LazyGroup(click.Group):
    """A group whose commands stay unimported until they are asked for by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of `COMMANDS`."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None when there is none of this name."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing one."""
        lang = phrases.language(ctx)
        with formatter.section(phrases.translate("Commands", lang)):
            formatter.write_dl([(name, entry.summary.in_language(lang)) for name, entry in COMMANDS.items()])


def _version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's signature
    del parameter
    if asked:
        from importlib.metadata import version

        click.echo(f"jesignd {version('jesignd')}")
        ctx.exit(0)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    envvar="JESIGND_CONFIG",
    default=Path(DEFAULT_CONFIG),
    show_default=True,
    metavar="FICHIER",
    help="Fichier de configuration.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="Forme des résultats.",
)
@click.option(
    "--lang",
    type=click.Choice(["fr", "en"]),
    envvar="JESIGND_LANG",
    default="fr",
    show_default=True,
    is_eager=True,
    callback=phrases.remember,
    help="Langue des messages.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Afficher la version."
)
@click.pass_context
def root(ctx: click.Context, config: Path, form: str, lang: str) -> None:
    """Sceller ce que les logiciels du cabinet exportent, et le rendre à sa place."""
    ctx.obj = Options(config=Path(os.path.abspath(config)), format=form, lang=lang)  # noqa: PTH100 - a link stays one
