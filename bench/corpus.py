"""Corpus: seal foreign PDFs and have pyHanko, pdfsig, qpdf and PDFium judge the result (`corpus.py [FOLDER]`).

Prints a table for each collection and what of it was sealed how, refused why; exit 1 when a bar is missed. Without a
folder, the corpus that lies beside the checkout.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from corpus_campaign import Outcome, bars, files, missing_programs, run

from jesignd.domain.sealing import Rung

COLUMNS = ("files", "opens", "strict", "tolerant", "rebuilt", "policy", "refused", "wrong")


def main() -> int:
    """Run the campaign and print what it shows."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "corpus"
    names = files(folder) if folder.is_dir() else []
    if not names or missing_programs():
        print(f"nothing to do: {len(names)} PDFs in {folder}; missing: {missing_programs()}", file=sys.stderr)
        return 2
    started = time.monotonic()
    outcomes = []
    for outcome in run(folder, names):
        outcomes.append(outcome)
        if sys.stderr.isatty():
            print(f"\r{len(outcomes)}/{len(names)}", end="", file=sys.stderr)
    print_table(outcomes)
    print_refusals(outcomes)
    held = print_bars(outcomes)
    slowest = max(outcomes, key=lambda one: one.seconds)
    print(f"\n{len(outcomes)} files in {time.monotonic() - started:.0f} s; slowest {slowest.seconds:.1f} s")
    return 0 if held else 1


def print_table(outcomes: Sequence[Outcome]) -> None:
    """One line for each collection, then all of them."""
    print(f"{'collection':<16}" + "".join(f"{column:>9}" for column in COLUMNS))
    for collection in [*sorted({one.collection for one in outcomes}), None]:
        part = [one for one in outcomes if collection in {None, one.collection}]
        cells = (
            len(part),
            sum(1 for one in part if one.pages_shown),
            *(sum(1 for one in part if one.rung is rung) for rung in Rung),
            sum(1 for one in part if one.policy),
            sum(1 for one in part if one.is_typed and not one.policy),
            sum(1 for one in part if one.crash or one.faults),
        )
        print(f"{collection or 'all':<16}" + "".join(f"{cell or '·':>9}" for cell in cells))


def print_refusals(outcomes: Sequence[Outcome]) -> None:
    """Why files were refused; then those that a viewer opens and no policy forbids, one by one."""
    print("\nrefused, and of these shown by PDFium:")
    refused = [one for one in outcomes if one.is_typed]
    counted = Counter(reason(one) for one in refused)
    shown = Counter(reason(one) for one in refused if one.pages_shown)
    for why, number in counted.most_common():
        print(f"  {number:>4} {shown[why]:>4}  {why}")
    due = [one for one in refused if one.pages_shown and one.policy is None]
    if due:
        print("\nshown by PDFium, forbidden by no policy, and not sealed:")
        for one in due:
            print(f"  {one.name}: {one.code} {one.message}")


def reason(outcome: Outcome) -> str:
    """Code and words of a refusal."""
    return f"{outcome.code} policy, {outcome.policy}" if outcome.policy else f"{outcome.code} {outcome.message}"


def print_bars(outcomes: Sequence[Outcome]) -> bool:
    """Each bar, with whatever misses it; whether all hold."""
    print()
    found = bars(outcomes)
    for bar in found:
        print(f"{'✓' if bar.holds else '✗'} {bar.name}{': ' + bar.figure if bar.figure else ''}")
        for line in bar.missed:
            print(f"    {line}")
    return all(bar.holds for bar in found)


if __name__ == "__main__":
    sys.exit(main())
