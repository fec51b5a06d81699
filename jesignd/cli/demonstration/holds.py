"""Holds: documents that wait for a right, a mandate or credit, and go on once it is given, the daemon left running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.cli.access import now
from jesignd.cli.demonstration import transcript
from jesignd.cli.demonstration.following import compare, drop, fall, tell
from jesignd.cli.demonstration.people import YEAR
from jesignd.cli.demonstration.remedies import remedies
from jesignd.cli.demonstration.watching import SETTLED, as_they_fall
from jesignd.domain.documents import DocumentState
from jesignd.domain.paris import PARIS, day
from jesignd.errors import Words
from jesignd.testing.exports import missing

if TYPE_CHECKING:
    from jesignd.cli.demonstration.following import Run
    from jesignd.cli.demonstration.remedies import Remedy
    from jesignd.testing.exports import Export

RELEASE_SECONDS = 30.0


def show_holds(run: Run) -> None:
    """Drop exports for which something is missing, one after the other: why each waits, what cures it, how it ends."""
    every = missing()
    words = Words(
        f"dépôt de {len(every)} exports auxquels il manque un droit, un mandat, du crédit ou un certificat",
        f"dropping {len(every)} exports that lack a right, a mandate, credit or a certificate",
    )
    transcript.drop(words, run.lang)
    cures = remedies(run.place, until=day(now()) + YEAR, lang=run.lang)
    pid, held, released = run.daemon.pid, 0, 0
    for one in every:
        if not _waits(run, one.export):
            continue
        held += 1
        if one.lack in cures:
            released += _release(run, one.export, cures[one.lack])
        else:
            _cannot_be_bought_here(run)
    if held:
        _same_daemon(run, released, pid=pid)
        _how_to_type(run)
    else:
        _was_given_before(run)


def _waits(run: Run, export: Export) -> bool:
    """Drop it and tell its fate; whether it waits."""
    key = (export.tree, export.path)
    dropped = drop(export, run.place.exports)
    for fate in fall(run, {key: dropped}):
        tell(run, fate, seconds=fate.at.timestamp() - dropped)
        compare(run, fate, export)
        return fate.state is DocumentState.HELD
    return False


def _release(run: Run, export: Export, remedy: Remedy) -> bool:
    """Apply the remedy and tell what becomes of the document then; whether it went where it had to."""
    transcript.command(remedy.shown())
    key = (export.tree, export.path)
    given = now()
    complaint = remedy.apply(run.place.config)
    if complaint is not None:
        run.tally.surprises.append(complaint)
        return False
    for fate in as_they_fall(
        run.database,
        {key: given.timestamp()},
        since=run.began,
        seconds=RELEASE_SECONDS,
        alive=lambda: run.daemon.is_running,
        ends=SETTLED - {DocumentState.HELD},
    ):
        run.tally.forget_held()
        tell(run, fate, seconds=(fate.at - given).total_seconds())
        if fate.state is DocumentState.DELIVERED:
            return True
    run.tally.surprises.append(f"{export.tree}/{export.path} : toujours pas livré / still not delivered")
    return False


def _same_daemon(run: Run, released: int, *, pid: int) -> None:
    """The process that was asked first still runs: its number is not anybody else's before we have waited for it."""
    ready_at = run.daemon.ready_at
    if not run.daemon.is_running or run.daemon.pid != pid or ready_at is None:
        run.tally.surprises.append("le démon s’est arrêté / the daemon ended")
        return
    since = f"{ready_at.astimezone(PARIS):%H:%M:%S}"
    words = Words(
        f"{released} documents libérés sans redémarrage : même démon (processus {pid}, prêt à {since})",
        f"{released} documents released without a restart: the same daemon (process {pid}, ready at {since})",
    )
    transcript.step(words, run.lang)


def _cannot_be_bought_here(run: Run) -> None:
    words = Words(
        "celui-ci attend : un certificat qualifié s’achète, une démonstration n’en fait pas",
        "this one waits: a qualified certificate is bought, a demonstration makes none",
    )
    transcript.remark(words, run.lang)


def _how_to_type(run: Run) -> None:
    config, pin = (transcript.short(path) for path in (run.place.config, run.place.pin))
    words = Words(
        f"à taper vous-même : export JESIGND_CONFIG={config} ; code PIN : {pin}",
        f"to type yourself: export JESIGND_CONFIG={config}; PIN: {pin}",
    )
    transcript.drop(words, run.lang)


def _was_given_before(run: Run) -> None:
    words = Words(
        "ce qui leur manquait a été donné au premier passage ; pour le revoir : --dir AUTRE-DOSSIER",
        "what they lacked was given in the first run; to see it again: --dir ANOTHER-FOLDER",
    )
    transcript.drop(words, run.lang)
