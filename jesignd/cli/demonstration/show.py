"""Show: start the daemon, drop exports, follow each to its fate, verify what was delivered."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli.access import now
from jesignd.cli.demonstration import transcript
from jesignd.cli.demonstration.authority import authority_in
from jesignd.cli.demonstration.checking import check
from jesignd.cli.demonstration.child import Daemon
from jesignd.cli.demonstration.place import Place, configuration, prepare, trees
from jesignd.cli.demonstration.watching import Fate, Key, as_they_fall, fates
from jesignd.domain.credit import Cents, euros
from jesignd.domain.documents import DocumentState
from jesignd.errors import Words
from jesignd.settings.load import load
from jesignd.store import ledger
from jesignd.store.database import Database
from jesignd.testing.exports import FIRM, Export, Wave, exports, indexes, sidecar_of, write
from jesignd.testing.exports.papers import logo
from jesignd.testing.practice import open_practice
from jesignd.testing.timestamp_server import timestamp_server

if TYPE_CHECKING:
    from jesignd.testing.authority import Authority

FATE_SECONDS = 60.0
TOP_UP, LEAST = Cents(1000), Cents(200)
ACCOUNTANT = ("i.menard", "Inès", "Ménard")
"""Login, first and last name of whoever the folders act as."""


@dataclass(slots=True)
class _Run:
    """One demonstration in progress."""

    place: Place
    lang: str
    number: int
    files: Sequence[Export]
    database: Database
    daemon: Daemon
    began: datetime.datetime
    tally: transcript.Tally = field(default_factory=transcript.Tally)
    delivered: list[Path] = field(default_factory=list)


def show(place: Place, *, lang: str, stay: bool) -> int:
    """Play the demonstration, and go on watching if asked to stay; 0 when everything went as it must."""
    watched = trees()
    prepare(place, watched)
    number = place.next_run()
    with ExitStack() as stack:
        authority = _authority(place, lang)
        server = stack.enter_context(timestamp_server(authority.timestamp, (authority.issuing, authority.root)))
        _configure(place, watched, url=server.url, lang=lang)
        _people(place, lang)
        daemon = stack.enter_context(_started(place, watched, lang))
        database = Database.open(load(place.config).database_url())
        stack.callback(database.close)
        files = [one for one in exports(number) if one.tree in watched]
        run = _Run(place, lang, number, files, database, daemon, now())
        _credit(run)
        _drop_and_follow(run)
        problems = _conclude(run, authority)
        if stay and not problems:
            _keep_going(run)
    if daemon.exit_code:
        problems.append(f"jesignd run : {daemon.exit_code}\n{daemon.last_words()}")
    transcript.problems(problems)
    return 1 if problems else 0


def _authority(place: Place, lang: str) -> Authority:
    started = time.monotonic()
    authority, is_new = authority_in(place.keys, firm=FIRM, now=now())
    made = Words(
        "autorité de démonstration : racine, cachet P-256, horodatage",
        "demonstration authority: root, P-256 seal, time-stamping",
    )
    found = Words("autorité de démonstration retrouvée", "demonstration authority found again")
    took = time.monotonic() - started
    transcript.step(made if is_new else found, lang, seconds=took, where=_short(place.keys))
    return authority


def _configure(place: Place, watched: Sequence[str], *, url: str, lang: str) -> None:
    picture = place.root / "logo.svg"
    picture.write_text(logo(), encoding="utf-8")
    text = configuration(place, watched, firm=FIRM, logo=picture, timestamp_url=url)
    place.config.write_text(text, encoding="utf-8")
    place.config.chmod(0o600)
    load(place.config)
    words = Words("configuration écrite et vérifiée", "configuration written and checked")
    transcript.step(words, lang, where=_short(place.config))


def _people(place: Place, lang: str) -> None:
    settings = load(place.config)
    database = Database.open(settings.database_url())
    try:
        firm, accountant = open_practice(
            database,
            clock=now,
            firm=settings.firm.name,
            siren=settings.firm.siren,
            login=ACCOUNTANT[0],
            name=ACCOUNTANT[1:],
        )
    finally:
        database.close()
    who = accountant.profile.name
    words = Words(
        f"{firm.name} : {who}, expert-comptable, a accepté les conditions",
        f"{firm.name}: {who}, accountant, has accepted the conditions",
    )
    transcript.step(words, lang)


def _started(place: Place, watched: Sequence[str], lang: str) -> Daemon:
    started = time.monotonic()
    daemon = Daemon(place.config, place.log)
    daemon.start()
    words = Words(
        f"démon prêt : {len(watched)} dossiers surveillés, horodatage local",
        f"daemon ready: {len(watched)} watched folders, local time-stamping",
    )
    transcript.step(words, lang, seconds=time.monotonic() - started, where=_short(place.log))
    return daemon


def _credit(run: _Run) -> None:
    with run.database.transaction() as transaction:
        if ledger.balance(transaction) >= LEAST:
            return
        ledger.top_up(transaction, TOP_UP, reference=f"demo-{run.number}", at=now(), memo="demo")
    words = Words(f"compte crédité de {euros(TOP_UP)}", f"account topped up with {euros(TOP_UP)}")
    transcript.step(words, run.lang)


def _drop_and_follow(run: _Run) -> None:
    names = dict.fromkeys(one.tree for one in run.files)
    counts = " · ".join(f"{name} {sum(one.tree == name for one in run.files)}" for name in names)
    words = Words(f"dépôt de {len(run.files)} exports : {counts}", f"dropping {len(run.files)} exports: {counts}")
    transcript.drop(words, run.lang)
    for wave in Wave:
        batch = [one for one in run.files if one.wave is wave]
        dropped = {(one.tree, one.path): _drop(one, run.place.exports) for one in batch}
        if wave is Wave.FIRST:
            for index in indexes(batch, lot=f"{run.began:%Y%m%d}_{run.number:03d}"):
                if index.tree in names:
                    write(run.place.exports, index)
        _follow(run, batch, dropped)


def _drop(one: Export, into: Path) -> float:
    """Write the file as its software would, what describes it first; when that was done."""
    sidecar = sidecar_of(one)
    if sidecar is not None:
        write(into, sidecar)
    write(into, one)
    return now().timestamp()


def _follow(run: _Run, batch: Sequence[Export], dropped: dict[Key, float]) -> None:
    expected = {(one.tree, one.path): one for one in batch}
    for fate in as_they_fall(
        run.database, dropped, since=run.began, seconds=FATE_SECONDS, alive=lambda: run.daemon.is_running
    ):
        _tell(run, fate, seconds=max(0.0, fate.at.timestamp() - dropped.pop(fate.key)))
        _compare(run, fate, expected[fate.key])
    for tree, path in dropped:
        run.tally.surprises.append(f"{tree}/{path} : sans nouvelle / no news")


def _tell(run: _Run, fate: Fate, *, seconds: float) -> None:
    run.tally.count(fate)
    run.delivered.extend(run.place.delivered / path for path in fate.delivered_to)
    click.echo(transcript.fate_line(fate, seconds=seconds, into=run.place.delivered.name, lang=run.lang))


def _compare(run: _Run, fate: Fate, export: Export) -> None:
    """Against what must become of the file; from the second run on, what was treated before is a duplicate."""
    allowed = {(export.fate, export.code)}
    if run.number > 1 and export.fate in {DocumentState.DELIVERED, DocumentState.DRAFT, DocumentState.DUPLICATE}:
        allowed.add((DocumentState.DUPLICATE, None))
    if (fate.state, fate.code) not in allowed:
        found = f"{fate.state} {fate.code or ''}".strip()
        wanted = f"{export.fate} {export.code or ''}".strip()
        run.tally.surprises.append(f"{export.tree}/{export.path} : {found}, attendu / expected {wanted}")


def _conclude(run: _Run, authority: Authority) -> list[str]:
    checked = check(run.delivered, anchors=[authority.root.der])
    with run.database.reading() as transaction:
        balance = ledger.balance(transaction)
    transcript.totals(run.tally, checked, balance=balance, lang=run.lang)
    bad = [f"{one.path.name} : {one.verdict}, pdfsig {one.second_opinion}" for one in checked if not one.is_good]
    return [*run.tally.surprises, *bad]


def _keep_going(run: _Run) -> None:
    """Tell the fate of whatever else is dropped, until somebody says stop."""
    where = _short(run.place.exports / run.files[-1].tree)
    words = Words(
        f"déposez vos propres PDF dans {where} ; Ctrl-C pour arrêter", f"drop your own PDFs in {where}; Ctrl-C to stop"
    )
    transcript.drop(words, run.lang)
    told = {(fate.key, fate.at) for fate in fates(run.database, since=run.began).values()}
    try:
        while run.daemon.is_running:
            for fate in fates(run.database, since=run.began).values():
                if (fate.key, fate.at) not in told:
                    told.add((fate.key, fate.at))
                    received = fate.document.received_at if fate.document else fate.at
                    _tell(run, fate, seconds=(fate.at - received).total_seconds())
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo()


def _short(path: Path) -> str:
    """The path from here, where that is shorter."""
    try:
        return f"{path.relative_to(Path.cwd())}{'/' if path.is_dir() else ''}"
    except ValueError:
        return str(path)
