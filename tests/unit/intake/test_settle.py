"""When a file is believed whole: the clock is turned by hand."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jesignd.domain.documents import Claimed, CompanionRole, Refused
from jesignd.domain.folders import Conventions, IndexConvention
from jesignd.errors import Code
from jesignd.intake.bundles import Bundle, Postponed, Proof, Setback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import HotFolder

    MakeFolder = Callable[..., HotFolder]

QUIET, COMPANION = 5.0, 60.0


def ready_paths(bundles: list[Bundle]) -> list[str]:
    return [bundle.primary.relative_path for bundle in bundles]


# Quiet time


def test_a_file_is_ready_after_the_quiet_time_and_not_before(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    assert hot.look() == []
    assert hot.look(after=QUIET - 0.1) == []
    (bundle,) = hot.look(after=0.2)
    assert bundle.proof is Proof.QUIET
    assert hot.look(after=100) == []


def test_the_next_look_is_asked_for_exactly_when_the_quiet_time_ends(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    hot.look()
    assert hot.tracker.next_due() == pytest.approx(hot.now + QUIET)


def test_every_change_of_size_time_or_file_begins_the_quiet_time_anew(hot: HotFolder) -> None:
    file = hot.drop("a.pdf")
    hot.look()
    for change in (
        lambda: file.write_bytes(hot.pdf(1)),
        lambda: os.utime(file, ns=(1, 1)),
        lambda: hot.rename_in("a.pdf", hot.pdf(2)),
    ):
        change()
        assert hot.look(after=QUIET - 1) == []
    assert ready_paths(hot.look(after=QUIET)) == ["a.pdf"]


def test_a_single_look_is_never_two_equal_samples(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    assert hot.look(after=10_000) == []


def test_files_that_match_no_pattern_are_nobodys_business(hot: HotFolder) -> None:
    hot.drop("notes.docx")
    hot.drop("a.PDF")
    assert ready_paths(hot.settle()) == ["a.PDF"]
    assert hot.refused == []
    assert hot.tracker.pending() == (1, 1000.0)


# Hints


def test_a_closed_file_is_ready_at_once_when_both_its_ends_are_there(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    (bundle,) = hot.look("a.pdf")
    assert bundle.proof is Proof.FINISHED


def test_a_closed_file_without_its_end_waits_for_the_rest(hot: HotFolder) -> None:
    """A scanner closes between pages, and opens again after seconds."""
    whole = hot.pdf(1, 5000)
    file = hot.drop("a.pdf", whole[:2000])
    assert hot.look("a.pdf") == []
    assert hot.look("a.pdf", after=4) == []
    file.write_bytes(whole)
    assert ready_paths(hot.look("a.pdf", after=4)) == ["a.pdf"]


def test_a_hint_is_worth_nothing_once_the_file_has_changed_again(hot: HotFolder) -> None:
    file = hot.drop("a.pdf", b"%PDF-")
    hot.look("a.pdf")
    file.write_bytes(hot.pdf(1))
    assert hot.look(after=1) == []


def test_the_shape_is_asked_of_the_file_that_was_listed(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    listing = hot.listing()
    hot.drop("a.pdf", hot.pdf(1))
    hot.tracker.feed(listing, hot.now, {"a.pdf"})
    assert hot.tracker.take_ready(10) == []


# What can never be taken


def test_what_is_not_a_pdf_is_refused_once_it_is_still(hot: HotFolder) -> None:
    hot.drop("a.pdf", b"MZ this is a program")
    hot.look("a.pdf")
    assert hot.refused == []
    hot.look(after=QUIET)
    hot.look(after=1000)
    assert hot.codes() == {"a.pdf": Code.NOT_A_PDF}
    assert len(hot.refused) == 1


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nno end"])
def test_a_truncated_file_is_refused_after_the_companion_time_once_and_again_when_it_changes(
    hot: HotFolder, data: bytes
) -> None:
    file = hot.drop("a.pdf", data)
    hot.settle()
    hot.look(after=COMPANION - QUIET - 1)
    assert hot.refused == []
    hot.look(after=1)
    hot.look(after=1000)
    assert [refused.code for refused in hot.refused] == [Code.TRUNCATED]
    file.write_bytes(b"%PDF-1.7\nother, no end either")
    hot.settle()
    hot.look(after=COMPANION)
    assert [refused.code for refused in hot.refused] == [Code.TRUNCATED] * 2
    file.write_bytes(hot.pdf(1))
    assert ready_paths(hot.settle()) == ["a.pdf"]


def test_a_file_that_never_stops_growing_stays_pending_in_sight(hot: HotFolder) -> None:
    file = hot.drop("a.pdf", b"%PDF-1.7")
    for _ in range(100):
        with file.open("ab") as growing:
            growing.write(b"x")
        assert hot.look(after=QUIET - 1) == []
    assert hot.tracker.pending() == (1, 1004.0)


@pytest.mark.parametrize(
    "name", ["a\nb.pdf", "CON.pdf", "a\u202efdp.pdf", "a.pdf.", "d\x01/a.pdf", "x" * 240 + ".pdf"], ids=ascii
)
def test_a_hostile_name_is_refused_at_sight_and_told_in_printable_words(make_folder: MakeFolder, name: str) -> None:
    hot = make_folder(include=("*",))
    hot.drop(name)
    hot.look()
    (refused,) = hot.refused
    assert refused.code is Code.FORBIDDEN_FILE
    assert refused.relative_path.isprintable()
    hot.look(name, after=100)
    assert len(hot.refused) == 1


def test_twins_are_both_refused_until_one_of_them_goes(hot: HotFolder) -> None:
    hot.drop("Été.pdf")
    hot.drop(unicodedata.normalize("NFD", "été.PDF"), hot.pdf(1))
    assert hot.settle() == []
    assert sorted(refused.code for refused in hot.refused) == [Code.TWIN_NAMES] * 2
    (hot.path / "Été.pdf").unlink()
    assert ready_paths(hot.look(after=QUIET)) == ["été.PDF"]
    assert len(hot.refused) == 2


def test_a_twin_that_comes_later_takes_back_what_was_not_yet_handed_over(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    hot.tracker.feed(hot.listing(), hot.now, {"a.pdf"})
    assert hot.tracker.count_ready == 1
    hot.drop("A.pdf")
    assert hot.look("A.pdf") == []
    assert set(hot.codes().values()) == {Code.TWIN_NAMES}


def test_the_same_name_in_two_directories_is_no_twin(hot: HotFolder) -> None:
    hot.drop("x/a.pdf")
    hot.drop("y/a.pdf")
    assert ready_paths(hot.settle()) == ["x/a.pdf", "y/a.pdf"]


def test_a_hard_link_is_refused_once_still_and_taken_when_it_has_one_name_again(hot: HotFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "payroll of somebody else.pdf"
    elsewhere.write_bytes(hot.pdf(1))
    os.link(elsewhere, hot.path / "a.pdf")
    assert hot.look("a.pdf") == []
    assert hot.refused == []
    assert hot.look(after=QUIET) == []
    assert hot.codes() == {"a.pdf": Code.FORBIDDEN_FILE}
    elsewhere.unlink()
    assert ready_paths(hot.settle()) == ["a.pdf"]


def test_a_file_linked_into_place_by_a_careful_writer_is_taken(hot: HotFolder) -> None:
    temporary = hot.drop(".upload", hot.pdf(1))
    os.link(temporary, hot.path / "a.pdf")
    hot.look("a.pdf")
    temporary.unlink()
    assert ready_paths(hot.settle()) == ["a.pdf"]
    assert hot.refused == []


# The past


def test_a_file_recorded_before_is_not_taken_again(hot: HotFolder) -> None:
    found = hot.drop("a.pdf").stat()
    hot.known.add(("a.pdf", found.st_size, found.st_mtime_ns, found.st_ino))
    assert hot.settle() == []
    assert hot.tracker.pending() == (0, None)


def test_a_taken_file_is_taken_again_only_when_its_bytes_may_have_changed(hot: HotFolder, tmp_path: Path) -> None:
    file = hot.drop("a.pdf")
    hot.claim(hot.settle())
    file.chmod(0o600)
    os.link(file, tmp_path / "backup")
    assert hot.settle() == []
    (tmp_path / "backup").unlink()
    hot.rename_in("a.pdf", hot.pdf(2))
    assert ready_paths(hot.settle()) == ["a.pdf"]


def test_an_offline_folder_changes_nothing_and_ages_nothing(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    hot.look()
    marker = hot.path / ".jesignd-root"
    marker.rename(hot.path / "away")
    assert hot.look(after=1) == []
    (hot.path / "away").rename(marker)
    assert ready_paths(hot.look(after=QUIET)) == ["a.pdf"]


# Companions


def roles(bundle: Bundle) -> list[tuple[CompanionRole, str]]:
    return [(part.role, part.entry.relative_path) for part in bundle.companions]


def test_a_sidecar_of_the_same_stem_comes_along_in_any_case(hot: HotFolder) -> None:
    hot.drop("d/A.JSON", b"{}")
    hot.drop("d/a.pdf")
    hot.drop("a.json", b"{}")
    (bundle,) = hot.settle()
    assert roles(bundle) == [(CompanionRole.SIDECAR, "d/A.JSON")]
    assert bundle.missing == ()


def test_a_document_waits_for_a_sidecar_that_is_still_being_written(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    hot.drop("a.json", b"{")
    assert hot.look("a.pdf") == []
    hot.drop("a.json", b"{}")
    assert ready_paths(hot.look("a.json", after=1)) == ["a.pdf"]


def test_a_required_sidecar_that_does_not_come_is_flagged(make_folder: MakeFolder) -> None:
    hot = make_folder(conventions=Conventions(sidecar_required=True))
    hot.drop("a.pdf")
    assert hot.look("a.pdf") == []
    assert hot.look(after=COMPANION - 1) == []
    (bundle,) = hot.look(after=1)
    assert bundle.missing == (CompanionRole.SIDECAR,)


def test_a_required_sidecar_that_comes_wakes_its_document(make_folder: MakeFolder) -> None:
    hot = make_folder(conventions=Conventions(sidecar_required=True))
    hot.drop("a.pdf")
    hot.look("a.pdf")
    hot.drop("a.json", b"{}")
    (bundle,) = hot.look("a.json", after=20)
    assert bundle.missing == ()


def test_a_sidecar_that_comes_after_its_document_was_taken_is_told(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    hot.claim(hot.look("a.pdf"))
    hot.drop("a.json", b"{}")
    hot.look("a.json")
    assert hot.codes() == {"a.json": Code.CONTRADICTION}


def test_two_sidecars_that_differ_only_in_case_refuse_their_document(hot: HotFolder) -> None:
    hot.drop("a.json", b"{}")
    hot.drop("A.json", b"[]")
    hot.drop("a.pdf")
    assert hot.settle() == []
    assert hot.codes()["a.pdf"] is Code.TWIN_NAMES


@pytest.mark.parametrize("marker", ["a.ok", "a.pdf.OK"])
def test_a_marker_makes_its_document_ready_at_once(make_folder: MakeFolder, marker: str) -> None:
    hot = make_folder(conventions=Conventions(marker_suffixes=(".ok",)))
    hot.drop("a.pdf")
    hot.drop("a.json", b"{}")
    assert hot.look("a.pdf") == []
    hot.drop(marker, b"")
    (bundle,) = hot.look(after=1)
    assert bundle.proof is Proof.MARKER
    assert roles(bundle) == [(CompanionRole.SIDECAR, "a.json"), (CompanionRole.MARKER, marker)]


def test_a_document_whose_marker_never_comes_is_flagged(make_folder: MakeFolder) -> None:
    hot = make_folder(conventions=Conventions(marker_suffixes=(".ok",)))
    hot.drop("a.pdf")
    hot.settle()
    (bundle,) = hot.look(after=COMPANION)
    assert bundle.missing == (CompanionRole.MARKER,)


def test_lists_of_people_at_the_root_go_with_every_document(make_folder: MakeFolder) -> None:
    hot = make_folder(conventions=Conventions(directories=("annuaire.csv",)))
    hot.drop("Annuaire.csv", b"CODE\n")
    hot.drop("sub/annuaire.csv", b"CODE\n")
    hot.drop("sub/a.pdf")
    (bundle,) = hot.settle()
    assert roles(bundle) == [(CompanionRole.DIRECTORY, "Annuaire.csv")]


def test_a_linked_sidecar_is_refused_and_does_not_come_along(hot: HotFolder, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"{}")
    (hot.path / "a.json").symlink_to(tmp_path / "secret")
    hot.drop("a.pdf")
    (bundle,) = hot.settle()
    assert bundle.companions == ()
    assert hot.codes() == {"a.json": Code.FORBIDDEN_FILE}


# Lots


def lot_terms(**more: bool) -> dict[str, Conventions]:
    index = IndexConvention(
        pattern=r"LOT_\w+\.csv", end_suffix=".fin", file_column="FICHIER", size_column="TAILLE", digest_column="SHA256"
    )
    return {"conventions": Conventions(index=index, **more)}


def index_of(**files: bytes) -> bytes:
    rows = [f"{name}.pdf;{len(data)};{hashlib.sha256(data).hexdigest()}" for name, data in files.items()]
    return "\r\n".join(["FICHIER;TAILLE;SHA256", *rows, ""]).encode()


def test_a_complete_lot_makes_its_documents_ready_at_once(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms(index_required=True))
    a, b = hot.pdf(1), hot.pdf(2)
    hot.drop("d/a.pdf", a)
    hot.drop("d/b.pdf", b)
    hot.drop("d/LOT_1.csv", index_of(a=a, b=b))
    assert hot.settle() == []
    hot.drop("d/lot_1.fin", b"")
    first, second = hot.look(after=1)
    assert first.proof is second.proof is Proof.INDEX
    assert first.lot == "d/LOT_1.csv"
    assert roles(first) == [(CompanionRole.INDEX, "d/LOT_1.csv")]
    assert [type(outcome) for outcome in hot.claim([first, second])] == [Claimed, Claimed]


def test_a_document_that_does_not_match_its_row_yet_waits_to_be_still(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms())
    whole = hot.pdf(1, 4000)
    hot.drop("a.pdf", whole[:100])
    hot.drop("LOT_1.csv", index_of(a=whole))
    hot.drop("LOT_1.fin", b"")
    assert hot.look() == []
    hot.drop("a.pdf", whole)
    (bundle,) = hot.look(after=1)
    assert bundle.proof is Proof.INDEX


def test_a_document_with_the_announced_size_but_other_bytes_is_claimed_only_once_still(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms())
    hot.drop("a.pdf", hot.pdf(1))
    hot.drop("LOT_1.csv", index_of(a=hot.pdf(2)))
    hot.drop("LOT_1.fin", b"")
    (outcome,) = hot.claim(hot.look())
    assert outcome == Postponed("paie", "a.pdf", Setback.UNPROVEN)
    (outcome,) = hot.claim(hot.settle())
    assert isinstance(outcome, Claimed)


def test_announced_documents_that_do_not_come_are_told_row_by_row_once(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms())
    hot.drop("a.pdf", hot.pdf(1))
    hot.drop("LOT_1.csv", index_of(a=hot.pdf(1), b=b"x", c=b"y", old=b"z"))
    hot.drop("LOT_1.fin", b"")
    hot.taken_before.add("old.pdf")
    hot.claim(hot.look())
    (hot.path / "a.pdf").unlink()
    hot.look(after=COMPANION - 1)
    assert hot.refused == []
    hot.look(after=1)
    hot.look(after=1000)
    assert hot.codes() == {"b.pdf": Code.INDEX_ROW_INVALID, "c.pdf": Code.INDEX_ROW_INVALID}
    assert len(hot.refused) == 2
    assert "LOT_1.csv, ligne 3" in hot.refused[0].reason.fr


def test_a_document_no_index_names_is_flagged_as_an_orphan_where_an_index_is_required(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms(index_required=True))
    hot.drop("a.pdf")
    hot.settle()
    (bundle,) = hot.look(after=COMPANION)
    assert bundle.missing == (CompanionRole.INDEX,)


def test_an_unreadable_index_is_refused_once_and_read_again_when_it_changes(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms())
    hot.drop("LOT_1.csv", b"NOM\na.pdf\n")
    hot.drop("LOT_1.fin", b"")
    hot.look()
    hot.look(after=100)
    assert hot.codes() == {"LOT_1.csv": Code.INDEX_ROW_INVALID}
    assert len(hot.refused) == 1
    hot.drop("LOT_1.csv", index_of(a=hot.pdf(1)))
    hot.drop("a.pdf", hot.pdf(1))
    assert ready_paths(hot.look(after=1)) == ["a.pdf"]


def test_an_end_marker_with_another_digest_holds_its_lot_back(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms(index_required=True))
    hot.drop("a.pdf", hot.pdf(1))
    index = index_of(a=hot.pdf(1))
    hot.drop("LOT_1.csv", index)
    hot.drop("LOT_1.fin", b"0" * 64)
    assert hot.look() == []
    hot.drop("LOT_1.fin", hashlib.sha256(index).hexdigest().encode())
    assert ready_paths(hot.look(after=1)) == ["a.pdf"]


def test_rows_that_lead_out_of_the_folder_are_told_with_their_lines(make_folder: MakeFolder) -> None:
    hot = make_folder(**lot_terms())
    hot.drop("LOT_1.csv", b"FICHIER\n../../etc/passwd\nb.pdf\n")
    hot.drop("LOT_1.fin", b"")
    hot.look()
    assert hot.codes() == {"LOT_1.csv": Code.INDEX_ROW_INVALID}


def test_an_index_without_end_marker_is_read_once_still(make_folder: MakeFolder) -> None:
    index = IndexConvention(pattern=r"LOT.*\.csv", end_suffix=None, file_column="FICHIER")
    hot = make_folder(conventions=Conventions(index=index, index_required=True))
    hot.drop("a.pdf")
    hot.drop("LOT.csv", b"FICHIER\na.pdf\n")
    assert hot.look("a.pdf") == []
    (bundle,) = hot.look(after=QUIET)
    assert bundle.lot == "LOT.csv"


# Locks


def test_a_file_somebody_holds_is_tried_again_then_told_once_and_still_taken_later(open_to_all: HotFolder) -> None:
    hot = open_to_all
    file = hot.drop("a.pdf")
    file.chmod(0)
    with hot.as_an_ordinary_user():
        hot.settle()
        for _ in range(20):
            hot.look(after=2)
        assert hot.refused == []
        for _ in range(40):
            hot.look(after=2)
        assert [refused.code for refused in hot.refused] == [Code.POISON]
    file.chmod(0o644)
    assert ready_paths(hot.look(after=61)) == ["a.pdf"]
    assert len(hot.refused) == 1


# Always


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(1, 900), st.floats(0.01, QUIET - 0.01), st.booleans()), max_size=12))
def test_a_partial_pdf_is_never_ready_whatever_the_pauses_of_its_writer(
    make_folder: MakeFolder, steps: list[tuple[int, float, bool]]
) -> None:
    """Early `%%EOF` included, and files closed between writes; only pauses longer than the quiet time could fool it."""
    hot = make_folder()
    hot.empty()
    part = hot.pdf(1, 200)
    whole = part + b"2 0 obj" + b"x" * 1200 + part[-60:]
    file = hot.drop("a.pdf", b"")
    written = 0
    for length, pause, _ in steps:
        if written + length >= len(whole):
            break
        with file.open("ab") as growing:
            growing.write(whole[written : written + length])
        written += length
        assert hot.look(after=pause) == []
    with file.open("ab") as growing:
        growing.write(whole[written:])
    (bundle,) = hot.settle()
    (outcome,) = hot.claim([bundle])
    assert isinstance(outcome, Claimed)
    assert hot.keeper.kept[outcome.digest] == whole


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["whole", "truncated", "program", "empty", "link", "pipe", "twin", "newline", "growing"]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_every_file_dropped_is_always_claimed_refused_or_pending(
    make_folder: MakeFolder, drops: list[tuple[str, bool]]
) -> None:
    hot = make_folder()
    hot.empty()
    dropped: set[str] = set()
    claimed: set[str] = set()
    for number, (what, hinted) in enumerate(drops):
        name = f"n{number}.pdf" if what != "newline" else f"n\n{number}.pdf"
        match what:
            case "link":
                (hot.path / name).symlink_to("/etc/hostname")
            case "pipe":
                os.mkfifo(hot.path / name)
            case "twin":
                hot.drop(name.upper())
                dropped.add(name.upper())
                hot.drop(name)
            case "truncated" | "growing":
                hot.drop(name, b"%PDF-1.7\n")
            case "program":
                hot.drop(name, b"MZ")
            case "empty":
                hot.drop(name, b"")
            case _:
                hot.drop(name, hot.pdf(number))
        dropped.add(name)
        outcomes = hot.claim(hot.look(*([name] if hinted else []), after=1.0))
        claimed |= {outcome.relative_path for outcome in outcomes if isinstance(outcome, Claimed)}
    for pause in (QUIET, QUIET, COMPANION, COMPANION):
        outcomes = hot.claim(hot.look(after=pause))
        claimed |= {outcome.relative_path for outcome in outcomes if isinstance(outcome, Claimed)}
    refused = {refusal.relative_path.replace("\\x0a", "\n") for refusal in hot.refused}
    assert not claimed & refused
    assert len(hot.refused) == len(refused)
    assert len(claimed) + len(refused) + hot.tracker.pending()[0] == len(dropped)
    assert claimed | refused == dropped
    assert all(isinstance(refusal, Refused) for refusal in hot.refused)
