"""Doctor: check the installation; each line says how a part is and, where it is not well, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jesignd.cli import output
from jesignd.cli.access import now, settings
from jesignd.cli.checkup import PARTS, look
from jesignd.cli.findings import Finding, Grade

if TYPE_CHECKING:
    from jesignd.cli.options import Options

_SIGNS = {Grade.OK: ("✓", "green"), Grade.WARNING: ("!", "yellow"), Grade.ERROR: ("✗", "red")}


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="Cette partie seulement (répétable).")
@click.option("--strict", is_flag=True, help="Un avertissement donne le code 1.")
@click.pass_obj
def doctor(options: Options, only: tuple[str, ...], *, strict: bool) -> int:
    """Vérifier l’installation et dire les remèdes ; code 3 s’il y a une erreur."""
    findings = list(look(settings(options), only, now()))
    output.show(findings, options, text=lambda: _text(findings, options.lang))
    grades = {finding.grade for finding in findings}
    if Grade.ERROR in grades:
        return output.EXIT_PARTIAL
    return 1 if strict and Grade.WARNING in grades else 0


def _text(findings: list[Finding], lang: str) -> list[str]:
    lines = output.columns([(one.part, one.subject, one.message.in_language(lang)) for one in findings])
    told: list[str] = []
    for finding, line in zip(findings, lines, strict=True):
        sign, colour = _SIGNS[finding.grade]
        told.append(f"{click.style(sign, fg=colour)} {line}")
        if finding.remedy is not None:
            told.append(f"    → {output.printable(finding.remedy.in_language(lang))}")
    return told
