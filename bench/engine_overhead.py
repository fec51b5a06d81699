"""Engine overhead: what a batch costs in the store, the vault and the engine, next to nothing else.

    python bench/engine_overhead.py [--dir FOLDER] [--url postgresql+psycopg://…] [--rounds 100]

FOLDER is to lie on the disk to be measured. Nothing is deleted between rounds: a fresh file in a folder just emptied
costs ext4 many times what it costs otherwise.
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from jesignd import durable
from jesignd.domain.credit import Cents
from jesignd.domain.documents import Claimed, Digest, DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import BATCH_LIMIT, Batch, Stage
from jesignd.jobs.engine import DbosEngine
from jesignd.store import documents, journal, ledger, stages
from jesignd.store.database import Database
from jesignd.store.documents import Move
from jesignd.store.records import SealedFile
from jesignd.store.vault import Vault

S = DocumentState
SIZE = 25_000
BODY = os.urandom(SIZE - 16)
CHAIN = 100


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def told(what: str, milliseconds: list[float], cpu_seconds: float) -> None:
    ordered = sorted(milliseconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    each = 1000 * cpu_seconds / len(ordered)
    print(f"{what:<58} p50 {statistics.median(ordered):7.2f} ms   p95 {p95:7.2f} ms   CPU {each:6.2f} ms")


def timed(what: str, rounds: int, act: Callable[[int], None]) -> None:
    spans: list[float] = []
    cpu = time.process_time()
    for number in range(rounds):
        began = time.perf_counter()
        act(number)
        spans.append(1000 * (time.perf_counter() - began))
    told(what, spans, time.process_time() - cpu)


def claim(number: int) -> Claimed:
    name = f"{number:08d}.pdf"
    return Claimed("paie", name, name, SIZE, number, number, Digest(f"{number:064x}"))


def store(database: Database, engine: DbosEngine, rounds: int) -> None:
    batches = [[claim(BATCH_LIMIT * r + n) for n in range(BATCH_LIMIT)] for r in range(rounds)]
    ids = [tuple(one.id for one in batch) for batch in batches]
    with database.transaction() as tx:
        ledger.top_up(tx, Cents(10**9), reference="bench", at=now())

    def receive(number: int) -> None:
        with database.transaction() as tx:
            documents.insert(tx, batches[number], at=now())
            journal.record_many(tx, [(Event.RECEIVED, one.id, {"size": SIZE}) for one in batches[number]], at=now())
            later = Batch(Stage.SEAL, ids[number])
            stages.promise(tx, later, engine.enqueue(tx, later, delay_seconds=36_000), due=now())

    def recognise(number: int) -> None:
        with database.transaction() as tx:
            documents.move_many(tx, [Move(one, S.RECEIVED, S.RECOGNISED) for one in ids[number]], at=now())
            documents.move_many(tx, [Move(one, S.RECOGNISED, S.AUTHORISED) for one in ids[number]], at=now())

    def seal(number: int) -> None:
        file = SealedFile(Digest("0" * 64), SIZE, now(), {"pages": 1})
        with database.transaction() as tx:
            documents.move_many(
                tx, [Move(one, S.AUTHORISED, S.SEALED, {"sealed": file}) for one in ids[number]], at=now()
            )
            ledger.debit(tx, [(f"seal:{one}:0", Cents(5)) for one in ids[number]], at=now())
            journal.record_many(tx, [(Event.SEALED, one, {"level": "B-B"}) for one in ids[number]], at=now())
            stages.finish(tx, Stage.SEAL, ids[number])
            later = Batch(Stage.DELIVER, ids[number], "out")
            stages.promise(tx, later, engine.enqueue(tx, later, delay_seconds=36_000), due=now())

    timed("receive 64: insert, journal, promise, enqueue, commit", rounds, receive)
    timed("two moves of 64 each, commit", rounds, recognise)
    timed("seal 64: move, debit, journal, finish, promise, commit", rounds, seal)
    timed("empty transaction", rounds, lambda _: _empty(database))


def _empty(database: Database) -> None:
    with database.transaction():
        pass


def vault(folder: Path, rounds: int) -> None:
    kept = Vault(folder / "vault")

    def keep(_: int) -> None:
        with kept.batch() as keeper:
            for _number in range(BATCH_LIMIT):
                keeper.keep([os.urandom(16), BODY])

    def publish(number: int) -> None:
        pairs: list[tuple[Path, Path]] = []
        for one in range(BATCH_LIMIT):
            temporary = durable.temporary_beside(kept.temporary_folder / "_")
            durable.write_temporary(temporary, [os.urandom(16), BODY])
            pairs.append((temporary, kept.sealed_path(DocumentId(f"doc_{os.urandom(16).hex()}"), number + one)))
        kept.publish(pairs)

    timed("vault: keep 64 originals of 25 kB, on the disk", rounds, keep)
    timed("vault: write and publish 64 sealed files, on the disk", rounds, publish)


def engine_alone(database: Database, engine: DbosEngine) -> None:
    """Each job promises the next: the engine's own time, in a chain and from a standstill."""
    left, ended, ids = CHAIN, threading.Event(), tuple(claim(n).id for n in range(BATCH_LIMIT))
    alone = threading.Event()

    def step(batch: Batch) -> None:
        nonlocal left
        if batch.attempt:
            alone.set()
            return
        left -= 1
        if left:
            with database.transaction() as tx:
                engine.enqueue(tx, Batch(Stage.SEAL, ids))
        else:
            ended.set()

    engine.run(dict.fromkeys(Stage, step))
    cpu, began = time.process_time(), time.perf_counter()
    step(Batch(Stage.SEAL, ids))
    ended.wait(120)
    told(f"engine: chain of {CHAIN} batches of 64, each", [1000 * (time.perf_counter() - began) / CHAIN] * CHAIN,
         time.process_time() - cpu)  # fmt: skip

    def from_standstill(_: int) -> None:
        alone.clear()
        with database.transaction() as tx:
            engine.enqueue(tx, Batch(Stage.SEAL, ids, attempt=1))
        alone.wait(10)

    spans: list[float] = []
    cpu = 0.0
    for number in range(20):
        time.sleep(0.3)
        before, start = time.process_time(), time.perf_counter()
        from_standstill(number)
        spans.append(1000 * (time.perf_counter() - start))
        cpu += time.process_time() - before
    told("engine: promise to begin, from a standstill", spans, cpu)
    time.sleep(3)
    cpu, began = time.process_time(), time.perf_counter()
    time.sleep(10)
    print(f"{'engine: idle':<58} {100 * (time.process_time() - cpu) / (time.perf_counter() - began):.2f} % of a core")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=None)
    parser.add_argument("--url", default=None)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="jesignd-bench-", dir=given.dir))
    database = Database.open(given.url or f"sqlite:///{folder / 'jesignd.db'}")
    engine = DbosEngine(database, node="bench")
    store(database, engine, given.rounds)
    vault(folder, max(10, given.rounds // 5))
    engine_alone(database, engine)
    engine.stop(10)
    with database.reading() as tx:
        began = time.perf_counter()
        lines = journal.check_chain(tx) + ledger.check_chain(tx)
        print(
            f"{'check of both chains':<58} {1e6 * (time.perf_counter() - began) / lines:.1f} µs a line ({lines} lines)"
        )
    database.close()


if __name__ == "__main__":
    main()
