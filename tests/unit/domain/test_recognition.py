from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.recognition import Clue, Recognised, Source, Trait, contradictions, settle

CLUES = st.lists(
    st.builds(Clue, st.sampled_from(Trait), st.sampled_from(["1", "2"]), st.sampled_from(Source), st.just("somewhere"))
)


def test_two_sources_that_differ_on_the_client_contradict_each_other():
    sidecar = Clue(Trait.CLIENT, "000424", Source.SIDECAR, "BP.json")
    name = Clue(Trait.CLIENT, "000425", Source.NAME, "BP.pdf")

    assert contradictions([name, sidecar]) == {Trait.CLIENT: (sidecar, name)}


def test_two_sources_may_differ_on_the_label():
    clues = [Clue(Trait.LABEL, "a", Source.SIDECAR, ""), Clue(Trait.LABEL, "b", Source.NAME, "")]

    assert not contradictions(clues)


@given(CLUES)
def test_the_strongest_source_always_speaks(clues):
    order = list(Source)
    for trait, value in settle(clues).items():
        about = [clue for clue in clues if clue.trait is trait]
        strongest = min(order.index(clue.source) for clue in about)
        assert value in {clue.value for clue in about if order.index(clue.source) == strongest}


@given(CLUES)
def test_what_is_settled_without_contradiction_is_what_every_source_says(clues):
    differing = contradictions(clues)
    settled = settle(clues)
    for clue in clues:
        if clue.trait in {Trait.KIND, Trait.CLIENT, Trait.PERIOD} and clue.trait not in differing:
            assert settled[clue.trait] == clue.value


def test_the_origin_key_tells_two_employees_apart():
    def payslip(employee: str) -> Recognised:
        return Recognised(DocumentKind.PAYSLIP, "000424", Period(2026, 10), employee=employee)

    assert payslip("1").origin_key != payslip("2").origin_key
