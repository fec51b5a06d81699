from __future__ import annotations

import dataclasses
import datetime

import pytest

from jesignd.domain.documents import DocumentKind
from jesignd.domain.mandates import Mandate, MandateId, found
from jesignd.domain.people import AccountId, FirmId

FIRM = FirmId("fir_1")
MANDATE = Mandate(
    MandateId("man_1"),
    FIRM,
    "000424",
    "LDM 2026-014, art. 7",
    datetime.date(2026, 3, 1),
    AccountId("per_c"),
    datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC),
    frozenset({DocumentKind.REGISTRY_FILING}),
    datetime.date(2026, 10, 24),
)


def find(*mandates: Mandate, firm=FIRM, kind=DocumentKind.REGISTRY_FILING, client="000424", at="2026-06-01T12:00:00"):
    instant = datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC)
    return found(mandates, firm=firm, kind=kind, client_code=client, at=instant)


def test_a_mandate_counts_for_its_firm_client_and_kinds():
    assert find(MANDATE) == MANDATE
    assert find(MANDATE, firm=FirmId("fir_2")) is None
    assert find(MANDATE, client="000425") is None
    assert find(MANDATE, kind=DocumentKind.PAYSLIP) is None
    assert find(dataclasses.replace(MANDATE, kinds=frozenset()), kind=DocumentKind.PAYSLIP) is not None


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        ("2026-02-28T22:59:59.999999", False),
        ("2026-02-28T23:00:00", True),
        ("2026-10-24T21:59:59.999999", True),
        ("2026-10-24T22:00:00", False),
    ],
)
def test_its_first_and_last_day_count_in_paris(at, counts):
    assert (find(MANDATE, at=at) is not None) is counts


def test_an_ended_mandate_counts_no_longer():
    ended = dataclasses.replace(MANDATE, ended_at=datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC))
    assert find(ended) is None
    assert find(ended, at="2026-06-01T11:59:59") == ended


def test_of_several_the_newest_is_cited():
    newer = dataclasses.replace(MANDATE, id=MandateId("man_2"), recorded_at=MANDATE.recorded_at + datetime.timedelta(1))
    assert find(newer, MANDATE) == newer == find(MANDATE, newer)
