"""Proofs as commands write them, read by a program that knows nothing of us: true ones, and after somebody lied."""

from __future__ import annotations

import base64
import datetime
import io
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import Allowed, Denied, Operation, Scope, Subject
from jesignd.domain.documents import Claimed, Digest, DocumentId, DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.statements import instant
from jesignd.domain.terms import DEFAULT
from jesignd.flow import acting
from jesignd.flow.acting import Proposed
from jesignd.flow.keys import open_key
from jesignd.identity import statements
from jesignd.store import delegations, documents, people
from jesignd.testing.authority import Authority, make_authority
from jesignd.testing.cabinet import Cabinet, Clock
from jesignd.testing.exports import NEUTRAL

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_delegation.py"
NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
PAYSLIPS = Scope(frozenset({DocumentKind.PAYSLIP}), ("0004*",), acts=2, cents=Cents(10))


class Desk:
    """A firm where Inès seals under a delegation of Claire's, and somebody who asks for proofs of it."""

    def __init__(self, office, authority: Authority, root: Path) -> None:
        self.office = office
        self.root = root
        self.authority = authority
        self.cabinet = Cabinet(office.database, Clock(NOW - 10 * DAY), authority)
        self.ines = self.cabinet.newcomer("ines")
        self.cabinet.undertakes(self.ines)
        (self.root / "racine.pem").write_bytes(authority.root.pem)
        self.documents: list[DocumentId] = []

    def grants(self, scope: Scope | None = None, *, days: int = 30) -> str:
        (given,) = self.cabinet.grants("ines@jlm.example", Right.SEAL, days=days, scope=scope)
        assert given.delegation is not None
        return given.delegation

    def receives(self) -> DocumentId:
        number = len(self.documents)
        digest = Digest(f"{number:064x}")
        one = Claimed(NEUTRAL, f"BP_000424_202610_MAT-{number:05d}.pdf", "x", 100, number, 2, digest)
        with self.office.database.transaction() as transaction:
            documents.insert(transaction, [one], at=self.cabinet.clock())
        self.documents.append(one.id)
        return one.id

    def seals(self, client: str = "000424", kind: DocumentKind = DocumentKind.PAYSLIP) -> DocumentId:
        """Write the act down as the line does, in the transaction that asks whether it may be done."""
        document = self.receives()
        subject = Subject(self.cabinet.firm.id, kind, client, Cents(5))
        act = Proposed(f"seal:{document}:0", Operation.LAUNCH_SEALING, subject, document)
        with self.office.database.transaction() as transaction:
            at = self.cabinet.clock()
            (answer,) = acting.perform(transaction, self.ines.id, [act], terms=DEFAULT, at=at)
        assert isinstance(answer, Allowed), answer
        return document

    def lies(self, statement: str, *values: object) -> None:
        """Change the store by hand, as somebody might who runs the machine."""
        database = sqlite3.connect(self.office.place.root / "etat" / "jesignd.db")
        with database:
            assert database.execute(statement, values).rowcount >= 1
        database.close()

    def verdicts(self, *command: str) -> tuple[int, list[str]]:
        """The proof this command writes, judged by the script as a stranger runs it."""
        target = self.root / f"preuve-{len(list(self.root.glob('preuve-*')))}.json"
        assert self.office.types(*command, "-o", str(target)) == 0
        code, lines = judged(target, self.root / "racine.pem")
        return code, [line.split()[0] for line in lines]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(now=NOW - 400 * DAY)


@pytest.fixture
def desk(office, authority, tmp_path) -> Desk:
    root = tmp_path / "preuves"
    root.mkdir()
    return Desk(office, authority, root)


def test_a_delegation_and_what_was_done_under_it_are_good(desk):
    delegation = desk.grants(PAYSLIPS)
    first = desk.seals()
    desk.cabinet.clock.advance(minutes=1)
    second = desk.seals()
    assert desk.verdicts("delegation", "export", delegation) == (0, ["good", "good", "good"])
    assert desk.verdicts("document", "proof", first) == (0, ["good", "good"])
    assert desk.verdicts("document", "proof", second) == (0, ["good", "good"])


def test_the_proof_of_one_document_tells_of_others_only_where_they_count(desk):
    desk.grants(Scope(frozenset({DocumentKind.PAYSLIP})))
    desk.seals()
    alone = desk.seals()
    desk.office.types("document", "proof", alone, "-o", str(desk.root / "seule.json"))
    bundle = json.loads((desk.root / "seule.json").read_text(encoding="utf-8"))
    assert [act["document"] for act in bundle["acts"]] == [alone]
    assert (bundle["file"]["document"], bundle["act"]) == (alone, f"seal:{alone}:0")


def test_what_was_done_before_the_revocation_stays_good_and_an_act_dated_after_it_is_told(desk):
    delegation = desk.grants()
    before, after = desk.seals(), desk.seals()
    desk.cabinet.clock.advance(hours=1)
    desk.cabinet.revokes(delegation)
    assert desk.verdicts("delegation", "export", delegation) == (0, ["good", "good", "good"])
    later = desk.cabinet.clock() + datetime.timedelta(hours=1)
    desk.lies("UPDATE acts SET at = ? WHERE document = ?", stored(later), after)
    assert desk.verdicts("document", "proof", before) == (0, ["good", "good"])
    assert desk.verdicts("document", "proof", after) == (1, ["good", "revoked"])


@pytest.mark.parametrize(
    ("statement", "value", "verdict"),
    [
        ("UPDATE acts SET at = ?", lambda: stored(NOW + 60 * DAY), "expired"),
        ("UPDATE acts SET at = ?", lambda: stored(NOW - 30 * DAY), "not-yet"),
        ("UPDATE acts SET kind = ?", lambda: "NH", "out-of-scope"),
        ("UPDATE acts SET client_code = ?", lambda: "000501", "out-of-scope"),
        ("UPDATE acts SET operation = ?", lambda: "sign", "out-of-scope"),
        ("UPDATE acts SET cents = ?", lambda: 11, "out-of-scope"),
        ("UPDATE acts SET statement = ?", lambda: "0" * 64, "forged"),
        ("UPDATE acts SET firm = 'fir_2', cents = ?", lambda: 5, "forged"),
    ],
)
def test_an_act_changed_in_the_store_is_found_out(desk, statement, value, verdict):
    delegation = desk.grants(PAYSLIPS)
    document = desk.seals()
    desk.lies(statement, value())
    assert desk.verdicts("document", "proof", document) == (1, ["good", verdict])
    assert desk.verdicts("delegation", "export", delegation) == (1, ["good", verdict])


def test_an_act_given_to_somebody_else_is_found_out(desk):
    desk.grants()
    document = desk.seals()
    other = desk.cabinet.newcomer("karim")
    desk.lies("UPDATE acts SET person = ?", other.id)
    assert desk.verdicts("document", "proof", document) == (1, ["good", "other-person"])


@pytest.mark.parametrize("change", [{"rights": ["sign"]}, {"last_day": "2099-12-31"}, {"holder": {"email": "x@y.fr"}}])
def test_a_grant_changed_in_the_store_is_forged(desk, change):
    delegation = desk.grants()
    document = desk.seals()
    with desk.office.database.reading() as transaction:
        statement, _ = delegations.statements(transaction, delegation)
    head, body, tail = statement.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "==")) | change
    forged = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()
    desk.lies("UPDATE delegations SET statement = ?", f"{head}.{forged}.{tail}")
    assert desk.verdicts("delegation", "export", delegation) == (1, ["forged"])
    assert desk.verdicts("document", "proof", document) == (1, ["forged"])


def test_a_grant_is_forged_for_whoever_trusts_another_root(desk):
    delegation = desk.grants()
    (desk.root / "racine.pem").write_bytes(make_authority(now=NOW - 400 * DAY).root.pem)
    assert desk.verdicts("delegation", "export", delegation) == (1, ["forged"])


def test_more_than_the_delegation_allows_is_refused_here_and_would_be_found_out_there(desk):
    delegation = desk.grants(PAYSLIPS)
    documents_ = [desk.seals(), desk.seals()]
    act = Proposed(
        "x", Operation.LAUNCH_SEALING, Subject(desk.cabinet.firm.id, DocumentKind.PAYSLIP, "000424", Cents(5))
    )
    with desk.office.database.transaction() as transaction:
        (answer,) = acting.perform(transaction, desk.ines.id, [act], terms=DEFAULT, at=desk.cabinet.clock())
    assert isinstance(answer, Denied)
    third = desk.receives()
    desk.lies(
        "INSERT INTO acts SELECT ?, person, firm, operation, ?, kind, client_code, cents, ?, delegation, statement "
        "FROM acts WHERE document = ?",
        *(f"seal:{third}:0", third, stored(desk.cabinet.clock() + datetime.timedelta(hours=2)), documents_[0]),
    )
    assert desk.verdicts("delegation", "export", delegation) == (1, ["good", "good", "good", "out-of-scope"])
    assert desk.verdicts("document", "proof", third) == (1, ["good", "out-of-scope"])
    assert desk.verdicts("document", "proof", documents_[0]) == (0, ["good", "good"])


def test_a_document_that_nobody_sealed_or_an_accountant_did_has_no_delegation_to_prove(desk, capsys):
    untouched = desk.receives()
    assert desk.office.types("document", "proof", untouched) == 4
    assert "aucun acte encore" in capsys.readouterr().err
    own = desk.receives()
    subject = Subject(desk.cabinet.firm.id, DocumentKind.PAYSLIP, "000424", Cents(5))
    with desk.office.database.transaction() as transaction:
        act = Proposed("own", Operation.LAUNCH_SEALING, subject, own)
        acting.perform(transaction, desk.cabinet.claire.id, [act], terms=DEFAULT, at=desk.cabinet.clock())
    assert desk.office.types("document", "proof", own) == 4
    assert "de son propre chef" in capsys.readouterr().err


def test_a_proof_replaces_no_file_and_goes_to_the_screen_where_none_is_named(desk, capsys):
    desk.grants()
    document = desk.seals()
    there = desk.root / "la.json"
    there.write_text("mine", encoding="utf-8")
    assert desk.office.types("document", "proof", document, "-o", str(there)) == 5
    assert there.read_text(encoding="utf-8") == "mine"
    capsys.readouterr()
    assert desk.office.types("document", "proof", document) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "jesignd-act-proof"


PASSWORD, ROOT, CODE = "cheval correct agrafe batterie", "la racine est dans son coffre", "802451"


@pytest.fixture
def certified(office, monkeypatch, capsys, tmp_path):
    """Claire, to whom the firm's own authority gave a certificate; types commands, answering what is asked."""
    root = office.place.root
    for name, secret in (("emission.secret", "l'émission de tous les jours"), ("papers.secret", "s" * 48)):
        (root / name).touch(mode=0o600)
        (root / name).write_text(f"{secret}\n", encoding="utf-8")
    with office.place.config.open("a", encoding="utf-8") as file:
        file.write(
            f"\npki:\n  directory: {root}/pki\n  passphrase: {{file: {root}/emission.secret}}\n"
            f"  public_url: http://pki.cabinet-equerre.fr\nenrolment: {{secret: {{file: {root}/papers.secret}}}}\n"
        )
    (tmp_path / "carte.pdf").write_bytes(b"%PDF-1.7 carte")

    def do(*arguments: str, answers: tuple[str, ...] = ()):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        code = office.types("--format", "json", *arguments)
        shown = capsys.readouterr()
        assert code == 0, shown.err
        return json.loads(shown.out) if shown.out.strip() else None

    do("authority", "init", answers=(ROOT,))
    named = ("--email", "o@equerre.example", "--first-name", "Olivier", "--last-name", "Roy")
    do("user", "add", "olivier", *named, "--role", "officer")
    for login in ("olivier", "i.menard"):
        do("user", "passwd", login, answers=(PASSWORD,))
    do("enrol", "start", "i.menard", "--phone", "0612345678")
    do("enrol", "identity", "i.menard", str(tmp_path / "carte.pdf"), "--document", "passport")
    do("enrol", "accept", "i.menard", answers=(PASSWORD,))
    do("enrol", "approve", "i.menard", "--officer", "olivier", answers=(PASSWORD,))
    return do


def test_the_lists_of_our_authority_are_in_the_proof_and_a_thief_with_the_key_of_a_revoked_certificate_is_found_out(
    certified, office, tmp_path
):
    """The key was stolen, its certificate revoked, and a grant made up with it the day after."""
    issued = certified("certificate", "issue", "i.menard", answers=(PASSWORD, CODE))
    order = ("--by", "i.menard", "--right", "sceller", "--until", "2099-12-31")
    (given,) = certified("delegation", "grant", "lea@jlm.example", *order, answers=(CODE,))
    with office.database.reading() as transaction:
        inside = people.account(transaction, "i.menard").id
    stolen = open_key(
        inside, CODE.encode(), database=office.database, clock=lambda: datetime.datetime.now(datetime.UTC)
    )
    time.sleep(
        1.1
    )  # lists know whole seconds: a grant of the second in which the certificate was revoked is not believed
    certified("certificate", "revoke", issued["serial"], answers=(issued["revocation_code"],))
    certified("delegation", "export", given["delegation"], "-o", str(tmp_path / "vraie.json"))

    bundle = json.loads((tmp_path / "vraie.json").read_text(encoding="utf-8"))
    assert len(bundle["crls"]) == 2
    root = office.place.root / "pki" / "root.pem"
    code, (line, *_) = judged(tmp_path / "vraie.json", root)
    assert (code, line.split()[0]) == (0, "good"), "it was granted before"
    assert "revocation lists up to" in line

    payload = json.loads(base64.urlsafe_b64decode(bundle["statement"].split(".")[1] + "=="))
    tomorrow = datetime.datetime.now(datetime.UTC) + DAY
    payload |= {"id": "del_made_up", "granted_at": instant(tomorrow)}
    bundle["statement"] = statements.make(payload, stolen).text
    (tmp_path / "fausse.json").write_text(json.dumps(bundle), encoding="utf-8")
    code, (line, *_) = judged(tmp_path / "fausse.json", root)
    assert (code, line.split()[0]) == (1, "forged")
    assert "revoked on" in line


def judged(proof: Path, root: Path) -> tuple[int, list[str]]:
    """What the script says of this file, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(proof), "--root", str(root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=proof.parent,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def stored(at: datetime.datetime) -> int:
    """An instant as the store keeps it: microseconds since 1970."""
    return (at - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)
