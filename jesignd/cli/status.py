"""Status: whether the daemon runs, and what stands where; reads the store, asks the daemon nothing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from jesignd.cli import endings, names, output
from jesignd.cli.access import now, opened, settings
from jesignd.cli.endings import Ending
from jesignd.cli.stories import ID_COLUMNS, moment, reason
from jesignd.daemon.lock import is_running
from jesignd.domain.credit import Account, Cents, euros
from jesignd.domain.documents import DocumentState
from jesignd.errors import DaemonUnreachable, Words
from jesignd.flow import attention
from jesignd.flow.attention import Trouble
from jesignd.store import documents, ledger, nodes, outbox, refusals
from jesignd.store.documents import Document
from jesignd.store.nodes import Node
from jesignd.store.outbox import Waiting
from jesignd.store.refusals import Refusal

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.domain.jobs import Transaction
    from jesignd.settings.settings import Settings

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Status:
    """The whole picture. `held` and `refused` are the newest, at most `_SHOWN` of each."""

    running: bool
    nodes: tuple[Node, ...]
    folders: Mapping[str, Mapping[DocumentState, int]]
    oldest_waiting: datetime.datetime | None
    held: tuple[Document, ...]
    refused: tuple[Refusal, ...]
    balance_cents: Cents
    reserved_cents: Cents
    warn_below_cents: Cents
    mail_configured: bool
    letters: Waiting
    """Letters that did not leave."""
    ending: tuple[Ending, ...]
    """Certificates whose end is near, whoever issued them and whether their owners were told or not."""
    people: tuple[Trouble, ...]
    """What of the firm's people stops documents, or will within thirty days."""

    @property
    def is_credit_low(self) -> bool:
        """Whether the firm would do well to top up."""
        return self.balance_cents < self.warn_below_cents


@click.command()
@click.pass_obj
def status(options: Options) -> int:
    """Dossiers surveillés, documents, crédit ; code 69 si le démon ne tourne pas."""
    configured = settings(options)
    running = is_running(configured.state)
    with opened(options) as database, database.reading() as transaction:
        found = read(transaction, configured, running=running)
    output.show(found, options, text=lambda: lines(found, options.lang))
    return 0 if running else DaemonUnreachable.exit_code


def read(transaction: Transaction, configured: Settings, *, running: bool) -> Status:
    """The picture at this instant."""
    credit = ledger.standing(transaction)
    return Status(
        running=running,
        nodes=tuple(nodes.list_nodes(transaction)),
        folders=documents.counts(transaction),
        oldest_waiting=documents.oldest_waiting(transaction),
        held=tuple(documents.list_documents(transaction, states=[DocumentState.HELD], limit=_SHOWN)),
        refused=tuple(refusals.list_refusals(transaction)[-_SHOWN:]),
        balance_cents=credit[Account.FIRM],
        reserved_cents=credit[Account.RESERVED],
        warn_below_cents=configured.warn_below,
        mail_configured=configured.configuration.mail is not None,
        letters=outbox.waiting(transaction),
        ending=endings.near(transaction, now()),
        people=tuple(attention.troubles(transaction, configured, at=now())),
    )


def lines(found: Status, lang: str) -> list[str]:
    """The picture for people."""
    return [
        *_daemon(found, lang),
        *_folders(found, lang),
        *_held(found, lang),
        *_people(found, lang),
        *_refused(found, lang),
        *_credit(found, lang),
        *_notices(found, lang),
    ]


def _people(found: Status, lang: str) -> list[str]:
    """Each trouble, and under it what to type."""
    told: list[str] = []
    for one in found.people[:_SHOWN]:
        mark = click.style("✗", fg="red") if one.urgent else click.style("⚠", fg="yellow")
        told.append(f"  {mark} {output.printable(one.what.in_language(lang))}")
        told.append(f"    → {output.printable(one.remedy.in_language(lang))}")
    return [Words("Personnes :", "People:").in_language(lang), *told] if told else []


def _notices(found: Status, lang: str) -> list[str]:
    """Who is to be told what: all there is to see of it where no mail leaves."""
    told = []
    waiting = found.letters
    if waiting.letters and not found.mail_configured:
        told.append(Words(f"  messages retenus, sans `mail` : {waiting.letters}", f"  letters kept: {waiting.letters}"))
    elif waiting.letters:
        told.append(Words(f"  messages à envoyer : {waiting.letters}", f"  letters to send: {waiting.letters}"))
    if waiting.given_up:
        given_up = waiting.given_up
        told.append(Words(f"  messages abandonnés : {given_up}", f"  letters given up: {given_up}"))
    title = Words("Avis :", "Notices:").in_language(lang)
    lines = [*endings.told(found.ending, lang), *(one.in_language(lang) for one in told)]
    return [title, *lines] if lines else []


def _credit(found: Status, lang: str) -> list[str]:
    left = euros(found.balance_cents)
    told = Words(f"Crédit : {left} HT", f"Credit: {left}").in_language(lang)
    if found.reserved_cents:
        kept = euros(found.reserved_cents)
        told += Words(f", et {kept} réservés", f", and {kept} reserved").in_language(lang)
    if not found.is_credit_low:
        return [told]
    least = euros(found.warn_below_cents)
    warning = Words(
        f"  ⚠ crédit bas, sous {least} : jesignd credit topup",
        f"  ⚠ credit is low, below {least}: jesignd credit topup",
    )
    return [told, click.style(warning.in_language(lang), fg="yellow")]


def _daemon(found: Status, lang: str) -> list[str]:
    state = Words("en marche", "running") if found.running else Words("ARRÊTÉ", "STOPPED")
    colour = "green" if found.running else "red"
    title = Words("Démon : ", "Daemon: ").in_language(lang)
    told = [title + click.style(state.in_language(lang), fg=colour)]
    for node in found.nodes:
        told.append(f"  {output.printable(node.id)}  {node.version}  {moment(node.seen)}")
        told += [f"    {line}" for line in _node(node.status, lang)]
    if found.oldest_waiting is not None:
        waited = _span(int((now() - found.oldest_waiting).total_seconds()))
        told.append(
            Words(f"  le plus ancien attend depuis {waited}", f"  the oldest has waited for {waited}").in_language(lang)
        )
    return told


def _span(seconds: int) -> str:
    """`40 s`, `12 min`, `3 h 05`."""
    minutes = seconds // 60
    if minutes < 2:
        return f"{seconds} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d}"


def _node(status: Mapping[str, Any], lang: str) -> list[str]:
    """What the daemon said of itself at its last heartbeat: its folders, and what does not work."""
    rows = [
        (
            str(folder.get("name", "")),
            _FOLDER_STATES.get(str(folder.get("state")), Words("?", "?")).in_language(lang),
            _said(folder.get("reason"), lang),
        )
        for folder in status.get("folders", ())
    ]
    return [*output.columns(rows), *(f"✗ {output.printable(_said(one, lang))}" for one in status.get("troubles", ()))]


_FOLDER_STATES = {
    "online": Words("suivi", "watched"),
    "offline": Words("HORS LIGNE", "OFFLINE"),
}


def _said(words: Mapping[str, str] | None, lang: str) -> str:
    return words.get(lang, "") if words else ""


def _folders(found: Status, lang: str) -> list[str]:
    rows = [
        (
            f"  {folder}",
            ", ".join(names.counted(count, names.STATES[state], lang) for state, count in states.items()),
        )
        for folder, states in sorted(found.folders.items())
    ]
    return [Words("Documents :", "Documents:").in_language(lang), *output.columns(rows)] if rows else []


def _held(found: Status, lang: str) -> list[str]:
    rows = [
        (f"  {one.id[:ID_COLUMNS]}", output.shorten(one.claimed.relative_path, 48), reason(one, lang))
        for one in found.held
    ]
    return [Words("En attente :", "Held:").in_language(lang), *output.columns(rows)] if rows else []


def _refused(found: Status, lang: str) -> list[str]:
    rows = [
        (
            f"  {one.refused.code.value}",
            output.shorten(f"{one.refused.folder}/{one.refused.relative_path}", 48),
            one.refused.reason.in_language(lang),
        )
        for one in found.refused
    ]
    return (
        [Words("Refusés, laissés en place :", "Refused, left in place:").in_language(lang), *output.columns(rows)]
        if rows
        else []
    )
