"""Payslips: any number of them, each of 25 KB, no two alike; and the process that drops them.

python bench/payslips.py drop FOLDER BASE --from 0 --to 3000 [--every 0.0]
python bench/payslips.py trickle FOLDER BASE --from 0 --to 5 --seconds 10
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import typst

from jesignd.testing.exports import papers
from jesignd.testing.exports.pay import payslip
from jesignd.testing.exports.people import JOINERY, MECHANIC

CLIENTS = 20
_MARK = b"/ID[("
_ID_BYTES = 24


def drawn() -> bytes:
    """One payslip of one page, as a payroll program that archives prints it: PDF/A-2b, its font inside."""
    shown = payslip(JOINERY, MECHANIC, month="octobre 2026", paid_on="30/10/2026", months_worked=10)
    pdf = typst.compile(
        (papers._HERE / "exports" / "payslip.typ").read_bytes(),  # noqa: SLF001
        font_paths=papers._fonts(),  # noqa: SLF001
        sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
        timestamp=1_793_610_000,
        pdf_standards=["a-2b"],
        pdf_tags=False,
    )
    assert isinstance(pdf, bytes)
    return pdf


def numbered(base: bytes, number: int) -> bytes:
    """The same payslip with another identifier in its trailer: other bytes, as well-formed as before."""
    at = base.rindex(_MARK) + len(_MARK)
    return base[:at] + b"%024d" % number + base[at + _ID_BYTES :]


def name_of(number: int) -> str:
    """As the neutral convention has it: kind, client, period, employee."""
    return f"BP_{number % CLIENTS:06d}_202610_MAT-{number:05d}.pdf"


def drop(folder: Path, base: bytes, *, numbers: range, every: float) -> None:
    """Write, close, rename, one after the other; with `every`, one in so many seconds."""
    began = time.monotonic()
    for turn, number in enumerate(numbers):
        hidden = folder / f".{number}.part"
        hidden.write_bytes(numbered(base, number))
        hidden.rename(folder / name_of(number))
        if every:
            time.sleep(max(0.0, began + (turn + 1) * every - time.monotonic()))


def trickle(folder: Path, base: bytes, *, numbers: range, seconds: float) -> None:
    """Write these files under their own names, all at once and slowly: nobody may take one that is not whole."""
    slices = 20
    files = [(folder / name_of(number), numbered(base, number)) for number in numbers]
    for turn in range(slices):
        for path, data in files:
            span = len(data) // slices + 1
            with path.open("ab") as file:
                file.write(data[turn * span : (turn + 1) * span])
        time.sleep(seconds / slices)


def main() -> None:
    """What one of the processes beside the daemon does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("act", choices=("drop", "trickle"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("base", type=Path)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="last", type=int, required=True)
    parser.add_argument("--every", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    base, numbers = options.base.read_bytes(), range(options.first, options.last)
    if options.act == "drop":
        drop(options.folder, base, numbers=numbers, every=options.every)
    else:
        trickle(options.folder, base, numbers=numbers, seconds=options.seconds)


if __name__ == "__main__":
    main()
