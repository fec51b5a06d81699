"""A burst, told as a story: hundreds of files at once, beside a writer who takes its time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.store import journal, ledger

FILES = 600
SLOW = 4
MOST_RESIDENT = 400_000_000


def numbered(payslip: bytes, number: int) -> bytes:
    """Other bytes, as well-formed: another identifier in the trailer."""
    at = payslip.rindex(b"/ID[(") + 5
    return payslip[:at] + b"%024d" % number + payslip[at + 24 :]


def name_of(number: int) -> str:
    return f"BP_{number % 7:06d}_202610_MAT-{number:05d}.pdf"


def resident_bytes(daemon: int) -> int:
    """Of the daemon and its children, pages they share counted for each."""
    fields = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields[int(stat.parent.name)] = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
    family = [daemon, *(process for process, of in fields.items() if int(of[1]) == daemon)]
    return sum(int(fields[process][21]) * 4096 for process in family if process in fields)


def write_slowly(office, payslip: bytes) -> None:
    """Write the last files under their own names, a piece at a time; only the last piece makes them whole."""
    for piece in range(10):
        for number in range(FILES, FILES + SLOW):
            data = numbered(payslip, number)
            with (office.exports / name_of(number)).open("ab") as file:
                file.write(data[piece * len(data) // 10 : (piece + 1) * len(data) // 10])
        time.sleep(0.3)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_of_a_burst_beside_a_slow_writer_nothing_is_lost_and_nothing_comes_twice(office, payslip):
    office.top_up(100_000, reference="burst")
    office.start()
    writer = threading.Thread(target=write_slowly, args=(office, payslip))
    writer.start()
    for number in range(FILES):
        office.drop(name_of(number), numbered(payslip, number))
    most = 0

    def is_done() -> bool:
        nonlocal most
        most = max(most, resident_bytes(office.daemon.pid))
        time.sleep(0.5)
        return len(office.sealed_files()) >= FILES + SLOW and not writer.is_alive()

    office.wait_for(is_done, seconds=400)
    office.wait_until_settled(FILES + SLOW)

    assert office.stop() == 0
    assert Counter(one.state for one in office.documents()) == {DocumentState.DELIVERED: FILES + SLOW}
    by_number = {int(path.stem.partition("MAT-")[2][:5]): path for path in office.sealed_files()}
    assert len(office.sealed_files()) == len(by_number) == FILES + SLOW
    assert all(path.read_bytes().startswith(numbered(payslip, number)) for number, path in by_number.items())
    with office.store() as database, database.reading() as transaction:
        assert ledger.balance(transaction) == 105_000 - 5 * (FILES + SLOW)
        assert ledger.check_chain(transaction) == 2 + 2 * (FILES + SLOW)  # set aside, then spent
        assert journal.check_chain(transaction) >= 5 * (FILES + SLOW)
    assert most < MOST_RESIDENT
