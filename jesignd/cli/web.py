"""Web: the program that listens, in the foreground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from jesignd.cli.options import Options


@click.command()
@click.pass_obj
def web(options: Options) -> None:
    """Lancer le programme web : listes de révocation, réponses OCSP, avis de paiement ; sans aucune clé."""
    from jesignd.cli.access import settings
    from jesignd.daemon import logs
    from jesignd.web.serve import serve

    logs.set_up("text" if options.format == "text" else "json")
    serve(settings(options))
