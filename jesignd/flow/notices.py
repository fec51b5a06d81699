"""Notices: what the sender of a rejected file reads beside it: one cause, one remedy, one code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jesignd.domain.paris import spoken

if TYPE_CHECKING:
    import datetime

    from jesignd.store.records import Hold

_BOM = "\ufeff"
_CLOSED = (".", "…", "!", "?")


def error_notice(name: str, hold: Hold, *, document: str, at: datetime.datetime) -> bytes:
    """The text of `NOM.erreur.txt`: UTF-8 with a byte order mark and CRLF, so that Notepad shows it right."""
    code = f" ({hold.code.value})" if hold.code else ""
    french = [
        f"Le fichier « {name} » n’a pas été scellé.",
        "",
        f"Cause{code} : {_sentence(hold.reason.fr)}",
        *([f"Remède : {_sentence(hold.hint.fr)}"] if hold.hint else []),
        "",
        f"Référence à rappeler : {document}, le {spoken(at)} (heure de Paris).",
    ]
    english = [
        f"The file “{name}” was not sealed.",
        f"Cause{code}: {_sentence(hold.reason.en)}",
        *([f"Remedy: {_sentence(hold.hint.en)}"] if hold.hint else []),
    ]
    lines = [*french, "", "-" * 20, "", *english, ""]
    return (_BOM + "\r\n".join(lines)).encode()


def _sentence(text: str) -> str:
    """On one line, beginning with a capital and ending as a sentence does, however its author wrote it."""
    said = re.sub(r"[ \t\r\n]+", " ", text).strip().replace("...", "…").rstrip(" .;,:")
    opening = said[:1].upper() + said[1:] if said[1:2].islower() or said[1:2] in {"’", " "} else said
    return opening if opening.endswith(_CLOSED) else f"{opening}."
