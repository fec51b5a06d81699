"""Layout: what the folders say, `<code> - <raison sociale>/<exercice>/<rubrique>/`: all of it, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jesignd.domain import text
from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.recognition import Clue, Doubtful, Recognised, Source, Trait
from jesignd.errors import Code, Words
from jesignd.plugin.conventions import Declared, clue

if TYPE_CHECKING:
    from jesignd.plugin import Bundle

INTERNAL = frozenset({Kind.ENGAGEMENT_LETTER, Kind.FEE_NOTE})
PRODUCTION = frozenset({Kind.ANNUAL_ACCOUNTS, Kind.INVENTORY, Kind.CURRENT_ACCOUNT_STATEMENT, Kind.ATTESTATION})
KINDS = INTERNAL | PRODUCTION
RUBRICS: Mapping[str, frozenset[Kind]] = {
    "gestion interne": INTERNAL,
    "production": PRODUCTION,
    "lettre de mission": frozenset({Kind.ENGAGEMENT_LETTER}),
    "lettres de mission": frozenset({Kind.ENGAGEMENT_LETTER}),
    "honoraires": frozenset({Kind.FEE_NOTE}),
    "notes d'honoraires": frozenset({Kind.FEE_NOTE}),
    "bilan": frozenset({Kind.ANNUAL_ACCOUNTS}),
    "comptes annuels": frozenset({Kind.ANNUAL_ACCOUNTS}),
    "plaquette": frozenset({Kind.ANNUAL_ACCOUNTS}),
    "plaquettes": frozenset({Kind.ANNUAL_ACCOUNTS}),
    "inventaire": frozenset({Kind.INVENTORY}),
    "inventaires": frozenset({Kind.INVENTORY}),
    "comptes courants": frozenset({Kind.CURRENT_ACCOUNT_STATEMENT}),
    "etats de comptes courants": frozenset({Kind.CURRENT_ACCOUNT_STATEMENT}),
    "attestations": frozenset({Kind.ATTESTATION}),
}
"""The names are ours: the vendor publishes none. A rubric that is not listed says nothing."""

_FOLDER = re.compile(
    r"(?P<client>[0-9A-Za-z_-]{1,20})(?: - (?P<client_name>[^/]+))?/(?P<period>[0-9]{4})/(?P<rubric>[^/]+)/"
)


def read_folders(bundle: Bundle, own: Mapping[str, str]) -> Declared:
    """The client, its name, the year, and the kind where the rubric has one only; `own` are the firm's rubrics."""
    match = _match(bundle)
    if match is None:
        return Declared()
    where = "/".join(bundle.parents[:3])
    kinds = _kinds(match["rubric"], own)
    values = [(Trait.CLIENT, match["client"]), (Trait.PERIOD, match["period"])]
    if match["client_name"]:
        values.append((Trait.CLIENT_NAME, match["client_name"]))
    if len(kinds) == 1:
        values.append((Trait.KIND, next(iter(kinds)).code))
    try:
        clues: tuple[Clue, ...] = tuple(clue(trait, value, Source.FOLDER, where=where) for trait, value in values)
    except ValueError:  # a year of another business than ours
        return Declared()
    return Declared(clues)


def contradicts_rubric(answer: Recognised, bundle: Bundle, *, own: Mapping[str, str]) -> Doubtful | None:
    """The document holds when its rubric does not take its kind, or this software makes none such."""
    match = _match(bundle)
    rubric = match["rubric"] if match else ""
    kinds = _kinds(rubric, own)
    said = next(clue.where for clue in answer.clues if clue.trait is Trait.KIND)
    if kinds and answer.kind not in kinds:
        return Doubtful(
            Code.CONTRADICTION,
            Words(
                f"le type {answer.kind.code} ({said}) n’est pas de la rubrique « {rubric} »",
                f"kind {answer.kind.code} ({said}) does not belong to rubric “{rubric}”",
            ),
            Words("Ranger le fichier dans sa rubrique, ou corriger son type.", "Move the file, or mend its kind."),
            answer.clues,
        )
    if answer.kind not in KINDS:
        known = ", ".join(sorted(kind.code for kind in KINDS))
        return Doubtful(
            Code.UNKNOWN_KIND,
            Words(
                f"{said} : ce connecteur ne prend que les types {known}, pas {answer.kind.code}",
                f"{said}: this connector takes kinds {known} only, not {answer.kind.code}",
            ),
            Words("L’exporter vers un dossier du connecteur neutre.", "Export it to a folder read as neutral."),
            answer.clues,
        )
    return None


def _match(bundle: Bundle) -> re.Match[str] | None:
    return _FOLDER.match("".join(f"{unicodedata.normalize('NFC', parent)}/" for parent in bundle.parents))


def _kinds(rubric: str, own: Mapping[str, str]) -> frozenset[Kind]:
    mine = {text.plain(name): frozenset({Kind.from_code(code)}) for name, code in own.items()}
    plain = text.plain(rubric)
    return mine.get(plain) or RUBRICS.get(plain, frozenset())
