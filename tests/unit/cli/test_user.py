"""Accounts and enrolments as they are typed, and what must never be found anywhere afterwards."""

from __future__ import annotations

import datetime
import importlib
import io
import json
import os
import subprocess
import sys
import time
import urllib.parse
from base64 import b32decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from jesignd.identity import codes
from jesignd.testing.authority import issue_person, make_authority

PASSWORD = "canari du mot de passe 7391"
OFFICER = "canari du prepose 5518 vert"
PIN = "canari-code-482957"
SCAN = b"%PDF-1.7 canari de la piece 6610 \xe9"
SECRET = "canari-du-secret-" + "s" * 32

AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def types(office, monkeypatch):
    """Type a command; what is asked for is answered line by line."""

    def type_(*arguments: str, answers: tuple[str, ...] = (), typed: io.StringIO | None = None) -> int:
        # All are imported before the first is changed: one imported afterwards would keep that instant for good.
        names = ("access", "delegation", "enrol", "firm", "mandate", "persons", "user")
        for module in [importlib.import_module(f"jesignd.cli.{module}") for module in names]:
            monkeypatch.setattr(module, "now", lambda: AT)
        lines = io.StringIO("".join(f"{answer}\n" for answer in answers))
        monkeypatch.setattr("sys.stdin", typed or lines)
        return office.types(*arguments)

    return type_


@pytest.fixture
def configured(office):
    """The office with a secret for papers and codes."""
    secret = office.place.keys / "enrolment.secret"
    secret.write_text(SECRET, encoding="ascii")
    secret.chmod(0o600)
    with office.place.config.open("a", encoding="utf-8") as file:
        file.write(f"enrolment: {{secret: {{file: {secret}}}}}\n")
    return secret


def person(login: str, **more: str) -> tuple[str, ...]:
    fields = {"email": f"{login}@jlm.example", "first-name": login.capitalize(), "last-name": "Martin", **more}
    return (login, *(part for name, value in fields.items() for part in (f"--{name}", value)))


@pytest.fixture
def firm(types):
    assert types("firm", "add", "JLM", "--siren", "732829320") == 0
    assert types("user", "add", *person("claire", firm="JLM", status="accountant")) == 0
    assert types("user", "add", *person("officier", role="officer")) == 0


def test_an_account_keeps_the_fields_of_a_person(types, firm, capsys):
    fields = {"title": "madame", "birth-year": "1984", "function": "assistante", "company": "JLM", "postcode": "27500",
              "city": "Pont-Audemer", "address": "1 rue du Port", "phone": "06 12 34 56 78"}  # fmt: skip
    assert types("user", "add", *person("ines", firm="JLM", **fields)) == 0
    capsys.readouterr()
    assert types("--format", "json", "user", "list") == 0
    listed = {one["login"]: one for one in json.loads(capsys.readouterr().out)}
    assert listed["ines"]["email"] == "ines@jlm.example"
    assert types("firm", "list", "--members") == 0
    told = capsys.readouterr().out
    assert "expert-comptable" in told
    assert "collaborateur" in told


@pytest.mark.parametrize("wrong", [{"email": "pas une adresse"}, {"phone": "01 23 45 67 89"}])
def test_a_wrong_field_is_refused(types, firm, wrong):
    assert types("user", "add", *person("ines", **wrong)) == 5


def test_codes_are_given_confirmed_and_then_asked_for(types, firm, configured, capsys, monkeypatch):
    assert types("user", "passwd", "claire", answers=(PASSWORD,)) == 0
    secrets_made: list[bytes] = []
    made = codes.new_secret
    monkeypatch.setattr(codes, "new_secret", lambda: secrets_made.append(made()) or secrets_made[-1])
    step = int(AT.timestamp()) // 30

    class Telephone(io.StringIO):
        """Shows the code of the secret it has just been given."""

        def readline(self, *_: object) -> str:
            return codes.at_step(secrets_made[-1], step) + "\n"

    capsys.readouterr()
    assert types("user", "totp", "claire", typed=Telephone()) == 0
    address = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("otpauth:"))
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)
    secret = query["secret"][0]
    assert b32decode(secret + "=" * (-len(secret) % 8)) == secrets_made[-1]
    assert types("enrol", "accept", "claire", answers=(PASSWORD,)) == 5
    assert types("enrol", "accept", "claire", answers=(PASSWORD, codes.at_step(secrets_made[-1], step))) == 5
    assert types("enrol", "accept", "claire", answers=(PASSWORD, codes.at_step(secrets_made[-1], step + 1))) == 0


def test_an_enrolment_goes_step_by_step_to_its_approval(types, firm, configured, tmp_path, capsys):
    scan = tmp_path / "passeport.pdf"
    scan.write_bytes(SCAN)
    assert types("user", "passwd", "claire", answers=(PASSWORD,)) == 0
    assert types("user", "passwd", "officier", answers=(OFFICER,)) == 0
    assert types("enrol", "show", "claire") == 4
    assert types("enrol", "start", "claire", "--phone", "06 12 34 56 78") == 0
    told = capsys.readouterr().out
    assert "il manque la pièce d’identité" in told
    assert "il manque l’acceptation des conditions en vigueur" in told
    assert types("enrol", "approve", "claire", "--officer", "officier", answers=(OFFICER,)) == 5
    assert types("enrol", "identity", "claire", str(scan), "--document", "passport") == 0
    assert types("enrol", "accept", "claire", answers=(PASSWORD,)) == 0
    assert "Conditions d’utilisation" in capsys.readouterr().err
    seen = tmp_path / "vu.pdf"
    typed = ("enrol", "approve", "claire", "--officer", "officier", "--show-identity", str(seen))
    assert types(*typed, answers=("faux",)) == 5
    assert types(*typed, answers=(OFFICER,)) == 0
    assert seen.read_bytes() == SCAN
    assert seen.stat().st_mode & 0o077 == 0
    assert "approuvé" in capsys.readouterr().out
    assert types("enrol", "purge") == 0


def test_without_a_secret_no_paper_is_kept(types, firm, tmp_path, capsys):
    scan = tmp_path / "passeport.pdf"
    scan.write_bytes(SCAN)
    assert types("enrol", "start", "claire", "--phone", "06 12 34 56 78") == 0
    assert types("enrol", "identity", "claire", str(scan), "--document", "passport") == 78
    assert "secret" in capsys.readouterr().err


def test_a_closed_account_can_be_listed_and_no_more(types, firm, capsys):
    assert types("user", "close", "claire") == 0
    assert types("user", "passwd", "claire", answers=(PASSWORD,)) == 5
    capsys.readouterr()
    assert types("user", "list") == 0
    assert "clos le" in capsys.readouterr().out


def test_roles_are_given_and_taken(types, firm, capsys):
    assert types("user", "role", "officier", "auditor") == 0
    assert types("user", "role", "officier") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "officier : rôles : –"


def test_no_secret_is_ever_found_outside_its_vault(types, firm, configured, office, tmp_path, capsys, monkeypatch):
    authority = make_authority(now=AT)
    key = issue_person(authority.issuing, first_name="Claire", last_name="Martin", at=AT)
    file = tmp_path / "claire.p12"
    file.write_bytes(key.pkcs12(PIN.encode(), (authority.issuing, authority.root)))
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(SCAN)
    grant = ("delegation", "grant", "ines@jlm.example", "--by", "claire", "--right", "sceller", "--until", "2027-01-31")
    grant = (*grant, "--firm", "JLM")
    for arguments, answers, code in (
        (("user", "passwd", "claire"), (PASSWORD,), 0),
        (("user", "passwd", "officier"), (OFFICER,), 0),
        (("user", "key", "claire", str(file)), (PIN,), 0),
        (("enrol", "start", "claire", "--phone", "0612345678"), (), 0),
        (("enrol", "identity", "claire", str(scan), "--document", "passport"), (), 0),
        (("enrol", "accept", "claire"), (PASSWORD,), 0),
        (("enrol", "accept", "claire"), (PASSWORD + "x",), 5),
        (("enrol", "approve", "claire", "--officer", "officier"), (OFFICER,), 0),
        (grant, (PIN,), 0),
        (grant, (PIN + "x",), 78),
    ):
        assert types(*arguments, answers=answers) == code, arguments
    told = capsys.readouterr()
    private = key.key.private_numbers().private_value.to_bytes(32, "big")  # type: ignore[union-attr]
    whole = key.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    canaries = [PASSWORD.encode(), OFFICER.encode(), PIN.encode(), SCAN, SECRET.encode(), private, whole]
    canaries += [b64encode(one) for one in canaries] + [one.hex().encode() for one in canaries]
    found = [
        (path.name, canary[:12])
        for path in office.place.root.rglob("*")
        if path.is_file() and path != configured
        for canary in canaries
        if canary in path.read_bytes()
    ]
    assert found == []
    assert not [one for one in canaries if one in (told.out + told.err).encode()]


def test_a_secret_is_in_no_argument_and_no_variable_of_the_process_that_takes_it(types, firm, office):
    command = [sys.executable, "-m", "jesignd", "-c", str(office.place.config), "user", "passwd", "claire"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    folder = Path(f"/proc/{process.pid}")
    assert process.stdin is not None
    process.stdin.write(PASSWORD.encode())
    process.stdin.flush()
    deadline = time.monotonic() + 20
    seen = b""
    while time.monotonic() < deadline and os.fsencode(office.place.config) not in seen:
        seen = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
    assert os.fsencode(office.place.config) in seen
    assert PASSWORD.encode() not in seen
    output, errors = process.communicate(b"\n", timeout=60)
    assert process.returncode == 0, errors
    assert PASSWORD.encode() not in output + errors
