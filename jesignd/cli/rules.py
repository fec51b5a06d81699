"""Rules: try them on a file, before it is dropped."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import names, output, stories
from jesignd.cli.access import now, opened_if_any, settings
from jesignd.cli.trial import Trial, try_file
from jesignd.domain.authorisation import Authorised, Drafted, Duplicate, Hold
from jesignd.domain.credit import euros
from jesignd.domain.paris import day
from jesignd.domain.recognition import Recognised
from jesignd.errors import Words
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.supervising import Recogniser

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from jesignd.cli.options import Options


@click.group()
def rules() -> None:
    """Essayer les règles sur un fichier."""


@rules.command()
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--folder", metavar="NOM", help="Dossier surveillé dont il suivrait les règles.")
@click.option("--on", metavar="AAAA-MM-JJ", type=click.DateTime(["%Y-%m-%d"]), help="Jour de l’essai (à Paris).")
@click.pass_obj
def test(options: Options, file: Path, folder: str | None, on: datetime.datetime | None) -> None:
    """Ce qui serait fait de ce fichier, et pourquoi ; rien n’est touché."""
    recogniser = Recogniser(installed_plugins())
    try:
        with opened_if_any(options) as database, ExitStack() as stack:
            found = try_file(
                file,
                folder=folder,
                settings=settings(options),
                recogniser=recogniser,
                on=on.date() if on is not None else day(now()),
                seen=stack.enter_context(database.reading()) if database is not None else None,
            )
    finally:
        recogniser.close()
    output.show(_record(found), options, text=lambda: _lines(found, options.lang))


def _record(found: Trial) -> dict[str, object]:
    """For programs; `outcome` says by its name what the fields beside it mean."""
    return {
        "folder": found.folder,
        "path": found.path,
        "refused": found.refused,
        "recognised": found.recognition if isinstance(found.recognition, Recognised) else None,
        "doubt": None if isinstance(found.recognition, Recognised) else found.recognition,
        "considered": found.decision.considered if found.decision is not None else (),
        "outcome": type(found.outcome).__name__.lower() if found.outcome is not None else None,
        "decision": found.outcome,
        "against_store": found.against_store,
    }


def _lines(found: Trial, lang: str) -> list[str]:
    lines = [output.printable(f"{found.folder}/{found.path}")]
    if found.refused is not None:
        return [*lines, f"✗ {found.refused.code.value} {found.refused.reason.in_language(lang)}"]
    lines += _recognition(found, lang)
    if found.decision is not None:
        lines.append(Words("Règles, dans l’ordre :", "Rules, in order:").in_language(lang))
        for one in found.decision.considered:
            failed = [{"on": bad.condition, "wanted": bad.wanted, "found": bad.found} for bad in one.failed]
            lines += stories.rule_lines({"rule": one.rule, "place": one.place, "failed": failed}, lang)
    return [*lines, *_outcome(found, lang), *_limits(found, lang)]


def _recognition(found: Trial, lang: str) -> Iterator[str]:
    recognition = found.recognition
    if recognition is None:
        return
    if isinstance(recognition, Recognised):
        said = (names.KINDS[recognition.kind].in_language(lang), recognition.client_code, str(recognition.period))
        yield Words("Reconnu : ", "Recognised: ").in_language(lang) + output.printable(", ".join(said))
    else:
        yield f"✗ {recognition.code.value} {recognition.reason.in_language(lang)}"
        if recognition.hint is not None:
            yield f"  → {recognition.hint.in_language(lang)}"
    rows = [
        (
            f"  {names.TRAITS[clue.trait].in_language(lang)}",
            output.printable(clue.value),
            names.SOURCES[clue.source].in_language(lang),
            output.printable(clue.where),
        )
        for clue in recognition.clues
    ]
    yield from output.columns(rows)


def _outcome(found: Trial, lang: str) -> Iterator[str]:
    outcome = found.outcome
    if isinstance(outcome, Authorised):
        places = ", ".join(outcome.rule.destinations)
        if outcome.rule.test:
            yield Words("⚠ TEST – sans valeur", "⚠ TEST – worth nothing").in_language(lang)
        yield Words(
            f"✓ serait scellé ({euros(outcome.price)} HT) et livré : {places}",
            f"✓ would be sealed ({euros(outcome.price)} before tax) and delivered: {places}",
        ).in_language(lang)
        yield from _authority(outcome, lang)
    elif isinstance(outcome, Drafted):
        yield Words("✓ attendrait des signatures", "✓ would wait for signatures").in_language(lang)
        yield from _authority(outcome, lang)
    elif isinstance(outcome, Duplicate):
        yield Words(
            f"= déjà reçu, rien ne serait fait : jesignd document show {outcome.of}",
            f"= received before, nothing would be done: jesignd document show {outcome.of}",
        ).in_language(lang)
    elif isinstance(outcome, Hold):
        yield f"… {outcome.code.value} {outcome.reason.in_language(lang)}"
        yield f"  → {outcome.hint.in_language(lang)}"


def _authority(outcome: Authorised | Drafted, lang: str) -> Iterator[str]:
    if outcome.under is not None:
        yield Words(
            f"  au titre de la délégation {outcome.under.id}", f"  under delegation {outcome.under.id}"
        ).in_language(lang)
    if outcome.mandate is not None:
        yield Words(f"  au titre du mandat {outcome.mandate}", f"  under mandate {outcome.mandate}").in_language(lang)


def _limits(found: Trial, lang: str) -> Iterator[str]:
    if found.decision is not None and not found.against_store:
        yield Words(
            "Sans la base du service : ni les doublons, ni les droits, ni les mandats, ni le crédit ne sont regardés.",
            "Without the service’s store: neither duplicates, rights, mandates nor credit were looked at.",
        ).in_language(lang)
