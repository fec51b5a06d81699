"""Notices: what the sender of a rejected or refused file reads beside it: one cause, one remedy, one code."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from jesignd.domain.paris import spoken
from jesignd.errors import Words

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.documents import Refused
    from jesignd.store.records import Hold

_BOM = "\ufeff"
_CLOSED = (".", "…", "!", "?")


def error_notice(name: str, hold: Hold, *, document: str, at: datetime.datetime) -> bytes:
    """The text of `NOM.erreur.txt`: UTF-8 with a byte order mark and CRLF, so that Notepad shows it right."""
    told = _Told(
        Words(f"Le fichier « {name} » n’a pas été scellé.", f"The file “{name}” was not sealed."),
        f" ({hold.code.value})" if hold.code else "",
        hold.reason,
        hold.hint,
    )
    return _text(told, reference=document, at=at)


def refusal_notice(refused: Refused, *, at: datetime.datetime) -> bytes:
    """The same for a file that was left where it is."""
    name, where = PurePosixPath(refused.relative_path).name, f"{refused.folder}/{refused.relative_path}"
    told = _Told(
        Words(
            f"Le fichier « {name} » n’a pas été pris : il est resté là où il a été déposé.",
            f"The file “{name}” was not taken: it is still where it was dropped.",
        ),
        f" ({refused.code.value})",
        refused.reason,
        _LOOKED_AT_AGAIN,
    )
    return _text(told, reference=where, at=at)


_LOOKED_AT_AGAIN = Words(
    "corrigez le fichier à cet endroit : il est repris de lui-même dès qu’il change, et ce message disparaît",
    "mend the file in that place: it is taken by itself as soon as it changes, and this message goes away",
)


class _Told(NamedTuple):
    what: Words
    code: str
    reason: Words
    hint: Words | None


def _text(told: _Told, *, reference: str, at: datetime.datetime) -> bytes:
    french = [
        told.what.fr,
        "",
        f"Cause{told.code} : {_sentence(told.reason.fr)}",
        *([f"Remède : {_sentence(told.hint.fr)}"] if told.hint else []),
        "",
        f"Référence à rappeler : {reference}, le {spoken(at)} (heure de Paris).",
    ]
    english = [
        told.what.en,
        f"Cause{told.code}: {_sentence(told.reason.en)}",
        *([f"Remedy: {_sentence(told.hint.en)}"] if told.hint else []),
    ]
    lines = [*french, "", "-" * 20, "", *english, ""]
    return (_BOM + "\r\n".join(lines)).encode()


def _sentence(text: str) -> str:
    """On one line, beginning with a capital and ending as a sentence does, however its author wrote it."""
    said = re.sub(r"[ \t\r\n]+", " ", text).strip().replace("...", "…").rstrip(" .;,:")
    opening = said[:1].upper() + said[1:] if said[1:2].islower() or said[1:2] in {"’", " "} else said
    return opening if opening.endswith(_CLOSED) else f"{opening}."
