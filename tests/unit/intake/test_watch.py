"""The watch: hints shorten, listings decide, and a folder that is not there is never empty."""

from __future__ import annotations

import os
import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.folders import Conventions, FolderState, SourcePolicy, WatchMode
from jesignd.errors import Code, ServiceError, Words
from jesignd.intake import watch as watching
from jesignd.intake.clear import clear

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Office

    OpenOffice = Callable[..., Office]


def test_a_file_renamed_into_place_is_handed_over_at_once(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=30.0)
    delays = []
    for number in range(20):
        at = office.hot.rename_in(f"{number}.pdf", office.hot.pdf(number))
        assert office.wait_for(lambda: f"{number}.pdf" in office.at)  # noqa: B023 (waited for at once)
        delays.append(office.at[f"{number}.pdf"] - at)
    assert sorted(delays)[10] < 0.15


def test_a_file_closed_after_writing_is_handed_over_at_once(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=30.0)
    office.hot.drop("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])


def test_files_already_there_at_start_are_found(open_office: OpenOffice) -> None:
    office = open_office(start=False)
    office.hot.drop("before.pdf")
    office.hot.drop("deep/er/before.pdf")
    office.watch.start()
    assert office.wait_for(lambda: office.paths() == ["before.pdf", "deep/er/before.pdf"])


def test_a_file_in_a_directory_made_a_moment_ago_is_found(open_office: OpenOffice) -> None:
    office = open_office()
    office.hot.drop("2026/10/31/a.pdf")
    office.hot.drop("2026/10/31/b.pdf")
    assert office.wait_for(lambda: office.paths() == ["2026/10/31/a.pdf", "2026/10/31/b.pdf"])


def test_a_directory_moved_in_whole_is_found_and_listened_to(open_office: OpenOffice, tmp_path: Path) -> None:
    office = open_office()
    (tmp_path / "lot").mkdir()
    (tmp_path / "lot" / "a.pdf").write_bytes(office.hot.pdf(1))
    os.rename(tmp_path / "lot", office.hot.path / "lot")
    assert office.wait_for(lambda: office.paths() == ["lot/a.pdf"])
    office.hot.rename_in("lot/b.pdf", office.hot.pdf(2))
    assert office.wait_for(lambda: office.paths() == ["lot/a.pdf", "lot/b.pdf"], 2.0)


def test_a_renamed_directory_is_listened_to_under_its_new_name(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=0.2)
    office.hot.drop("old/a.pdf")
    assert office.wait_for(lambda: office.paths() == ["old/a.pdf"])
    os.rename(office.hot.path / "old", office.hot.path / "new")
    assert office.wait_for(lambda: "new/a.pdf" in office.paths())
    office.hot.rename_in("new/b.pdf", office.hot.pdf(2))
    assert office.wait_for(lambda: "new/b.pdf" in office.paths(), 2.0)


def test_a_file_linked_into_place_is_found_without_waiting_for_a_rescan(open_office: OpenOffice) -> None:
    office = open_office()
    temporary = office.hot.drop(".upload", office.hot.pdf(1))
    os.link(temporary, office.hot.path / "a.pdf")
    temporary.unlink()
    assert office.wait_for(lambda: office.paths() == ["a.pdf"], 3.0)


def test_without_any_event_everything_is_found_once(open_office: OpenOffice) -> None:
    office = open_office(mode=WatchMode.POLL)
    for number in range(100):
        office.hot.drop(f"{number % 5}/{number}.pdf", office.hot.pdf(number))
    assert office.wait_for(lambda: len(office.claimed) == 100)
    time.sleep(0.5)
    assert len(office.paths()) == len(set(office.paths())) == 100
    assert not office.watch.snapshot().hears_events


def test_polling_takes_nothing_before_its_quiet_time(open_office: OpenOffice) -> None:
    office = open_office(mode=WatchMode.POLL, quiet_seconds=0.6)
    at = office.hot.rename_in("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])
    assert office.at["a.pdf"] - at >= 0.6


def test_lost_events_are_made_good_by_a_whole_listing(open_office: OpenOffice) -> None:
    """The kernel's queue overflows: what happened meanwhile was never announced."""
    office = open_office()
    hints = office.watch._hints
    assert hints is not None
    with hints._lock:
        hints._paths.clear()  # deaf from here on, as after an overflow
    for number in range(50):
        office.hot.rename_in(f"{number}.pdf", office.hot.pdf(number))
    time.sleep(0.5)
    assert office.claimed == []
    hints.on_queue_overflow()
    assert office.wait_for(lambda: len(office.claimed) == 50)
    office.hot.rename_in("later.pdf", office.hot.pdf(99))
    assert office.wait_for(lambda: "later.pdf" in office.paths(), 2.0)


def test_a_rescan_can_be_asked_for(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=0.1)
    hints = office.watch._hints
    assert hints is not None
    hints.stop()
    office.hot.drop("a.pdf")
    time.sleep(0.3)
    assert office.claimed == []
    office.watch.rescan_now()
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])


def test_a_burst_is_taken_whole_once_each_in_batches_of_at_most_sixty_four(open_office: OpenOffice) -> None:
    office = open_office()
    for number in range(500):
        office.hot.rename_in(f"{number}.pdf", office.hot.pdf(number))
    assert office.wait_for(lambda: len(office.claimed) == 500, 20.0)
    assert len(set(office.paths())) == 500
    assert max(office.batches) <= watching.BATCH
    assert office.watch.snapshot().pending == 0


def test_a_slow_owner_slows_the_intake_and_loses_nothing(open_office: OpenOffice) -> None:
    office = open_office(start=False)
    gate = threading.Event()
    take = office.watch._on_ready

    def slowly(*arguments: object) -> object:
        gate.wait(10)
        return take(*arguments)  # type: ignore[arg-type]

    office.watch._on_ready = slowly  # type: ignore[assignment]
    office.watch.start()
    assert office.wait_for(lambda: bool(office.states))
    for number in range(200):
        office.hot.rename_in(f"{number}.pdf", office.hot.pdf(number))
    time.sleep(0.3)
    assert office.claimed == []
    gate.set()
    assert office.wait_for(lambda: len(office.claimed) == 200)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), ServiceError(Words("plein", "full"))])
def test_a_batch_its_owner_could_not_record_is_handed_over_again(
    open_office: OpenOffice, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jesignd.intake.settle._LAST_RETRY", 0.2)
    office = open_office()
    office.fails = [error]
    office.hot.drop("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])
    assert office.watch.alive()


def test_a_store_that_does_not_answer_for_a_while_loses_nothing(
    open_office: OpenOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_BREATH_SECONDS", 0.1)
    office = open_office(start=False)
    office.store_fails = [ServiceError(Words("base muette", "store silent")) for _ in range(3)]
    for number in range(5):
        office.hot.drop(f"{number}.pdf", office.hot.pdf(number))
    office.watch.start()
    assert office.wait_for(lambda: len(office.claimed) == 5)
    assert office.store_fails == []


def test_what_was_recorded_before_is_not_taken_again_after_a_restart(open_office: OpenOffice) -> None:
    office = open_office()
    office.hot.drop("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])
    assert office.watch.stop()
    office.hot.drop("b.pdf", office.hot.pdf(2))
    office.watch = office.new_watch()
    office.watch.start()
    assert office.wait_for(lambda: "b.pdf" in office.paths())
    time.sleep(0.5)
    assert office.paths() == ["a.pdf", "b.pdf"]


def test_a_vanished_share_is_told_once_and_comes_back_by_itself(open_office: OpenOffice, tmp_path: Path) -> None:
    office = open_office(mode=WatchMode.POLL)
    office.hot.drop("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])
    os.rename(office.hot.path, tmp_path / "unmounted")
    office.hot.path.mkdir()  # what an unmounted share looks like: an empty directory
    assert office.wait_for(lambda: office.states == [FolderState.ONLINE, FolderState.OFFLINE])
    assert office.watch.snapshot().state is FolderState.OFFLINE
    time.sleep(0.5)
    office.hot.path.rmdir()
    os.rename(tmp_path / "unmounted", office.hot.path)
    assert office.wait_for(lambda: len(office.states) == 3)
    office.hot.drop("b.pdf", office.hot.pdf(2))
    assert office.wait_for(lambda: "b.pdf" in office.paths())
    time.sleep(0.5)
    assert office.paths() == ["a.pdf", "b.pdf"]
    assert office.states == [FolderState.ONLINE, FolderState.OFFLINE, FolderState.ONLINE]
    assert office.refused == []


def test_a_folder_replaced_by_another_one_is_listened_to_anew(open_office: OpenOffice, tmp_path: Path) -> None:
    office = open_office()
    shutil.copytree(office.hot.path, tmp_path / "copy")
    os.rename(office.hot.path, tmp_path / "gone")
    os.rename(tmp_path / "copy", office.hot.path)
    office.watch.rescan_now()
    root = office.hot.path.stat().st_ino
    deadline = time.monotonic() + 5
    while office.watch._root is None or office.watch._root[1] != root:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    office.hot.rename_in("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"], 2.0)


def test_a_folder_without_marker_at_start_is_offline_until_it_is_marked(open_office: OpenOffice) -> None:
    office = open_office(start=False)
    marker = office.hot.path / ".jesignd-root"
    marker.rename(office.hot.path / "away")
    office.hot.drop("a.pdf")
    office.watch.start()
    assert office.wait_for(lambda: office.states == [FolderState.OFFLINE])
    (reason,) = office.reasons
    assert reason is not None
    (office.hot.path / "away").rename(marker)
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])


def test_a_slow_writer_is_taken_whole_and_once(open_office: OpenOffice) -> None:
    """A scanner that closes its file between pages, here every 0.05 to 0.2 s."""
    office = open_office(quiet_seconds=0.5)
    whole = {f"{number}.pdf": office.hot.pdf(number, 6000) for number in range(6)}

    def scan_pages(name: str, pause: float) -> None:
        for start in range(0, len(whole[name]), 2000):
            with (office.hot.path / name).open("ab") as file:
                file.write(whole[name][start : start + 2000])
            time.sleep(pause)

    writers = [
        threading.Thread(target=scan_pages, args=(name, 0.05 + 0.03 * number)) for number, name in enumerate(whole)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert office.wait_for(lambda: len(office.claimed) == len(whole))
    assert {claimed.relative_path: office.hot.keeper.kept[claimed.digest] for claimed in office.claimed} == whole
    assert office.refused == []


def test_refusals_are_told_once_each(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=0.1, companion_seconds=0.4, rescan_seconds=0.2)
    office.hot.drop("a.pdf", b"MZ")
    office.hot.drop("b.pdf", b"%PDF-1.7")
    (office.hot.path / "c.pdf").symlink_to("/etc/hostname")
    assert office.wait_for(lambda: len(office.refused) == 3)
    time.sleep(0.6)
    codes = {refused.relative_path: refused.code for refused in office.refused}
    assert codes == {"a.pdf": Code.NOT_A_PDF, "b.pdf": Code.TRUNCATED, "c.pdf": Code.FORBIDDEN_FILE}
    assert len(office.refused) == 3


def test_archiving_sources_does_not_delay_the_next_ones(open_office: OpenOffice, tmp_path: Path) -> None:
    """A file moved out of a watched directory must not hold back the events behind it."""
    office = open_office(quiet_seconds=30.0, after=SourcePolicy.ARCHIVE, archive=str(tmp_path / "archive"))
    delays = []
    for number in range(10):
        at = office.hot.rename_in(f"{number}.pdf", office.hot.pdf(number))
        assert office.wait_for(lambda: f"{number}.pdf" in office.at)  # noqa: B023
        delays.append(office.at[f"{number}.pdf"] - at)
        clear(office.folder, office.claimed[-1])
    assert sorted(delays)[5] < 0.15
    assert [file.name for file in office.hot.path.iterdir()] == [".jesignd-root"]


def test_results_written_back_into_the_tree_are_never_taken(open_office: OpenOffice) -> None:
    office = open_office(skip_directories=("Scellés",))
    office.hot.rename_in("a.pdf")
    office.hot.drop("Scellés/a_scellé.pdf")
    office.hot.drop("Scellés/deep/a_scellé.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])
    time.sleep(0.5)
    assert office.paths() == ["a.pdf"]


def test_a_document_and_its_sidecar_come_together_whatever_events_say(open_office: OpenOffice) -> None:
    office = open_office(conventions=Conventions(sidecar_required=True), companion_seconds=30.0)
    office.hot.drop("a.pdf")
    time.sleep(0.2)
    office.hot.drop("a.json", b"{}")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])
    assert len(office.claimed[0].companions) == 1


def test_the_snapshot_says_what_waits_and_since_when(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=30.0)
    office.hot.drop("a.pdf", b"%PDF-1.7")
    deadline = time.monotonic() + 5
    while office.watch.snapshot().pending == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    snapshot = office.watch.snapshot()
    assert snapshot.state is FolderState.ONLINE
    assert snapshot.pending == 1
    assert snapshot.oldest_pending_seconds is not None
    assert snapshot.scanned_seconds_ago is not None
    assert snapshot.hears_events


def test_stopping_ends_the_thread_and_stops_listening(open_office: OpenOffice) -> None:
    office = open_office()
    assert office.watch.alive()
    assert office.watch.stop()
    assert not office.watch.alive()
    office.hot.drop("a.pdf")
    time.sleep(0.2)
    assert office.claimed == []
