"""Holds: documents that wait for a right, a mandate or credit, and go on once it is given, the daemon left running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.cli.access import now
from jesignd.cli.demonstration import transcript
from jesignd.cli.demonstration.following import compare, drop, fall, tell
from jesignd.cli.demonstration.people import YEAR
from jesignd.cli.demonstration.remedies import remedies
from jesignd.cli.demonstration.watching import SETTLED, Key, as_they_fall
from jesignd.domain.documents import DocumentState
from jesignd.domain.paris import PARIS, day
from jesignd.errors import Words
from jesignd.testing.exports import Lack, missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.cli.demonstration.following import Run
    from jesignd.cli.demonstration.remedies import Remedy
    from jesignd.testing.exports import Missing

RELEASE_SECONDS = 30.0


def show_holds(run: Run) -> None:
    """Drop exports for which something is missing, show why each waits, then give it, one after the other."""
    every = missing()
    words = Words(
        f"dépôt de {len(every)} exports auxquels il manque un droit, un mandat, du crédit ou un certificat",
        f"dropping {len(every)} exports that lack a right, a mandate, credit or a certificate",
    )
    transcript.drop(words, run.lang)
    lacking = {(one.export.tree, one.export.path): one for one in every}
    dropped = {key: drop(one.export, run.place.exports) for key, one in lacking.items()}
    fallen = {fate.key: fate for fate in fall(run, dropped)}
    waiting = []
    for key, one in lacking.items():
        if fate := fallen.get(key):
            tell(run, fate, seconds=fate.at.timestamp() - dropped[key])
            compare(run, fate, one.export)
            waiting += [one] if fate.state is DocumentState.HELD else []
    if waiting:
        _cure(run, waiting)
    else:
        words = Words(
            "ce qui leur manquait a été donné au premier passage ; pour le revoir : --dir AUTRE-DOSSIER",
            "what they lacked was given in the first run; to see it again: --dir ANOTHER-FOLDER",
        )
        transcript.drop(words, run.lang)


def _cure(run: Run, waiting: Sequence[Missing]) -> None:
    pid = run.daemon.pid
    config, pin = (transcript.short(path) for path in (run.place.config, run.place.pin))
    words = Words(
        f"remèdes, tels qu’on les tape (JESIGND_CONFIG={config} ; code PIN : {pin})",
        f"remedies, as one types them (JESIGND_CONFIG={config}; PIN: {pin})",
    )
    transcript.drop(words, run.lang)
    known = remedies(run.place, until=day(now()) + YEAR, lang=run.lang)
    released = sum(_release(run, one, known[one.lack]) for one in waiting if one.lack in known)
    if any(one.lack is Lack.CERTIFICATE for one in waiting):
        words = Words(
            "le dépôt au greffe attend toujours : un certificat qualifié s’achète, une démonstration n’en fait pas",
            "the filing still waits: a qualified certificate is bought, a demonstration makes none",
        )
        transcript.drop(words, run.lang)
    _same_daemon(run, released, pid=pid)


def _release(run: Run, one: Missing, remedy: Remedy) -> bool:
    """Apply the remedy and tell what becomes of the document then; whether it went where it had to."""
    transcript.command(remedy.shown())
    key: Key = (one.export.tree, one.export.path)
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
    run.tally.surprises.append(f"{key[0]}/{key[1]} : toujours pas livré / still not delivered")
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
