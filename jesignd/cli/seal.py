"""Seal: seal files at once, without the daemon; the person's right and the account's credit count all the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.cli.options import Options
    from jesignd.cli.sealing import Result


@click.command()
@click.argument("inputs", metavar="FICHIER…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    "into",
    metavar="DOSSIER",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Où écrire les fichiers scellés ; rien n’y est jamais remplacé.",
)
@click.option("--rule", metavar="NOM", help="Règle dont le sceau est apposé ; inutile s’il n’y en a qu’une qui scelle.")
@click.option("--as", "person", metavar="ID", help="Personne au nom de qui sceller ; inutile si une seule le peut.")
@click.pass_obj
def seal(options: Options, inputs: tuple[Path, ...], into: Path, rule: str | None, person: str | None) -> int:
    """Sceller des fichiers sans le démon ; un dossier donne tous ses PDF."""
    from jesignd.cli.sealing import seal_files

    results: list[Result] = []
    for result in seal_files(options.config, inputs, into=into, rule=rule, person=person):
        results.append(result)
        if options.format == "text":
            click.echo(_line(result, options.lang))
        elif options.format == "jsonl":
            output.show(result, options, text=tuple)
    if options.format == "json":
        output.show(results, options, text=tuple)
    return exit_code(results)


def exit_code(results: Sequence[Result]) -> int:
    """0: all sealed; 3: some; otherwise the code of what stopped them, when it is the same for all."""
    codes = {result.exit_code for result in results}
    if codes <= {0}:
        return 0
    if 0 in codes:
        return output.EXIT_PARTIAL
    return codes.pop() if len(codes) == 1 else 1


def _line(result: Result, lang: str) -> str:
    name = output.printable(str(result.file))
    if result.sealed_as is not None:
        return (
            f"{click.style('✓', fg='green')} {name} → {output.printable(str(result.sealed_as))}  PAdES {result.level}"
        )
    code = f" {result.code}" if result.code else ""
    message = output.printable(result.message.in_language(lang)) if result.message else ""
    hint = f"\n  → {output.printable(result.hint.in_language(lang))}" if result.hint else ""
    return f"{click.style('✗', fg='red')} {name}{code} : {message}{hint}"
