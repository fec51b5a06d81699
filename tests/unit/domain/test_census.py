from __future__ import annotations

import pytest

from jesignd.domain import census
from jesignd.domain.census import Confidence, Score, Seen
from jesignd.domain.census_people import Need, need_of
from jesignd.domain.credit import Prices
from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.firm import Right
from jesignd.domain.levels import Act
from jesignd.domain.recognition import Clue, Doubtful, Recognised, Signatory, Source, Trait
from jesignd.errors import Code, Words

CLIENT = Signatory(1, "client", "Péan", "Gaël", "g.pean@exemple.fr", "+33600000000")
ACCOUNTANT = Signatory(2, "expert-comptable", "Ménard", "Inès", "i.menard@exemple.fr")


def seen(kind: DocumentKind, path: str, period: str = "2026-10", **more) -> Seen:
    return Seen("paie", path, 1000, kind=kind, client=path[:6], period=Period.parse(period), **more)


def unread(path: str, code: Code = Code.UNKNOWN_KIND) -> Seen:
    return Seen("paie", path, 1000, code=code, reason=Words("rien ne le dit", "nothing says it"))


def counted(*everything: Seen, ruled: bool = False) -> census.Census:
    return census.count("/srv/exports", everything, (), ruled=ruled)


def clue(trait: Trait, source: Source, value: str = "x") -> Clue:
    return Clue(trait, value, source, "…")


def test_each_kind_has_one_line_the_most_frequent_first():
    found = counted(
        seen(DocumentKind.FEE_NOTE, "000001_a"),
        seen(DocumentKind.PAYSLIP, "000001_b"),
        seen(DocumentKind.PAYSLIP, "000002_c"),
    )
    assert [(row.kind.code, row.count, row.clients, row.bytes) for row in found.kinds] == [
        ("BP", 2, 2, 2000),
        ("NH", 1, 1, 1000),
    ]
    assert found.kinds[0].act is Act.SEAL
    assert "L. 3243-2" in found.kinds[0].law.fr


def test_a_month_counts_what_is_sealed_what_is_signed_and_what_has_no_customary_act():
    found = counted(
        seen(DocumentKind.PAYSLIP, "a"),
        seen(DocumentKind.FEE_NOTE, "b", "2026-10-31"),
        seen(DocumentKind.ENGAGEMENT_LETTER, "c", "2026"),
        seen(DocumentKind.ATTESTATION, "d", "2026-11-02"),
    )
    assert [(row.period, row.seal, row.sign, row.choose) for row in found.volumes] == [
        ("2026", 0, 1, 0),
        ("2026-10", 2, 0, 0),
        ("2026-11", 0, 0, 1),
    ]
    assert [row.cost(Prices()) for row in found.volumes] == [25, 10, 0]


def test_somebody_named_many_times_has_one_line_and_those_of_the_firm_come_first():
    letters = [
        seen(DocumentKind.ENGAGEMENT_LETTER, name, "2026", signatories=(CLIENT, ACCOUNTANT)) for name in ("a", "b")
    ]
    found = counted(*letters, seen(DocumentKind.EXTRA_SERVICES, "c", "2026", signatories=(CLIENT,)))
    assert [(row.name, row.need, row.count, row.mobile) for row in found.people] == [
        ("Inès Ménard", Need.ENROLMENT, 2, False),
        ("Gaël Péan", Need.NOTHING, 3, True),
    ]
    assert [kind.code for kind in found.people[1].kinds] == ["LDM", "PC"]


@pytest.mark.parametrize(
    ("role", "need"),
    [("Expert-Comptable", Need.ENROLMENT), ("collaborateur", Need.DELEGATION), ("gérant", Need.NOTHING)],
)
def test_a_role_says_what_the_person_needs(role, need):
    assert need_of(role) is need


def test_a_folder_asks_for_the_rights_its_kinds_need_and_says_when_a_certificate_must_be_qualified():
    found = counted(
        seen(DocumentKind.PAYSLIP, "a"),
        seen(DocumentKind.REGISTRY_FILING, "b"),
    )
    assert [(row.right, row.count, row.qualified) for row in found.rights] == [
        (Right.SEAL, 1, False),
        (Right.LAUNCH, 1, False),
        (Right.SIGN, 1, True),
    ]


def test_names_that_differ_by_their_digits_only_are_one_shape():
    found = counted(*(unread(f"sous/Scan {number}.pdf") for number in (1, 22, 333)), unread("Divers.pdf"))
    assert [(row.shape, row.count, row.sample) for row in found.shapes] == [
        ("Scan #.pdf", 3, "paie/sous/Scan 1.pdf"),
        ("Divers.pdf", 1, "paie/Divers.pdf"),
    ]


def test_every_reason_has_one_line_with_a_few_samples():
    found = counted(*(unread(f"{number}.pdf") for number in range(5)), unread("x.pdf", Code.TRUNCATED))
    assert [(row.code, row.count, len(row.samples)) for row in found.doubts] == [
        (Code.UNKNOWN_KIND, 5, 3),
        (Code.TRUNCATED, 1, 1),
    ]


def test_without_a_configuration_only_kinds_without_a_customary_act_want_a_rule():
    found = counted(seen(DocumentKind.PAYSLIP, "a"), seen(DocumentKind.ATTESTATION, "b"))
    assert [gap.kind for gap in found.gaps] == [DocumentKind.ATTESTATION]


def test_with_a_configuration_every_kind_that_no_rule_speaks_of_wants_one():
    ruled = seen(DocumentKind.PAYSLIP, "a", rule="paie")
    found = counted(ruled, seen(DocumentKind.PAYSLIP, "b"), seen(DocumentKind.FEE_NOTE, "c"), ruled=True)
    assert {(gap.kind, gap.count) for gap in found.gaps} == {(DocumentKind.PAYSLIP, 1), (DocumentKind.FEE_NOTE, 1)}


def test_confidence_is_what_the_kind_rests_on():
    name = clue(Trait.KIND, Source.NAME)
    assert census.confidence([name]) is Confidence.NAMED
    client = [clue(Trait.CLIENT, Source.NAME), clue(Trait.CLIENT, Source.FOLDER)]
    assert census.confidence([name, *client]) is Confidence.CORROBORATED
    assert census.confidence([name, clue(Trait.KIND, Source.INDEX)]) is Confidence.ANNOUNCED


def test_a_connector_that_recognises_a_larger_share_fits_better_whatever_it_read():
    read_much = Recognised(
        DocumentKind.PAYSLIP,
        "1",
        Period(2026),
        clues=(clue(Trait.KIND, Source.NAME), clue(Trait.KIND, Source.INDEX), clue(Trait.CLIENT, Source.FOLDER)),
    )
    read_little = Recognised(DocumentKind.PAYSLIP, "1", Period(2026), clues=(clue(Trait.KIND, Source.NAME),))
    doubtful = Doubtful(Code.UNKNOWN_KIND, Words("?", "?"))
    assert census.score([read_little, read_little]).rank > census.score([read_much, doubtful]).rank
    assert census.score([read_much]).rank > census.score([read_little]).rank
    assert sum([Score(1, 2, 3), Score(1, 1, 1)], Score(0, 0, 0)) == Score(2, 3, 4)
