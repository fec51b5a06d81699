"""One real daemon's day: what it says to the service manager and to its log, and what it survives."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.errors import Code
from jesignd.store import people
from jesignd.testing.exports import samples
from jesignd.testing.office import Office

CANARY = "Zorglubine"
"""In every file's name, and in the names of people and of clients."""
PAYSLIP = f"BP_000424_202610_MAT-00012_{CANARY}.pdf"


@dataclass
class Day:
    """What is left of it."""

    office: Office
    heard: list[str]
    log: str
    code_at_start: Code | None
    troubles_at_start: str
    states: dict[str, DocumentState]
    exit_code: int


@contextlib.contextmanager
def manager(place: Path) -> Iterator[list[str]]:
    """All that a service manager hears, named in the environment of whatever is started meanwhile."""
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear, pytest.MonkeyPatch.context() as patch:
        ear.bind(str(place))
        patch.setenv("NOTIFY_SOCKET", str(place))
        patch.setenv("WATCHDOG_USEC", "1000000")
        listener = threading.Thread(target=_listen, args=(ear, heard))
        listener.start()
        try:
            yield heard
        finally:
            ear.sendto(b"", str(place))
            listener.join()


def _listen(ear: socket.socket, heard: list[str]) -> None:
    while message := ear.recv(4096):
        heard.append(message.decode())


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Started without its key; mended and reloaded; fed with good and bad files; badly configured; stopped."""
    place = tmp_path_factory.mktemp("jour")
    office = Office(place / "cabinet")
    office.top_up(5000)
    text = office.config.read_text(encoding="utf-8")
    with office.store() as database, database.transaction() as tx:
        claire = people.account(tx, "claire")
        people.update_profile(tx, claire.id, replace(claire.profile, last_name=CANARY))
    key = office.root / "cachet.key"
    key.rename(key.with_suffix(".aside"))
    with manager(place / "notify") as heard:
        try:
            office.start()
            office.drop(PAYSLIP, samples.carpenter_payslip())
            office.wait_until_settled(1)
            (held,) = office.documents()
            status = office.run_command("status").stdout
            key.with_suffix(".aside").rename(key)
            office.reload()
            office.wait_for(lambda: len(office.sealed_files()) == 1)

            office.drop(f"BP_000424_202610_MAT-00013_{CANARY}.pdf", samples.encrypted_payslip())
            office.drop(f"{CANARY} sans nature.pdf", samples.baker_payslip())
            contradicting = json.dumps({"jesign": 1, "dossier": {"code": "000999", "raison_sociale": CANARY}})
            office.drop(f"BP_000424_202610_MAT-00014_{CANARY}.json", contradicting.encode())
            office.drop(f"BP_000424_202610_MAT-00014_{CANARY}.pdf", samples.surveyor_payslip())
            office.drop(f"BP_000424_202610_MAT-00015_{CANARY}.json", CANARY.encode())
            office.drop(f"BP_000424_202610_MAT-00015_{CANARY}.pdf", samples.joinery_fee_note())
            os.symlink("/etc/hostname", office.exports / f"{CANARY}.pdf")
            office.wait_until_settled(5)
            office.config.write_text(text.replace("connector: neutral", "connector: neutral\n    opt: {a: 1}"))
            office.reload()
            office.wait_for(lambda: "kept the former configuration" in office.last_words())
            office.wait_for(lambda: "WATCHDOG=1" in heard)
            code = office.stop()
        finally:
            if office.daemon is not None:
                office.kill()
    log = (office.root / "journal.log").read_text(encoding="utf-8")
    return Day(office, heard, log, held.hold.code if held.hold else None, status, office.states(), code)


def test_a_daemon_whose_key_cannot_be_opened_lives_says_so_and_holds_its_documents(day: Day):
    assert day.code_at_start is Code.KEY
    assert "✗ clé cachet : " in day.troubles_at_start


def test_a_reload_with_the_key_back_sets_them_free(day: Day):
    assert day.states[PAYSLIP] is DocumentState.DELIVERED


def test_every_file_met_its_fate(day: Day):
    states = sorted(state for name, state in day.states.items() if name != PAYSLIP)

    assert states == [DocumentState.HELD] * 3 + [DocumentState.REJECTED]


def test_the_service_manager_heard_the_whole_day_in_order(day: Day):
    kinds = [message.partition("=")[0] for message in day.heard if message.startswith(("READY", "RELOADING", "STOP"))]

    assert kinds == ["READY", "RELOADING", "READY", "RELOADING", "READY", "STOPPING"]
    assert "WATCHDOG=1" in day.heard
    assert any("dossiers surveillés" in message for message in day.heard)


def test_it_told_of_its_trouble_to_the_service_manager_until_it_was_mended(day: Day):
    ready = [message for message in day.heard if message.startswith("READY")]

    assert "1 anomalie(s)" in ready[0]
    assert "anomalie" not in ready[1]


def test_told_to_stop_it_ends_well(day: Day):
    assert day.exit_code == 0
    assert "logger=jesignd.daemon.house event=stopped" in day.log


def test_the_log_names_no_file_no_person_and_no_client(day: Day):
    assert CANARY not in day.log
    assert CANARY.casefold() not in day.log.casefold()
    assert "Claire" not in day.log


def test_the_log_names_each_document_by_its_id(day: Day):
    assert day.log.count("level=info") > 10
    assert "password" not in day.log


def test_what_people_read_names_the_file(day: Day):
    notices = sorted(day.office.rejects.glob("*.erreur.txt"))

    assert [one.name for one in notices] == [f"BP_000424_202610_MAT-00013_{CANARY}.erreur.txt", f"{CANARY}.erreur.txt"]
    assert all(CANARY in one.read_text(encoding="utf-8-sig") for one in notices)
