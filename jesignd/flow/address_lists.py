"""Address lists: the lines of a list of people to whom something is delegated, from any of the four formats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from jesignd.confined import Crashed, Limits, Pool
from jesignd.domain.granting import FORMATS, Listed, listed, text_rows
from jesignd.errors import Code, DocumentError, Words
from jesignd.identity.spreadsheets import first_sheet

LARGEST = 5 << 20
_LIMITS = Limits(memory_bytes=1 << 30, cpu_seconds=20, wall_seconds=30.0, file_bytes=1 << 20)


def read(name: str, data: bytes) -> tuple[Listed, ...]:
    """The lines of this file; its name says what it is (F36).

    Raises:
        DocumentError: another format, which is named, or a file that is not what its name says.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in FORMATS:
        raise _refused(
            Words(
                f"format « {suffix or name} » refusé : .xls, .xlsx, .txt ou .csv",
                f"format “{suffix or name}” refused: .xls, .xlsx, .txt or .csv",
            )
        )
    if len(data) > LARGEST:
        raise _refused(Words("liste trop grosse : 5 Mo au plus", "list too large: 5 MB at most"))
    try:
        found = listed(_sheet(data) if suffix in {".xls", ".xlsx"} else text_rows(data))
    except ValueError as error:
        raise _refused(Words(f"liste illisible : {error}", f"list cannot be read: {error}")) from error
    if not found:
        raise _refused(Words("la liste est vide", "the list is empty"))
    return found


def typed(addresses: tuple[str, ...]) -> tuple[Listed, ...]:
    """The lines of a list typed by hand."""
    return listed([[one] for one in addresses])


def combined(lines: tuple[Listed, ...], addresses: tuple[str, ...]) -> tuple[Listed, ...]:
    """A list that was read, then what was typed besides; an address in both is one (F36)."""
    places = {one.email: one.line for one in reversed(lines) if one.email is not None}
    last = max((one.line for one in lines), default=0)
    more = tuple(
        replace(
            one,
            line=last + one.line,
            first_line=(places.get(one.email) if one.email else None)
            or (last + one.first_line if one.first_line else None),
        )
        for one in typed(addresses)
    )
    return (*lines, *more)


def _sheet(data: bytes) -> tuple[tuple[str, ...], ...]:
    """A spreadsheet is read in a child: its format can make a small file unfold into gigabytes."""
    pool = Pool(workers=1, limits=_LIMITS)
    try:
        return pool.run(first_sheet, data)
    except Crashed as error:
        raise _refused(Words("ce tableau ne se laisse pas lire", "this spreadsheet cannot be read")) from error
    finally:
        pool.close()


def _refused(why: Words) -> DocumentError:
    return DocumentError(
        Code.INDEX_ROW_INVALID,
        Words(f"liste refusée : {why.fr}", f"list refused: {why.en}"),
        hint=Words(
            "une adresse par ligne, dans la première colonne d’un .csv ou .xlsx",
            "one address per line, in the first column of a .csv or .xlsx",
        ),
    )
