"""Layout: what the folders say, `<dossier>/<chapitre>/<année>/`, and which kinds a chapter may hold."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.recognition import Clue, Doubtful, Recognised, Source, Trait
from jesignd.errors import Code, Words
from jesignd.plugin.conventions import Declared, clue

if TYPE_CHECKING:
    from jesignd.plugin import Bundle

CHAPTERS: Mapping[str, frozenset[Kind]] = {
    "social": frozenset({Kind.PAYSLIP, Kind.EMPLOYMENT_CONTRACT, Kind.HR_DOCUMENT, Kind.ATTESTATION}),
    "juridique": frozenset({Kind.MEETING_MINUTES, Kind.LEGAL_DOCUMENT}),
    "facturation": frozenset({Kind.FEE_NOTE}),
    "compta": frozenset({Kind.ANNUAL_ACCOUNTS, Kind.INVENTORY, Kind.CURRENT_ACCOUNT_STATEMENT}),
    "generalites": frozenset({Kind.ENGAGEMENT_LETTER}),
    "fiscal": frozenset(),
}
"""A chapter whose kinds are not known to us (none listed) contradicts nothing."""

DATABASE = "DATABASE"
"""The directory of Quadra's live data, nowhere below which anything is read."""

_CODE = re.compile(r"[0-9A-Z]{1,6}", re.ASCII)


def dossier(value: str) -> str:
    """A Quadra client file's number: six characters at most, zeros before it only when it is all digits.

    Raises:
        ValueError: longer, or with other characters.
    """
    code = value.strip().upper()
    if _CODE.fullmatch(code) is None:
        raise ValueError(f"not a Quadra dossier: {value!r}")
    return code.zfill(6) if code.isdigit() else code


def with_six_characters(said: Declared) -> Declared:
    """The same, `424` written `000424`; a code that Quadra cannot have stays as it is, to be contradicted."""
    return replace(said, clues=tuple(_padded(clue) if clue.trait is Trait.CLIENT else clue for clue in said.clues))


def _padded(clue: Clue) -> Clue:
    try:
        return replace(clue, value=dossier(clue.value))
    except ValueError:
        return clue


def read_folders(bundle: Bundle) -> Declared:
    """The dossier and the year that the folders above the file give, where they are arranged so."""
    parents = bundle.parents
    where = "/".join(parents)
    clues: list[Clue] = []
    with contextlib.suppress(ValueError):
        clues.append(clue(Trait.CLIENT, dossier(parents[0] if parents else ""), Source.FOLDER, where=where))
    with contextlib.suppress(ValueError):
        clues.append(clue(Trait.PERIOD, _year(parents), Source.FOLDER, where=where))
    return Declared(tuple(clues))


def _year(parents: tuple[str, ...]) -> str:
    """The folder below the chapter, when it is a year."""
    return parents[2] if len(parents) > 2 and re.fullmatch(r"\d{4}", parents[2], re.ASCII) else ""


def chapter(name: str) -> str:
    """A chapter's name without accents and capitals: « Généralités » and `GENERALITES` are one."""
    bare = unicodedata.normalize("NFKD", name.strip())
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).casefold()


def contradicts_chapter(answer: Recognised, chapters: Mapping[str, str]) -> Doubtful | None:
    """The document holds when a chapter, given by its place, does not take its kind; both sides are shown."""
    for place, name in chapters.items():
        kinds = CHAPTERS.get(chapter(name), frozenset())
        if kinds and answer.kind not in kinds:
            said = next(clue.where for clue in answer.clues if clue.trait is Trait.KIND)
            return Doubtful(
                Code.CONTRADICTION,
                Words(
                    f"le type {answer.kind.code} ({said}) n’est pas du chapitre « {name} » ({place})",
                    f"kind {answer.kind.code} ({said}) does not belong to chapter “{name}” ({place})",
                ),
                Words("Ranger le fichier dans son chapitre, ou corriger son type.", "Move the file, or mend its kind."),
                answer.clues,
            )
    return None


def under_database(bundle: Bundle) -> Doubtful | None:
    """The document holds, untouched, when it lies among Quadra's live data files."""
    if not any(parent.casefold() == DATABASE.casefold() for parent in bundle.parents):
        return None
    return Doubtful(
        Code.AMBIGUOUS,
        Words(
            "le fichier est sous DATABASE, les données vives de Quadra",
            "the file is under DATABASE, Quadra's live data",
        ),
        Words("Surveiller un dossier d’export, jamais DATABASE.", "Watch an export folder, never DATABASE."),
    )
