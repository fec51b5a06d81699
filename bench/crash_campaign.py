"""Crash campaign: the daemon is killed, or its disk fails, at any change it makes to a file; is the office whole then?

    python bench/crash_campaign.py [--kind kill|child|eio|enospc|all] [--runs 20 | --every] [--seed 1] [--dir FOLDER]

A run gives three documents to a real daemon (two in a lot, one in a folder that archives), strikes at one change among
those of its line from drop to clearing, lets it recover, and checks everything (`jesignd.testing.wholeness`). After a
kill, one restart in three is killed as well. A disk fails once, or until it is mended a second later; the daemon then
has to recover by itself. `--every` strikes at each change in turn. Exit 1 when anything was violated.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import itertools
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jesignd.testing.exports import samples
from jesignd.testing.faults import Fault, Faults, Kind, is_possible
from jesignd.testing.office import Office
from jesignd.testing.wholeness import Dropped, Wholeness

PLACES = {"files": r"^(?!etat/(jesignd\.db|daemon))", "database": r"^etat/jesignd\.db"}
_SETTLE_SECONDS = 420.0
"""What fails is tried again after one minute, then after five: two failures in a row, by bad luck, take six."""
_CHANGES_OF_CHILDREN = 6
"""A sealing creates and writes one file."""
_STRIKING_SECONDS = 40.0
"""Less than the first retry waits for: what was struck is not struck again when it is tried again."""
_MENDED_AFTER_SECONDS = 1.0
_ONCE_MORE = 0.3
_ON_THEIR_WAY = "'received', 'recognised', 'authorised', 'sealed'"
_FOLDER = """\

  - name: seuls
    connector: neutral
    path: {root}/exports-seuls
    acts_as: claire
    settle: 300ms
    rescan_every: 1s
    rejects: {root}/rejets
    returns: {root}/retours
    after: archive
    archive: {root}/archives"""


@dataclass
class Run:
    """One strike and what came of it."""

    fault: Fault
    struck: str = ""
    """Where; empty: the line ended before its turn came."""
    again: str = ""
    """Where the restart was struck."""
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        where = f"{self.struck or 'not reached'}{' then ' + self.again if self.again else ''}"
        verdict = "; ".join(self.violations) or "whole"
        lasting = " lasting" if self.fault.lasting else ""
        return f"{self.fault.kind}{lasting} {self.fault.at:4d} {self.seconds:5.1f} s  {where}: {verdict}"


class Arena:
    """An office whose daemon can be struck, and all that was ever dropped there."""

    def __init__(self, root: Path) -> None:
        self.office = Office(root)
        alone = root / "exports-seuls"
        alone.mkdir()
        (alone / ".jesignd-root").write_text("seuls\n", encoding="ascii")
        self.office.write_settings(folder=_FOLDER.format(root=root))
        self.office.top_up(1_000_000)
        self.faults = Faults(root)
        self.office.command = (*self.faults.command, *self.office.command)
        self.wholeness = Wholeness(self.office)
        self.dropped: list[Dropped] = []
        self._payslip = samples.carpenter_payslip()

    def start(self) -> None:
        """Start the daemon; when it was told to die meanwhile, start it once more."""
        try:
            self.office.start(seconds=120)
        except AssertionError:
            if self.faults.fired is None:
                raise
            self.bury()
            self.faults.lift()
            self.office.start(seconds=120)

    def bury(self) -> None:
        """Make sure that nothing of the daemon runs any more."""
        with contextlib.suppress(ProcessLookupError):
            self.office.kill()
        self.office.daemon = None

    def is_dead(self) -> bool:
        return self.office.daemon is None or self.office.daemon.poll() is not None

    def drop(self) -> None:
        """Give it three documents that nobody has seen yet: a lot of two, and one alone."""
        number = len(self.dropped)
        lots, alone = self.office.exports, self.office.root / "exports-seuls"
        one, two, three = (
            Dropped(folder / f"BP_000424_202610_MAT-{at:05d}.pdf", self._payslip + b"%% %d\n" % at, folder is alone)
            for at, folder in enumerate((lots, lots, alone), start=number)
        )
        lot = f"LOT_{number:05d}"
        self.office.drop(f"{lot}.csv", _index((one, two)))
        for each in (one, two, three):
            self.office.drop(each.path.name, each.data, into=each.path.parent)
        self.office.drop(f"{lot}.fin", b"")
        self.dropped += [one, two, three]

    def is_settled(self) -> bool:
        """Whether everything dropped was received and nothing is promised any more."""
        try:
            with contextlib.closing(sqlite3.connect(f"file:{self.office.state}/jesignd.db?mode=ro", uri=True)) as held:
                query = f"SELECT count(*), sum(state IN ({_ON_THEIR_WAY})) FROM documents"  # noqa: S608
                count, moving = held.execute(query).fetchone()
                (promised,) = held.execute("SELECT count(*) FROM stages").fetchone()
        except sqlite3.Error:
            return False
        return count >= len(self.dropped) and not moving and not promised

    def wait(self, *, until_struck: bool = False) -> None:
        """Wait until all is settled, the daemon is dead, or (when asked) until the fault has struck."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < deadline:
            if self.is_dead() or (until_struck and self.faults.fired is not None) or self.is_settled():
                return
            time.sleep(0.05)

    def violations(self) -> list[str]:
        """What is wrong now."""
        if not self.is_settled():
            return [f"not settled in {_SETTLE_SECONDS:g} s"]
        return self.wholeness.violations(self.dropped)

    def close(self) -> None:
        self.bury()
        self.faults.close()


class Campaign:
    """Runs in one office after another; a new one after a violation, so that each is told once."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._random = random.Random(seed)
        self._arenas = 0
        self._arena: Arena | None = None
        self.totals = dict.fromkeys(PLACES, 0)
        """How many changes a line makes in each place, when nothing is wrong."""

    @property
    def arena(self) -> Arena:
        if self._arena is None:
            self._arenas += 1
            self._arena = Arena(self._folder / f"cabinet-{self._arenas}")
            self._arena.start()
            self._measure(self._arena)
        return self._arena

    def close(self) -> None:
        if self._arena is not None:
            self._arena.close()
            self._arena = None

    def _measure(self, arena: Arena) -> None:
        for name, among in PLACES.items():
            # A fault that is never reached counts what concerns it.
            arena.faults.arm(Fault(Kind.KILL, 1_000_000, among=among))
            arena.drop()
            arena.wait()
            self.totals[name] = len(arena.faults.seen)
        violations = arena.violations()
        assert not violations, violations

    def chosen(self, kind: Kind, runs: int) -> Iterator[Fault]:
        """So many faults at random places; two in three at files, which are where a crash can be seen."""
        _ = self.arena
        for _ in range(runs):
            place = "files" if kind is Kind.CHILD else self._random.choice(["files", "files", "database"])
            lasting = kind in {Kind.EIO, Kind.ENOSPC} and self._random.random() < 0.5
            at = self._random.randint(1, self._total(kind, place))
            # A disk that is full or dead is so for everything on it, one time in two.
            everywhere = lasting and self._random.random() < 0.5
            yield Fault(kind, at, lasting, "" if everywhere else PLACES[place])

    def _total(self, kind: Kind, place: str) -> int:
        return _CHANGES_OF_CHILDREN if kind is Kind.CHILD else self.totals[place]

    def every(self, kind: Kind) -> Iterator[Fault]:
        """A fault at each change in turn, with a margin for the order in which threads take theirs."""
        _ = self.arena
        for name, among in PLACES.items():
            for at in range(1, self._total(kind, name) + 10):
                yield Fault(kind, at, among=among)

    def kill(self, fault: Fault) -> Run:
        """Kill the daemon there, start it again, and see."""
        arena, run = self.arena, Run(fault)
        began = time.monotonic()
        arena.faults.arm(fault)
        arena.drop()
        arena.wait()
        if arena.faults.fired is not None:
            run.struck = str(arena.faults.fired)
            arena.bury()
            again = self._random.random() < _ONCE_MORE
            arena.faults.arm(Fault(Kind.KILL, self._random.randint(1, 150)) if again else None)
            arena.start()
            arena.wait()
            if again and arena.faults.fired is not None:
                run.again = str(arena.faults.fired)
                arena.faults.lift()
                if arena.is_dead():
                    arena.bury()
                    arena.start()
                    arena.wait()
        return self._judged(run, began)

    def fail(self, faults: list[Fault]) -> list[Run]:
        """Strike several times, one after the other, then wait until the daemon has recovered from all."""
        arena = self.arena
        runs: list[Run] = []
        began = striking_since = time.monotonic()
        for fault in faults:
            if time.monotonic() - striking_since > _STRIKING_SECONDS:
                arena.wait()
                striking_since = time.monotonic()
            arena.faults.arm(fault)
            arena.drop()
            arena.wait(until_struck=True)
            run = Run(fault, str(arena.faults.fired or ""))
            runs.append(run)
            if fault.lasting and arena.faults.fired is not None:
                time.sleep(_MENDED_AFTER_SECONDS)
            arena.faults.lift()
            if arena.is_dead():
                run.again = "it stopped and was started again"
                arena.bury()
                arena.start()
        arena.wait()
        if not arena.is_dead() and arena.is_settled():
            # It has recovered by itself. What it could not clean up then, it does at its next start.
            arena.office.stop()
            arena.start()
        self._judged(runs[-1], began)
        return runs

    def _judged(self, run: Run, began: float) -> Run:
        run.seconds = time.monotonic() - began
        run.violations = self.arena.violations()
        if run.violations:
            print(f"--- kept for the inquiry: {self.arena.office.root}", flush=True)
            self.close()
        return run

    def runs(self, kind: Kind, faults: Iterator[Fault]) -> Iterator[Run]:
        """What came of each fault; failures of the disk are judged a dozen at a time."""
        if kind is Kind.KILL:
            yield from map(self.kill, faults)
            return
        while group := list(itertools.islice(faults, 12)):
            yield from self.fail(group)


def _index(lot: tuple[Dropped, ...]) -> bytes:
    rows = ["VERSION;DOSSIER;TYPE;PERIODE;MATRICULE;NUMERO;LIBELLE;FICHIER;TAILLE;SHA256;ID_ORIGINE;SIGNATAIRES"]
    for one in lot:
        employee = one.path.stem.rpartition("-")[2]
        digest = hashlib.sha256(one.data).hexdigest()
        rows.append(f"1;000424;BP;202610;{employee};;;{one.path.name};{len(one.data)};{digest};GI-{employee};")
    return ("\r\n".join(rows) + "\r\n").encode("ascii")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=[*Kind, "all"], default="all")
    parser.add_argument("--runs", type=int, default=20, help="of each kind")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", type=Path)
    asked = parser.parse_args()
    if not is_possible():
        print("this kernel does not let a program watch another's system calls", file=sys.stderr)
        return 2
    folder = asked.dir or Path(tempfile.mkdtemp(prefix="jesignd-crash-"))
    campaign = Campaign(folder, asked.seed)
    table: list[str] = []
    violated = 0
    for kind in Kind if asked.kind == "all" else [Kind(asked.kind)]:
        struck = runs = bad = 0
        for run in campaign.runs(kind, campaign.every(kind) if asked.every else campaign.chosen(kind, asked.runs)):
            print(run, flush=True)
            runs, struck, bad = runs + 1, struck + bool(run.struck), bad + bool(run.violations)
        violated += bad
        table.append(f"{kind:8} {runs:5} runs {struck:5} struck {bad:4} violated")
    campaign.close()
    print(f"\nseed {asked.seed}; a line of three makes {campaign.totals} changes\n" + "\n".join(table))
    return int(violated > 0)


if __name__ == "__main__":
    raise SystemExit(main())
