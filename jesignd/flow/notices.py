"""Notices: what the sender of a rejected file reads beside it: one cause, one remedy, one code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.paris import spoken

if TYPE_CHECKING:
    import datetime

    from jesignd.store.records import Hold

_BOM = "\ufeff"


def error_notice(name: str, hold: Hold, *, document: str, at: datetime.datetime) -> bytes:
    """The text of `NOM.erreur.txt`: UTF-8 with a byte order mark and CRLF, so that Notepad shows it right."""
    code = f" ({hold.code.value})" if hold.code else ""
    lines = [
        f"Le fichier « {name} » n'a pas été scellé.",
        "",
        f"Cause{code} : {hold.reason.fr}.".replace("..", "."),
        *([f"Remède : {hold.hint.fr}.".replace("..", ".")] if hold.hint else []),
        "",
        f"Référence : {document}, le {spoken(at)} (heure de Paris).",
        "",
        f"The file “{name}” was not sealed. Cause{code}: {hold.reason.en}.".replace("..", "."),
        *([f"Remedy: {hold.hint.en}.".replace("..", ".")] if hold.hint else []),
        "",
    ]
    return (_BOM + "\r\n".join(lines)).encode()
