from __future__ import annotations

import datetime
import pickle
import subprocess
import threading
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from jesignd.errors import CredentialError
from jesignd.pades import certificates
from jesignd.pades.credentials import PemKey, Pkcs12Key, open_credential, warnings
from jesignd.pades.token import Pkcs11Key
from jesignd.testing.authority import (
    Authority,
    Issued,
    issue,
    issue_seal,
    key_usage,
    make_authority,
    subject,
)

NOW = datetime.datetime.now(datetime.UTC)


def seal_with(authority: Authority, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Issued:
    return issue_seal(authority.issuing, firm_name="Cabinet", siren="732829320", at=NOW, key=key)


def pem(folder: Path, seal: Issued, authority: Authority, key: bytes | None = None) -> PemKey:
    (folder / "key.pem").write_bytes(key or seal.key_pem())
    (folder / "certificate.pem").write_bytes(seal.pem + authority.root.pem + authority.issuing.pem)
    return PemKey(folder / "key.pem", folder / "certificate.pem", None)


def test_a_pkcs12_file_opens_with_its_chain_in_order(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "seal.p12"
    path.write_bytes(authority.seal.pkcs12(b"secret", (authority.root, authority.issuing)))
    credential = open_credential(Pkcs12Key(path, b"secret"))
    assert credential.certificate == authority.seal.der
    assert credential.chain == (authority.issuing.der, authority.root.der)


@pytest.mark.parametrize(
    "make", [lambda: ec.generate_private_key(ec.SECP384R1()), lambda: rsa.generate_private_key(65537, 3072)]
)
def test_strong_keys_of_either_kind_sign(authority: Authority, tmp_path: Path, make) -> None:
    seal = seal_with(authority, make())
    credential = open_credential(pem(tmp_path, seal, authority))
    public = certificates.require_strong_key(seal.certificate)
    certificates.verify_signature(public, signature=credential.sign(b"attributes"), data=b"attributes")


@pytest.mark.parametrize(
    "make",
    [
        lambda: rsa.generate_private_key(65537, 2048),
        lambda: ec.generate_private_key(ec.SECP521R1()),
        lambda: ec.generate_private_key(ec.SECP256K1()),
    ],
)
def test_weak_or_odd_keys_are_refused(authority: Authority, tmp_path: Path, make) -> None:
    with pytest.raises(CredentialError):
        open_credential(pem(tmp_path, seal_with(authority, make()), authority))


def test_the_refusal_of_a_weak_key_says_why_in_french(authority: Authority, tmp_path: Path) -> None:
    seal = seal_with(authority, rsa.generate_private_key(65537, 2048))
    with pytest.raises(CredentialError) as refused:
        open_credential(pem(tmp_path, seal, authority))
    assert "clé RSA de 2048 bits" in refused.value.message.fr


def test_a_wrong_passphrase_is_told_without_repeating_it(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "seal.p12"
    path.write_bytes(authority.seal.pkcs12(b"secret"))
    with pytest.raises(CredentialError) as refused:
        open_credential(Pkcs12Key(path, b"not-the-secret"))
    assert "phrase secrète" in refused.value.message.fr
    assert "not-the-secret" not in str(refused.value.__dict__)


@pytest.mark.parametrize(
    "content", [None, b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_absent_or_damaged_key_files_are_credential_errors(
    authority: Authority, tmp_path: Path, content: bytes | None
) -> None:
    source = pem(tmp_path, authority.seal, authority)
    if content is None:
        source.key_path.unlink()
    else:
        source.key_path.write_bytes(content)
    with pytest.raises(CredentialError):
        open_credential(source)


def test_a_key_of_another_certificate_is_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = make_authority().seal
    with pytest.raises(CredentialError) as refused:
        open_credential(pem(tmp_path, authority.seal, authority, key=stranger.key_pem()))
    assert "n’est pas celle du certificat" in refused.value.message.fr


@pytest.mark.parametrize(("offset", "word"), [(-2, "partir"), (365 * 4, "expiré")])
def test_a_certificate_out_of_its_time_is_refused(authority: Authority, tmp_path: Path, offset: int, word: str) -> None:
    with pytest.raises(CredentialError) as refused:
        open_credential(pem(tmp_path, authority.seal, authority), now=NOW + datetime.timedelta(days=offset))
    assert word in refused.value.message.fr


@pytest.mark.parametrize("extensions", [(), ((key_usage(key_encipherment=True), True),)])
def test_a_certificate_that_is_not_for_signing_is_refused(authority: Authority, tmp_path: Path, extensions) -> None:
    seal = issue(
        subject("Cabinet", organisation="Cabinet"),
        issuer=authority.issuing,
        key=ec.generate_private_key(ec.SECP256R1()),
        at=NOW,
        extensions=extensions,
    )
    with pytest.raises(CredentialError) as refused:
        open_credential(pem(tmp_path, seal, authority))
    assert "usage de clé" in refused.value.message.fr


def test_a_certificate_signed_with_sha1_is_refused(authority: Authority, tmp_path: Path) -> None:
    certificate = asn1.Certificate.load(authority.seal.der)
    body = certificate["tbs_certificate"].copy()
    body["signature"] = {"algorithm": "sha1_ecdsa"}
    signature = authority.issuing.key.sign(body.dump(), ec.ECDSA(hashes.SHA1()))  # noqa: S303
    weak = asn1.Certificate(
        {"tbs_certificate": body, "signature_algorithm": {"algorithm": "sha1_ecdsa"}, "signature_value": signature}
    )
    loaded = certificates.load(weak.dump())
    with pytest.raises(CredentialError) as refused:
        certificates.require_usable(loaded, (), now=NOW)
    assert "SHA-1" in refused.value.message.fr


def test_secrets_are_in_no_representation(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "seal.p12"
    path.write_bytes(authority.seal.pkcs12(b"hush-hush"))
    source = Pkcs12Key(path, b"hush-hush")
    token = Pkcs11Key(Path("/lib.so"), "token", "label", b"hush-hush")
    credential = open_credential(source)
    shown = repr((source, token, PemKey(path, path, b"hush-hush"), credential, authority.seal))
    assert "hush" not in shown
    assert "BEGIN" not in shown


def test_a_key_cannot_be_carried_out_of_its_process(authority: Authority, tmp_path: Path) -> None:
    credential = open_credential(pem(tmp_path, authority.seal, authority))
    with pytest.raises(TypeError):
        pickle.dumps(credential)


def test_one_credential_serves_many_threads(authority: Authority, tmp_path: Path) -> None:
    credential = open_credential(pem(tmp_path, authority.seal, authority))
    public = certificates.require_strong_key(authority.seal.certificate)
    failures: list[Exception] = []

    def work(number: int) -> None:
        data = b"%d" % number
        try:
            certificates.verify_signature(public, signature=credential.sign(data), data=data)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_operator_is_warned_louder_as_the_end_comes_near(authority: Authority, tmp_path: Path) -> None:
    credential = open_credential(pem(tmp_path, authority.seal, authority))
    end = authority.seal.certificate.not_valid_after_utc
    told = {days: warnings(credential, end - datetime.timedelta(days=days)) for days in (200, 60, 20, 3)}
    assert told[200] == ()
    assert "60 jours" in told[60][0].fr
    assert "renouvelez" in told[20][0].fr
    assert "plus rien ne sera scellé" in told[3][0].fr


def test_a_weak_authority_above_the_seal_is_a_warning(tmp_path: Path) -> None:
    weak_root = issue(
        subject("Vieille racine", organisation="AC"),
        issuer=None,
        key=rsa.generate_private_key(65537, 2048),
        at=NOW,
        extensions=((key_usage(certificate_signing=True), True),),
    )
    seal = issue_seal(weak_root, firm_name="Cabinet", siren="732829320", at=NOW)
    path = tmp_path / "seal.p12"
    path.write_bytes(seal.pkcs12(None, (weak_root,)))
    (warning,) = warnings(open_credential(Pkcs12Key(path)), NOW)
    assert "Vieille racine" in warning.fr


def test_opening_a_software_key_does_not_load_the_token_library(authority: Authority, tmp_path: Path) -> None:
    program = "import sys, jesignd.pades.credentials; sys.exit('pkcs11' in sys.modules)"
    assert subprocess.run([_python(), "-c", program], check=False).returncode == 0


def _python() -> str:
    import sys

    return sys.executable
