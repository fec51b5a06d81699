"""A firm makes its authority, certifies somebody and revokes: typed, from the first command to the last."""

from __future__ import annotations

import io
import json

import pytest

PASSWORD = "cheval correct agrafe batterie"
ROOT = "la racine est dans son coffre"
PIN = "802451"


@pytest.fixture
def types(office, monkeypatch, capsys):
    """Types a command, each secret it asks for on its own line; its code, and what it printed as JSON."""
    root = office.place.root
    for name, secret in (("emission.secret", "l'émission de tous les jours"), ("papers.secret", "s" * 48)):
        (root / name).touch(mode=0o600)
        (root / name).write_text(f"{secret}\n", encoding="utf-8")
    with office.place.config.open("a", encoding="utf-8") as file:
        file.write(
            f"\npki:\n  directory: {root}/pki\n  passphrase: {{file: {root}/emission.secret}}\n"
            f"  public_url: http://pki.cabinet-equerre.fr\n"
            f"enrolment: {{secret: {{file: {root}/papers.secret}}}}\n"
        )

    def type_(*arguments: str, answers: tuple[str, ...] = ()):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        code = office.types("--format", "json", *arguments)
        shown = capsys.readouterr()
        return code, json.loads(shown.out) if shown.out.strip() else shown.err

    return type_


@pytest.fixture
def done(types):
    """The same for what must succeed: what it printed."""

    def do(*arguments: str, answers: tuple[str, ...] = ()):
        code, shown = types(*arguments, answers=answers)
        assert code == 0, shown
        return shown

    return do


@pytest.fixture
def approved(done, tmp_path):
    """Claire, whose enrolment Olivier approved."""
    scan = tmp_path / "passeport.pdf"
    scan.write_bytes(b"%PDF-1.7 passeport")
    done("authority", "init", answers=(ROOT,))
    done("firm", "add", "Cabinet Équerre", "--siren", "732829320")
    for login, more in (("olivier", ("--role", "officer")), ("claire", ("--firm", "Cabinet Équerre"))):
        named = ("--email", f"{login}@equerre.example", "--first-name", login.capitalize(), "--last-name", "Martin")
        done("user", "add", login, *named, *more)
        done("user", "passwd", login, answers=(PASSWORD,))
    done("enrol", "start", "claire", "--phone", "0612345678")
    done("enrol", "identity", "claire", str(scan), "--document", "passport")
    done("enrol", "accept", "claire", answers=(PASSWORD,))
    done("enrol", "approve", "claire", "--officer", "olivier", answers=(PASSWORD,))
    return "claire"


def test_a_certificate_is_issued_listed_and_revoked_by_its_owner(types, done, approved):
    issued = done("certificate", "issue", approved, answers=(PASSWORD, PIN))
    (listed,) = done("certificate", "list")
    assert (listed["serial"], listed["state"]) == (issued["serial"], "good")
    code, refused = types("certificate", "revoke", issued["serial"], answers=("FAUX-CODE-FAUX-CODE",))
    assert (code, "révocation" in refused) == (5, True)
    done("certificate", "revoke", issued["serial"], "--reason", "key_compromise", answers=(issued["revocation_code"],))
    (listed,) = done("certificate", "list")
    assert (listed["state"], listed["reason"]) == ("revoked", "key_compromise")
    assert done("certificate", "publish") == {"lists": 0, "answers": 0}, "published at once"


def test_enrolment_ends_with_a_certificate_attached_to_the_account(types, done, approved):
    issued = done("enrol", "certificate", approved, answers=(PASSWORD, PIN))
    (held,) = done("enrol", "keys", approved)
    assert (held["certificate"], held["form"], held["counts"]) == (issued["digest"], "argon2id", True)
    assert held["claims"] is None, "our own authority claims nothing"
    assert done("enrol", "show", approved)["missing"] == []
    code, said = types("enrol", "renew", approved, answers=(PASSWORD, PIN))
    assert (code, "120 derniers jours" in said) == (5, True)
    done("certificate", "revoke", issued["serial"], answers=(issued["revocation_code"],))
    (held,) = done("enrol", "keys", approved)
    assert (held["counts"], held["revoked_at"] is not None) == (False, True)


def test_an_officer_revokes_under_their_password(types, done, approved):
    issued = done("certificate", "issue", approved, answers=(PASSWORD, PIN))
    code, _ = types("certificate", "revoke", issued["serial"], "--officer", "claire", answers=(PASSWORD,))
    assert code == 5
    done("certificate", "revoke", issued["serial"], "--officer", "olivier", answers=(PASSWORD,))


def test_a_pin_is_changed(types, done, approved):
    done("certificate", "issue", approved, answers=(PASSWORD, PIN))
    assert types("certificate", "pin", approved, answers=(PIN, "quatre mots sans suite"))[0] == 0
    assert types("certificate", "pin", approved, answers=(PIN, "246824"))[0] == 78


def test_a_seal_is_issued_into_a_file_and_nothing_is_replaced(types, done, approved, tmp_path):
    out = tmp_path / "cachet.p12"
    passphrase = ("une phrase de passe assez longue",)
    issued = done("certificate", "seal", "Cabinet Équerre", "-o", str(out), answers=passphrase)
    assert issued["subject"] == "firm"
    assert out.stat().st_mode & 0o077 == 0
    assert types("certificate", "seal", "Cabinet Équerre", "-o", str(out), answers=passphrase)[0] == 5
    assert [one["state"] for one in done("certificate", "list")] == ["revoked", "good"], "whose key was lost is revoked"


def test_the_authority_shows_until_when_its_lists_are_good(done, approved):
    done("certificate", "publish")
    root, issuing = done("authority", "show")
    assert root["issuer"] is None
    assert issuing["issuer"] == root["id"]
    assert root["list_until"] > issuing["list_until"]


def test_without_an_authority_the_remedy_is_named(office, capsys):
    office.place.root.joinpath("etat").mkdir(exist_ok=True)
    assert office.types("certificate", "publish") == 78
    assert "pki:" in capsys.readouterr().err
