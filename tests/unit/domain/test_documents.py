from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.documents import (
    FINAL_STATES,
    TRANSITIONS,
    Claimed,
    Digest,
    DocumentKind,
    DocumentState,
    Period,
)

CLAIMED = Claimed("quadra", "000424/BP.pdf", "000424/BP.pdf", 10, 20, 30, Digest("a" * 64))


@pytest.mark.parametrize("text", ["2026", "202610", "2026-10", "20261031", "2026-10-31"])
def test_a_period_is_read_in_the_ways_exports_write_it(text):
    assert Period.parse(text).compact == text.replace("-", "")


@pytest.mark.parametrize("text", ["", "26", "202613", "20261032", "20260230", "2026-1", "1850", "2026/10", "٢٠٢٦"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):
        Period.parse(text)


@given(st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2099, 12, 31)))
def test_a_period_always_reads_back_as_it_was_written(day):
    period = Period(day.year, day.month, day.day)

    assert Period.parse(str(period)) == period == Period.parse(period.compact)


def test_a_kind_is_found_by_its_code_in_any_case():
    assert DocumentKind.from_code("pvag") is DocumentKind.MEETING_MINUTES
    with pytest.raises(ValueError):
        DocumentKind.from_code("XX")


def test_the_same_file_listed_twice_is_one_document():
    assert dataclasses.replace(CLAIMED).id == CLAIMED.id


def test_the_same_name_dropped_again_is_another_document():
    assert dataclasses.replace(CLAIMED, mtime_ns=21).id != CLAIMED.id


def test_the_inode_and_the_companions_do_not_name_a_document():
    assert dataclasses.replace(CLAIMED, inode=31, lot="LOT.csv").id == CLAIMED.id


def test_every_state_leads_somewhere_or_is_an_end():
    assert set(TRANSITIONS) == set(DocumentState)
    assert {
        DocumentState.DELIVERED,
        DocumentState.REJECTED,
        DocumentState.DUPLICATE,
        DocumentState.REPLACED,
    } == FINAL_STATES


def test_every_state_is_reached_from_the_first():
    reached = {DocumentState.RECEIVED}
    while following := {after for state in reached for after in TRANSITIONS[state]} - reached:
        reached |= following

    assert reached == set(DocumentState)


def test_nothing_sealed_is_ever_sealed_again():
    assert DocumentState.AUTHORISED not in TRANSITIONS[DocumentState.SEALED]
    assert DocumentState.RECOGNISED not in TRANSITIONS[DocumentState.SEALED]
