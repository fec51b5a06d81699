from __future__ import annotations

import datetime
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from jesignd.domain.certificates import CertificateState, Reason
from jesignd.domain.enrolment import EnrolmentState, IdentityDocument
from jesignd.domain.firm import Right
from jesignd.domain.granting import Wish, listed
from jesignd.domain.people import Account, Role, Status
from jesignd.domain.terms import DEFAULT, TermsKind
from jesignd.errors import CredentialError, NotAllowed, NotFound
from jesignd.flow import authority as authorities
from jesignd.flow import certificates, delegate, enrol, keys, revoke
from jesignd.flow.authority import Issuing, Owner, Passphrases
from jesignd.flow.certificates import OwnAuthority
from jesignd.flow.revocation import Published, publish
from jesignd.flow.standing import standing
from jesignd.identity.containers import Cost
from jesignd.pades.credentials import Pkcs12Key, open_credential
from jesignd.pki import authority as pki
from jesignd.pki.profiles import Addresses
from jesignd.store import certificates as stored
from jesignd.store import journal, people, revocation
from jesignd.testing.cabinet import START, Cabinet

if TYPE_CHECKING:
    from jesignd.identity.encryption import Encryption
    from jesignd.pki.authority import Authority

ADDRESSES = Addresses("http://pki.cabinet-equerre.fr")
ROOT, ISSUING, SEAL = b"racine dans son coffre", b"emission de tous les jours", b"cachet du cabinet, 2026"
PIN = b"C4N4RY-PIN-80451"
LIGHT = Cost(memory_kib=8 << 10, passes=1, lanes=1)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "pki"


@pytest.fixture(scope="session")
def pair() -> tuple[Authority, Authority]:
    """A root and an issuing authority that never saw a disk: opening their files is slow by design."""
    owner = Owner("Cabinet Équerre", "732829320")
    root = pki.make_root(owner.named("Autorité racine"), at=START)
    return root, pki.make_issuing(root, owner.named("Autorité d’émission"), at=START, addresses=ADDRESSES)


@pytest.fixture
def issuing(cabinet: Cabinet, pair: tuple[Authority, Authority]) -> Issuing:
    root, below = pair
    with cabinet.database.transaction() as transaction:
        for one, above in ((root, None), (below, root.id)):
            revocation.add_authority(transaction, one.id, one.der, issuer=above, at=cabinet.clock())
    return Issuing(below, ADDRESSES)


@pytest.fixture
def on_disk(cabinet: Cabinet, directory: Path) -> Issuing:
    initialise(cabinet, directory)
    return authorities.open_issuing(directory, ISSUING, addresses=ADDRESSES, years=3)


def initialise(cabinet: Cabinet, directory: Path) -> authorities.Made:
    return authorities.initialise(
        directory,
        Owner("Cabinet Équerre", "732829320"),
        passphrases=Passphrases(ROOT, ISSUING),
        addresses=ADDRESSES,
        database=cabinet.database,
        clock=cabinet.clock,
    )


@pytest.fixture
def officer(cabinet: Cabinet) -> Account:
    return cabinet.newcomer("olivier", roles=(Role.OFFICER,))


@pytest.fixture
def approved(cabinet: Cabinet, officer: Account, encryption: Encryption) -> Account:
    """Somebody whose enrolment was approved, and who has no certificate yet."""
    account = cabinet.newcomer("sophie", status=Status.ACCOUNTANT)
    on = cabinet.on()
    enrol.start(account.id, "06 12 34 56 78", **on)
    enrol.receive_identity(
        account.id,
        enrol.Scan(IdentityDocument.PASSPORT, b"%PDF-1.7 passport"),
        encryption=encryption,
        kept_for=datetime.timedelta(days=30),
        **on,
    )
    enrol.accept(account.id, TermsKind.CONDITIONS, **on)
    enrol.approve(account.id, officer.id, **on)
    return account


def issuer(cabinet: Cabinet, issuing: Issuing) -> OwnAuthority:
    return OwnAuthority(issuing, cabinet.database, cabinet.clock, cost=LIGHT)


@pytest.fixture
def certified(cabinet: Cabinet, issuing: Issuing, approved: Account) -> certificates.Certified:
    return certificates.certify(approved.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)[1]


def issue_seal(cabinet: Cabinet, issuing: Issuing) -> certificates.SealKey:
    return certificates.issue_seal(
        cabinet.firm,
        issuing=issuing,
        passphrase=SEAL,
        demonstration=False,
        database=cabinet.database,
        clock=cabinet.clock,
    )


def published(cabinet: Cabinet, issuing: Issuing) -> Published:
    return publish(issuing.authority, database=cabinet.database, clock=cabinet.clock)


def answers(cabinet: Cabinet, serial: str) -> list[ocsp.OCSPResponse]:
    from jesignd.store.certificate_tables import revocation_answers as table
    from jesignd.store.database import connection

    with cabinet.database.reading() as transaction:
        rows = connection(transaction).execute(table.select().where(table.c.serial == serial)).all()
    return [ocsp.load_der_ocsp_response(row.answer) for row in rows]


def crl(cabinet: Cabinet, issuing: Issuing) -> x509.CertificateRevocationList:
    with cabinet.database.reading() as transaction:
        known = revocation.find_authority(transaction, issuing.authority.id)
    assert known is not None
    assert known.crl is not None
    return x509.load_der_x509_crl(known.crl)


def test_an_approved_person_gets_a_certificate_whose_key_only_their_pin_opens(
    cabinet: Cabinet, approved: Account, certified: certificates.Certified
) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock}
    assert enrol.progress(approved.id, database=cabinet.database, terms=DEFAULT).missing == ()
    opened = keys.open_key(approved.id, PIN, **on)
    assert opened.certificate == certified.issued.der
    assert len(opened.chain) == 2
    with pytest.raises(CredentialError):
        keys.open_key(approved.id, b"another-pin", **on)


def test_they_can_grant_under_it(cabinet: Cabinet, approved: Account, certified: certificates.Certified) -> None:
    from jesignd.domain.firm import Right
    from jesignd.testing import cabinet as testing

    cabinet.newcomer("paul")
    original, testing.PIN = testing.PIN, PIN
    try:
        (granted,) = cabinet.grants("paul@jlm.example", Right.SEAL, by=approved)
    finally:
        testing.PIN = original
    assert granted.delegation is not None


def test_three_wrong_pins_lock_the_key_for_good(
    cabinet: Cabinet, approved: Account, certified: certificates.Certified
) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock}
    for _ in range(3):
        with pytest.raises(CredentialError):
            keys.open_key(approved.id, b"wrong", **on)
    with pytest.raises(CredentialError, match="locked"):
        keys.open_key(approved.id, PIN, **on)


def test_a_changed_pin_opens_and_the_former_no_longer(
    cabinet: Cabinet, approved: Account, certified: certificates.Certified
) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock}
    certificates.change_pin(approved.id, PIN, b"une autre phrase", cost=LIGHT, **on)
    assert keys.open_key(approved.id, b"une autre phrase", **on).certificate == certified.issued.der
    with pytest.raises(CredentialError):
        keys.open_key(approved.id, PIN, **on)


def test_a_key_bought_elsewhere_may_be_put_under_a_pin_of_ours(cabinet: Cabinet) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock}
    before = cabinet.signer().certificate
    certificates.change_pin(cabinet.claire.id, b"246813", b"quatre mots sans suite", cost=LIGHT, **on)
    assert keys.open_key(cabinet.claire.id, b"quatre mots sans suite", **on).certificate == before


def test_a_simple_pin_is_refused_and_nothing_is_issued(cabinet: Cabinet, issuing: Issuing, approved: Account) -> None:
    for pin in (b"123456", b"000000", b"987654", b"1212", b"112211"):
        with pytest.raises(NotAllowed):
            certificates.certify(approved.id, pin, issuer(cabinet, issuing), terms=DEFAULT)
    with cabinet.database.reading() as transaction:
        assert stored.list_certificates(transaction) == []


def test_nobody_is_certified_without_approval(cabinet: Cabinet, issuing: Issuing) -> None:
    stranger = cabinet.newcomer("paul")
    with pytest.raises(NotFound):
        certificates.certify(stranger.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)
    enrol.start(stranger.id, "0612345678", **cabinet.on())
    with pytest.raises(NotAllowed):
        certificates.certify(stranger.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)
    with cabinet.database.reading() as transaction:
        assert stored.list_certificates(transaction) == []


def test_a_certificate_that_cannot_be_handed_over_was_never_issued(
    cabinet: Cabinet, issuing: Issuing, approved: Account
) -> None:
    class Meanwhile(OwnAuthority):
        """Somebody else certifies the same enrolment between two steps."""

        def issue(self, *given, **named):
            made = super().issue(*given, **named)
            certificates.certify(approved.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)
            return made

    late = Meanwhile(issuing, cabinet.database, cabinet.clock, cost=LIGHT)
    with pytest.raises(NotAllowed):
        certificates.certify(approved.id, PIN, late, terms=DEFAULT)
    with cabinet.database.reading() as transaction:
        states = [one.state(cabinet.clock()) for one in stored.list_certificates(transaction)]
    assert states == [CertificateState.GOOD]


def test_a_revoked_certificate_lets_nobody_act_from_that_instant_on(
    cabinet: Cabinet, officer: Account, approved: Account, certified: certificates.Certified
) -> None:
    def counts(at: datetime.datetime) -> list[bool]:
        with cabinet.database.reading() as transaction:
            here = standing(transaction, approved.id, terms=DEFAULT)
        assert here is not None
        return [one.counts(at) for one in here.certificates]

    at = cabinet.clock.advance(minutes=5)
    tick = datetime.timedelta(microseconds=1)
    assert counts(at) == [True]
    revoke.revoke_by_officer(certified.issued.serial, officer.id, reason=Reason.CESSATION, **cabinet.timed())
    assert (counts(at - tick), counts(at), counts(at + tick)) == ([True], [False], [False])


def test_a_grant_under_a_revoked_certificate_is_refused_although_its_key_is_open(
    cabinet: Cabinet, officer: Account, approved: Account, certified: certificates.Certified
) -> None:
    cabinet.newcomer("paul")
    opened = keys.open_key(approved.id, PIN, **cabinet.timed())
    lines = listed([["paul@jlm.example"]])
    today = cabinet.clock().date()
    order = delegate.Order(cabinet.firm.id, approved.id, lines, Wish(frozenset({Right.SEAL}), today, today))
    revoke.revoke_by_officer(certified.issued.serial, officer.id, reason=Reason.CESSATION, **cabinet.timed())
    with pytest.raises(NotAllowed):
        delegate.grant(order, opened, **cabinet.on())


def test_a_revocation_during_a_renewal_stops_the_renewal(
    cabinet: Cabinet, issuing: Issuing, officer: Account, approved: Account, certified: certificates.Certified
) -> None:
    class Meanwhile(OwnAuthority):
        """An officer revokes while the new key is being made."""

        def renew(self, former, pin):
            made = super().renew(former, pin)
            revoke.revoke_by_officer(former.serial, officer.id, reason=Reason.KEY_COMPROMISE, **cabinet.timed())
            return made

    cabinet.clock.at = certified.issued.not_after - datetime.timedelta(days=20)
    with pytest.raises(NotAllowed):
        certificates.renew(
            approved.id, PIN, Meanwhile(issuing, cabinet.database, cabinet.clock, cost=LIGHT), terms=DEFAULT
        )
    with cabinet.database.reading() as transaction:
        assert len(stored.list_certificates(transaction)) == 1


def test_the_owner_revokes_with_the_code_however_it_is_typed(
    cabinet: Cabinet, approved: Account, certified: certificates.Certified
) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock}
    serial, code = certified.issued.serial, certified.revocation_code
    with pytest.raises(NotAllowed):
        revoke.revoke_by_owner(serial, "AAAA-BBBB-CCCC-DDDD", reason=Reason.KEY_COMPROMISE, **on)
    cabinet.clock.advance(minutes=1)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    revoked = revoke.revoke_by_owner(f"{serial[:2]}:{serial[2:]}".upper(), typed, reason=Reason.KEY_COMPROMISE, **on)
    assert revoked.state(cabinet.clock()) is CertificateState.REVOKED
    with pytest.raises(NotFound):
        keys.open_key(approved.id, PIN, **on)
    with pytest.raises(NotAllowed):
        revoke.revoke_by_owner(serial, code, reason=Reason.UNSPECIFIED, **on)


def test_only_an_officer_revokes_without_the_code(
    cabinet: Cabinet, officer: Account, certified: certificates.Certified
) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock, "reason": Reason.CESSATION}
    with pytest.raises(NotAllowed):
        revoke.revoke_by_officer(certified.issued.serial, cabinet.claire.id, **on)
    assert revoke.revoke_by_officer(certified.issued.serial, officer.id, **on).reason is Reason.CESSATION


def test_what_is_published_is_not_signed_again_before_it_is_due(
    cabinet: Cabinet, issuing: Issuing, certified: certificates.Certified
) -> None:
    assert published(cabinet, issuing) == Published(1, 1)
    assert published(cabinet, issuing) == Published(0, 0)
    cabinet.clock.advance(hours=11, minutes=59)
    assert published(cabinet, issuing) == Published(0, 0)
    cabinet.clock.advance(minutes=1)
    assert published(cabinet, issuing) == Published(1, 1)


def test_a_clock_set_back_does_not_silence_the_authority(
    cabinet: Cabinet, issuing: Issuing, certified: certificates.Certified
) -> None:
    published(cabinet, issuing)
    cabinet.clock.advance(minutes=-5)
    assert published(cabinet, issuing) == Published(1, 1)


def test_a_revocation_is_told_by_the_next_list_and_the_next_answers(
    cabinet: Cabinet, issuing: Issuing, officer: Account, certified: certificates.Certified
) -> None:
    serial = certified.issued.serial
    published(cabinet, issuing)
    assert {one.certificate_status for one in answers(cabinet, serial)} == {ocsp.OCSPCertStatus.GOOD}
    assert {one.hash_algorithm.name for one in answers(cabinet, serial)} == {"sha1", "sha256"}
    first = crl(cabinet, issuing).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    cabinet.clock.advance(minutes=3)
    on = {"database": cabinet.database, "clock": cabinet.clock}
    revoke.revoke_by_officer(serial, officer.id, reason=Reason.KEY_COMPROMISE, **on)
    assert answers(cabinet, serial) == [], "what was signed before is no longer given"
    assert published(cabinet, issuing) == Published(1, 1)
    (entry,) = crl(cabinet, issuing)
    assert f"{entry.serial_number:x}" == serial
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
    assert {one.certificate_status for one in answers(cabinet, serial)} == {ocsp.OCSPCertStatus.REVOKED}
    assert crl(cabinet, issuing).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number > first


class Slow:
    """An authority so slow that something happens between its reading of the store and its signing."""

    def __init__(self, authority: Authority, meanwhile: Callable[[], object]) -> None:
        self.id, self.certificate = authority.id, authority.certificate
        self._authority = authority
        self._meanwhile = [meanwhile]

    @property
    def key(self) -> object:
        while self._meanwhile:
            self._meanwhile.pop()()
        return self._authority.key


def test_a_revocation_while_the_list_is_being_signed_is_not_lost(
    cabinet: Cabinet, issuing: Issuing, officer: Account, certified: certificates.Certified
) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock, "reason": Reason.UNSPECIFIED}
    slow = Slow(issuing.authority, lambda: revoke.revoke_by_officer(certified.issued.serial, officer.id, **on))
    assert publish(slow, database=cabinet.database, clock=cabinet.clock).lists == 0
    assert published(cabinet, issuing).lists == 1
    assert len(crl(cabinet, issuing)) == 1


def test_a_revocation_while_answers_are_being_signed_is_not_lost(
    cabinet: Cabinet, issuing: Issuing, officer: Account, certified: certificates.Certified
) -> None:
    published(cabinet, issuing)
    on = {"database": cabinet.database, "clock": cabinet.clock}
    seal = issue_seal(cabinet, issuing).issued.serial
    slow = Slow(issuing.authority, lambda: revoke.revoke_by_officer(seal, officer.id, reason=Reason.UNSPECIFIED, **on))
    assert publish(slow, database=cabinet.database, clock=cabinet.clock) == Published(0, 0)
    assert answers(cabinet, seal) == []
    assert published(cabinet, issuing) == Published(1, 1)
    assert {one.certificate_status for one in answers(cabinet, seal)} == {ocsp.OCSPCertStatus.REVOKED}


def test_a_certificate_is_renewed_in_its_last_months_under_the_same_pin(
    cabinet: Cabinet, issuing: Issuing, approved: Account, certified: certificates.Certified
) -> None:
    with pytest.raises(NotAllowed):
        certificates.renew(approved.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)
    cabinet.clock.advance(days=3 * 365 - 60)
    with pytest.raises(CredentialError):
        certificates.renew(approved.id, b"not the pin", issuer(cabinet, issuing), terms=DEFAULT)
    renewed = certificates.renew(approved.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)
    assert renewed.issued.renews == certified.issued.serial
    opened = keys.open_key(approved.id, PIN, database=cabinet.database, clock=cabinet.clock)
    assert opened.certificate == renewed.issued.der
    former, latter = (x509.load_der_x509_certificate(one.issued.der) for one in (certified, renewed))
    assert former.subject == latter.subject
    assert former.public_key() != latter.public_key()


def test_a_name_that_changed_since_the_identity_was_checked_is_not_renewed(
    cabinet: Cabinet, issuing: Issuing, approved: Account, certified: certificates.Certified
) -> None:
    cabinet.clock.advance(days=3 * 365 - 60)
    with cabinet.database.transaction() as transaction:
        people.update_profile(transaction, approved.id, replace(approved.profile, last_name="Durand"))
    with pytest.raises(NotAllowed, match="name changed"):
        certificates.renew(approved.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)


def test_owners_are_reminded_at_ninety_thirty_and_seven_days_once_each(
    cabinet: Cabinet, certified: certificates.Certified
) -> None:
    told = []
    cabinet.clock.at = certified.issued.not_after - datetime.timedelta(days=92)
    for _ in range(93):
        for reminder in certificates.renewals_due(cabinet.clock(), database=cabinet.database):
            assert certificates.reminded(reminder, database=cabinet.database)
            assert not certificates.reminded(reminder, database=cabinet.database)
            told.append((reminder.days, (certified.issued.not_after - cabinet.clock()).days))
        cabinet.clock.advance(days=1)
    assert told == [(90, 90), (30, 30), (7, 7)]


def test_whoever_renewed_is_reminded_no_more(
    cabinet: Cabinet, issuing: Issuing, approved: Account, certified: certificates.Certified
) -> None:
    cabinet.clock.at = certified.issued.not_after - datetime.timedelta(days=60)
    assert len(certificates.renewals_due(cabinet.clock(), database=cabinet.database)) == 1
    certificates.renew(approved.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)
    assert certificates.renewals_due(cabinet.clock(), database=cabinet.database) == []


def test_making_the_authority_twice_changes_nothing(cabinet: Cabinet, directory: Path) -> None:
    first = initialise(cabinet, directory)
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    assert initialise(cabinet, directory) == first
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before


def test_an_authority_half_made_is_finished(cabinet: Cabinet, directory: Path) -> None:
    first = initialise(cabinet, directory)
    (directory / "issuing.p12").unlink()
    (directory / "issuing.pem").unlink()
    second = initialise(cabinet, directory)
    assert second.root == first.root
    assert second.issuing != first.issuing


def test_the_root_may_be_kept_elsewhere_and_comes_back_for_its_list(
    cabinet: Cabinet, directory: Path, on_disk: Issuing, tmp_path: Path
) -> None:
    safe = tmp_path / "coffre.p12"
    (directory / "root.p12").rename(safe)
    assert published(cabinet, on_disk).lists == 1
    with pytest.raises(CredentialError, match="elsewhere"):
        initialise(cabinet, directory)
    on = {"database": cabinet.database, "clock": cabinet.clock}
    cabinet.clock.advance(days=365)
    until = authorities.renew_root_list(safe, ROOT, **on)
    assert until > cabinet.clock() + datetime.timedelta(days=365)
    with pytest.raises(CredentialError):
        authorities.renew_root_list(directory / "issuing.p12", ISSUING, **on)


def test_short_passphrases_are_refused_before_anything_is_written(cabinet: Cabinet, directory: Path) -> None:
    with pytest.raises(CredentialError, match="16"):
        authorities.initialise(
            directory,
            Owner("Cabinet Équerre", "732829320"),
            passphrases=Passphrases(b"court", ISSUING),
            addresses=ADDRESSES,
            database=cabinet.database,
            clock=cabinet.clock,
        )
    assert list(directory.iterdir()) == []


def test_keys_are_readable_by_their_owner_only(directory: Path, on_disk: Issuing) -> None:
    assert directory.stat().st_mode & 0o077 == 0
    assert all((directory / name).stat().st_mode & 0o177 == 0 for name in ("root.p12", "issuing.p12"))


def test_a_seal_opens_as_the_firms_credential(cabinet: Cabinet, issuing: Issuing, tmp_path: Path) -> None:
    seal = issue_seal(cabinet, issuing)
    path = tmp_path / "cachet.p12"
    path.write_bytes(seal.file)
    credential = open_credential(Pkcs12Key(path, SEAL), now=cabinet.clock())
    assert credential.certificate == seal.issued.der
    assert credential.chain == issuing.authority.certificates


def test_openssl_accepts_before_and_refuses_after_revocation(
    cabinet: Cabinet,
    directory: Path,
    on_disk: Issuing,
    officer: Account,
    approved: Account,
    tmp_path: Path,
) -> None:
    certified = certificates.certify(approved.id, PIN, issuer(cabinet, on_disk), terms=DEFAULT)[1]

    def openssl() -> subprocess.CompletedProcess[str]:
        published(cabinet, on_disk)
        with cabinet.database.reading() as transaction:
            lists = [x509.load_der_x509_crl(one.crl) for one in revocation.list_authorities(transaction) if one.crl]
        (tmp_path / "lists.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in lists))
        own = x509.load_der_x509_certificate(certified.issued.der)
        (tmp_path / "own.pem").write_bytes(own.public_bytes(Encoding.PEM))
        at = str(int(cabinet.clock().timestamp()) + 1)
        files = {"-CAfile": directory / "root.pem", "-untrusted": directory / "issuing.pem"}
        given = [str(part) for pair in files.items() for part in pair]
        return subprocess.run(
            [
                "openssl",
                "verify",
                "-x509_strict",
                "-crl_check_all",
                "-attime",
                at,
                *given,
                "-CRLfile",
                str(tmp_path / "lists.pem"),
                str(tmp_path / "own.pem"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    before = openssl()
    assert before.returncode == 0, before.stderr
    on = {"database": cabinet.database, "clock": cabinet.clock}
    revoke.revoke_by_officer(certified.issued.serial, officer.id, reason=Reason.KEY_COMPROMISE, **on)
    after = openssl()
    assert after.returncode != 0
    assert "certificate revoked" in after.stderr


def test_a_canary_pin_and_key_are_nowhere_to_be_found(
    cabinet: Cabinet,
    directory: Path,
    on_disk: Issuing,
    approved: Account,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    on = {"database": cabinet.database, "clock": cabinet.clock}
    maker = issuer(cabinet, on_disk)
    _, certified = certificates.certify(approved.id, PIN, maker, terms=DEFAULT)
    opened = keys.open_key(approved.id, PIN, **on)
    with pytest.raises(CredentialError):
        keys.open_key(approved.id, PIN + b"x", **on)
    published(cabinet, on_disk)
    number = opened._key.private_numbers().private_value.to_bytes(32, "big")
    canaries = (PIN, ROOT, ISSUING, number, number.hex().encode(), certified.revocation_code.encode())
    folder = Path(cabinet.database.url.removeprefix("sqlite:///")).parent
    files = [path for place in (folder, directory) for path in place.rglob("*") if path.is_file()]
    assert len(files) >= 5
    shown = "".join([caplog.text, repr(maker), repr(certified), repr(opened), repr(on_disk)]).encode()
    for canary in canaries:
        assert canary not in shown
        for path in files:
            assert canary not in path.read_bytes(), path.name


def test_what_happens_is_in_the_journal(cabinet: Cabinet, officer: Account, certified: certificates.Certified) -> None:
    on = {"database": cabinet.database, "clock": cabinet.clock}
    revoke.revoke_by_officer(certified.issued.serial, officer.id, reason=Reason.CESSATION, **on)
    with cabinet.database.reading() as transaction:
        events = [one.event.value for one in journal.of_house(transaction)]
        journal.check_chain(transaction)
    wanted = ["certificate.issued", "enrolment.certified", "key.attached", "certificate.revoked"]
    assert [one for one in wanted if one in events] == wanted


def test_enrolment_is_certified_once(
    cabinet: Cabinet, issuing: Issuing, approved: Account, certified: certificates.Certified
) -> None:
    with pytest.raises(NotAllowed):
        certificates.certify(approved.id, PIN, issuer(cabinet, issuing), terms=DEFAULT)
    progress = enrol.progress(approved.id, database=cabinet.database, terms=DEFAULT)
    assert progress.enrolment.state is EnrolmentState.CERTIFIED
    assert progress.enrolment.certificate == certified.issued.digest
