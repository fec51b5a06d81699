"""Bombs, dropped together and before two good payslips: these are delivered, and the daemon notices little."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.errors import Code
from jesignd.testing.bombs import BOMBS
from jesignd.testing.exports import samples
from jesignd.testing.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

HARMLESS = {
    "billion_laughs",
    "endless_page",
    "image_of_a_gigapixel",
    "length_that_is_its_own",
    "nested_arrays",
}
"""Nothing of what makes these bombs is unpacked to seal them, or it fits; whether they are sealed is not the point."""

MOST_MEGABYTES = 400
MOST_SECONDS = 240.0


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which everything has ended."""
    office = Office(tmp_path_factory.mktemp("bombed") / "cabinet")
    office.top_up(5000)
    for number, make in enumerate(BOMBS.values()):
        office.drop(bomb_name(number), make())
    office.start()
    for number, good in enumerate((samples.carpenter_payslip(), samples.baker_payslip()), start=len(BOMBS)):
        office.drop(bomb_name(number), good)
    try:
        office.wait_until_settled(len(BOMBS) + 2, seconds=MOST_SECONDS)
        yield office
    finally:
        office.kill()


def bomb_name(number: int) -> str:
    return f"BP_000424_202610_MAT-{number:05d}.pdf"


@pytest.mark.parametrize("bomb", [name for name in BOMBS if name not in HARMLESS])
def test_a_bomb_goes_back_to_its_sender_with_a_code(bombed, bomb):
    (document,) = [one for one in bombed.documents() if one.claimed.relative_path == bomb_name(list(BOMBS).index(bomb))]

    assert document.state is DocumentState.REJECTED
    assert document.hold.code in {Code.TRUNCATED, Code.POISON}


@pytest.mark.parametrize("bomb", sorted(HARMLESS))
def test_what_is_no_danger_to_whoever_seals_it_has_a_fate_too(bombed, bomb):
    state = bombed.states()[bomb_name(list(BOMBS).index(bomb))]

    assert state in {DocumentState.DELIVERED, DocumentState.REJECTED, DocumentState.HELD}


def test_the_good_ones_among_them_are_delivered(bombed):
    for number in range(len(BOMBS), len(BOMBS) + 2):
        assert bombed.states()[bomb_name(number)] is DocumentState.DELIVERED


def test_a_good_one_does_not_wait_for_the_slowest_bomb(bombed):
    """In the order of the log: something was delivered before the last bomb was given up."""
    log = (bombed.root / "journal.log").read_text(encoding="utf-8")

    assert log.index('event="delivered destination=ged') < log.rindex("sealing crashed")


def test_the_daemon_itself_stays_small(bombed):
    status = Path(f"/proc/{bombed.daemon.pid}/status").read_text(encoding="ascii")
    (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", status)

    assert int(peak) < MOST_MEGABYTES << 10


def test_the_next_document_is_sealed_as_soon_as_ever(bombed):
    began = time.monotonic()
    bombed.drop("BP_000424_202610_MAT-00099.pdf", samples.surveyor_payslip())

    bombed.wait_for(lambda: bombed.states().get("BP_000424_202610_MAT-00099.pdf") is DocumentState.DELIVERED)
    assert time.monotonic() - began < 30


def test_only_the_two_good_and_the_harmless_were_charged(bombed):
    sealed = len(bombed.sealed_files())

    assert bombed.balance() == 5000 - 5 * sealed
    assert sealed <= 3 + len(HARMLESS)
