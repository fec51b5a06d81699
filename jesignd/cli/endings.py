"""Endings: certificates whose end is near, whose they are, and what renews each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from jesignd.cli import output
from jesignd.cli.stories import moment
from jesignd.domain.certificates import REMINDERS, reminders_due
from jesignd.domain.documents import Digest
from jesignd.errors import Words
from jesignd.store import certificates, people, personal_keys

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate (SHA-256), when it ends, whose it is, and what to type."""

    certificate: Digest
    at: datetime.datetime
    owner: str
    """A login, or the name of a firm."""
    command: str


def near(transaction: Transaction, at: datetime.datetime) -> tuple[Ending, ...]:
    """Those that end within ninety days and were not renewed, the first to end first."""
    until = at + datetime.timedelta(days=REMINDERS[0])
    own = certificates.ending_before(transaction, until, since=at)
    due = [one.certificate for one in reminders_due([replace(one, reminded=None) for one in own], at)]
    found = []
    for one in due:
        if one.account is not None:
            login = people.account(transaction, one.account).login
            found.append(Ending(one.digest, one.not_after, login, f"jesignd certificate renew {login}"))
        else:
            firm = people.firm(transaction, one.firm).name if one.firm is not None else "–"
            found.append(Ending(one.digest, one.not_after, firm, "jesignd certificate seal CABINET -o FICHIER.p12"))
    for key in personal_keys.bought_ending_before(transaction, until, since=at):
        login = people.account(transaction, key.account).login
        found.append(Ending(key.certificate, key.not_after, login, f"jesignd user key {login} FICHIER.p12"))
    return tuple(sorted(found, key=lambda one: one.at))


def told(endings: Sequence[Ending], lang: str) -> Iterator[str]:
    """Two lines for each: whose certificate ends when, and the remedy."""
    mark = click.style("⚠", fg="yellow")
    for one in endings:
        day, owner = moment(one.at), output.printable(one.owner)
        words = Words(f"certificat de {owner} : finit le {day}", f"certificate of {owner}: ends on {day}")
        yield f"  {mark} {words.in_language(lang)}"
        yield f"    → {one.command}"
