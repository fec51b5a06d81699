"""Seal: seal files at once, without the daemon; the person's right and the account's credit count all the same."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from jesignd.cli import output
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
@click.option("--as", "person", metavar="ID", help="Compte au nom de qui sceller ; inutile si un seul le peut.")
@click.option("--firm", metavar="SIREN", help="Société d’exercice pour qui sceller ; par défaut `firm`.")
@click.pass_obj
def seal(options: Options, /, inputs: tuple[Path, ...], into: Path, **wish: str | None) -> int:
    """Sceller des fichiers sans le démon ; un dossier donne tous ses PDF."""
    from jesignd.cli.sealing import Wish, find, seal_files

    tasks = find(inputs, into)
    results: list[Result] = []
    with _Counter(len(tasks)) as counter:
        for result in seal_files(options.config, tasks, Wish(**wish)):
            results.append(result)
            with counter.aside():
                if options.format == "text":
                    click.echo(_line(result, options.lang))
                elif options.format == "jsonl":
                    output.show(result, options, text=tuple)
    if options.format == "json":
        output.show(results, options, text=tuple)
    elif len(results) > 1:
        output.say(_summary(results), options)
    return exit_code(results)


class _Counter:
    """How many are done, on the last line of a terminal; nothing anywhere else, nor for a single file."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._shown = total > 1 and sys.stderr.isatty()

    def __enter__(self) -> Self:
        self._write()
        return self

    def __exit__(self, *_: object) -> None:
        self._erase()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Make room for a result, which is one more done."""
        self._erase()
        yield
        self._done += 1
        self._write()

    def _write(self) -> None:
        if self._shown:
            click.echo(f"{self._done}/{self._total}", err=True, nl=False)

    def _erase(self) -> None:
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _summary(results: Sequence[Result]) -> Words:
    """How many were sealed, and how many were not, by reason."""
    reasons = Counter(str(result.code or "–") for result in results if result.sealed_as is None)
    sealed = len(results) - reasons.total()
    if not reasons:
        return Words(f"{sealed} fichiers scellés", f"{sealed} files sealed")
    listed = ", ".join(f"{code} × {number}" for code, number in sorted(reasons.items()))
    many = ("" if sealed < 2 else "s", "" if reasons.total() < 2 else "s")
    return Words(
        f"{len(results)} fichiers : {sealed} scellé{many[0]}, {reasons.total()} non scellé{many[1]} ({listed})",
        f"{len(results)} files: {sealed} sealed, {reasons.total()} not sealed ({listed})",
    )


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
