"""House: every room of a running daemon, joined."""

from __future__ import annotations

import datetime
import hashlib
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from jesignd.confined import Limits, Pool
from jesignd.daemon.configured import Configured, configure, needs_restart
from jesignd.daemon.lock import StateLock
from jesignd.daemon.mailing import Mailing
from jesignd.daemon.publishing import Publishing
from jesignd.daemon.watches import Watches
from jesignd.domain.jobs import Batch, Stage
from jesignd.durable import make_directories
from jesignd.errors import JesignError
from jesignd.flow.authorise import authorise_batch
from jesignd.flow.card import count_payments
from jesignd.flow.charges import check_balance, release_forgotten
from jesignd.flow.clear import clear_batch
from jesignd.flow.deliver import deliver_batch
from jesignd.flow.enrol import purge_identities
from jesignd.flow.errands import WARM
from jesignd.flow.outcomes import RESUMED_BY_CREDIT, RESUMED_BY_SETTINGS
from jesignd.flow.parallel import Spread
from jesignd.flow.recognise import recognise_batch
from jesignd.flow.reconcile import reconcile
from jesignd.flow.refuse import forget_gone, tell
from jesignd.flow.release import resume
from jesignd.flow.report import report_batch
from jesignd.flow.rights_watch import RightsWatch
from jesignd.flow.seal import seal_batch
from jesignd.jobs.engine import DbosEngine
from jesignd.jobs.timers import Timers
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.paying import PaymentUse, receive_webhook
from jesignd.plugin.supervising import Recogniser
from jesignd.settings.load import load
from jesignd.settings.secrets import resolve
from jesignd.store import nodes, stages
from jesignd.store.database import Database
from jesignd.store.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
RECONCILE_SECONDS = 30.0
COLLECT_SECONDS = 3600.0
GONE_SECONDS = 300.0
"""Between two looks for refused files that somebody has removed: it lists the whole folder."""
PUBLISH_SECONDS = 60.0
REMIND_SECONDS = 3600.0
SEND_SECONDS = 20.0
PURGE_SECONDS = 3600.0
"""Between two looks for identity documents whose time has come."""
KEPT_JOBS = datetime.timedelta(days=7)
KEPT_TEMPORARY = datetime.timedelta(hours=1)
"""Far longer than a batch takes."""
DEAD_AFTER = datetime.timedelta(seconds=60)


def now() -> datetime.datetime:
    """This instant, aware, UTC; the one clock of the daemon."""
    return datetime.datetime.now(datetime.UTC)


class House:
    """A daemon: made from its configuration file, started, reloaded, stopped."""

    def __init__(self, path: Path, *, version: str) -> None:
        """Join the rooms; nothing runs yet.

        Raises:
            SettingsError: the configuration cannot be used.
            DaemonUnreachable: another daemon holds the state directory.
        """
        self._path = path
        self._version = version
        settings = self._started_with = load(path)
        make_directories(settings.state)
        self._lock = StateLock(settings.state)
        taken_at = now()
        limits = settings.limits
        self._pool = Pool(
            workers=limits.workers,
            limits=Limits(memory_bytes=limits.memory, cpu_seconds=int(limits.seconds), wall_seconds=limits.seconds),
            warm=WARM,
        )
        self._spread = Spread(limits.workers)
        self._recogniser = Recogniser(installed_plugins())
        self._database = Database.open(settings.database_url())
        self._configured = self._configure()
        self._vault = Vault(settings.state / "vault")
        self._vault.discard_leftovers(taken_at)
        self._node = node_name(settings.state)
        self._engine = DbosEngine(self._database, node=self._node)
        self._watches = Watches(database=self._database, vault=self._vault, engine=self._engine, clock=now)
        self._timers = Timers()
        self._publishing = Publishing(self._database, now)
        self._mailing = Mailing(self._database, now)
        self._rights = RightsWatch(self._database, now)

    def start(self) -> None:
        """Warm the children, take up what was left undone, then watch the folders."""
        self._pool.warm_up()
        self._engine.run(self._stages(), held=self._held)
        self._beat()
        self._resume()
        self._timers.every(HEARTBEAT_SECONDS, "heartbeat", self._beat)
        self._timers.every(RECONCILE_SECONDS, "reconcile", self._reconcile)
        self._timers.every(GONE_SECONDS, "gone", self._forget_gone)
        self._timers.every(PUBLISH_SECONDS, "publish", self._publish)
        self._timers.every(PURGE_SECONDS, "purge", lambda: purge_identities(database=self._database, clock=now))
        self._timers.every(REMIND_SECONDS, "remind", self._mailing.remind)
        self._timers.every(SEND_SECONDS, "mail", self._send_mail)
        self._timers.every(COLLECT_SECONDS, "collect", self._collect)
        self._timers.start()
        self._reconcile()
        self._watches.follow(self._configured.folders.values())
        log.info("started folders=%d", len(self._configured.folders))

    def reload(self) -> None:
        """Put the configuration file as it now is in force; the old one stays when this raises.

        Raises:
            SettingsError: the new one cannot be used.
        """
        self._recogniser.reload()
        configured = self._configure()
        unchanged = needs_restart(self._started_with, configured.settings)
        self._configured = replace(configured, troubles=(*configured.troubles, *unchanged))
        self._watches.follow(configured.folders.values())
        self._resume()
        log.info("reloaded folders=%d", len(configured.folders))

    def _configure(self) -> Configured:
        return configure(self._path, recogniser=self._recogniser, pool=self._pool, database=self._database, clock=now)

    def rescan(self) -> None:
        """List every folder now."""
        self._watches.rescan()

    def is_alive(self) -> bool:
        """Whether a round of everything passed: threads run, the database answers."""
        with self._database.reading() as transaction:
            nodes.now(transaction)
        return self._watches.alive() and self._engine.is_alive()

    def status_line(self) -> str:
        """One line for the service manager, in French."""
        snapshots = self._watches.snapshots()
        online = sum(1 for one in snapshots if one.state.value == "online")
        waiting = sum(one.pending for one in snapshots)
        troubles = f", {len(self._configured.troubles)} anomalie(s)" if self._configured.troubles else ""
        return f"{online}/{len(snapshots)} dossiers surveillés, {waiting} fichier(s) en attente{troubles}"

    def stop(self, seconds: float) -> None:
        """Take nothing new, finish what is in hand for at most this long, and let go of everything."""
        self._watches.stop()
        self._timers.stop()
        self._engine.stop(seconds)
        self._spread.close()
        self._pool.close()
        self._recogniser.close()
        self._database.close()
        self._lock.release()
        log.info("stopped")

    def _stages(self) -> Mapping[Stage, Callable[[Batch], None]]:
        """The steps of the line; each reads the configuration in force when it begins."""
        return {
            Stage.RECOGNISE: self._do_recognise,
            Stage.AUTHORISE: self._do_authorise,
            Stage.SEAL: self._do_seal,
            Stage.DELIVER: self._do_deliver,
            Stage.REPORT: self._do_report,
            Stage.CLEAR: self._do_clear,
        }

    def _held(self, job: str) -> list[Batch]:
        with self._database.reading() as transaction:
            return stages.of_job(transaction, job)

    def _do_recognise(self, batch: Batch) -> None:
        recognise_batch(
            batch,
            database=self._database,
            vault=self._vault,
            recogniser=self._recogniser,
            folders=self._configured.folders,
            engine=self._engine,
            clock=now,
        )

    def _do_authorise(self, batch: Batch) -> None:
        authorise_batch(batch, database=self._database, office=self._configured.office, engine=self._engine, clock=now)

    def _do_seal(self, batch: Batch) -> None:
        seal_batch(
            batch,
            database=self._database,
            vault=self._vault,
            line=self._configured.line,
            terms=self._configured.office.terms,
            spread=self._spread,
            engine=self._engine,
            clock=now,
        )

    def _do_deliver(self, batch: Batch) -> None:
        deliver_batch(
            batch,
            database=self._database,
            vault=self._vault,
            places=self._configured.places,
            engine=self._engine,
            clock=now,
        )

    def _do_report(self, batch: Batch) -> None:
        report_batch(
            batch,
            database=self._database,
            vault=self._vault,
            recogniser=self._recogniser,
            folders=self._configured.folders,
            engine=self._engine,
            clock=now,
        )

    def _do_clear(self, batch: Batch) -> None:
        folders = self._configured.folders
        clear_batch(batch, database=self._database, folders=folders, engine=self._engine, clock=now)

    def _beat(self) -> None:
        status = {"line": self.status_line(), "folders": _plain(self._watches), "troubles": _words(self._configured)}
        with self._database.transaction() as transaction:
            nodes.heartbeat(transaction, self._node, version=self._version, status=status)

    def _collect(self) -> None:
        """Forget what is over: old jobs, and temporary files that a failing disk did not let us remove."""
        self._engine.collect(now() - KEPT_JOBS)
        self._vault.discard_leftovers(now() - KEPT_TEMPORARY)

    def _reconcile(self) -> None:
        with self._database.reading() as transaction:
            dead = nodes.silent(transaction, DEAD_AFTER)
        self._engine.recover([node for node in dead if node != self._node])
        reconcile(database=self._database, engine=self._engine, clock=now)
        release_forgotten(database=self._database, clock=now)
        office = self._configured.office
        accounts = tuple(dict.fromkeys(firm.account for firm in office.firms.values()))
        check_balance(database=self._database, warn_below=office.warn_below, clock=now, accounts=accounts)
        self._count_payments()
        self._rights.look(self._engine)
        tell(self._configured.folders.values(), database=self._database)

    def _forget_gone(self) -> None:
        forget_gone(self._configured.folders.values(), database=self._database)

    def _count_payments(self) -> None:
        """Count what was paid by card; a service or plugin that fails is told, and asked again at the next tick."""
        settings = self._configured.settings
        card = settings.configuration.card
        if card is None:
            return
        use = PaymentUse(card.method, card.written_options())
        try:
            added = count_payments(
                lambda payload, header: receive_webhook(
                    use, payload, header, secret=resolve(card.webhook).decode("ascii", "replace")
                ),
                database=self._database,
                vat=settings.prices.vat,
                warn_below=settings.warn_below,
                clock=now,
            )
        except JesignError as error:
            log.error("notices of payment not read: %s", error.message.en)
            return
        if added:
            resume(RESUMED_BY_CREDIT, database=self._database, engine=self._engine, clock=now)

    def _send_mail(self) -> None:
        settings = self._configured.settings
        self._mailing.send(settings.configuration.mail, settings.firm.name)

    def _publish(self) -> None:
        self._publishing.publish(self._configured.settings.configuration.pki)

    def _resume(self) -> None:
        resume(RESUMED_BY_SETTINGS | RESUMED_BY_CREDIT, database=self._database, engine=self._engine, clock=now)


def node_name(state: Path) -> str:
    """This daemon's name among those that share the database: the machine, and the state directory it holds there."""
    return f"{socket.gethostname()}:{hashlib.sha256(bytes(state)).hexdigest()[:8]}"


def _plain(watches: Watches) -> list[dict[str, object]]:
    return [
        {
            "name": one.folder,
            "state": one.state.value,
            "reason": {"fr": one.reason.fr, "en": one.reason.en} if one.reason else None,
            "pending": one.pending,
            "oldest_pending_seconds": one.oldest_pending_seconds,
            "scanned_seconds_ago": one.scanned_seconds_ago,
            "events": one.hears_events,
        }
        for one in watches.snapshots()
    ]


def _words(configured: Configured) -> list[dict[str, str]]:
    return [{"fr": words.fr, "en": words.en} for words in configured.troubles]
