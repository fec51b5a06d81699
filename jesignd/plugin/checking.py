"""Checking: an answer must be of the right type, within its manifest, and borne out by what the connector was shown.

The check is made where the connector ran, against everything it saw, and once more outside, against what the parent
knows anyway: code that runs in the same process as a check can tamper with it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from jesignd.domain import text
from jesignd.domain.documents import DocumentKind
from jesignd.domain.recognition import Clue, Doubtful, Recognised, Recognition, Source, Trait, Unusable
from jesignd.errors import PluginError, Words
from jesignd.plugin.conventions.filenames import neutral
from jesignd.plugin.conventions.gathering import conflicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jesignd.plugin.contract import Bundle

MAX_CLUES = 100
MAX_TEXT = 2000
MAX_PEOPLE = 50


def check_answer(plugin: str, answer: object, *, kinds: frozenset[DocumentKind], bundle: Bundle) -> Recognition:
    """The answer, believed: typed, of moderate size, with a clue for every claim, each clue found where it says.

    Raises:
        PluginError: it is not; says in which way.
    """
    if not isinstance(answer, Recognised | Doubtful | Unusable):
        raise _lie(
            plugin, Words("répond par autre chose qu’une reconnaissance", "answers something else than a recognition")
        )
    _check_size(plugin, answer)
    if isinstance(answer, Recognised):
        check_claims(plugin, answer, kinds=kinds, relative_path=bundle.relative_path)
        _check_sources(plugin, answer.clues, bundle)
    return answer


def check_claims(plugin: str, answer: Recognised, *, kinds: frozenset[DocumentKind], relative_path: str) -> None:
    """What can be checked knowing only the answer and the file's name; PluginError when it does not hold."""
    if answer.kind not in kinds:
        raise _lie(
            plugin,
            Words(
                f"répond un type hors de son manifeste ({answer.kind.code})",
                f"answers a kind not in its manifest ({answer.kind.code})",
            ),
        )
    if conflicts(answer.clues):
        raise _lie(plugin, Words("tait une contradiction", "keeps quiet about a contradiction"))
    for trait, value in _claims(answer).items():
        if value is not None and not any(clue.trait is trait and clue.value == value for clue in answer.clues):
            raise _lie(plugin, Words(f"affirme « {trait} » sans indice", f"claims “{trait}” without a clue"))
    stem = unicodedata.normalize("NFC", relative_path.rsplit("/", 1)[-1]).rsplit(".", 1)[0]
    said = neutral(stem)
    if said is not None and _bare(said[Trait.CLIENT]) != _bare(answer.client_code):
        raise _lie(plugin, Words("donne un autre dossier que le nom", "gives another client than the name"))


def _claims(answer: Recognised) -> Mapping[Trait, str | None]:
    return {
        Trait.KIND: answer.kind.code,
        Trait.CLIENT: answer.client_code,
        Trait.PERIOD: str(answer.period),
        Trait.EMPLOYEE: answer.employee,
        Trait.NUMBER: answer.number,
        Trait.SIREN: answer.siren,
        Trait.ACT: answer.requested_act,
    }


def _check_sources(plugin: str, clues: Iterable[Clue], bundle: Bundle) -> None:
    """Each source named must be there, and the client's code must be written in the source it is said to come from."""
    shown = {
        Source.NAME: [bundle.name],
        Source.FOLDER: list(bundle.parents),
        Source.SIDECAR: [bundle.sidecar.name] if bundle.sidecar else [],
        Source.INDEX: [bundle.index.name] if bundle.index else [],
        Source.TEXT: [],
    }
    for clue in clues:
        if not shown[clue.source]:
            raise _lie(
                plugin,
                Words(f"cite une source absente ({clue.source})", f"cites a source that is not there ({clue.source})"),
            )
        if clue.trait is Trait.CLIENT and not _is_written(clue, bundle):
            raise _lie(
                plugin,
                Words("cite un dossier que la source ne contient pas", "cites a client its source does not hold"),
            )


def _is_written(clue: Clue, bundle: Bundle) -> bool:
    attached = {Source.SIDECAR: bundle.sidecar, Source.INDEX: bundle.index}.get(clue.source)
    if attached is not None:
        written = text.decode(attached.data)[0]
    else:
        written = bundle.name if clue.source is Source.NAME else "/".join(bundle.parents)
    return _bare(clue.value) in text.key(written)


def _bare(code: str) -> str:
    """A client's code without the zeros that some software writes before it."""
    return text.key(code).lstrip("0") or "0"


def _check_size(plugin: str, answer: Recognition) -> None:
    texts = [part for clue in answer.clues for part in (clue.value, clue.where)]
    people = 0
    if isinstance(answer, Recognised):
        claimed = (answer.client_code, answer.employee, answer.number, answer.label, answer.origin_id, answer.siren)
        texts += [each for each in claimed if each is not None]
        people = len(answer.signatories)
    else:
        texts += [*answer.reason, *(answer.hint or ())]
    if len(answer.clues) > MAX_CLUES or people > MAX_PEOPLE or any(len(each) > MAX_TEXT for each in texts):
        raise _lie(plugin, Words("répond sans mesure", "answers beyond measure"))


def _lie(plugin: str, what: Words) -> PluginError:
    return PluginError(
        plugin,
        Words(f"le plugin {plugin} {what.fr}", f"plugin {plugin} {what.en}"),
        hint=Words(
            "Le document attend ; prévenir l’auteur du plugin.", "The document waits; tell the plugin’s author."
        ),
    )
