"""Granting: who may be given a delegation, and how lists of addresses with their rights are read."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jesignd.domain import people, text
from jesignd.domain.firm import Right
from jesignd.domain.people import NEVER_ACT, Account, Email
from jesignd.errors import Words

FORMATS = (".xls", ".xlsx", ".txt", ".csv")
"""What a list of addresses may be (F36)."""

MAX_LINES = 5_000

_WORDS: Mapping[str, Right] = {
    "preparer": Right.PREPARE,
    "prepare": Right.PREPARE,
    "lancer": Right.LAUNCH,
    "launch": Right.LAUNCH,
    "sceller": Right.SEAL,
    "seal": Right.SEAL,
    "signer": Right.SIGN,
    "sign": Right.SIGN,
}
_TICKS = frozenset({"x", "oui", "o", "yes", "y", "1", "1.0", "true", "vrai"})
_NO_TICKS = frozenset({"", "non", "n", "no", "0", "0.0", "false", "faux", "-"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What an accountant wants to grant; the days are Paris days, both included."""

    rights: frozenset[Right]
    first_day: datetime.date
    last_day: datetime.date


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list. `line` counts from 1; `rights` are those it names itself."""

    line: int
    text: str
    email: Email | None = None
    rights: frozenset[Right] = frozenset()
    ignored: tuple[str, ...] = ()
    """Other sites' rights, which create no power here (F44, F76f)."""
    first_line: int | None = None
    """Where the same address stood before; that line counts for both."""


def objection_to_wish(wish: Wish, today: datetime.date) -> Words | None:
    """Why nothing of the sort can be granted to anybody; None: it can."""
    if not wish.rights:
        return Words("aucun pouvoir coché", "no right was chosen")
    if wish.last_day < wish.first_day:
        return Words("la délégation finit avant de commencer", "it ends before it starts")
    if wish.last_day < today:
        return Words(f"le {wish.last_day:%d/%m/%Y} est passé", f"{wish.last_day.isoformat()} has passed")
    return None


def objection_to_holder(
    email: Email, account: Account | None, *, granter: Account, clients: frozenset[Email], at: datetime.datetime
) -> Words | None:
    """Why this address can receive no delegation from this accountant; None: it can, with an account or before."""
    if email in clients:
        return Words("un client ne reçoit aucune délégation", "a client receives no delegation")
    if email == granter.profile.email:
        return Words("nul ne se délègue à soi-même", "nobody delegates to themselves")
    if account is None:
        return None
    if not account.is_open(at):
        return Words("ce compte est clos", "this account is closed")
    if account.roles & NEVER_ACT:
        return Words(
            "un administrateur ou un auditeur ne reçoit aucun pouvoir",
            "an administrator or an auditor receives no power",
        )
    return None


def text_rows(data: bytes) -> list[list[str]]:
    """The rows of a `.csv` or `.txt` list, cut at `;`, tabulators or commas, whichever comes first in it.

    Raises:
        ValueError: undecodable, or unbalanced quotes.
    """
    decoded, _ = text.decode(data)
    mark = re.search(r"[;\t,]", decoded)
    lines = decoded.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    try:
        return list(csv.reader(lines, delimiter=mark[0] if mark else ";", strict=True))
    except csv.Error as error:
        raise ValueError(f"not a list: {error}") from error


def listed(rows: Sequence[Sequence[str]]) -> tuple[Listed, ...]:
    """The lines of a list: the address in the first column, rights named or ticked in the others, duplicates merged.

    A first line without any `@` is a heading. Empty lines are passed over.

    Raises:
        ValueError: more than `MAX_LINES` lines.
    """
    if len(rows) > MAX_LINES:
        raise ValueError(f"more than {MAX_LINES} lines")
    heading: Sequence[str] = ()
    found: list[Listed] = []
    places: dict[Email, int] = {}
    for number, row in enumerate(rows, 1):
        first, *others = [cell.strip() for cell in row] or [""]
        if not first and not any(others):
            continue
        if not found and not heading and "@" not in first:
            heading = row
            continue
        one = _line(number, first, others, heading=[cell.strip() for cell in heading][1:])
        if one.email is not None and one.email in places:
            place = places[one.email]
            found[place] = replace(
                found[place],
                rights=found[place].rights | one.rights,
                ignored=tuple(dict.fromkeys((*found[place].ignored, *one.ignored))),
            )
            one = replace(one, first_line=found[place].line)
        elif one.email is not None:
            places[one.email] = len(found)
        found.append(one)
    return tuple(found)


def right_named(word: str) -> Right | None:
    """The right people call so, in French or English; None for the rights of other sites."""
    bare = text.key(word.strip()).replace("é", "e")
    return _WORDS.get(bare)


def _line(number: int, first: str, others: Sequence[str], *, heading: Sequence[str]) -> Listed:
    rights: set[Right] = set()
    ignored: list[str] = []
    for place, cell in enumerate(others):
        ticked = cell.casefold() in _TICKS
        if cell.casefold() in _NO_TICKS or (ticked and place >= len(heading)):
            continue
        for word in [heading[place]] if ticked else re.split(r"[,;/|+]", cell):
            right = right_named(word)
            if right is not None:
                rights.add(right)
            elif word.strip():
                ignored.append(word.strip())
    try:
        email = people.email(first)
    except ValueError:
        email = None
    return Listed(number, first, email, frozenset(rights), tuple(dict.fromkeys(ignored)))
