"""A line whose jobs are done by hand, on a real store, a real vault and real seals, with a clock one sets."""

from __future__ import annotations

import datetime
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flow_parts import MINUTE, NEUTRAL, SABOTEURS, CountingKey, HandQueue, payslip, rule
from flow_sight import Sight

from jesignd.confined import Limits, Pool
from jesignd.domain.credit import ONLY_FIRM, Cents, Prices
from jesignd.domain.documents import Claimed, CompanionRole, DocumentId, DocumentKind, DocumentState
from jesignd.domain.firm import ActingFirm
from jesignd.domain.folders import DeliveryMode, Destination, WatchedFolder
from jesignd.domain.jobs import Batch, Stage
from jesignd.domain.levels import Act, PadesLevel
from jesignd.domain.routing import Rule
from jesignd.domain.sealing import Mark, SealProfile
from jesignd.domain.terms import DEFAULT
from jesignd.errors import Code, Words
from jesignd.flow import seal
from jesignd.flow.authorise import Office, authorise_batch
from jesignd.flow.clear import clear_batch
from jesignd.flow.commit import commit
from jesignd.flow.deliver import Places, deliver_batch
from jesignd.flow.parallel import Spread
from jesignd.flow.publish import Made, publish
from jesignd.flow.receive import receive
from jesignd.flow.recognise import recognise_batch
from jesignd.flow.reconcile import reconcile
from jesignd.flow.release import release, resume, retry
from jesignd.flow.report import report_batch
from jesignd.flow.seal import SealingLine, seal_batch
from jesignd.intake import scan
from jesignd.intake.bundles import Bundle, Part, Proof
from jesignd.pades.trust import Endpoint, RevocationClient, TimestampClient, gather
from jesignd.plugin.installed import Installed
from jesignd.plugin.supervising import Recogniser
from jesignd.store import delegations, documents, ledger, stages
from jesignd.testing.practice import open_practice

if TYPE_CHECKING:
    from jesignd.store.delegations import Act as Done
    from jesignd.testing.timestamp_server import TimestampServer


@dataclass
class Line(Sight):
    """Everything the daemon would join, and nothing that runs by itself. What `configure` set counts from then on."""

    pool: Pool
    spread: Spread
    recogniser: Recogniser
    key: CountingKey
    failures: list[tuple[Batch, Exception]]

    def __post_init__(self) -> None:
        self.queue = HandQueue()
        self.closing: list[Callable[[], None]] = []
        for name in ("exports", "ged", "rejets", "retours", "archives"):
            (self.root / name).mkdir()
        self.folder = WatchedFolder(
            name="paie",
            path=str(self.root / "exports"),
            connector="neutral",
            acts_as="claire",
            rejects=str(self.root / "rejets"),
            returns=str(self.root / "retours"),
        )
        scan.mark(self.folder)
        self.folders: dict[str, WatchedFolder] = {"paie": self.folder}
        self.destinations = {"ged": Destination("ged", str(self.root / "ged"))}
        firm, self.claire = open_practice(self.database, clock=self.clock)
        self.firms = {"": ActingFirm(firm.id, ONLY_FIRM)}
        self.mandates_for: frozenset[DocumentKind] = frozenset()
        self.rules: list[Rule] = [
            rule("bulletins", Act.SEAL, kinds={DocumentKind.PAYSLIP}),
            rule("lettres", Act.SIGN, kinds={DocumentKind.ENGAGEMENT_LETTER}),
            rule("reste", Act.HOLD, reason=Words("à classer", "to be filed")),
        ]
        profile = SealProfile("bulletins", "Cabinet Équerre", "cachet", PadesLevel.B_B, Mark())
        self.sealing = SealingLine(
            profiles={"bulletins": profile},
            credentials={"cachet": self.key},
            timestamps=None,
            revocation=None,
            pool=self.pool,
            max_bytes=10_000_000,
            compare_one_in=50,
        )

    # ── what people and other software do ──

    def clock(self) -> datetime.datetime:
        return self.now

    def top_up(self, cents: int, reference: str = "virement") -> None:
        with self.database.transaction() as tx:
            ledger.top_up(tx, Cents(cents), reference=reference, at=self.now)

    def write(self, name: str, data: bytes, *, folder: str = "paie") -> Path:
        path = Path(self.folders[folder].path) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def receive(self, *names: str, folder: str = "paie") -> list[Any]:
        """Take these files, in this order, as the watch would once they are still; all that lie there by default."""
        found = {entry.relative_path: entry for entry in scan.scan(self.folders[folder]).entries}
        wanted = names or sorted(name for name in found if name.endswith(".pdf"))
        bundles = [Bundle(found[name], _beside(found, name), Proof.QUIET) for name in wanted]
        return list(
            receive(
                self.folders[folder],
                bundles,
                database=self.database,
                vault=self.vault,
                engine=self.queue,
                clock=self.clock,
            )
        )

    def drop_payslip(self, number: int = 1, *, client: str = "000424", under: str = "") -> DocumentId:
        """Take one payslip; each number is another employee and other bytes."""
        return self.drop(f"{under}BP_{client}_202610_MAT-{number:05d}.pdf", payslip(number))

    def drop_payslips(self, *numbers: int) -> list[DocumentId]:
        """Take these payslips together, in this order."""
        names = [f"BP_000424_202610_MAT-{number:05d}.pdf" for number in numbers]
        for name, number in zip(names, numbers, strict=True):
            self.write(name, payslip(number))
        return [one.id for one in self.receive(*names)]

    def drop_payslip_elsewhere(self, number: int) -> DocumentId:
        """Take one payslip from another folder, of its own connector and places."""
        place = self.root / "autres"
        place.mkdir(exist_ok=True)
        returns = str(self.root / "retours")
        other = WatchedFolder("autres", str(place), "neutral", acts_as="claire", returns=returns)
        scan.mark(other)
        self.folders["autres"] = other
        return self.drop(f"BP_000424_202610_MAT-{number:05d}.pdf", payslip(number), folder="autres")

    def drop(self, name: str, data: bytes, *, folder: str = "paie") -> DocumentId:
        """Write one file, take it, and give the document's id."""
        self.write(name, data, folder=folder)
        (claimed,) = self.receive(name, folder=folder)
        assert isinstance(claimed, Claimed)
        return claimed.id

    def release(self, document: DocumentId) -> DocumentState:
        return release(document, database=self.database, engine=self.queue, clock=self.clock, by="claire")

    def retry(self, document: DocumentId) -> None:
        retry(document, database=self.database, engine=self.queue, clock=self.clock)

    def resume(self, *codes: Code) -> int:
        return resume(codes, database=self.database, engine=self.queue, clock=self.clock)

    def reconcile(self) -> int:
        return reconcile(database=self.database, engine=self.queue, clock=self.clock)

    def spend_down_to(self, cents: int) -> None:
        """Spend on something else, until this is left."""
        with self.database.transaction() as tx:
            ledger.debit(tx, [("avant", Cents(ledger.balance(tx) - cents))], at=self.now)

    # ── what the engine does ──

    def stages(self) -> dict[Stage, Callable[[Batch], None]]:
        store: dict[str, Any] = {"database": self.database, "clock": self.clock}
        kept: dict[str, Any] = {**store, "vault": self.vault}
        queue: dict[str, Any] = {"engine": self.queue}
        asked: dict[str, Any] = {"recogniser": self.recogniser, "folders": self.folders}
        office = Office(self.folders, self.firms, self.rules, Prices(), mandates_for=self.mandates_for)
        places = Places(self.folders, self.destinations)
        return {
            Stage.RECOGNISE: partial(recognise_batch, **kept, **queue, **asked),
            Stage.AUTHORISE: partial(authorise_batch, **store, **queue, office=office),
            Stage.SEAL: partial(seal_batch, **kept, **queue, line=self.sealing, spread=self.spread, terms=DEFAULT),
            Stage.DELIVER: partial(deliver_batch, **kept, **queue, places=places),
            Stage.REPORT: partial(report_batch, **kept, **queue, **asked),
            Stage.CLEAR: partial(clear_batch, **store, **queue, folders=self.folders),
        }

    def do(self, stage: Stage, *ids: DocumentId, lane: str = "", attempt: int = 0) -> None:
        """Do one batch now, whether promised or not: what an engine that keeps a promise twice does."""
        self.stages()[stage](Batch(stage, ids, lane, attempt))

    def step(self, *only: Stage) -> int:
        """Do every job that is due and not lost, once; how many. What raises is kept in `failures`."""
        with self.database.reading() as tx:
            due = stages.overdue(tx, self.now + datetime.timedelta(microseconds=1))
        mine = [one for one in due if one.job in self.queue.waiting and (not only or one.batch.stage in only)]
        for one in mine:
            try:
                self.stages()[one.batch.stage](one.batch)
            except Exception as error:  # noqa: BLE001 - as the worker does
                self.failures.append((one.batch, error))
            self.queue.waiting.discard(one.job)
        return len(mine)

    def run(self, *only: Stage) -> None:
        """Do what is due until nothing is; at these stages only, where some are named."""
        for _ in range(50):
            if not self.step(*only):
                return
        raise AssertionError("the line never comes to rest")

    def wait(self, minutes: float) -> None:
        """Let time pass, then do what is due."""
        self.now += minutes * MINUTE
        self.run()

    def let_pass(self, minutes: float) -> None:
        """Let time pass, and nothing be done."""
        self.now += minutes * MINUTE

    def made(self, *ids: DocumentId) -> list[Made]:
        """Seal and publish these, and be cut off before it is committed."""
        waiting = [self.document(one) for one in ids]
        made = seal._seal_some(waiting, vault=self.vault, line=self.sealing, at=self.now)
        return publish([one for one in made if isinstance(one, Made)], vault=self.vault)

    def commit(self, made: Sequence[Made]) -> None:
        """Commit as a run would that saw all of these still waiting."""
        batch = Batch(Stage.SEAL, tuple(one.document.id for one in made))
        commit(batch, made, (), database=self.database, engine=self.queue, terms=DEFAULT, clock=self.clock)

    def acts(self) -> list[Done]:
        """Everything sealed for anybody, as it was written down."""
        with self.database.reading() as tx:
            return delegations.acts_on(tx, [one.id for one in documents.list_documents(tx, limit=1000)])

    def lose_jobs(self) -> None:
        """As if the engine's own tables had been dropped."""
        self.queue.waiting.clear()

    # ── what the operator changes ──

    def deliver_to(self, *names: str) -> None:
        """Send what the first rule seals to these destinations, each a folder of its own."""
        for name in names:
            (self.root / name).mkdir(exist_ok=True)
            self.destinations[name] = Destination(name, str(self.root / name))
        self.rules[0] = replace(self.rules[0], destinations=names)

    def deliver_beside(self) -> None:
        """Send what the first rule seals back into the watched tree."""
        self.destinations["ged"] = Destination("ged", self.folder.path, DeliveryMode.SUBFOLDER)

    def change_folder(self, **terms: Any) -> None:
        self.folders["paie"] = self.folder = replace(self.folder, **terms)

    def profile(self, **changes: Any) -> None:
        changed = replace(self.sealing.profiles["bulletins"], **changes)
        self.sealing = replace(self.sealing, profiles={"bulletins": changed})

    def plugin(self, name: str) -> None:
        """Have a saboteur recognise what comes from the folder."""
        plugins = (NEUTRAL, Installed(name, file=SABOTEURS / f"{name}.py"))
        limits = Limits(memory_bytes=768 << 20, cpu_seconds=2, wall_seconds=2.0, file_bytes=1 << 20)
        self.recogniser = Recogniser(plugins, limits=limits)
        self.closing.append(self.recogniser.close)
        self.change_folder(connector=name)

    def stamp_with(
        self, server: TimestampServer, *, level: PadesLevel = PadesLevel.B_T, crls: Path | None = None
    ) -> None:
        """Seal at this level, with this authority's time and these revocation lists."""
        client = TimestampClient([Endpoint("horloge", server.url)])
        self.closing.append(client.close)
        client.timestamp(bytes(32)) if crls else None
        source = RevocationClient(files=sorted(crls.iterdir()) if crls else [], urls=[], own_chain=())
        self.profile(level=level)
        self.sealing = replace(
            self.sealing,
            timestamps=client,
            revocation=lambda key: gather(key.certificate, key.chain, others=client.certificates(), source=source),
        )

    def take_key_away(self) -> None:
        """As after a start at which the key could not be opened."""
        self.sealing = replace(self.sealing, credentials={})

    def bring_key_back(self) -> None:
        self.sealing = replace(self.sealing, credentials={"cachet": self.key})

    def kill_while_signing(self) -> None:
        """Kill, once, the child that asks for a signature."""

        def kill() -> None:
            self.key.meanwhile = None
            for child in list(self.pool._all):
                os.kill(child._process.pid, signal.SIGKILL)

        self.key.meanwhile = kill

    def break_publishing(self) -> None:
        """Let nothing be published: a file stands where the folder was."""
        sealed = self.vault.sealed_path(DocumentId("doc_00"), 0).parent.parent
        sealed.rename(sealed.with_name("aside"))
        sealed.touch()

    def mend_publishing(self) -> None:
        sealed = self.vault.sealed_path(DocumentId("doc_00"), 0).parent.parent
        sealed.unlink()
        sealed.with_name("aside").rename(sealed)

    def spoil_recognition(self, document: DocumentId) -> None:
        """Leave something in the store that no version of ours has written."""
        with self.database.transaction() as tx:
            state = documents.get(tx, document).state
            documents.amend(tx, document, expected=state, at=self.now, recognition={"kind": 42})


def _beside(found: Mapping[str, scan.Entry], name: str) -> tuple[Part, ...]:
    sidecar = found.get(name.removesuffix(".pdf") + ".json")
    return (Part(CompanionRole.SIDECAR, sidecar),) if sidecar else ()
