"""Declared: what one source (a sidecar, an index row, a name) says of a document, in one normal writing.

Values are normalised before they become clues, so that two sources that mean the same say the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.levels import Act
from jesignd.domain.recognition import Clue, Doubtful, Signatory, Source, Trait
from jesignd.domain.text import is_siren
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_VALUE = 300
_ACTS = {"cachet": Act.SEAL, "scellement": Act.SEAL, "seal": Act.SEAL, "signature": Act.SIGN, "sign": Act.SIGN}


@dataclass(frozen=True, slots=True)
class Declared:
    """What one source says; nothing, where it says nothing."""

    clues: tuple[Clue, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    notes: tuple[Words, ...] = ()


def client_code(value: str) -> str:
    """A client's code as we compare it: upper case; leading zeros count."""
    return value.strip().upper()


def _kind(value: str) -> str:
    return DocumentKind.from_code(value.strip()).code


def _period(value: str) -> str:
    return str(Period.parse(value))


def _act(value: str) -> str:
    try:
        return _ACTS[value.strip().casefold()].value
    except KeyError:
        raise ValueError(f"not an act: {value!r}") from None


def _digest(value: str) -> str:
    lowered = value.strip().lower()
    if re.fullmatch(r"[0-9a-f]{64}", lowered) is None:
        raise ValueError("a SHA-256 has 64 hexadecimal digits")
    return lowered


def _size(value: str) -> str:
    if re.fullmatch(r"[0-9]{1,15}", value.strip()) is None:
        raise ValueError(f"not a size in bytes: {value!r}")
    return str(int(value))


def _siren(value: str) -> str:
    bare = value.replace(" ", "").replace("\u00a0", "")
    if not is_siren(bare):
        raise ValueError(f"not a SIREN: {value!r}")
    return bare


def _plain(value: str) -> str:
    return unicodedata.normalize("NFC", value.strip())


_NORMAL: Mapping[Trait, Callable[[str], str]] = {
    Trait.KIND: _kind,
    Trait.PERIOD: _period,
    Trait.ACT: _act,
    Trait.DIGEST: _digest,
    Trait.SIZE: _size,
    Trait.SIREN: _siren,
    Trait.CLIENT: lambda value: client_code(_plain(value)),
    Trait.EMPLOYEE: lambda value: _plain(value).upper(),
    Trait.NUMBER: lambda value: _plain(value).upper(),
}


def clue(trait: Trait, value: str, source: Source, *, where: str) -> Clue:
    """A clue with its value in normal writing.

    Raises:
        ValueError: the value is not one for this trait (unknown kind, thirteenth month, SIREN with a wrong key…).
    """
    if len(value) > MAX_VALUE or any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError(f"more than {MAX_VALUE} letters, or control characters")
    return Clue(trait, _NORMAL.get(trait, _plain)(value), source, where)


def unreadable(trait: Trait, value: str, where: str) -> Doubtful:
    """The document holds: what a source says of this trait cannot be understood."""
    codes = {Trait.KIND: Code.UNKNOWN_KIND, Trait.CLIENT: Code.UNKNOWN_CLIENT}
    names = {
        Trait.KIND: Words("type", "kind"),
        Trait.CLIENT: Words("dossier", "client"),
        Trait.PERIOD: Words("période", "period"),
        Trait.SIREN: Words("SIREN", "SIREN"),
        Trait.ACT: Words("opération", "operation"),
        Trait.DIGEST: Words("empreinte SHA-256", "SHA-256 digest"),
        Trait.SIZE: Words("taille", "size"),
    }
    name = names.get(trait, Words(trait.value, trait.value))
    shown = value[:60]
    return Doubtful(
        codes.get(trait, Code.AMBIGUOUS),
        Words(f"{where} : {name.fr} incompris : « {shown} »", f"{where}: {name.en} not understood: “{shown}”"),
        remedies(trait),
    )


def remedies(trait: Trait) -> Words:
    """What to do about a trait that is missing or not understood."""
    kinds = ", ".join(kind.code for kind in DocumentKind)
    return {
        Trait.KIND: Words(
            f"Écrire l’un des types {kinds}, puis exporter de nouveau.", f"Write one of {kinds}; export again."
        ),
        Trait.CLIENT: Words(
            "Indiquer le numéro de dossier dans le nom, l’index ou le fichier d’accompagnement, et réexporter.",
            "Give the client’s code in the name, the index or the sidecar, then export again.",
        ),
        Trait.PERIOD: Words(
            "Écrire la période AAAA, AAAAMM ou AAAAMMJJ selon le type, puis exporter de nouveau.",
            "Write the period as YYYY, YYYYMM or YYYYMMDD, as the kind asks, then export again.",
        ),
    }.get(trait, Words("Corriger cette valeur, puis exporter de nouveau.", "Mend this value, then export again."))
