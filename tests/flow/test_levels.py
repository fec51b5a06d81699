"""Trusted time and proofs of non-revocation, end to end: the level asked for, as others see it too."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms

from jesignd.domain.documents import DocumentState
from jesignd.testing.timestamp_server import Fault, TimestampServer, timestamp_server

NAME = "BP_000424_202610_MAT-00012.pdf"


@pytest.fixture
def timestamps(office):
    """The firm's time-stamping authority, under the same root as its seal."""
    with timestamp_server(office.authority.timestamp, (office.authority.issuing,)) as server:
        yield server


def ask_for(office, level: str, server: TimestampServer) -> None:
    """Have payslips sealed at this level, with this authority and the lists of our own."""
    for name, crl in zip(("racine", "autorite"), office.authority.crls, strict=True):
        (office.root / f"{name}.crl").write_bytes(crl)
    office.write_settings(
        level=level,
        extra=(
            f"timestamping: [{{name: horloge, url: '{server.url}', anchor: {office.root / 'racine.pem'}}}]\n"
            f"revocation: {{crls: [{office.root / 'racine.crl'}, {office.root / 'autorite.crl'}]}}\n"
        ),
    )


def signature_of(sealed: Path) -> cms.SignerInfo:
    """The last signature's own part of the file, as the norm says to find it (ISO 32000-1, 12.8)."""
    data = sealed.read_bytes()
    start = data.rindex(b"/Contents", 0, data.rindex(b"/ByteRange")) if b"/ByteRange" in data else -1
    opening = data.index(b"<", max(start, data.rindex(b"/Contents")))
    return cms.ContentInfo.load(bytes.fromhex(data[opening + 1 : data.index(b">", opening)].decode()))["content"][
        "signer_infos"
    ][0]


def seen_by_openssl(sealed: Path, office) -> str:
    """What `openssl ts` says of the time-stamp over the signature's value."""
    signer = signature_of(sealed)
    (token,) = [
        one["values"][0] for one in signer["unsigned_attrs"] if one["type"].native == "signature_time_stamp_token"
    ]
    value, stamp, issuing = (office.root / name for name in ("valeur", "jeton.der", "autorite.pem"))
    value.write_bytes(signer["signature"].native)
    stamp.write_bytes(token.dump())
    issuing.write_bytes(office.authority.issuing.pem)
    command = ["openssl", "ts", "-verify", "-data", value, "-in", stamp, "-token_in"]
    trust = ["-CAfile", office.root / "racine.pem", "-untrusted", issuing]
    done = subprocess.run([*command, *trust], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("level", ["B-T", "B-LT"])
def test_a_file_is_sealed_at_the_level_its_rule_asks_for_and_others_agree(office, payslip, timestamps, level):
    ask_for(office, level, timestamps)
    office.start()
    office.drop(NAME, payslip)
    assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}
    (sealed,) = office.sealed_files()

    said = office.run_command("--format", "json", "verify", str(sealed), "--trust", str(office.root / "racine.pem"))

    (found,) = json.loads(said.stdout)["signatures"]
    assert (found["pades_level"], found["verdict"], found["time_is_proven"]) == (level, "valid", True)
    assert said.returncode == 0
    assert "Verification: OK" in seen_by_openssl(sealed, office)
    if shutil.which("pdfsig"):
        told = subprocess.run(["pdfsig", "-nocert", str(sealed)], capture_output=True, text=True, check=True).stdout
        assert "Signature is Valid" in told


def test_with_the_authority_down_a_document_waits_and_nothing_of_it_shows(office, payslip, timestamps):
    ask_for(office, "B-T", timestamps)
    timestamps.fault = Fault.SERVER_ERROR
    office.start()
    office.drop(NAME, payslip)
    office.wait_for(lambda: "failed=1" in office.last_words())

    (document,) = office.documents()

    assert document.state is DocumentState.AUTHORISED
    assert office.sealed_files() == []
    assert office.balance() == 4995  # set aside, not spent
    shown = json.loads(office.run_command("--format", "json", "document", "show", document.id).stdout)
    assert shown["document"]["state"] == "authorised"
