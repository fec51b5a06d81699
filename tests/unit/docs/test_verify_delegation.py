"""The script that checks delegations knows nothing of us, and is told every kind of lie."""

from __future__ import annotations

import ast
import base64
import copy
import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import DelegationId, Grant, Scope
from jesignd.domain.documents import DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.people import Account, AccountId, Email, Firm, FirmId, Profile
from jesignd.domain.statements import instant, of_grant, of_revocation
from jesignd.identity import statements
from jesignd.identity.credentials import open_pkcs12
from jesignd.testing.authority import Authority, Issued, crl, issue_person, make_authority

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_delegation.py"
GRANTED = datetime.datetime(2026, 9, 1, 8, tzinfo=datetime.UTC)
FIRM = Firm(FirmId("fir_1"), "JLM – Pont-Audemer", "732829320")
CLAIRE = Account(AccountId("per_c"), "claire", Profile("Claire", "Martin", Email("claire@jlm.example")), GRANTED)
SCOPE = Scope(frozenset({DocumentKind.PAYSLIP}), ("0004*",), acts=3, cents=Cents(100))
PIN = b"1234"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(now=GRANTED - datetime.timedelta(days=30))


@pytest.fixture(scope="module")
def claire(authority) -> Issued:
    return issue_person(authority.issuing, first_name="Claire", last_name="Martin", at=GRANTED)


def signer(authority, issued: Issued):
    return open_pkcs12(issued.pkcs12(PIN, (authority.issuing, authority.root)), PIN)


@pytest.fixture
def proof(authority, claire) -> dict[str, object]:
    grant = Grant(
        DelegationId("del_1"),
        FIRM.id,
        CLAIRE.id,
        Email("ines@jlm.example"),
        frozenset({Right.SEAL}),
        datetime.date(2026, 9, 2),
        datetime.date(2026, 10, 24),
        GRANTED,
        SCOPE,
    )
    statement = statements.make(of_grant(grant, firm=FIRM, granter=CLAIRE), signer(authority, claire))
    act = {
        "id": "seal:1",
        "operation": "launch_sealing",
        "person": {"id": "per_i", "email": "ines@jlm.example"},
        "firm": FIRM.id,
        "document": "doc_1",
        "kind": "BP",
        "client": "000424",
        "cents": 5,
        "at": "2026-10-01T09:00:00.000000Z",
        "statement": statement.digest,
    }
    return {
        "type": "jesignd-delegation-proof",
        "version": 1,
        "statement": statement.text,
        "revocations": [],
        "acts": [act],
    }


@pytest.fixture
def verify(tmp_path, authority):
    """Run the script as a stranger would, in a folder of its own, and give its exit code and verdicts."""

    def run(proof, *, root: bytes | None = None, lists: tuple[bytes, ...] = ()) -> tuple[int, list[str]]:
        (tmp_path / "proof.json").write_text(json.dumps(proof), encoding="utf-8")
        (tmp_path / "root.pem").write_bytes(root or authority.root.pem)
        command = [sys.executable, "-I", str(SCRIPT), "proof.json", "--root", "root.pem"]
        for place, one in enumerate(lists):
            (tmp_path / f"{place}.crl").write_bytes(one)
            command += ["--crl", f"{place}.crl"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, [line.split()[0] for line in done.stdout.splitlines()]

    return run


def test_the_script_imports_nothing_of_ours():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = [node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in ast.walk(tree)
             if isinstance(node, ast.Import | ast.ImportFrom)]  # fmt: skip
    assert names
    assert not any("jesignd" in name for name in names)


def test_a_good_delegation_and_its_act_are_good(verify, proof):
    assert verify(proof) == (0, ["good", "good"])


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"at": "2026-10-24T21:59:59.999999Z"}, "good"),
        ({"at": "2026-10-24T22:00:00.000000Z"}, "expired"),
        ({"at": "2026-09-01T21:59:59.999999Z"}, "not-yet"),
        ({"at": "2026-09-01T22:00:00.000000Z"}, "good"),
        ({"kind": "NH"}, "out-of-scope"),
        ({"kind": None}, "out-of-scope"),
        ({"client": "000501"}, "out-of-scope"),
        ({"client": None}, "out-of-scope"),
        ({"operation": "launch_signing"}, "out-of-scope"),
        ({"operation": "sign"}, "out-of-scope"),
        ({"cents": 101}, "out-of-scope"),
        ({"firm": "fir_2"}, "forged"),
        ({"statement": "0" * 64}, "forged"),
        ({"person": {"id": "per_x", "email": "autre@jlm.example"}}, "other-person"),
    ],
)
def test_an_act_is_judged_at_its_own_time_and_within_the_limits(verify, proof, change, verdict):
    proof["acts"][0].update(change)
    assert verify(proof)[1] == ["good", verdict]


def test_the_fourth_of_three_acts_is_out_of_scope(verify, proof):
    act = proof["acts"][0]
    proof["acts"] = [{**act, "id": f"seal:{n}", "at": f"2026-10-0{n}T09:00:00.000000Z"} for n in (4, 2, 1, 3)]
    assert verify(proof) == (1, ["good", "good", "good", "good", "out-of-scope"])


def test_what_was_done_before_the_revocation_stays_good(verify, proof, authority, claire):
    at = datetime.datetime(2026, 10, 1, 9, 0, 1, tzinfo=datetime.UTC)
    digest = proof["acts"][0]["statement"]
    payload = of_revocation(DelegationId("del_1"), statement=digest, firm=FIRM, by=CLAIRE, at=at)
    proof["revocations"] = [statements.make(payload, signer(authority, claire)).text]
    later = {**proof["acts"][0], "id": "seal:2", "at": instant(at)}
    proof["acts"].append(later)
    assert verify(proof)[1] == ["good", "good", "revoked"]


def altered(text: str, **change: object) -> str:
    head, body, tail = text.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    payload.update(change)
    changed = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{tail}"


def test_a_grant_changed_afterwards_is_forged(verify, proof):
    for change in ({"rights": ["sign"]}, {"last_day": "2099-12-31"}, {"holder": {"email": "x@y.fr"}}):
        forged = copy.deepcopy(proof)
        forged["statement"] = altered(proof["statement"], **change)
        assert verify(forged) == (1, ["forged"])


def test_a_grant_signed_by_a_strangers_authority_is_forged(verify, proof):
    stranger = make_authority(now=GRANTED - datetime.timedelta(days=30))
    assert verify(proof, root=stranger.root.pem) == (1, ["forged"])


def test_a_grant_signed_by_another_persons_certificate_as_authority_is_forged(verify, proof, authority, claire):
    mallory = Issued(issue_person(claire, first_name="Mallory", last_name="Martin", at=GRANTED).certificate, claire.key)
    fake = issue_person(mallory, first_name="Claire", last_name="Martin", at=GRANTED)
    chain = (claire, authority.issuing, authority.root)
    _, body, _ = proof["statement"].split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    proof["statement"] = statements.make(payload, open_pkcs12(fake.pkcs12(PIN, chain), PIN)).text
    assert verify(proof) == (1, ["forged"])


def test_a_certificate_revoked_before_the_grant_makes_it_forged_but_not_one_revoked_after(
    verify, proof, authority, claire
):
    before = crl(authority.issuing, at=GRANTED - datetime.timedelta(hours=1), revoked=(claire,))
    after = crl(authority.issuing, at=GRANTED + datetime.timedelta(days=5), revoked=(claire,))
    assert verify(proof, lists=(before,)) == (1, ["forged"])
    assert verify(proof, lists=(after,)) == (0, ["good", "good"])


def test_a_grant_dated_before_its_certificate_is_forged(verify, proof, authority, claire):
    _, body, _ = proof["statement"].split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    payload["granted_at"] = "2026-08-31T00:00:00.000000Z"
    proof["statement"] = statements.make(payload, signer(authority, claire)).text
    assert verify(proof) == (1, ["forged"])


@pytest.mark.parametrize("text", ["", "a.b.c", "a.b", "..", "e30.e30.e30"])
def test_what_is_no_statement_at_all_is_forged(verify, proof, text):
    proof["statement"] = text
    assert verify(proof) == (1, ["forged"])


def test_a_general_library_reads_our_statements_too(proof, claire):
    key = ECKey.import_key(claire.certificate.public_key())  # type: ignore[arg-type]
    registry = jws.JWSRegistry(algorithms=["ES256"])
    registry.max_header_length = 1 << 14
    read = jws.deserialize_compact(proof["statement"], key, registry=registry)
    assert json.loads(read.payload)["rights"] == ["seal"]
