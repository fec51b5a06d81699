"""A daemon in small, to be killed: the true store, vault and engine, with stages that do as little as they may."""

from __future__ import annotations

import datetime
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jesignd import durable
from jesignd.domain.credit import Cents
from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Engine, Stage, Transaction
from jesignd.jobs.engine import DbosEngine
from jesignd.jobs.timers import Timers
from jesignd.store import deliveries, documents, journal, reservations, stages
from jesignd.store.database import Database
from jesignd.store.deliveries import Delivered
from jesignd.store.documents import Move
from jesignd.store.records import SealedFile
from jesignd.store.reservations import Act
from jesignd.store.vault import Vault

S = DocumentState
LANE = "out"
GRACE = datetime.timedelta(seconds=1.5)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def promise(tx: Transaction, engine: Engine, batch: Batch) -> None:
    if batch.documents:
        stages.promise(tx, batch, engine.enqueue(tx, batch), due=now())


class Line:
    """The stage functions."""

    def __init__(self, database: Database, vault: Vault, out: Path, engine: Engine) -> None:
        self.database, self.vault, self.out, self.engine = database, vault, out, engine

    def recognise(self, batch: Batch) -> None:
        self._advance(batch, S.RECEIVED, S.RECOGNISED, Event.RECOGNISED, Stage.AUTHORISE)

    def authorise(self, batch: Batch) -> None:
        self._advance(batch, S.RECOGNISED, S.AUTHORISED, Event.AUTHORISED, Stage.SEAL)

    def seal(self, batch: Batch) -> None:
        waiting = self._in_state(batch, S.AUTHORISED)
        fresh: list[tuple[Path, Path]] = []
        for document in waiting:
            final = self.vault.sealed_path(document, 0)
            if not final.exists():
                temporary = durable.temporary_beside(self.vault.temporary_folder / "_")
                durable.write_temporary(temporary, [document.encode(), os.urandom(8)])
                fresh.append((temporary, final))
        self.vault.publish(fresh)
        with self.database.transaction() as tx:
            digests = {document: durable.digest_of(self.vault.sealed_path(document, 0))[0] for document in waiting}
            files = {one: SealedFile(digest, 1, now()) for one, digest in digests.items()}
            moves = [Move(one, S.AUTHORISED, S.SEALED, {"sealed": file}) for one, file in files.items()]
            moved = sorted(documents.move_many(tx, moves, at=now()))
            reservations.capture(tx, {f"seal:{one}": "" for one in moved}, at=now())
            journal.record_many(tx, [(Event.SEALED, one, {}) for one in moved], at=now())
            stages.finish(tx, Stage.SEAL, batch.documents)
            deliveries.plan(tx, moved, LANE, at=now())
            promise(tx, self.engine, Batch(Stage.DELIVER, tuple(moved), LANE))

    def deliver(self, batch: Batch) -> None:
        done: list[Delivered] = []
        for one in self._in_state(batch, S.SEALED):
            path = self.out / f"{one}.pdf"
            sealed = self.vault.sealed_path(one, 0)
            temporary = durable.temporary_for(path, durable.digest_of(sealed)[0])
            try:
                digest, _ = durable.write_new(path, [sealed.read_bytes()], temporary=temporary)
            except FileExistsError:
                digest, _ = durable.digest_of(path)
            done.append(Delivered(one, LANE, path.name, digest))
        with self.database.transaction() as tx:
            moved = documents.move_many(tx, [Move(one.document, S.SEALED, S.DELIVERED) for one in done], at=now())
            deliveries.record_delivered(tx, [one for one in done if one.document in moved], at=now())
            journal.record_many(tx, [(Event.DELIVERED, one, {}) for one in sorted(moved)], at=now())
            stages.finish(tx, Stage.DELIVER, batch.documents, lane=LANE)

    def reconcile(self) -> None:
        with self.database.reading() as tx:
            overdue = stages.overdue(tx, now() - GRACE)
        live = self.engine.live([one.job for one in overdue])
        for one in overdue:
            if one.job not in live:
                again = Batch(one.batch.stage, one.batch.documents, one.batch.lane, one.batch.attempt + 1)
                with self.database.transaction() as tx:
                    promise(tx, self.engine, again)

    def _advance(self, batch: Batch, before: S, after: S, event: Event, following: Stage) -> None:
        time.sleep(random.random() * 0.01)  # noqa: S311
        with self.database.transaction() as tx:
            moves = [Move(one, before, after) for one in batch.documents]
            moved = sorted(documents.move_many(tx, moves, at=now()))
            if after is S.AUTHORISED:
                reservations.reserve(tx, [Act(f"seal:{one}", Cents(5), one) for one in moved], at=now())
            journal.record_many(tx, [(event, one, {}) for one in moved], at=now())
            stages.finish(tx, batch.stage, batch.documents)
            promise(tx, self.engine, Batch(following, tuple(moved)))

    def _in_state(self, batch: Batch, state: DocumentState) -> Sequence[DocumentId]:
        with self.database.reading() as tx:
            return [one.id for one in documents.get_many(tx, batch.documents) if one.state is state]


def main(address: str, home: Path) -> None:
    database = Database.open(address)
    engine = DbosEngine(database, node="here", workers=2)
    line = Line(database, Vault(home / "vault"), home / "out", engine)
    functions: dict[Stage, Callable[[Batch], None]] = {
        Stage.RECOGNISE: line.recognise,
        Stage.AUTHORISE: line.authorise,
        Stage.SEAL: line.seal,
        Stage.DELIVER: line.deliver,
    }
    engine.run(functions)
    timers = Timers()
    timers.every(0.3, "reconcile", line.reconcile)
    timers.start()
    print("ready", flush=True)
    sys.stdin.read()
    timers.stop()
    engine.stop(10)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
