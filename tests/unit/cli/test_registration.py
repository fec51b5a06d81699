"""The first step of the set-up as `init --status` finds it in the store."""

from __future__ import annotations

import datetime
import json

import pytest

from jesignd.domain.people import Status
from jesignd.settings.load import load
from jesignd.testing.authority import make_authority
from jesignd.testing.cabinet import Cabinet, Clock


@pytest.fixture
def registered(office, capsys):
    """Whether each item of the first step is done."""

    def look() -> dict[str, bool]:
        capsys.readouterr()
        office.types("--format", "json", "init", "--status")
        first = json.loads(capsys.readouterr().out)[0]
        return {item["name"]["fr"]: item["done"] for item in first["items"]}

    return look


@pytest.fixture
def cabinet(office):
    now = datetime.datetime.now(datetime.UTC)
    authority = make_authority(now=now - datetime.timedelta(days=30))
    return Cabinet(office.database, Clock(now), authority, siren=load(office.place.config).firm.siren, login="i.menard")


def test_without_a_certificate_the_papers_are_asked_for(office, registered):
    before = registered()
    assert [before[name] for name in ("sa pièce d’identité", "son certificat personnel")] == [False, False]


def test_after_it_is_attached_nobody_of_the_firm_has_to_check_again(cabinet, registered):
    found = registered()
    assert found["son certificat personnel"]
    assert found["sa pièce d’identité"]
    assert found["l’approbation de son enregistrement"]
    assert found["son acceptation des conditions en vigueur"]
    assert not found["son mot de passe"]
    assert not found["son téléphone mobile"]
    assert "un préposé à l’enregistrement, autre que lui" not in found


def test_the_accountant_who_is_farthest_is_the_one_looked_at(cabinet, registered):
    cabinet.newcomer("amelie", status=Status.ACCOUNTANT)
    assert registered()["un expert-comptable du cabinet : Inès Ménard"]
    cabinet.newcomer("karim")
    assert len([name for name in registered() if name.startswith("un expert-comptable")]) == 1
