"""Inspect speed: CPU milliseconds to look at a file, place its mark and compare it (`inspect_speed.py [FILE…]`).

Without a file, a payslip made here (one page, table, embedded font) is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import typst

from jesignd.domain.sealing import Corner, Mark, Rung
from jesignd.pdf.compare import require_unchanged
from jesignd.pdf.geometry import place
from jesignd.pdf.inspect import inspect
from jesignd.pdf.prepare import prepare

ROUNDS = 5
PAYSLIP = """#set page(paper: "a4", margin: 15mm)
= Bulletin de paie
#table(columns: 5, ..range(30).map(i => ([Rubrique #i], [1 234,56], [12,3 %], [45,67], [89,01])).flatten())
"""


def payslip() -> bytes:
    """A page as payroll software prints it."""
    return typst.compile(PAYSLIP.encode())


def cpu_milliseconds(act: Callable[[], object]) -> tuple[float, float]:
    """Best and worst of some rounds, each the mean of enough calls to fill a fifth of a second."""
    act()
    started = time.process_time()
    act()
    calls = max(1, int(0.2 / max(time.process_time() - started, 1e-6)))
    means = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(calls):
            act()
        means.append((time.process_time() - started) / calls * 1000)
    return min(means), max(means)


def main() -> None:
    """Print a table for each file."""
    corner, auto = Mark(corner=Corner.BOTTOM_RIGHT), Mark(corner=Corner.AUTO)
    files = {Path(name).name: Path(name).read_bytes() for name in sys.argv[1:]} or {"payslip": payslip()}
    for name, data in files.items():
        placement = place(data, corner)
        inspection = inspect(data)
        print(f"{name}: {len(data) / 1000:.0f} KB, {inspection.pages} pages, {inspection.rung}")
        acts: dict[str, Callable[[], object]] = {
            "inspect": lambda data=data: inspect(data),
            "place, fixed corner": lambda data=data: place(data, corner),
            "inspect + place, opened once": lambda data=data: prepare(data, mark=corner),
            "place, free area": lambda data=data: place(data, auto),
            "compare": lambda data=data, placement=placement: require_unchanged(
                data, data, placement=placement, rung=Rung.STRICT
            ),
        }
        for act, run in acts.items():
            best, worst = cpu_milliseconds(run)
            print(f"  {act:30} {best:8.2f} … {worst:.2f} ms")


if __name__ == "__main__":
    main()
