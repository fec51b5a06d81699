"""What `test_token` runs in a process of its own: put a key into the token, then use it as the daemon would."""

from __future__ import annotations

import contextlib
import datetime
import sys
import threading
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11 import Attribute, ObjectClass
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key

from jesignd.domain.firm import Right
from jesignd.domain.granting import Wish, listed
from jesignd.domain.people import Account, Status
from jesignd.domain.statements import PersonalSigner, PinRefused
from jesignd.domain.terms import TermsKind
from jesignd.errors import CredentialError
from jesignd.flow import bought, delegate, enrol, keys
from jesignd.pades import certificates
from jesignd.pades.credentials import Pkcs11Key, open_credential
from jesignd.settings.model.providers import DeviceProvider
from jesignd.store.database import Database
from jesignd.testing.authority import Authority, Issued, PrivateKey, issue_person, make_authority
from jesignd.testing.cabinet import Cabinet, Clock

PIN = "1234"


def fill(module: Path, *, key: PrivateKey, authority: Authority, owner: Issued) -> None:
    """Put the key and the certificates of its owner and of their issuer into the token."""
    raw = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    elliptic = isinstance(key, ec.EllipticCurvePrivateKey)
    attributes = decode_ec_private_key(raw) if elliptic else decode_rsa_private_key(raw)
    kept = {Attribute.LABEL: "cachet", Attribute.TOKEN: True, Attribute.SIGN: True, Attribute.PRIVATE: True}
    with pkcs11.lib(str(module)).get_token(token_label="cabinet").open(rw=True, user_pin=PIN) as session:
        session.create_object({**attributes, **kept})
        for label, issued in (("cachet", owner), ("ac", authority.issuing)):
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


def person(module: Path) -> None:
    """Attach a person’s card and delegate with it; a wrong PIN opens nothing, not even while the card is in use."""
    at = datetime.datetime.now(datetime.UTC)
    authority = make_authority(now=at)
    owner = issue_person(authority.issuing, first_name="Sophie", last_name="Martin", at=at)
    fill(module, key=owner.key, authority=authority, owner=owner)
    database = Database.open(f"sqlite:///{Path.cwd()}/people.db")
    cabinet = Cabinet(database, Clock(at), authority)
    sophie = cabinet.newcomer("sophie", status=Status.ACCOUNTANT)
    enrol.accept(sophie.id, TermsKind.CONDITIONS, **cabinet.on())
    openers = bought.openers({"cartes": DeviceProvider(kind="pkcs11", module=str(module))}, clock=cabinet.clock)
    place = ("cartes", "cabinet", "cachet")
    for _ in range(3):
        try:
            bought.attach_card(sophie.id, place, b"9999", openers=openers, **cabinet.here())
        except PinRefused:
            continue
        raise AssertionError("attached under a wrong PIN")
    key = bought.attach_card(sophie.id, place, PIN.encode(), openers=openers, **cabinet.here())
    assert b".so" not in key.container
    signer = keys.open_key(sophie.id, PIN.encode(), openers=openers, **cabinet.timed())
    with contextlib.suppress(CredentialError):
        keys.open_key(sophie.id, b"9998", openers=openers, **cabinet.timed())
        raise AssertionError("opened under a wrong PIN because somebody else was logged in")
    delegates(cabinet, sophie, signer)
    bought.let_go(signer)
    bought.let_go(keys.open_key(sophie.id, PIN.encode(), openers=openers, **cabinet.timed()))
    database.close()


def delegates(cabinet: Cabinet, granter: Account, signer: PersonalSigner) -> None:
    """Grant with this key, and read the signed statement again."""
    today = cabinet.clock().date()
    wish = Wish(frozenset({Right.SEAL}), today, today)
    order = delegate.Order(cabinet.firm.id, granter.id, listed([["paul@jlm.example"]]), wish)
    (line,) = delegate.grant(order, signer, **cabinet.on())
    assert line.outcome is delegate.Outcome.PENDING


def main(module: Path, kind: str, what: str) -> None:
    """One story of the test."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 3072)
    authority = make_authority(seal_key=key)
    if what == "person":
        person(module)
        print("done")
        return
    stored = make_authority().seal.key if what == "mismatch" else key
    fill(module, key=stored, authority=authority, owner=authority.seal)
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
