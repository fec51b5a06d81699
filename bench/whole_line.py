"""The whole line: files dropped by other processes until they lie sealed at their destination, beside two rivals.

    python bench/whole_line.py [--files 3000] [--key p256|rsa3072] [--corner auto|bottom-right] [--dir FOLDER]

A real office with a real daemon: PAdES B-B, a visible mark with a logo, ledger and journal, everything durable. Latency
runs from the last write into the source (its mtime) to the moment the delivered file got its name (its ctime): one
clock, the file system's. CPU and memory are those of the daemon and all its children, from /proc. The rivals seal files
of the same run, in as many processes as there are cores, and sync each: plain pyHanko as documented, and a bare loop of
read, SHA-256, sign, write, fsync, rename.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import font_source_sans_pro
import payslips
import process_tree
import rivals
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from PIL import Image, ImageDraw

from jesignd.domain.documents import DocumentState
from jesignd.store import journal, ledger
from jesignd.testing.office import Office

if TYPE_CHECKING:
    from collections.abc import Sequence

PRICE = 5
SLOW = 5
STEADY_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Phase:
    """How the line did in one phase."""

    documents: int
    rate: float
    """Documents a second, of those timed."""
    own_cpu: float
    children_cpu: float
    spans: tuple[float, ...]
    """Of each file, seconds, in order."""

    @property
    def cpu_seconds(self) -> float:
        """Of the daemon and its children."""
        return self.own_cpu + self.children_cpu


def make_office(root: Path, *, key: str, corner: str) -> Office:
    """An office with a logo and money for everything."""
    seal_key = rsa.generate_private_key(65537, 3072) if key == "rsa3072" else None
    office = Office(root, seal_key=seal_key)
    picture = Image.new("RGB", (360, 240), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 20, 220, 220), fill="#22384f")
    pen.polygon([(180, 30), (340, 210), (120, 210)], fill="#c8553d")
    picture.save(root / "logo.png")
    office.write_settings(mark=f"{{page: last, corner: {corner}}}", firm=f", logo: {root}/logo.png")
    office.top_up(10_000_000)
    return office


def delivered(office: Office) -> dict[int, Path]:
    """What lies at the destination, by number."""
    return {
        int(path.stem.partition("MAT-")[2].partition("_")[0]): path for path in office.delivered.glob("*/BP/[!.]*.pdf")
    }


def wait_for(office: Office, count: int, *, seconds: float) -> None:
    """Until so many files lie at the destination."""
    deadline = time.monotonic() + seconds
    while len(delivered(office)) < count:
        if time.monotonic() > deadline or office.daemon is None or office.daemon.poll() is not None:
            raise SystemExit(f"{len(delivered(office))} of {count} delivered; the log ends:\n{office.last_words()}")
        time.sleep(0.5)


def phase(
    office: Office, watch: process_tree.Watch, commands: Sequence[Sequence[str]], *, wait: int, timed: range
) -> Phase:
    """Have other processes drop files, and wait until as many more are delivered; those `timed` count."""
    before = watch.spent()
    begun = len(delivered(office))
    droppers = [subprocess.Popen([sys.executable, str(Path(payslips.__file__)), *command]) for command in commands]
    wait_for(office, begun + wait, seconds=120 + wait * 0.5)
    for dropper in droppers:
        assert dropper.wait() == 0
    office.wait_for(lambda: not _unfinished(office), seconds=60)
    after = watch.spent()
    sources = {number: (office.exports / payslips.name_of(number)).stat().st_mtime_ns for number in timed}
    arrivals = {number: path.stat().st_ctime_ns for number, path in delivered(office).items() if number in sources}
    latencies = sorted((arrivals[number] - at) / 1e9 for number, at in sources.items())
    seconds = (max(arrivals.values()) - min(sources.values())) / 1e9
    return Phase(wait, len(timed) / seconds, after[0] - before[0], after[1] - before[1], tuple(latencies))


def _unfinished(office: Office) -> int:
    with office.store() as database, database.reading() as transaction:
        from sqlalchemy import text

        return int(transaction.execute(text("SELECT count(*) FROM stages")).scalar_one())  # type: ignore[attr-defined]


def check(office: Office, count: int, base: bytes) -> str:
    """That every input came out exactly once, and was paid once; SystemExit with the reason otherwise."""
    found = office.documents()
    states = Counter(one.state for one in found)
    problems = []
    if states != {DocumentState.DELIVERED: count}:
        problems.append(f"states {dict(states)}")
    files = [path for path in office.delivered.rglob("*") if path.is_file()]
    by_number = delivered(office)
    if len(files) != count or set(by_number) != set(range(count)):
        problems.append(f"{len(files)} files at the destination, {len(by_number)} numbers")
    wrong = [n for n, path in by_number.items() if not path.read_bytes().startswith(payslips.numbered(base, n))]
    if wrong:
        problems.append(f"{len(wrong)} files do not begin with their source")
    with office.store() as database, database.reading() as transaction:
        debits = [line for line in ledger.statement(transaction) if line.reference.startswith("act:")]
        lines, entries = ledger.check_chain(transaction), journal.check_chain(transaction)
        balance = ledger.balance(transaction)
    if len({line.reference for line in debits}) != count or balance != 10_000_000 - PRICE * count:
        problems.append(f"{len(debits)} debits, balance {balance}")
    if problems:
        raise SystemExit("NOT CONSERVED: " + "; ".join(problems))
    return f"{count} in, {count} out, {len(debits)} debits, ledger {lines} and journal {entries} lines sound"


def quantile(ordered: Sequence[float], share: float) -> str:
    return f"{1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]:9.1f}"


def row(what: str, measured: Phase | rivals.Measured) -> str:
    times = " ".join(quantile(measured.spans, share) for share in (0.5, 0.95, 0.99))
    cpu = 1000 * measured.cpu_seconds / measured.documents
    return f"{what:<44}{measured.documents:7d}{measured.rate:10.1f}{cpu:12.2f} {times}"


def run_rivals(office: Office, numbers: range, sample: int) -> tuple[rivals.Measured, rivals.Measured]:
    sources = [office.exports / payslips.name_of(number) for number in numbers]
    fonts = Path(font_source_sans_pro.__file__).parent / "files"
    cores = os.cpu_count() or 1

    root = office.root
    certificate = x509.load_pem_x509_certificates((root / "cachet.pem").read_bytes())[0]
    (root / "cachet-seul.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def tools(into: str) -> rivals.Tools:
        keys = (root / "cachet.key", root / "cachet-seul.pem", root / "cachet.pem")
        return rivals.Tools(*keys, fonts / "SourceSansPro-Regular.ttf", root / "logo.png", root / into)

    plain = rivals.measured(rivals.plain_pyhanko, tools("plain"), sources[:sample], processes=cores)
    bare = rivals.measured(rivals.bare_loop, tools("bare"), sources, processes=cores)
    return plain, bare


def main() -> None:
    """Run it all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--key", choices=("p256", "rsa3072"), default="p256")
    parser.add_argument("--corner", choices=("auto", "bottom-right"), default="auto")
    parser.add_argument("--rate", type=int, default=20, help="documents a second in the steady phase; 0: none")
    parser.add_argument("--sample", type=int, default=60, help="files that plain pyHanko seals; 0: no rivals")
    parser.add_argument("--dir", type=Path, help="where to work; on the disk to be measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir, prefix="whole-line-") as folder:
        measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> None:
    base = payslips.drawn()
    (folder / "base.pdf").write_bytes(base)
    office = make_office(folder / "cabinet", key=options.key, corner=options.corner)
    place = [str(office.exports), str(folder / "base.pdf")]
    burst, slow = options.files, options.files + SLOW
    steady = slow + options.rate * STEADY_SECONDS
    load = os.getloadavg()
    office.start()
    try:
        watch = process_tree.Watch(office.daemon.pid)
        time.sleep(2)
        dropping = ["drop", *place, "--to", str(burst)]
        trickling = ["trickle", *place, "--from", str(burst), "--to", str(slow)]
        first = phase(office, watch, [dropping, trickling], wait=slow, timed=range(burst))
        second = None
        if options.rate:
            pace = ["drop", *place, "--from", str(slow), "--to", str(steady), "--every", str(1 / options.rate)]
            second = phase(office, watch, [pace], wait=steady - slow, timed=range(slow, steady))
        watch.stop()
        load = (*load, os.getloadavg()[0])
    finally:
        if office.daemon is not None and office.daemon.poll() is None:
            office.stop()
    conserved = check(office, steady, base)
    print(f"payslip of {len(base)} bytes, {options.key}, corner {options.corner}, B-B; {os.cpu_count()} cores, "
          f"load {load[0]:.1f} before, {load[3]:.1f} after the line, niceness {os.nice(0)}")  # fmt: skip
    columns = (("docs", 7), ("docs/s", 10), ("CPU ms/doc", 12), ("p50 ms", 10), ("p95 ms", 10), ("p99 ms", 10))
    print(" " * 44 + "".join(f"{name:>{width}}" for name, width in columns))
    print(row("line, burst beside a slow writer", first))
    if second:
        print(row(f"line, {options.rate} a second", second), flush=True)
    if options.sample:
        plain, bare = run_rivals(office, range(burst), options.sample)
        font = "TrueType" if rivals.has_truetype() else "standard font: pyHanko[opentype] is not installed"
        print(row("plain pyHanko as documented", plain), f" ({font}, logo)")
        print(row("bare read+sha256+sign+write+fsync", bare))
        print(
            f"of bare: burst {first.rate / bare.rate:.3f}, plain pyHanko {plain.rate / bare.rate:.3f}; "
            f"burst / plain pyHanko {first.rate / plain.rate:.1f}, "
            f"by CPU {plain.cpu_seconds / plain.documents / (first.cpu_seconds / first.documents):.1f}"
        )
    print(
        f"burst CPU: daemon {1000 * first.own_cpu / first.documents:.2f} ms, children "
        f"{1000 * first.children_cpu / first.documents:.2f} ms per document"
    )
    print(f"memory of all processes at its highest: {watch.peak_resident / 1e6:.0f} MB resident, "
          f"{watch.peak_proportional / 1e6:.0f} MB with shared pages counted once")  # fmt: skip
    print(conserved)


if __name__ == "__main__":
    main()
