from __future__ import annotations

from dataclasses import replace

from jesignd.domain.credit import Cents
from jesignd.domain.setup import Commands, Facts, Item, Step, steps
from jesignd.errors import Words

READY = Facts(
    exists=True,
    configuration=None,
    blanks=0,
    key=None,
    balance=Cents(1000),
    delivered=3,
    folders=(("paie", None),),
    guide=True,
    invitation=True,
)


class Staff:
    """People kept by whoever keeps them."""

    def __init__(self, *, enrolled: bool = True, delegated: bool = True) -> None:
        self.enrolled, self.granted = enrolled, delegated

    def registered(self):
        return (Item(Words("la pièce d’identité", "the identity document"), self.enrolled),)

    def delegated(self):
        return (Item(Words("une délégation", "a delegation"), self.granted),)


def missing(facts: Facts, people: Staff | None = None) -> dict[Step, list[str]]:
    states = steps(facts, people or Staff(), commands=Commands("jesignd -c x.yaml"))
    return {state.step: [item.name.fr for item in state.missing] for state in states if not state.is_done}


def test_a_firm_that_lacks_nothing_has_its_four_steps_done():
    assert missing(READY) == {}


def test_each_thing_that_lacks_is_named_in_its_step():
    assert missing(replace(READY, key=Words("périmée", "expired"))) == {
        Step.REGISTER: ["la clé et le certificat du cachet"]
    }
    assert missing(replace(READY, balance=Cents(0), delivered=0)) == {
        Step.REGISTER: ["du crédit au compte du cabinet", "un essai : un document scellé et livré"]
    }
    assert missing(replace(READY, folders=())) == {Step.CENSUS: ["au moins un dossier surveillé"]}
    offline = replace(READY, folders=(("paie", None), ("notes", Words("partage démonté", "share not mounted"))))
    assert missing(offline) == {Step.CENSUS: ["le dossier surveillé notes"]}
    assert missing(replace(READY, guide=False)) == {Step.TELL: ["le guide des clients"]}


def test_what_is_known_of_people_comes_from_whoever_keeps_them():
    assert missing(READY, Staff(enrolled=False, delegated=False)) == {
        Step.REGISTER: ["la pièce d’identité"],
        Step.DELEGATE: ["une délégation"],
    }


def test_a_configuration_that_is_not_there_is_made_and_a_wrong_one_is_checked():
    wrong = replace(READY, configuration=Words("2 fautes", "2 faults"))

    def remedy(facts: Facts) -> str:
        return steps(facts, Staff(), commands=Commands("jesignd -c x.yaml"))[0].missing[0].remedy.fr

    assert remedy(wrong) == "jesignd -c x.yaml config check"
    assert remedy(replace(wrong, exists=False)) == "jesignd -c x.yaml init"
