"""Burst: another process drops files into a watched folder as fast as it can; were all taken, once, and how soon?

    python bench/intake_burst.py [--files 3000] [--mode auto|poll] [--pause 0] [--spread 1]

Documents are claimed for real (opened, hashed, checked before and after) into a keeper that keeps nothing. Latency runs
from the writer's close or rename to the return of the claim; CPU is this process's, all threads.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.documents import Claimed, Digest, Refused
from jesignd.domain.folders import FolderState, WatchedFolder, WatchMode
from jesignd.intake import claim, scan
from jesignd.intake.watch import FolderWatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jesignd.errors import Words
    from jesignd.intake.bundles import Bundle, Postponed

_PDF_BYTES = 25_000


class Forgetful:
    """Hashes what it is given and keeps nothing."""

    def keep(self, chunks: Iterable[bytes]) -> tuple[Digest, int]:
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
        return Digest(digest.hexdigest()), size


class Owner:
    """Claims what is ready and notes when."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.at: dict[str, float] = {}
        self.times: Counter[str] = Counter()
        self.refused: list[Refused] = []
        self.batches: list[int] = []
        self.done = threading.Event()
        self.online = threading.Event()

    def take(self, folder: WatchedFolder, bundles: Sequence[Bundle]) -> Sequence[Claimed | Refused | Postponed]:
        outcomes = claim.claim_many(folder, bundles, Forgetful())
        now = time.monotonic()
        self.batches.append(len(bundles))
        for outcome in outcomes:
            if isinstance(outcome, Claimed):
                self.at[outcome.relative_path] = now
                self.times[outcome.relative_path] += 1
            elif isinstance(outcome, Refused):
                self.refused.append(outcome)
        if len(self.at) >= self.expected:
            self.done.set()
        return outcomes

    def refuse(self, _: WatchedFolder, refused: Sequence[Refused]) -> None:
        self.refused.extend(refused)

    def note(self, _: WatchedFolder, state: FolderState, __: Words | None) -> None:
        if state is FolderState.ONLINE:
            self.online.set()


def write(root: Path, files: int, pause: float, spread: int) -> None:
    """The other process: half of the files are renamed into place, half written where they stay."""
    filling = b"%" + b"x" * _PDF_BYTES
    for number in range(files):
        name = f"{number % spread:03}/BP_{number:06}_202610.pdf" if spread > 1 else f"BP_{number:06}_202610.pdf"
        path = root / name
        path.parent.mkdir(exist_ok=True)
        data = b"%%PDF-1.7\n%% %d\n%s\nstartxref\n9\n%%%%EOF\n" % (number, filling)
        if number % 2:
            path.write_bytes(data)
        else:
            temporary = path.with_suffix(".part")
            temporary.write_bytes(data)
            temporary.rename(path)
        print(f"{time.monotonic()} {name}")
        if pause:
            time.sleep(pause)


def measure(options: argparse.Namespace, root: Path) -> int:
    folder = WatchedFolder("burst", str(root), "neutral", "bench", mode=WatchMode(options.mode), poll_seconds=1.0)
    scan.mark(folder)
    owner = Owner(options.files)
    watch = FolderWatch(
        folder, on_ready=owner.take, on_refused=owner.refuse, on_state=owner.note, known=lambda *_: False
    )
    watch.start()
    owner.online.wait(10)
    cpu, began = time.process_time(), time.monotonic()
    command = [sys.executable, __file__, "--writer", str(root), "--files", str(options.files)]
    command += ["--pause", str(options.pause), "--spread", str(options.spread)]
    writer = subprocess.run(command, check=True, capture_output=True, text=True)
    written = time.monotonic() - began
    owner.done.wait(120)
    taken = time.monotonic() - began
    cpu = time.process_time() - cpu
    time.sleep(1.0)
    watch.stop()
    dropped = {name: float(at) for at, name in (line.split() for line in writer.stdout.splitlines())}
    delays = sorted(owner.at[name] - at for name, at in dropped.items() if name in owner.at)
    lost, double = set(dropped) - set(owner.at), [name for name, times in owner.times.items() if times > 1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"mode={options.mode} files={options.files} directories={options.spread} pause={options.pause}")
    print(f"taken={len(owner.at)} lost={len(lost)} double={len(double)} refused={len(owner.refused)}")
    print(f"written in {written:.2f} s, all taken {taken - written:+.2f} s after; {options.files / taken:.0f} files/s")
    print(f"CPU {cpu / options.files * 1e6:.0f} us/file, batches {len(owner.batches)}, RSS {memory} MB")
    if delays:
        p50, p95, p99 = (delays[min(len(delays) - 1, int(len(delays) * part))] * 1e3 for part in (0.5, 0.95, 0.99))
        print(f"latency ms p50={p50:.1f} p95={p95:.1f} p99={p99:.1f} max={delays[-1] * 1e3:.1f}")
    return 1 if lost or double or owner.refused else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--mode", choices=[mode.value for mode in WatchMode], default="auto")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two files")
    parser.add_argument("--spread", type=int, default=1, help="number of directories")
    parser.add_argument("--writer", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.writer is not None:
        write(options.writer, options.files, options.pause, options.spread)
        return 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as directory:
        return measure(options, Path(directory))


if __name__ == "__main__":
    sys.exit(main())
