from __future__ import annotations

import pytest

from jesignd.domain.documents import DocumentKind
from jesignd.domain.levels import FLOORS, Act, LegalLevel, floor_violation


def test_every_kind_has_its_floor():
    assert set(FLOORS) == set(DocumentKind)


def test_a_payslip_is_never_given_to_sign_and_the_article_says_why():
    violation = floor_violation(DocumentKind.PAYSLIP, Act.SIGN)

    assert violation is not None
    assert "L. 3243-2" in violation.fr
    assert "L. 3243-2" in violation.en


def test_minutes_signed_at_the_simple_level_are_refused_with_the_decree():
    violation = floor_violation(DocumentKind.MEETING_MINUTES, Act.SIGN, LegalLevel.SIMPLE)

    assert violation is not None
    assert "2019-1118" in violation.fr
    assert floor_violation(DocumentKind.MEETING_MINUTES, Act.SIGN, LegalLevel.ADVANCED) is None


def test_a_registry_filing_needs_a_qualified_certificate():
    assert floor_violation(DocumentKind.REGISTRY_FILING, Act.SIGN, LegalLevel.ADVANCED) is not None
    assert floor_violation(DocumentKind.REGISTRY_FILING, Act.SIGN, LegalLevel.QUALIFIED) is None


@pytest.mark.parametrize("kind", [DocumentKind.ATTESTATION, DocumentKind.CURRENT_ACCOUNT_STATEMENT])
def test_some_kinds_have_no_default_act(kind):
    assert FLOORS[kind].default is None


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_holding_is_always_lawful(kind):
    assert floor_violation(kind, Act.HOLD) is None


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_the_default_act_is_lawful(kind):
    default = FLOORS[kind].default
    assert default is None or floor_violation(kind, default) is None
