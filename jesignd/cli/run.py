"""Run: the daemon in the foreground, as a service manager or an operator starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from jesignd.cli.options import Options


@click.command()
@click.pass_obj
def run(options: Options) -> None:
    """Lancer le démon au premier plan (TERM : finir et s’arrêter ; HUP : recharger ; USR1 : relire les dossiers)."""
    from jesignd.daemon.run import run as live

    live(options.config, log_form="text" if options.format == "text" else "json")
