"""The firms that the configuration names are known to the store, once each, whatever it calls them."""

from __future__ import annotations

import pytest

from jesignd.domain.credit import ONLY_FIRM
from jesignd.errors import SettingsError
from jesignd.flow import firms, people
from jesignd.settings.load import load
from jesignd.store import people as known
from jesignd.testing.cabinet import Clock

CONFIG = """\
version: 1
firm: {{name: {main}, siren: "732829320"}}
{more}
storage: {{state: "{root}/etat"}}
"""


@pytest.fixture
def configured(tmp_path):
    """The settings of a configuration with this name of the firm, and more lines."""

    def configure(main="JLM", more=""):
        path = tmp_path / "jesignd.yaml"
        path.write_text(CONFIG.format(main=main, more=more, root=tmp_path), encoding="utf-8")
        path.chmod(0o600)
        return load(path)

    return configure


@pytest.fixture
def here(database):
    return {"database": database, "clock": Clock()}


def names(database):
    with database.reading() as tx:
        return {(one.name, one.siren) for one in known.list_firms(tx)}


def test_each_is_made_once_and_pays_from_its_own_account(database, here, configured):
    settings = configured(more='firms: [{name: Audit, siren: "123456782"}]')
    made = firms.make_sure(settings, **here)

    assert firms.make_sure(settings, **here) == made
    assert names(database) == {("JLM", "732829320"), ("Audit", "123456782")}
    assert made[""] == made["732829320"]
    assert (made[""].account, made["123456782"].account) == (ONLY_FIRM, made["123456782"].id)


def test_a_firm_renamed_in_the_configuration_stays_the_same_firm(database, here, configured):
    first = firms.make_sure(configured(), **here)

    assert firms.make_sure(configured(main="JLM et Associés"), **here) == first
    assert names(database) == {("JLM", "732829320")}


def test_of_several_offices_with_one_siren_the_name_says_which(database, here, configured):
    people.add_firm("JLM – Rouen", "732829320", **here, by="test")
    office = people.add_firm("JLM – Caen", "732829320", **here, by="test")

    assert firms.make_sure(configured(main="JLM – Caen"), **here)[""].id == office.id


def test_a_firm_added_without_its_siren_receives_it(database, here, configured):
    before = people.add_firm("JLM", None, **here, by="test")

    assert firms.make_sure(configured(), **here)[""].id == before.id
    assert names(database) == {("JLM", "732829320")}


def test_a_name_that_is_another_firm_s_is_refused(database, here, configured):
    people.add_firm("JLM", "123456782", **here, by="test")

    with pytest.raises(SettingsError, match="another SIREN"):
        firms.make_sure(configured(), **here)


def test_nothing_is_made_by_only_looking(database, here, configured):
    with database.reading() as tx:
        assert firms.known(tx, configured()) == {}
    assert names(database) == set()
