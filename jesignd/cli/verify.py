"""Verify: judge the signatures of files, whoever made them; each is parsed in a confined child."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import output
from jesignd.cli.anchors import read_anchors
from jesignd.cli.stories import moment
from jesignd.confined import Crashed, Pool
from jesignd.domain.verdict import Modifications, Outcome, SignatureFound, SignatureKind, Verdict
from jesignd.errors import NotFound, Words
from jesignd.flow.parallel import Spread
from jesignd.pades.verify import verify as judge

if TYPE_CHECKING:
    from jesignd.cli.options import Options

EXIT_NOT_VALID = 8
WORKERS = 2

_OUTCOMES = {
    Outcome.VALID: (Words("valide", "valid"), "green"),
    Outcome.INVALID: (Words("NON VALIDE", "NOT VALID"), "red"),
    Outcome.INDETERMINATE: (Words("indéterminé", "indeterminate"), "yellow"),
    Outcome.UNSIGNED: (Words("non signé", "unsigned"), "yellow"),
}
_KINDS = {
    SignatureKind.SEAL: Words("sceau", "seal"),
    SignatureKind.SIGNATURE: Words("signature", "signature"),
}
_MODIFICATIONS = {
    Modifications.NONE: Words("rien n’a été ajouté depuis", "nothing was added since"),
    Modifications.VALIDATION_DATA: Words("seules des preuves ont été ajoutées", "only validation data was added"),
    Modifications.FORMS: Words("champs ou signatures ajoutés depuis", "fields or signatures added since"),
    Modifications.ANNOTATIONS: Words("annotations ajoutées depuis", "annotations added since"),
    Modifications.FORBIDDEN: Words("contenu modifié depuis", "contents changed since"),
    Modifications.UNKNOWN: Words("ajouts que l’on ne sait pas analyser", "additions that cannot be analysed"),
}


@click.command()
@click.argument("files", metavar="FICHIER…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    metavar="CHEMIN",
    type=click.Path(exists=True, path_type=Path),
    help="Racine de confiance (fichier ou dossier), au lieu de celles de la configuration.",
)
@click.pass_obj
def verify(options: Options, files: tuple[Path, ...], trust: tuple[Path, ...]) -> int:
    """Vérifier des fichiers signés ou scellés ; code 0 si tous sont valides, 8 sinon."""
    anchors = read_anchors(trust) if trust else _configured_anchors(options)
    verdicts = judge_all(files, anchors)
    shown = [verdict.as_json(options.lang) for verdict in verdicts]
    output.show(
        shown[0] if len(shown) == 1 and options.format == "json" else shown,
        options,
        text=lambda: [line for verdict in verdicts for line in verdict_lines(verdict, options.lang)],
    )
    return 0 if all(verdict.outcome is Outcome.VALID for verdict in verdicts) else EXIT_NOT_VALID


def judge_all(files: Sequence[Path], anchors: Sequence[bytes]) -> list[Verdict]:
    """The verdict on each file, in their order; one that brings its child down is indeterminate."""
    workers = min(WORKERS, len(files))
    pool, spread = Pool(workers=workers, warm=("jesignd.pades.verify",)), Spread(workers)
    try:
        return spread.over(lambda path: _judge_confined(path, anchors=tuple(anchors), pool=pool), files)
    finally:
        spread.close()
        pool.close()


def judge_file(path: Path, anchors: tuple[bytes, ...]) -> Verdict:
    """The verdict on one file; run it in a confined child."""
    return judge(path.read_bytes(), anchors=anchors, name=str(path))


def _judge_confined(path: Path, *, anchors: tuple[bytes, ...], pool: Pool) -> Verdict:
    try:
        path.open("rb").close()
    except OSError as error:
        raise NotFound(
            Words(f"{path} : fichier illisible ({error.strerror})", f"{path}: unreadable file ({error.strerror})")
        ) from error
    try:
        return pool.run(judge_file, path, anchors)
    except Crashed:
        reason = Words(
            "le fichier fait échouer les programmes qui le lisent",
            "the file makes the programs that read it fail",
        )
        return Verdict(str(path), Outcome.INDETERMINATE, reasons=(reason,))


def _configured_anchors(options: Options) -> list[bytes]:
    """The roots the configuration trusts; none where there is no configuration."""
    if not options.config.exists():
        return []
    from jesignd.cli.access import settings

    return read_anchors([Path(anchor) for anchor in settings(options).trust.anchors])


def verdict_lines(verdict: Verdict, lang: str) -> list[str]:
    """The verdict for people: one line for the file, a few for each signature, every reason."""
    words, colour = _OUTCOMES[verdict.outcome]
    lines = [f"{output.printable(verdict.file)} : {click.style(words.in_language(lang), fg=colour, bold=True)}"]
    for one in verdict.signatures:
        lines += _signature_lines(one, lang)
    lines += [f"  – {output.printable(reason.in_language(lang))}" for reason in verdict.reasons]
    return lines


def _signature_lines(one: SignatureFound, lang: str) -> list[str]:
    words, colour = _OUTCOMES[one.outcome]
    level = f"PAdES {one.pades_level.value}" if one.pades_level else "–"
    covers = (
        Words("couvre tout le fichier", "covers the whole file")
        if one.covers_whole_file
        else _MODIFICATIONS[one.modifications]
    )
    return [
        (
            f"  {_KINDS[one.kind].in_language(lang)} : {output.printable(one.subject)}  "
            f"{click.style(words.in_language(lang), fg=colour)}"
        ),
        f"    {level}, {_time(one, lang)}, {covers.in_language(lang)}",
        *(f"    – {output.printable(reason.in_language(lang))}" for reason in one.reasons),
    ]


def _time(one: SignatureFound, lang: str) -> str:
    if one.time is None:
        return Words("sans date", "no date").in_language(lang)
    proof = Words("heure prouvée", "proven time") if one.time_is_proven else Words("heure annoncée", "claimed time")
    return f"{moment(one.time)} ({proof.in_language(lang)})"
