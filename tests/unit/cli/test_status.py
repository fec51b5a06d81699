from __future__ import annotations

import datetime
import io
import json
import shlex

import pytest

from jesignd.daemon.lock import StateLock
from jesignd.domain.delegations import Scope
from jesignd.domain.documents import DocumentKind
from jesignd.domain.firm import Right
from jesignd.flow.keys import attach_pkcs12
from jesignd.settings.load import load
from jesignd.testing.authority import issue_person, make_authority
from jesignd.testing.cabinet import PIN, Cabinet, Clock


def test_status_shows_what_stands_where_and_exits_69_without_a_daemon(office, held, capsys):
    assert office.types("status") == 69
    told = capsys.readouterr().out
    for part in ("ARRÊTÉ", "1 en attente", held[:12], "E13", "12,50\u202f€"):
        assert part in told


def test_status_exits_0_while_a_daemon_holds_the_state(office, held, capsys):
    lock = StateLock(office.place.state)
    assert office.types("--format", "json", "status") == 0
    lock.release()
    told = json.loads(capsys.readouterr().out)
    assert told["running"] is True
    assert told["folders"] == {"neutre": {"held": 1}}
    assert told["balance_cents"] == 1250


@pytest.fixture
def staff(office, monkeypatch):
    """The folder acts as Léa, who is of the staff; her accountant has a key."""
    text = office.place.config.read_text(encoding="utf-8")
    office.place.config.write_text(text.replace("acts_as: i.menard", "acts_as: lea"), encoding="utf-8")
    now = datetime.datetime.now(datetime.UTC)
    authority = make_authority(now=now - datetime.timedelta(days=30))
    found = load(office.place.config).firm
    cabinet = Cabinet(office.database, Clock(now), authority, siren=found.siren, login="i.menard")
    lea = cabinet.newcomer("lea")
    cabinet.undertakes(lea)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PIN.decode()}\n"))
    return cabinet


def people_of(office, capsys) -> list[dict[str, object]]:
    capsys.readouterr()
    office.types("--format", "json", "status")
    return json.loads(capsys.readouterr().out)["people"]


def test_whoever_may_not_seal_is_told_with_the_command_that_lets_them_and_it_does(office, staff, capsys):
    (trouble,) = people_of(office, capsys)
    assert trouble["urgent"]
    assert "lea" in trouble["what"]["fr"]
    assert "aucune délégation" in trouble["what"]["fr"]
    remedy = trouble["remedy"]["fr"]
    assert office.types("status") == 69
    told = capsys.readouterr().out
    assert "Personnes :" in told
    assert f"    → {remedy}\n" in told
    words = shlex.split(remedy.replace("JOUR", "2099-12-31"))
    assert words[0] == "jesignd"
    assert office.types(*words[1:]) == 0
    assert people_of(office, capsys) == []


def test_a_delegation_that_ends_within_thirty_days_is_told_until_a_longer_one_follows(office, staff, capsys):
    staff.grants("lea@jlm.example", Right.SEAL, days=20)
    (trouble,) = people_of(office, capsys)
    last = staff.clock().date() + datetime.timedelta(days=20)
    assert not trouble["urgent"]
    assert f"finit le {last:%d/%m/%Y}" in trouble["what"]["fr"]
    assert trouble["remedy"]["fr"].startswith("jesignd delegation grant lea@jlm.example")
    staff.grants("lea@jlm.example", Right.SEAL, days=400)
    assert people_of(office, capsys) == []


def test_a_delegation_limited_to_some_documents_is_no_trouble_but_one_to_others_is(office, staff, capsys):
    (given,) = staff.grants("lea@jlm.example", Right.SEAL, days=400, scope=Scope(clients=("0004*",)))
    assert people_of(office, capsys) == []
    staff.revokes(given.delegation)
    (trouble,) = people_of(office, capsys)
    assert "a été révoquée" in trouble["what"]["fr"]
    staff.grants("lea@jlm.example", Right.SEAL, days=400, scope=Scope(frozenset({DocumentKind.ENGAGEMENT_LETTER})))
    (trouble,) = people_of(office, capsys)
    assert trouble["urgent"]


def test_documents_that_wait_for_a_right_are_counted_by_reason_with_their_remedy(office, held, capsys):
    (trouble,) = people_of(office, capsys)
    assert trouble["what"]["fr"] == "1 en attente – i.menard n'a plus le droit de sceller"
    assert (trouble["remedy"]["fr"], trouble["urgent"]) == ("accordez-lui le droit", True)


def test_a_certificate_that_ends_is_told_with_its_owner_and_what_renews_it(office, staff, capsys):
    karim = staff.newcomer("karim")
    began = staff.clock() - datetime.timedelta(days=3 * 365 - 20)
    authority = make_authority(now=began - datetime.timedelta(days=30))
    key = issue_person(authority.issuing, first_name="Karim", last_name="Martin", at=began)
    attach_pkcs12(karim.id, key.pkcs12(PIN, (authority.issuing, authority.root)), PIN, **staff.here())
    office.types("status")
    told = capsys.readouterr().out
    assert "certificat de karim : finit le" in told
    assert "→ jesignd user key karim FICHIER.p12" in told
