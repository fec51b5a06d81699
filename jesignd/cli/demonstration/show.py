"""Show: start the daemon, drop exports, follow each to its fate, verify what was delivered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from jesignd.cli.access import now
from jesignd.cli.demonstration import transcript
from jesignd.cli.demonstration.authority import authority_in
from jesignd.cli.demonstration.checking import check
from jesignd.cli.demonstration.child import Daemon
from jesignd.cli.demonstration.following import Run, compare, drop, fall, tell
from jesignd.cli.demonstration.holds import show_holds
from jesignd.cli.demonstration.people import AGO, make_people
from jesignd.cli.demonstration.place import Place, configuration, prepare, trees
from jesignd.cli.demonstration.watching import fates
from jesignd.domain.credit import Cents, euros
from jesignd.domain.documents import DocumentState
from jesignd.domain.levels import Act
from jesignd.errors import Code, Words
from jesignd.settings.load import load
from jesignd.store import ledger
from jesignd.store.database import Database
from jesignd.testing.exports import ACCOUNTANT, FIRM, NEUTRAL, STAFF, Wave, exports, indexes, write
from jesignd.testing.exports.papers import logo
from jesignd.testing.timestamp_server import timestamp_server

if TYPE_CHECKING:
    from jesignd.testing.authority import Authority
    from jesignd.testing.exports import Export


def show(place: Place, *, lang: str, stay: bool) -> int:
    """Play the demonstration, and go on watching if asked to stay; 0 when everything went as it must."""
    watched = trees()
    prepare(place, watched)
    number = place.next_run()
    with ExitStack() as stack:
        authority = _authority(place, lang)
        server = stack.enter_context(timestamp_server(authority.timestamp, (authority.issuing, authority.root)))
        _configure(place, watched, url=server.url, lang=lang)
        _people(place, authority, lang)
        daemon = stack.enter_context(_started(place, watched, lang))
        settings = load(place.config)
        database = Database.open(settings.database_url())
        stack.callback(database.close)
        files = [one for one in exports(number) if one.tree in watched]
        run = Run(place, lang, number, settings, database, daemon, now())
        _credit(run, files)
        _show_exports(run, files)
        show_holds(run)
        problems = _conclude(run, authority)
        if stay and not problems:
            _keep_going(run)
    if daemon.exit_code:
        problems.append(f"jesignd run : {daemon.exit_code}\n{daemon.last_words()}")
    transcript.problems(problems)
    return 1 if problems else 0


def _authority(place: Place, lang: str) -> Authority:
    started = time.monotonic()
    authority, is_new = authority_in(place.keys, firm=FIRM, now=now(), since=now() - 2 * AGO)
    made = Words(
        "autorité de démonstration : racine, cachet P-256, horodatage",
        "demonstration authority: root, P-256 seal, time-stamping",
    )
    found = Words("autorité de démonstration retrouvée", "demonstration authority found again")
    took = time.monotonic() - started
    transcript.step(made if is_new else found, lang, seconds=took, where=transcript.short(place.keys))
    return authority


def _configure(place: Place, watched: Sequence[str], *, url: str, lang: str) -> None:
    picture = place.root / "logo.svg"
    picture.write_text(logo(), encoding="utf-8")
    text = configuration(place, watched, firm=FIRM, logo=picture, timestamp_url=url)
    place.config.write_text(text, encoding="utf-8")
    place.config.chmod(0o600)
    load(place.config)
    words = Words("configuration écrite et vérifiée", "configuration written and checked")
    transcript.step(words, lang, where=transcript.short(place.config))


def _people(place: Place, authority: Authority, lang: str) -> None:
    settings = load(place.config)
    database = Database.open(settings.database_url())
    try:
        make_people(place, database, settings=settings, authority=authority, now=now)
    finally:
        database.close()
    words = Words(
        f"cabinet établi comme il y a un mois : {ACCOUNTANT.name}, sa clé sous code PIN",
        f"a firm made as if a month ago: {ACCOUNTANT.name}, her key under a PIN",
    )
    transcript.step(words, lang, where=transcript.short(place.keys))
    words = Words(
        f"{len(STAFF)} collaborateurs : sans délégation, expirée hier, révoquée, pour d’autres dossiers",
        f"a staff of {len(STAFF)}: no delegation, expired yesterday, revoked, for other clients",
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
    transcript.step(words, lang, seconds=time.monotonic() - started, where=transcript.short(place.log))
    return daemon


def _credit(run: Run, files: Sequence[Export]) -> None:
    """Pay in what the first exports cost and one act more: soon one must wait for credit.

    What is rejected while it is sealed (encrypted) has its price reserved until then; the one act more is for that.
    """
    acts = sum(one.fate is DocumentState.DELIVERED or one.code is Code.ENCRYPTED for one in files)
    needed = Cents(run.settings.prices.of(Act.SEAL) * acts)
    with run.database.transaction() as transaction:
        if ledger.balance(transaction) >= needed:
            return
        ledger.top_up(transaction, needed, reference=f"demo-{run.number}", at=now(), memo="demo")
    words = Words(f"compte crédité de {euros(needed)}", f"account topped up with {euros(needed)}")
    transcript.step(words, run.lang)


def _show_exports(run: Run, files: Sequence[Export]) -> None:
    names = dict.fromkeys(one.tree for one in files)
    counts = " · ".join(f"{name} {sum(one.tree == name for one in files)}" for name in names)
    words = Words(f"dépôt de {len(files)} exports : {counts}", f"dropping {len(files)} exports: {counts}")
    transcript.drop(words, run.lang)
    for wave in Wave:
        batch = [one for one in files if one.wave is wave]
        dropped = {(one.tree, one.path): drop(one, run.place.exports) for one in batch}
        if wave is Wave.FIRST:
            for index in indexes(batch, lot=f"{run.began:%Y%m%d}_{run.number:03d}"):
                if index.tree in names:
                    write(run.place.exports, index)
        expected = {(one.tree, one.path): one for one in batch}
        for fate in fall(run, dropped):
            tell(run, fate, seconds=fate.at.timestamp() - dropped[fate.key])
            compare(run, fate, expected[fate.key])


def _conclude(run: Run, authority: Authority) -> list[str]:
    checked = check(run.delivered, anchors=[authority.root.der])
    with run.database.reading() as transaction:
        balance = ledger.balance(transaction)
    transcript.totals(run.tally, checked, balance=balance, lang=run.lang)
    bad = [f"{one.path.name} : {one.verdict}, pdfsig {one.second_opinion}" for one in checked if not one.is_good]
    return [*run.tally.surprises, *bad]


def _keep_going(run: Run) -> None:
    """Tell the fate of whatever else is dropped, until somebody says stop."""
    where = transcript.short(run.place.exports / NEUTRAL)
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
                    tell(run, fate, seconds=(fate.at - received).total_seconds())
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo()
