"""Sidecars: read the JSON file of the same stem that describes a document (C§1.5).

Nothing in it is believed beyond its declared type: size, depth and every value are limited. An unknown key is passed
over with a note; a key written twice is an error, because two readers would choose differently.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, NoReturn

from jesignd.domain import text
from jesignd.domain.recognition import Doubtful, Signatory, Source, Trait, Zone
from jesignd.errors import Code, Words
from jesignd.plugin.conventions.declared import Declared, clue, unreadable
from jesignd.plugin.conventions.people import Incomplete, in_order, incomplete, signatory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jesignd.plugin.contract import Attached

MAX_BYTES = 64 << 10
MAX_DEPTH = 6
_TEXTS: Mapping[tuple[str, ...], Trait] = {
    ("origine", "id"): Trait.ORIGIN,
    ("dossier", "code"): Trait.CLIENT,
    ("dossier", "siren"): Trait.SIREN,
    ("dossier", "raison_sociale"): Trait.CLIENT_NAME,
    ("type",): Trait.KIND,
    ("periode",): Trait.PERIOD,
    ("matricule",): Trait.EMPLOYEE,
    ("numero",): Trait.NUMBER,
    ("libelle",): Trait.LABEL,
    ("sha256",): Trait.DIGEST,
    ("operation",): Trait.ACT,
}
_KNOWN = {"jesign", "fichier", "taille", "signataires", *(path[0] for path in _TEXTS)}
_PERSON = {
    "role": "role",
    "nom": "last_name",
    "prenom": "first_name",
    "email": "email",
    "mobile": "mobile",
    "civilite": "civility",
}


class Malformed(ValueError):
    """The sidecar is not what it should be; the message is for people, in both languages."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(fr, en)


def read_sidecar(sidecar: Attached, document_name: str) -> Declared | Doubtful:
    """What the sidecar says of the document; doubtful when it cannot be understood or speaks of another file."""
    name = sidecar.name.rsplit("/", 1)[-1]
    try:
        content = _content(sidecar.data)
        _check_subject(content, document_name)
        values = [(trait, value) for path, trait in _TEXTS.items() if (value := _text_at(content, path)) is not None]
        size = _size(content)
        people = _people(content)
    except Malformed as error:
        return _doubtful(name, error.words)
    except Incomplete as error:
        return incomplete(error, name)
    clues = []
    for trait, value in [*values, *size]:
        try:
            clues.append(clue(trait, value, Source.SIDECAR, where=name))
        except ValueError:
            return unreadable(trait, value, name)
    notes = tuple(
        Words(f"{name} : clé « {key} » ignorée", f"{name}: key “{key}” passed over")
        for key in sorted(set(content) - _KNOWN)
    )
    return Declared(tuple(clues), people, notes)


def _doubtful(name: str, words: Words) -> Doubtful:
    return Doubtful(
        Code.AMBIGUOUS,
        Words(f"{name} : {words.fr}", f"{name}: {words.en}"),
        Words(
            "Corriger le fichier d’accompagnement, puis exporter de nouveau.", "Mend the sidecar, then export again."
        ),
    )


def _content(data: bytes) -> Mapping[str, object]:
    if len(data) > MAX_BYTES:
        raise Malformed(f"plus de {MAX_BYTES} octets", f"more than {MAX_BYTES} bytes")
    try:
        decoded, _ = text.decode(data)
        content = json.loads(decoded, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except Malformed:
        raise
    except RecursionError:
        raise Malformed("trop de niveaux", "too many levels") from None
    except ValueError:
        raise Malformed("ce n’est pas du JSON", "this is not JSON") from None
    if not isinstance(content, dict) or _depth(content) > MAX_DEPTH:
        raise Malformed("il faut un objet JSON simple", "a simple JSON object is needed")
    if content.get("jesign") != 1 or isinstance(content.get("jesign"), bool):
        raise Malformed('il faut « "jesign": 1 »', '“"jesign": 1” is needed')
    return content


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise Malformed("une clé est écrite deux fois", "a key is written twice")
    return content


def _refuse_constant(constant: str) -> NoReturn:
    raise Malformed(f"« {constant} » n’est pas du JSON", f"“{constant}” is not JSON")


def _depth(value: object) -> int:
    """Levels of nesting, counted without recursion: the parser's own limit is far above ours."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        here, level = waiting.pop()
        deepest = max(deepest, level)
        if deepest > MAX_DEPTH:
            break
        inner = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        waiting.extend((each, level + 1) for each in inner)
    return deepest


def _check_subject(content: Mapping[str, object], document_name: str) -> None:
    named = _text_at(content, ("fichier",))
    if named is not None and text.key(named) != text.key(document_name):
        raise Malformed(f"il parle d’un autre fichier : « {named[:80]} »", f"it speaks of another file: “{named[:80]}”")


def _text_at(content: Mapping[str, object], path: tuple[str, ...]) -> str | None:
    here: object = content
    for step in path:
        if not isinstance(here, dict):
            raise Malformed(f"« {path[0]} » doit être un objet", f"“{path[0]}” must be an object")
        here = here.get(step)
        if here is None:
            return None
    if not isinstance(here, str):
        dotted = ".".join(path)
        raise Malformed(f"« {dotted} » doit être un texte entre guillemets", f"“{dotted}” must be a quoted text")
    return unicodedata.normalize("NFC", here)


def _size(content: Mapping[str, object]) -> list[tuple[Trait, str]]:
    size = content.get("taille")
    if size is None:
        return []
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise Malformed("« taille » doit être un nombre d’octets", "“taille” must be a number of bytes")
    return [(Trait.SIZE, str(size))]


def _people(content: Mapping[str, object]) -> tuple[Signatory, ...]:
    listed = content.get("signataires")
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise Malformed("« signataires » doit être une liste", "“signataires” must be a list")
    return in_order([_person(entry) for entry in listed])


def _person(entry: object) -> Signatory:
    if not isinstance(entry, dict):
        raise Malformed("chaque signataire doit être un objet", "each signatory must be an object")
    order = entry.get("ordre")
    if not isinstance(order, int) or isinstance(order, bool):
        raise Incomplete("order")
    fields = {ours: _text_at(entry, (theirs,)) or "" for theirs, ours in _PERSON.items()}
    return signatory({**fields, "order": str(order)}, zone=_zone(entry.get("zone")))


def _zone(zone: object) -> Zone | None:
    if zone is None:
        return None
    if not isinstance(zone, dict):
        raise Incomplete("zone")
    page = zone.get("page")
    if not isinstance(page, int) or isinstance(page, bool) or page < -1 or page == 0:
        raise Incomplete("zone")
    return Zone(page, _points(zone.get("x")), _points(zone.get("y")))


def _points(number: object) -> float:
    """A length no page exceeds (ISO 32000-1, annex C: 14 400 units)."""
    if not isinstance(number, int | float) or isinstance(number, bool) or not 0 <= number <= 14_400:
        raise Incomplete("zone")
    return float(number)
