from __future__ import annotations

import pytest

from jesignd.domain.documents import DocumentKind
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.errors import NotAllowed, NotFound
from jesignd.flow import mandate

FILING = frozenset({DocumentKind.REGISTRY_FILING})


def records(cabinet, *, by=None, reference="LDM 2026-014, art. 7", kinds=FILING) -> Mandate:
    at = cabinet.clock()
    who = by or cabinet.claire
    wish = Mandate(MandateId(""), cabinet.firm.id, "000424", reference, at.date(), who.id, at, kinds)
    return mandate.record(wish, **cabinet.on())


def goes_on(cabinet, kind=DocumentKind.REGISTRY_FILING, client="000424"):
    with cabinet.database.reading() as transaction:
        return mandate.may_go_on(
            transaction, cabinet.firm.id, kind, client_code=client, needing=FILING, at=cabinet.clock()
        )


def test_a_document_that_needs_a_mandate_waits_until_there_is_one(cabinet):
    with pytest.raises(NotAllowed, match="000424"):
        goes_on(cabinet)
    recorded = records(cabinet)
    assert goes_on(cabinet) == recorded
    mandate.end(recorded.id, **cabinet.here())
    with pytest.raises(NotAllowed):
        goes_on(cabinet)
    with pytest.raises(NotFound):
        mandate.end(recorded.id, **cabinet.here())


def test_other_kinds_need_none(cabinet):
    assert goes_on(cabinet, DocumentKind.PAYSLIP) is None


def test_a_mandate_is_recorded_with_its_reference_by_somebody_who_prepares(cabinet):
    with pytest.raises(NotAllowed):
        records(cabinet, reference=" ")
    with pytest.raises(NotAllowed):
        records(cabinet, by=cabinet.newcomer("ines"))
