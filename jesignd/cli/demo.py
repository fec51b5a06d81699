"""Demo: the whole line on sample exports, in a folder of its own."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import output

if TYPE_CHECKING:
    from types import FrameType

    from jesignd.cli.options import Options


@click.command()
@click.option("--once", is_flag=True, help="Finir de soi-même (c’est le cas sans terminal).")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    metavar="DOSSIER",
    help="Où tout se passe.",
)
@click.pass_obj
def demo(options: Options, folder: Path, *, once: bool) -> int:
    """Démonstration complète, en local : vrai démon, vraies règles, autorité fictive."""
    from jesignd.cli.demonstration.place import Place
    from jesignd.cli.demonstration.show import show

    # A killed demonstration must not leave its daemon behind.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    return show(Place(folder.resolve()), lang=options.lang, stay=output.is_terminal() and not once)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
