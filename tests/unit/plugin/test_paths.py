"""Where a sealed file goes: relative, clean, within limits, whatever was read in it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jesignd.domain.documents import Claimed, Digest, DocumentKind, Period
from jesignd.domain.folders import DeliveryMode, Destination
from jesignd.domain.recognition import Recognised
from jesignd.plugin.transports.paths import MAX_COMPONENT, component, target_path, template_fault, versioned

PAYSLIP = Recognised(DocumentKind.PAYSLIP, "000424", Period(2026, 10), employee="00012")


def claimed(relative_path, listed_path=None):
    return Claimed("paie", relative_path, listed_path or relative_path, 1, 1, 1, Digest("0" * 64))


def path(mode, relative_path="social/BP.pdf", recognised=PAYSLIP, **settings):
    destination = Destination("ged", "/srv/ged", mode, **settings)
    return str(target_path(destination, claimed(relative_path), recognised))


def test_a_mirror_keeps_the_tree_and_adds_the_suffix():
    assert path(DeliveryMode.MIRROR, "a/b/BP 1.pdf") == "a/b/BP 1_scellé.pdf"
    assert path(DeliveryMode.MIRROR, "a/BP.pdf", suffix="") == "a/BP.pdf"


def test_a_subfolder_lies_beside_the_source_under_the_listed_bytes():
    destination = Destination("retour", "/srv", DeliveryMode.SUBFOLDER)
    file = claimed("Généralités/x.pdf", "Ge\u0301ne\u0301ralite\u0301s/x.pdf")

    assert str(target_path(destination, file, PAYSLIP)) == "Ge\u0301ne\u0301ralite\u0301s/Scellés/x_scellé.pdf"


def test_a_template_is_filled_from_what_was_recognised():
    template = "{client}/{year}/{month}/{kind}_{period}_{employee}_{stem}.pdf"

    assert path(DeliveryMode.TEMPLATE, template=template) == "000424/2026/10/BP_202610_00012_BP.pdf"


def test_a_folder_whose_fields_are_empty_is_left_out():
    yearly = Recognised(DocumentKind.INVENTORY, "000424", Period(2026))

    assert path(DeliveryMode.TEMPLATE, recognised=yearly, template="{client}/{month}/{stem}.pdf") == "000424/BP.pdf"


def test_a_value_never_makes_a_folder_of_its_own():
    hostile = Recognised(DocumentKind.PAYSLIP, "../../etc", Period(2026, 10), number="a/b\\c:d")

    target = path(DeliveryMode.TEMPLATE, recognised=hostile, template="{client}/{number}/{stem}.pdf")

    assert target == "_.._.._etc/a_b_c_d/BP.pdf"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a:b?.pdf", "a_b_.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("..", "_"),
        ("", "_"),
        (".cache", "_.cache"),
        ("fin. ", "fin"),
        ("facture\u202efdp.exe", "facture_fdp.exe"),
        ("a\nb", "a_b"),
        ("E\u0301té", "Été"),
        ("caf\udce9", "caf_"),
    ],
)
def test_names_are_cleaned_only_where_a_system_would_refuse_them(name, clean):
    assert component(name) == clean


@given(st.text(max_size=400), st.integers(1, 99))
@example("é" * 200 + ".pdf", 12)
@example("." * 300, 2)
@example("a." + "b" * 300, 3)
def test_a_name_always_fits_is_never_hidden_and_cleaning_twice_changes_nothing(name, version):
    cleaned = component(name)

    for made in (cleaned, versioned(cleaned, version)):
        assert 0 < len(made.encode()) <= MAX_COMPONENT
        assert "/" not in made
        assert "\0" not in made
        assert not made.startswith(".")
    assert component(cleaned) == cleaned


def test_two_long_names_that_differ_at_the_end_stay_two():
    first, second = component("x" * 300 + "1.pdf"), component("x" * 300 + "2.pdf")

    assert first != second
    assert first.endswith(".pdf")


def test_versions_of_a_name_differ_even_when_it_is_as_long_as_can_be():
    name = component("é" * 200 + ".pdf")

    assert len({versioned(name, version) for version in range(1, 100)}) == 99


@given(st.text(max_size=60), st.text(max_size=30), st.sampled_from(list(DeliveryMode)))
def test_a_target_is_always_relative_and_below(name, client, mode):
    recognised = Recognised(DocumentKind.PAYSLIP, client, Period(2026, 10))
    destination = Destination("ged", "/srv/ged", mode, template="{client}/{stem}.pdf")

    target = target_path(destination, claimed("d/" + name.replace("/", "_")), recognised)

    assert not target.is_absolute()
    assert ".." not in target.parts


@pytest.mark.parametrize(
    "template",
    [
        "{clients}/{stem}.pdf",
        "/{stem}.pdf",
        "../{stem}.pdf",
        "a//{stem}.pdf",
        "{client}/x.pdf",
        "{stem",
        "{client.x}/{stem}",
    ],
)
def test_a_template_that_cannot_be_used_is_told(template):
    assert template_fault(template) is not None


def test_the_default_template_can_be_used():
    assert template_fault(Destination("ged", "/srv").template) is None
