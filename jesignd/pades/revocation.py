"""Revocation: proof that certificates were not revoked, from the places the operator named and from no other.

An address found inside a certificate is followed only when that certificate is of our own seal's chain: an address in a
foreign file would let its author make this server call whom he likes.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from jesignd.domain.sealing import RevocationMaterial, RevocationSource
from jesignd.errors import CredentialError, ServiceError, Words
from jesignd.pades import certificates

log = logging.getLogger(__name__)

_LARGEST_LIST = 20 << 20
_KEPT_SECONDS = 3600.0
_TIMEOUT_SECONDS = 15.0


class RevocationClient:
    """Revocation lists from these files and addresses, kept for an hour (see `RevocationSource`)."""

    def __init__(
        self, *, files: Sequence[Path] = (), urls: Sequence[str] = (), own_chain: Sequence[bytes] = ()
    ) -> None:
        self._files = tuple(files)
        followed = (url for one in own_chain for url in _distribution_points(certificates.load(one)))
        self._urls = tuple(dict.fromkeys((*urls, *followed)))
        self._kept: tuple[float, tuple[x509.CertificateRevocationList, ...]] = (float("-inf"), ())
        self._lock = threading.Lock()

    def proofs(self, certificate: bytes, issuer: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """The current CRLs (DER) of this issuer; no OCSP responses, which are not asked for.

        Raises:
            ServiceError: no current list of this issuer could be had.
            CredentialError: the certificate is revoked.
        """
        subject, above = certificates.load(certificate), certificates.load(issuer)
        now = datetime.datetime.now(datetime.UTC)
        current = [one for one in self._lists() if _is_current(one, above, now)]
        if not current:
            name = certificates.common_name(above.subject)
            raise ServiceError(
                Words(f"aucune liste de révocation à jour de « {name} »", f"no current revocation list of “{name}”"),
                hint=Words(
                    "vérifiez les fichiers et adresses `revocation` de la configuration",
                    "check the configuration’s `revocation` files and addresses",
                ),
            )
        if any(one.get_revoked_certificate_by_serial_number(subject.serial_number) is not None for one in current):
            name = certificates.common_name(subject.subject)
            raise CredentialError(
                Words(f"le certificat « {name} » est révoqué", f"the certificate “{name}” is revoked")
            )
        newest = max(current, key=lambda one: one.last_update_utc)
        return (newest.public_bytes(serialization.Encoding.DER),), ()

    def _lists(self) -> tuple[x509.CertificateRevocationList, ...]:
        with self._lock:
            fetched_at, kept = self._kept
            if time.monotonic() - fetched_at < _KEPT_SECONDS and kept:
                return kept
            lists = tuple(_parsed(self._fetched()))
            self._kept = (time.monotonic(), lists)
            return lists

    def _fetched(self) -> Iterable[bytes]:
        for path in self._files:
            try:
                yield path.read_bytes()
            except OSError as error:
                log.warning("missed revocation list file=%s reason=%s", path.name, type(error).__name__)
        for index, url in enumerate(self._urls):
            try:
                yield _download(url)
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
                log.warning("missed revocation list address=%d reason=%s", index, type(error).__name__)


def gather(
    certificate: bytes, chain: Sequence[bytes], *, others: Sequence[bytes] = (), source: RevocationSource
) -> RevocationMaterial:
    """All that B-LT must embed: the seal's chain, the certificates in `others` (the time-stamping ones), their CRLs.

    Roots are carried but need no proof. Of `others`, only those whose issuer is known can be proven.

    Raises:
        ServiceError: a proof is missing.
        CredentialError: one of them is revoked.
    """
    everything = tuple(dict.fromkeys((certificate, *chain, *others)))
    loaded = [certificates.load(one) for one in everything]
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    for below in loaded:
        above = certificates.order_chain(below, loaded)[:1]
        if above:
            lists, answers = source.proofs(certificates.der(below), certificates.der(above[0]))
            crls.extend(lists)
            ocsps.extend(answers)
    return RevocationMaterial(everything, tuple(dict.fromkeys(crls)), tuple(dict.fromkeys(ocsps)))


def is_published(url: str) -> bool:
    """Whether a revocation list can be read at this address now, and is still good."""
    try:
        listed = next(iter(_parsed([_download(url)])), None)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError):
        return False
    now = datetime.datetime.now(datetime.UTC)
    return listed is not None and listed.next_update_utc is not None and now < listed.next_update_utc


def _distribution_points(certificate: x509.Certificate) -> Iterable[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return
    for point in points:
        for name in point.full_name or ():
            if isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://")):
                yield name.value


def _download(url: str) -> bytes:
    received = bytearray()
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    with httpx2.stream("GET", url, timeout=_TIMEOUT_SECONDS, follow_redirects=False) as response:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            received += chunk
            if len(received) > _LARGEST_LIST or time.monotonic() > deadline:
                raise ValueError("too large or too slow")
    return bytes(received)


def _parsed(fetched: Iterable[bytes]) -> Iterable[x509.CertificateRevocationList]:
    for data in fetched:
        try:
            if data.lstrip().startswith(b"-----BEGIN"):
                yield x509.load_pem_x509_crl(data)
            else:
                yield x509.load_der_x509_crl(data)
        except ValueError:
            log.warning("missed revocation list reason=unreadable")


def _is_current(crl: x509.CertificateRevocationList, issuer: x509.Certificate, now: datetime.datetime) -> bool:
    key = issuer.public_key()
    if crl.issuer != issuer.subject or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return False
    if crl.last_update_utc > now or (crl.next_update_utc is not None and crl.next_update_utc <= now):
        return False
    return crl.is_signature_valid(key)
