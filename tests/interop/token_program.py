"""What `test_token` runs in a process of its own: put a key into the token, then use it as the daemon would."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11 import Attribute, ObjectClass
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key

from jesignd.errors import CredentialError
from jesignd.pades import certificates
from jesignd.pades.credentials import Pkcs11Key, open_credential
from jesignd.testing.authority import Authority, Issued, PrivateKey, make_authority

PIN = "1234"


def fill(module: Path, *, key: PrivateKey, authority: Authority) -> None:
    """Put the key and the certificates of the seal and of its issuer into the token."""
    raw = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    elliptic = isinstance(key, ec.EllipticCurvePrivateKey)
    attributes = decode_ec_private_key(raw) if elliptic else decode_rsa_private_key(raw)
    kept = {Attribute.LABEL: "cachet", Attribute.TOKEN: True, Attribute.SIGN: True, Attribute.PRIVATE: True}
    with pkcs11.lib(str(module)).get_token(token_label="cabinet").open(rw=True, user_pin=PIN) as session:
        session.create_object({**attributes, **kept})
        for label, issued in (("cachet", authority.seal), ("ac", authority.issuing)):
            session.create_object(_certificate(label, issued))


def _certificate(label: str, issued: Issued) -> dict[Attribute, object]:
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.LABEL: label,
        Attribute.SUBJECT: issued.certificate.subject.public_bytes(),
        Attribute.VALUE: issued.der,
    }


def refusal(source: Pkcs11Key) -> str:
    """What is said when this key is refused; no PIN may be in it."""
    try:
        open_credential(source)
    except CredentialError as error:
        said = error.message.fr
    else:
        raise AssertionError("accepted")
    assert "1234" not in said
    assert "9999" not in said
    return said


def use(source: Pkcs11Key, authority: Authority) -> None:
    """Sign from several threads, then lose the session."""
    credential = open_credential(source)
    assert credential.certificate == authority.seal.der
    assert credential.chain == (authority.issuing.der,)
    public = certificates.require_strong_key(authority.seal.certificate)
    done: list[int] = []

    def work() -> None:
        for number in range(20):
            data = b"%d" % number
            certificates.verify_signature(public, signature=credential.sign(data), data=data)
            done.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 80
    again = open_credential(source)
    assert again.sign(b"after a reload")
    again.close()
    assert credential.sign(b"by the session that was there before")
    credential.close()
    try:
        credential.sign(b"x")
    except CredentialError:
        return
    raise AssertionError("signed although the session was gone")


def main(module: Path, kind: str, what: str) -> None:
    """One story of the test."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 3072)
    authority = make_authority(seal_key=key)
    stored = make_authority().seal.key if what == "mismatch" else key
    fill(module, key=stored, authority=authority)
    source = Pkcs11Key(module, "cabinet", "cachet", PIN.encode())
    if what == "mismatch":
        assert "pas celle de son certificat" in refusal(source)
    elif what == "refusals":
        for _ in range(5):
            assert "PIN" in refusal(Pkcs11Key(module, "cabinet", "cachet", b"9999"))
        assert refusal(Pkcs11Key(module, "absent", "cachet", PIN.encode()))
        assert refusal(Pkcs11Key(module, "cabinet", "absent", PIN.encode()))
        assert open_credential(source), "five wrong openings must have cost one try only"
    else:
        use(source, authority)
    print("done")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
