from __future__ import annotations

from dataclasses import replace

import pytest

from jesignd.domain.delegations import Why
from jesignd.domain.registration import Accountant, Authority, Officer, Registration, items
from jesignd.domain.remedies import Lacking, command
from jesignd.domain.setup import Commands

DONE = Accountant(
    "ines",
    "Inès Ménard",
    password=True,
    phone=True,
    identity=True,
    conditions=True,
    approved=True,
    certificate=True,
)
OFFICER = Officer("olivier", has_password=True)
READY = Registration("'Cabinet Ménard'", DONE, OFFICER, Authority.READY, keeps_papers=True)


def missing(known: Registration) -> dict[str, str]:
    """Each missing item and what to type, without the name of the program."""
    found = [one for one in items(known, Commands("J")) if not one.done]
    return {one.name.fr: one.remedy.fr.removeprefix("J ") for one in found}


def test_whoever_has_everything_lacks_nothing_and_needs_no_officer_any_more():
    assert missing(READY) == {}
    assert missing(replace(READY, officer=None, authority=Authority.TO_BE_MADE, keeps_papers=False)) == {}


@pytest.mark.parametrize(
    ("lack", "remedy"),
    [
        ("password", "user passwd ines"),
        ("phone", "enrol start ines --phone MOBILE"),
        ("identity", "enrol identity ines FICHIER --document identity_card"),
        ("conditions", "enrol accept ines"),
        ("approved", "enrol approve ines --officer olivier"),
        ("certificate", "certificate issue ines"),
    ],
)
def test_each_lack_alone_is_named_with_its_own_command(lack, remedy):
    assert list(missing(replace(READY, accountant=replace(DONE, **{lack: False}))).values()) == [remedy]


def test_nobody_yet_is_everything_in_order_the_account_first():
    typed = list(missing(replace(READY, accountant=None, officer=None, authority=Authority.TO_BE_MADE)).values())
    assert [one.split(" ", 2)[:2] for one in typed] == [
        ["user", "add"],
        ["user", "passwd"],
        ["enrol", "start"],
        ["enrol", "identity"],
        ["enrol", "accept"],
        ["user", "add"],
        ["enrol", "approve"],
        ["authority", "init"],
        ["certificate", "issue"],
    ]
    assert "--firm 'Cabinet Ménard' --status accountant" in typed[0]
    assert typed[5].endswith("--role officer")


def test_without_an_authority_a_certificate_is_bought_and_attached():
    known = replace(READY, accountant=replace(DONE, certificate=False), authority=Authority.NONE)
    assert list(missing(known).values()) == ["user key ines FICHIER.p12"]


def test_an_officer_without_a_password_cannot_approve_yet():
    known = replace(READY, accountant=replace(DONE, approved=False), officer=Officer("olivier", has_password=False))
    assert list(missing(known).values()) == ["user passwd olivier", "enrol approve ines --officer olivier"]


def test_without_a_secret_no_paper_is_asked_for_before_the_configuration_has_one():
    known = replace(READY, accountant=replace(DONE, identity=False), keeps_papers=False)
    assert list(missing(known).values()) == ["renseignez `enrolment.secret` dans la configuration"]


def test_every_refusal_has_a_command_and_names_are_quoted_for_a_shell():
    lacking = Lacking("ines", "i@x.example", "claire", "Cabinet d'Équerre")
    for why in Why:
        assert command(why, lacking).split()[0] in {"user", "enrol", "delegation"}
    granted = command(Why.REVOKED, lacking)
    assert granted.startswith(
        "delegation grant i@x.example --firm 'Cabinet d'\"'\"'Équerre' --by claire --right sceller"
    )
    assert command(Why.UNDERTAKING, lacking) == "delegation accept ines"
