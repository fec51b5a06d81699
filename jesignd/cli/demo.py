"""Demo: make a place, start the daemon, drop exports, follow each to its fate, verify what was delivered."""

from __future__ import annotations

import datetime
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import output
from jesignd.cli.access import now
from jesignd.cli.demonstration import transcript
from jesignd.cli.demonstration.authority import authority_in
from jesignd.cli.demonstration.checking import check
from jesignd.cli.demonstration.child import Daemon
from jesignd.cli.demonstration.place import Place, configuration, prepare, trees
from jesignd.cli.demonstration.watching import SETTLED, Fate, Key, as_they_fall, fates
from jesignd.domain.credit import Cents, euros
from jesignd.domain.documents import DocumentState
from jesignd.errors import Words
from jesignd.settings.load import load
from jesignd.store import ledger
from jesignd.store.database import Database
from jesignd.testing.exports import FIRM, Export, Wave, companions, exports, write
from jesignd.testing.timestamp_server import TimestampServer

if TYPE_CHECKING:
    from types import FrameType

    from jesignd.cli.options import Options
    from jesignd.testing.authority import Authority

FATE_SECONDS = 60.0
TOP_UP, LEAST = Cents(1000), Cents(200)


@dataclass(slots=True)
class _Run:
    """One demonstration in progress."""

    place: Place
    lang: str
    files: Sequence[Export]
    database: Database
    daemon: Daemon
    began: datetime.datetime
    tally: transcript.Tally
    delivered: list[Path]


@click.command()
@click.option("--once", is_flag=True, help="Finir de soi-même (c'est le cas sans terminal).")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Où tout se passe.",
)
@click.pass_obj
def demo(options: Options, folder: Path, *, once: bool) -> int:
    """Démonstration complète, en local : vrai démon, vraies règles, autorité fictive."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    place = Place(folder.resolve())
    watched = trees()
    prepare(place, watched)
    run_number = place.next_run()
    lang = options.lang
    with ExitStack() as stack:
        authority = _authority(place, lang)
        server = stack.enter_context(TimestampServer(authority))
        _configure(place, watched, url=server.url, lang=lang)
        started = time.monotonic()
        daemon = stack.enter_context(Daemon(place.config, place.log))
        transcript.step(
            Words(
                f"démon prêt : {len(watched)} dossiers surveillés, horodatage local",
                f"daemon ready: {len(watched)} watched folders, local time-stamping",
            ),
            lang,
            seconds=time.monotonic() - started,
            where=_short(place.log),
        )
        database = Database.open(load(place.config).database_url())
        stack.callback(database.close)
        files = [one for one in exports(run_number) if one.tree in watched]
        run = _Run(place, lang, files, database, daemon, now(), transcript.Tally(), [])
        _credit(run, run_number)
        _drop_and_follow(run, run_number)
        problems = _conclude(run, authority)
        if not (once or not output.is_terminal()):
            _keep_going(run)
    if daemon.exit_code:
        problems.append(f"jesignd run: exit {daemon.exit_code}")
    transcript.problems(problems)
    return 1 if problems else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _authority(place: Place, lang: str) -> Authority:
    started = time.monotonic()
    authority, new = authority_in(place.keys, firm=FIRM, now=now())
    words = (
        Words(
            "autorité de démonstration : racine, cachet P-256, horodatage",
            "demonstration authority: root, P-256 seal, time-stamping",
        )
        if new
        else Words("autorité de démonstration retrouvée", "demonstration authority found again")
    )
    transcript.step(words, lang, seconds=time.monotonic() - started, where=_short(place.keys))
    return authority


def _configure(place: Place, watched: Sequence[str], *, url: str, lang: str) -> None:
    logo = place.root / "logo.svg"
    logo.write_text(_logo(), encoding="utf-8")
    place.config.write_text(configuration(place, watched, firm=FIRM, logo=logo, timestamp_url=url), encoding="utf-8")
    place.config.chmod(0o600)
    load(place.config)
    transcript.step(
        Words("configuration écrite et vérifiée", "configuration written and checked"), lang, where=_short(place.config)
    )


def _logo() -> str:
    from jesignd.testing.exports.papers import logo

    return logo()


def _credit(run: _Run, number: int) -> None:
    with run.database.transaction() as transaction:
        if ledger.balance(transaction) >= LEAST:
            return
        ledger.top_up(transaction, TOP_UP, reference=f"demo-{number}", at=now(), memo="demo")
    transcript.step(Words(f"compte crédité de {euros(TOP_UP)}", f"account topped up with {euros(TOP_UP)}"), run.lang)


def _drop_and_follow(run: _Run, number: int) -> None:
    lot = f"{run.began:%Y%m%d}_{number:03d}"
    for wave in Wave:
        batch = [one for one in run.files if one.wave is wave]
        if wave is Wave.FIRST:
            counts = "  ".join(
                f"{tree} {sum(one.tree == tree for one in run.files)}" for tree in {one.tree: 0 for one in run.files}
            )
            transcript.drop(
                Words(f"dépôt de {len(run.files)} exports : {counts}", f"dropping {len(run.files)} exports: {counts}"),
                run.lang,
            )
        dropped: dict[Key, float] = {}
        for one in batch:
            write(run.place.exports, one)
            dropped[one.tree, one.path] = now().timestamp()
        if wave is Wave.FIRST:
            for companion in companions(run.files, lot=lot):
                write(run.place.exports, companion)
        _follow(run, batch, dropped)


def _follow(run: _Run, batch: Sequence[Export], dropped: dict[Key, float]) -> None:
    expected = {(one.tree, one.path): one for one in batch}
    for fate in as_they_fall(
        run.database, dropped, since=run.began, seconds=FATE_SECONDS, alive=lambda: run.daemon.is_running
    ):
        seconds = max(0.0, fate.at.timestamp() - dropped.pop(fate.key))
        _tell(run, fate, seconds=seconds)
        _compare(run, fate, expected[fate.key])
    for tree, path in dropped:
        run.tally.surprises.append(f"{tree}/{path} : sans nouvelle / no news")


def _tell(run: _Run, fate: Fate, *, seconds: float) -> None:
    run.tally.count(fate)
    run.delivered.extend(Path(path) for path in fate.delivered_to)
    click.echo(transcript.fate_line(fate, seconds=seconds, root=run.place.root, lang=run.lang))


def _compare(run: _Run, fate: Fate, export: Export) -> None:
    """Against what must become of the file; from the second run on, what was treated before is a duplicate."""
    allowed = {(export.fate, export.code)}
    if export.fate in {DocumentState.DELIVERED, DocumentState.DRAFT}:
        allowed.add((DocumentState.DUPLICATE, None))
    if (fate.state, fate.code) not in allowed:
        found = f"{fate.state}{' ' + fate.code if fate.code else ''}"
        wanted = f"{export.fate}{' ' + export.code if export.code else ''}"
        run.tally.surprises.append(f"{export.tree}/{export.path} : {found}, attendu / expected {wanted}")


def _conclude(run: _Run, authority: Authority) -> list[str]:
    started = time.monotonic()
    checked = check(run.delivered, anchors=[authority.root.der])
    with run.database.reading() as transaction:
        balance = ledger.balance(transaction)
    transcript.totals(run.tally, checked, balance=balance, lang=run.lang)
    del started
    return [*run.tally.surprises, *(f"{one.path.name} : {one.verdict}" for one in checked if not one.is_good)]


def _keep_going(run: _Run) -> None:
    """Tell the fate of whatever else is dropped, until somebody says stop."""
    where = _short(run.place.exports / run.files[-1].tree)
    transcript.drop(
        Words(
            f"déposez vos propres PDF dans {where} ; Ctrl-C pour arrêter",
            f"drop your own PDFs in {where}; Ctrl-C to stop",
        ),
        run.lang,
    )
    told = {fate.document.id for fate in fates(run.database, since=run.began).values() if fate.document}
    try:
        while run.daemon.is_running:
            for fate in fates(run.database, since=run.began).values():
                if fate.document is not None and fate.state in SETTLED and fate.document.id not in told:
                    told.add(fate.document.id)
                    seconds = (fate.at - fate.document.received_at).total_seconds()
                    _tell(run, fate, seconds=seconds)
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo()


def _short(path: Path) -> str:
    """The path from here, where that is shorter."""
    try:
        return f"{path.relative_to(Path.cwd())}{'/' if path.is_dir() else ''}"
    except ValueError:
        return str(path)
