"""Following: drop exports as their software would, and tell the fate of each as it falls."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli.access import now
from jesignd.cli.demonstration import transcript
from jesignd.cli.demonstration.child import Daemon
from jesignd.cli.demonstration.place import Place
from jesignd.cli.demonstration.watching import Fate, Key, as_they_fall
from jesignd.domain.documents import DocumentState
from jesignd.settings.settings import Settings
from jesignd.store.database import Database
from jesignd.testing.exports import Export, sidecar_of, write

if TYPE_CHECKING:
    from collections.abc import Iterator

FATE_SECONDS = 60.0


@dataclass(slots=True)
class Run:
    """One demonstration in progress."""

    place: Place
    lang: str
    number: int
    settings: Settings
    database: Database
    daemon: Daemon
    began: datetime.datetime
    tally: transcript.Tally = field(default_factory=transcript.Tally)
    delivered: list[Path] = field(default_factory=list)


def drop(one: Export, into: Path) -> float:
    """Write the file as its software would, what describes it first; when that was done."""
    sidecar = sidecar_of(one)
    if sidecar is not None:
        write(into, sidecar)
    write(into, one)
    return now().timestamp()


def fall(run: Run, dropped: dict[Key, float]) -> Iterator[Fate]:
    """The fate of each of these as soon as it is known; of whom nothing is heard, that is a surprise."""
    missing = set(dropped)
    for fate in as_they_fall(
        run.database, dropped, since=run.began, seconds=FATE_SECONDS, alive=lambda: run.daemon.is_running
    ):
        missing.discard(fate.key)
        yield fate
    run.tally.surprises.extend(f"{tree}/{path} : sans nouvelle / no news" for tree, path in sorted(missing))


def tell(run: Run, fate: Fate, *, seconds: float) -> None:
    """Print one line, or two where there is a reason; count it, and what is to be verified."""
    run.tally.count(fate)
    run.delivered.extend(run.place.delivered / path for path in fate.delivered_to)
    for line in transcript.fate_lines(fate, seconds=max(0.0, seconds), into=run.place.delivered.name, lang=run.lang):
        click.echo(line)


def compare(run: Run, fate: Fate, export: Export) -> None:
    """Against what must become of the file; from the second run on, what was treated before is a duplicate."""
    allowed = {(export.fate, export.code)}
    treated = {DocumentState.DELIVERED, DocumentState.DRAFT, DocumentState.DUPLICATE, DocumentState.HELD}
    if run.number > 1 and export.fate in treated:
        allowed.add((DocumentState.DUPLICATE, None))
    if (fate.state, fate.code) not in allowed:
        found = f"{fate.state} {fate.code or ''}".strip()
        wanted = f"{export.fate} {export.code or ''}".strip()
        run.tally.surprises.append(f"{export.tree}/{export.path} : {found}, attendu / expected {wanted}")
