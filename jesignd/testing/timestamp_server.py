"""Timestamp server: a small RFC 3161 authority over real HTTP on the loopback, for demonstrations and tests.

It can be told to misbehave in the ways real ones do.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import algos, cms, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from jesignd.testing.authority import Issued

_POLICY = "2.25.157862348106593121770427183492518930431.2"


class Fault(Enum):
    """One way not to answer properly."""

    WRONG_NONCE = "wrong nonce"
    WRONG_IMPRINT = "wrong imprint"
    WRONG_SIGNATURE = "wrong signature"
    WRONG_CLOCK = "wrong clock"
    REFUSED = "refused"
    SERVER_ERROR = "500"
    SLOW = "slow"
    HUGE = "huge"
    GARBAGE = "garbage"


@dataclass(slots=True)
class TimestampServer:
    """A running authority: its address, its present fault, how often it was asked."""

    url: str
    unit: Issued
    chain: tuple[Issued, ...] = ()
    fault: Fault | None = None
    asked: int = 0
    slowness_seconds: float = 3.0
    padding: int = 0
    """Extra bytes in every token, for tests of tokens that grow."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def answer(self, request: bytes) -> bytes:
        """The DER `TimeStampResp`, with the present fault."""
        with self._lock:
            self.asked += 1
        if self.fault is Fault.GARBAGE:
            return b"<html>maintenance</html>"
        if self.fault is Fault.HUGE:
            return bytes(1 << 20)
        if self.fault is Fault.REFUSED:
            return bytes.fromhex("30053003020102")
        if self.fault is Fault.SLOW:
            time.sleep(self.slowness_seconds)
        asked = tsp.TimeStampReq.load(request)
        response = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": self._token(asked)})
        return response.dump()  # type: ignore[no-any-return]

    def _token(self, asked: tsp.TimeStampReq) -> cms.ContentInfo:
        now = datetime.datetime.now(datetime.UTC)
        if self.fault is Fault.WRONG_CLOCK:
            now -= datetime.timedelta(days=1)
        imprint = asked["message_imprint"].copy()
        if self.fault is Fault.WRONG_IMPRINT:
            imprint["hashed_message"] = hashlib.sha256(b"something else").digest()
        info = {
            "version": "v1",
            "policy": _POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(63),
            "gen_time": now.replace(microsecond=0),
            "accuracy": {"seconds": 1},
            "nonce": asked["nonce"].native + (self.fault is Fault.WRONG_NONCE),
        }
        content = tsp.TSTInfo(info).dump()
        return self._signed(content)

    def _signed(self, content: bytes) -> cms.ContentInfo:
        own = x509.Certificate.load(self.unit.der)
        attributes = cms.CMSAttributes([_attribute("content_type", "tst_info")])
        attributes.append(_attribute("message_digest", hashlib.sha256(content).digest()))
        attributes.append(_attribute("signing_certificate_v2", _designation(self.unit.der)))
        signature = self._sign(attributes.dump())
        if self.fault is Fault.WRONG_SIGNATURE:
            signature = self._sign(b"something else")
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": self._algorithm},
            "signature": signature,
        }
        if self.padding:
            signer["unsigned_attrs"] = [{"type": "2.25.1", "values": [cms.OctetString(bytes(self.padding))]}]
        carried = [own, *(x509.Certificate.load(one.der) for one in self.chain)]
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
                "certificates": [cms.CertificateChoices({"certificate": one}) for one in carried],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})

    @property
    def _algorithm(self) -> str:
        return "sha256_ecdsa" if isinstance(self.unit.key, ec.EllipticCurvePrivateKey) else "sha256_rsa"

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.unit.key, ec.EllipticCurvePrivateKey):
            return self.unit.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.unit.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@contextmanager
def timestamp_server(unit: Issued, chain: tuple[Issued, ...] = (), *, port: int = 0) -> Iterator[TimestampServer]:
    """A server answering on the loopback until the block ends; port 0 takes a free one."""
    http = _Server(("127.0.0.1", port), _Handler)
    http.daemon_threads = True
    server = TimestampServer(f"http://127.0.0.1:{http.server_port}/", unit, chain)
    http.authority = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up: refusing what it was sent is its right."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet: the peer's delayed acknowledgement would cost 40 ms

    def do_POST(self) -> None:
        server: TimestampServer = self.server.authority  # type: ignore[attr-defined]
        request = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if server.fault is Fault.SERVER_ERROR:
            self.send_error(500)
            return
        answer = server.answer(request)
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _designation(certificate: bytes) -> tsp.SigningCertificateV2:
    identifier = {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "cert_hash": hashlib.sha256(certificate).digest(),
    }
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(identifier)]})
