"""Failures: what the database library raises, in our own words.

Nothing of what it was doing is quoted: a statement's parameters are people's data.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy.exc

from jesignd.errors import ServiceError, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = Words("Le disque de la base de données est plein.", "The disk that holds the database is full.")
_BUSY = Words(
    "La base de données est restée verrouillée par un autre programme.",
    "Another program kept the database locked.",
)
_IO = Words(
    "Le disque de la base de données refuse une lecture ou une écriture.",
    "The disk that holds the database refused to be read or written.",
)
_DAMAGED = Words(
    "Le fichier de la base de données est endommagé ou n’en est pas un.",
    "The database file is damaged, or is not a database.",
)
_AWAY = Words("La base de données ne répond pas.", "The database does not answer.")

_HINTS = {
    _FULL: Words("Libérez de la place ; le travail reprend de lui-même.", "Free some space; work resumes by itself."),
    _BUSY: Words(
        "Fermez l’outil qui tient le fichier ouvert (sauvegarde, explorateur SQLite).",
        "Close the tool that holds the file open (backup, SQLite browser).",
    ),
    _IO: Words(
        "Vérifiez le disque et les droits du dossier d’état.", "Check the disk and the rights of the state folder."
    ),
    _DAMAGED: Words(
        "Arrêtez le service et restaurez la dernière sauvegarde.", "Stop the service and restore the last backup."
    ),
    _AWAY: Words("Vérifiez que le serveur tourne et que l’adresse est juste.", "Check that the server runs."),
}

_BY_SQLITE_NAME = {
    "SQLITE_FULL": _FULL,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_IOERR": _IO,
    "SQLITE_READONLY": _IO,
    "SQLITE_CANTOPEN": _IO,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}

_BY_SQLSTATE = {"53100": _FULL, "55P03": _BUSY, "58030": _IO}


def is_busy(error: sqlalchemy.exc.DBAPIError) -> bool:
    """Whether somebody else holds the lock; the same may succeed a moment later."""
    return _words(error) is _BUSY


@contextmanager
def translated() -> Iterator[None]:
    """Turn trouble with disk, lock or server into `ServiceError`; a mistake of ours stays what it is."""
    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        words = _words(error)
        if words is None:
            raise
        raise ServiceError(words, hint=_HINTS[words]) from error


def _words(error: sqlalchemy.exc.DBAPIError) -> Words | None:
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return next((words for prefix, words in _BY_SQLITE_NAME.items() if name.startswith(prefix)), None)
    if state := getattr(error.orig, "sqlstate", None):
        return _BY_SQLSTATE.get(state) or (_AWAY if state[:2] in {"08", "57"} else None)
    away = error.connection_invalidated or isinstance(error, sqlalchemy.exc.OperationalError)
    return _AWAY if away else None
