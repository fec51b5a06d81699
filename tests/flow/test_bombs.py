"""Bombs: thirteen of them, dropped before two good payslips, which are delivered while the daemon notices little.

One test, because bombs take their time: spread over processes they would go off in each.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.errors import Code
from jesignd.testing.bombs import BOMBS
from jesignd.testing.exports import samples

HARMLESS = {"billion_laughs", "endless_page", "image_of_a_gigapixel", "length_that_is_its_own", "nested_arrays"}
"""Nothing of what makes these bombs is unpacked to seal them, or it fits; whether they are sealed is not the point."""

PATIENCE_SECONDS = 8
"""Less than by default, so that the test is over sooner; what never ends never ends."""
MOST_MEGABYTES = 400
MOST_SECONDS = 300.0


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_bombs_go_back_with_a_code_and_hurt_neither_the_daemon_nor_the_good_ones_among_them(office):
    names = {bomb: f"BP_000424_202610_MAT-{number:05d}.pdf" for number, bomb in enumerate(BOMBS)}
    goods = [f"BP_000424_202610_MAT-{number:05d}.pdf" for number in range(90, 93)]
    office.write_settings(extra=f"limits: {{seconds: {PATIENCE_SECONDS}s}}\n")
    for bomb, make in BOMBS.items():
        office.drop(names[bomb], make())
    office.start()
    for good, payslip in zip(goods, (samples.carpenter_payslip(), samples.baker_payslip()), strict=False):
        office.drop(good, payslip)
    office.wait_until_settled(len(BOMBS) + 2, seconds=MOST_SECONDS)

    _assert_fates(office, names)
    assert all(office.states()[good] is DocumentState.DELIVERED for good in goods[:2])
    _assert_nobody_waited_for_the_slowest(office)
    _assert_small(office.daemon.pid)
    assert office.balance() == 5000 - 5 * len(office.sealed_files())

    office.drop(goods[2], samples.surveyor_payslip())
    office.wait_for(lambda: office.states().get(goods[2]) is DocumentState.DELIVERED, seconds=30)


def _assert_fates(office, names):
    found = {one.claimed.relative_path: one for one in office.documents()}
    for bomb, name in names.items():
        one = found[name]
        if bomb in HARMLESS:
            assert one.state in {DocumentState.DELIVERED, DocumentState.REJECTED, DocumentState.HELD}, bomb
        else:
            assert one.state is DocumentState.REJECTED, bomb
            assert one.hold.code in {Code.TRUNCATED, Code.POISON}, bomb


def _assert_nobody_waited_for_the_slowest(office):
    """Something was delivered before the last bomb was given up, as the log tells."""
    log = (office.root / "journal.log").read_text(encoding="utf-8")
    assert log.index('event="delivered destination=ged') < log.rindex("sealing crashed")


def _assert_small(process):
    """The most memory the daemon ever had; its children have limits of their own."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", status)
    assert int(peak) < MOST_MEGABYTES << 10
