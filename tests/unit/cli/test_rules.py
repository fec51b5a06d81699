from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path

import pytest

from jesignd.__main__ import main
from jesignd.domain.credit import Cents
from jesignd.domain.documents import Claimed, Digest, DocumentKind, DocumentState, Period
from jesignd.domain.firm import Right
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.domain.paris import day
from jesignd.domain.recognition import Recognised
from jesignd.flow import mandate
from jesignd.flow.records import plain_recognised
from jesignd.settings.load import load
from jesignd.store import documents, ledger
from jesignd.store.database import Database
from jesignd.store.records import Changes, Move
from jesignd.testing.authority import make_authority
from jesignd.testing.cabinet import Cabinet, Clock
from jesignd.testing.practice import open_practice

AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"

CONFIG = """\
version: 1
firm: {{name: Cabinet, siren: "123456782"}}
storage: {{state: "{root}/state"}}
keys: {{cachet: {{backend: pkcs12, file: "{root}/keys/cachet.p12"}}}}
folders:
  - {{name: commun, path: "{root}/in", acts_as: martin}}
destinations:
  - {{name: ged, path: "{root}/out"}}
rules:
  - {{name: notes, when: {{kind: NH}}, act: hold, reason: Notes suspendues}}
  - {{name: paie, when: {{kind: BP}}, seal: {{key: cachet, level: B-B}}, deliver: ged}}
  - {{name: lettres, when: {{kind: LDM}}, act: sign}}
"""


class Office:
    """A configuration and its export folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "jesignd.yaml"
        self.config.write_text(CONFIG.format(root=root), encoding="utf-8")
        self.config.chmod(0o600)
        (root / "in").mkdir()
        (root / "in" / ".jesignd-root").write_text("commun\n", encoding="utf-8")

    def drop(self, name: str, content: bytes = PDF) -> Path:
        path = self.root / "in" / name
        path.write_bytes(content)
        return path

    def run(self, *arguments: str, form: str = "text") -> int:
        return main(["-c", str(self.config), "--format", form, "rules", "test", *arguments])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_file_a_rule_seals_is_said_to_be_sealed_and_where_to(office, capsys):
    file = office.drop("BP_000123_202610_MAT-0042.pdf")
    assert office.run(str(file)) == 0
    told = capsys.readouterr().out
    assert "Reconnu : bulletin de paie, 000123, 2026-10" in told
    assert "✗ notes  (jesignd.yaml:10)" in told
    assert "nature : demandé NH, trouvé BP" in told
    assert "✓ paie  (jesignd.yaml:11)" in told
    assert "et livré : ged" in told


def test_the_answer_comes_as_json_for_other_software(office, capsys):
    office.run(str(office.drop("BP_000123_202610_MAT-0042.pdf")), form="json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["outcome"] == "authorised"
    assert answer["recognised"]["client_code"] == "000123"
    assert [one["rule"] for one in answer["considered"]] == ["notes", "paie"]


def test_nothing_is_touched_or_written(office):
    file = office.drop("BP_000123_202610_MAT-0042.pdf")
    before = {path: path.stat().st_mtime_ns for path in office.root.rglob("*")}
    office.run(str(file))
    assert {path: path.stat().st_mtime_ns for path in office.root.rglob("*")} == before


def test_a_rule_that_holds_says_its_reason(office, capsys):
    office.run(str(office.drop("NH_000123_20261031_NUM-F001.pdf")))
    assert "Notes suspendues" in capsys.readouterr().out


def test_a_rule_that_signs_says_that_it_would_wait(office, capsys):
    office.run(str(office.drop("LDM_000123_2026_Lettre.pdf")))
    assert "attendrait des signatures" in capsys.readouterr().out


def test_no_right_on_the_day_asked_for_is_said(office, store, capsys):
    file = office.drop("BP_000123_202610_MAT-0042.pdf")
    office.run(str(file), "--on", "2020-01-01")
    told = capsys.readouterr().out
    assert "E13 « martin » : aucun compte ouvert" in told
    assert "jesignd user add" in told


def test_the_delegation_and_the_mandate_it_would_rest_on_are_named(office, store, cabinet, capsys):
    cabinet.undertakes(cabinet.newcomer("ines"))
    (granted,) = cabinet.grants("ines@jlm.example", Right.SEAL)
    text = office.config.read_text(encoding="utf-8").replace("acts_as: martin", "acts_as: ines")
    office.config.write_text(f"{text}mandates: {{required_for: BP}}\n", encoding="utf-8")
    file = office.drop("BP_000123_202610_MAT-0042.pdf")
    office.run(str(file))
    assert "… E24 il manque le mandat du client 000123" in capsys.readouterr().out

    wish = Mandate(MandateId(""), cabinet.firm.id, "000123", "LDM 2026-014", day(AT), cabinet.claire.id, AT)
    recorded = mandate.record(wish, **cabinet.on())
    office.run(str(file))

    told = capsys.readouterr().out
    assert f"au titre de la délégation {granted.delegation}" in told
    assert f"au titre du mandat {recorded.id}" in told


def test_a_file_nobody_recognises_is_said_to_wait(office, capsys):
    assert office.run(str(office.drop("scan0001.pdf"))) == 0
    assert "✗ E0" in capsys.readouterr().out


def test_a_file_that_is_not_a_pdf_is_refused_as_the_daemon_would(office, capsys):
    office.run(str(office.drop("BP_000123_202610_MAT-0042.pdf", b"GIF89a")))
    assert "✗ E01" in capsys.readouterr().out


def test_a_symbolic_link_is_refused_as_the_daemon_would(office, capsys, tmp_path):
    (tmp_path / "elsewhere.pdf").write_bytes(PDF)
    link = tmp_path / "in" / "BP_000123_202610_MAT-0042.pdf"
    link.symlink_to(tmp_path / "elsewhere.pdf")
    office.run(str(link))
    assert "✗ E22" in capsys.readouterr().out


def test_a_sidecar_is_read_with_its_document(office, capsys):
    file = office.drop("scan0001.pdf")
    office.drop("scan0001.json", b'{"type": "BP", "client": "000777", "periode": "2026-10"}')
    office.run(str(file), form="json")
    assert "scan0001.json" in capsys.readouterr().out


def test_a_file_elsewhere_is_tried_under_the_terms_of_the_folder_named(office, capsys, tmp_path):
    file = tmp_path / "BP_000123_202610_MAT-0042.pdf"
    file.write_bytes(PDF)
    assert office.run(str(file), "--folder", "commun") == 0
    assert "✓ paie" in capsys.readouterr().out


def test_a_file_elsewhere_without_a_folder_asks_for_one(office, capsys, tmp_path):
    file = tmp_path / "BP_000123_202610.pdf"
    file.write_bytes(PDF)
    assert office.run(str(file)) == 4
    assert "--folder NOM (commun)" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["notes.txt", "~$BP_000123_202610.pdf"])
def test_a_file_the_folder_never_takes_is_said_to_be_passed_over(office, capsys, name):
    assert office.run(str(office.drop(name))) == 4
    assert "include" in capsys.readouterr().err


def test_a_folder_without_its_marker_is_said_to_be_offline(office, capsys):
    file = office.drop("BP_000123_202610_MAT-0042.pdf")
    (office.root / "in" / ".jesignd-root").unlink()
    assert office.run(str(file)) == 4
    assert ".jesignd-root" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_not_found(office):
    assert office.run(str(office.root / "in" / "absent.pdf")) == 4


@pytest.fixture
def store(office):
    """The office's store, with ten euros."""
    (office.root / "state").mkdir(exist_ok=True)
    database = Database.open(load(office.config).database_url())
    with database.transaction() as transaction:
        ledger.top_up(transaction, Cents(1000), reference="virement", at=AT)
    who = {"login": "martin", "name": ("Claire", "Martin")}
    open_practice(database, clock=lambda: AT, firm="Cabinet", siren="123456782", **who)
    yield database
    database.close()


@pytest.fixture
def cabinet(store):
    """The people of that store, as its accountant deals with them."""
    return Cabinet(store, Clock(AT), make_authority(now=AT), siren="123456782", login="martin")


def test_without_a_store_it_says_what_was_not_looked_at(office, capsys):
    office.run(str(office.drop("BP_000123_202610_MAT-0042.pdf")))

    assert "ni les doublons, ni les droits, ni les mandats, ni le crédit ne sont regardés" in capsys.readouterr().out


def test_with_a_store_a_file_seen_before_is_said_to_be_a_duplicate(office, store, capsys):
    file = office.drop("BP_000123_202610_MAT-0042.pdf")
    first = received(store, file, relative_path="hier/BP_000123_202610_MAT-0042.pdf")

    office.run(str(file))

    told = capsys.readouterr().out
    assert f"= déjà reçu, rien ne serait fait : jesignd document show {first}" in told
    assert "ne sont regardés" not in told


def test_with_a_store_the_same_file_under_another_client_is_suspected(office, store, capsys):
    file = office.drop("BP_000999_202610_MAT-0042.pdf")
    received(store, file, relative_path="BP_000123_202610_MAT-0042.pdf")

    office.run(str(file))

    assert "… E14 " in capsys.readouterr().out


def test_with_a_store_the_credit_left_counts(office, store, capsys):
    with store.transaction() as transaction:
        ledger.debit(transaction, [("avant", Cents(998))], at=AT)

    office.run(str(office.drop("BP_000123_202610_MAT-0042.pdf")))

    assert "… E17 crédit insuffisant : 0,02\u202f€" in capsys.readouterr().out


def test_a_file_tried_leaves_no_trace_in_the_store(office, store, capsys):
    office.run(str(office.drop("BP_000123_202610_MAT-0042.pdf")))

    with store.reading() as transaction:
        assert documents.list_documents(transaction) == []
        assert ledger.balance(transaction) == 1000


def received(store, file, *, relative_path):
    """The same bytes, taken before under this name and recognised by it."""
    content = file.read_bytes()
    digest = Digest(hashlib.sha256(content).hexdigest())
    claimed = Claimed("commun", relative_path, relative_path, len(content), 1, 1, digest)
    client = relative_path.rsplit("/", 1)[-1].split("_")[1]
    recognised = Recognised(DocumentKind.PAYSLIP, client, Period(2026, 10), employee="0042")
    known = Changes(recognition=plain_recognised(recognised), origin_key=recognised.origin_key)
    with store.transaction() as transaction:
        documents.insert(transaction, [claimed], at=AT)
        move = Move(claimed.id, DocumentState.RECEIVED, DocumentState.RECOGNISED, known)
        documents.move_many(transaction, [move], at=AT)
    return claimed.id
