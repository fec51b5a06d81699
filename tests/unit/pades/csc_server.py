"""CSC server: a trust provider on this machine; it speaks the API strictly, and really signs with its own keys."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from jesignd.pades.csc_service import Service
from jesignd.testing.authority import Authority, Issued, issue_person

TOKEN, PIN = "C4N4RY-token", "C4N4RY-pin-2468"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_PREFIX = "/csc/v2/"


class Refused(Exception):
    """Answered with this status, error and description."""

    def __init__(self, status: int, error: str, description: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": description}


@dataclass
class Key:
    """One person's key, as the provider keeps it."""

    owner: Issued
    status: str = "valid"
    enabled: str = "enabled"
    auth: dict[str, Any] = field(default_factory=lambda: {"mode": "explicit", "objects": [_object("PIN")]})
    plain_numbers: bool = False
    """Gives ECDSA signatures as their two numbers, as some providers do."""
    signs_with: Issued | None = None

    @property
    def algorithm(self) -> str:
        return (
            "1.2.840.10045.4.3.2" if isinstance(self.owner.key, ec.EllipticCurvePrivateKey) else "1.2.840.113549.1.1.11"
        )

    def sign(self, digest: bytes) -> bytes:
        key = (self.signs_with or self.owner).key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        signature = key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        if not self.plain_numbers:
            return signature
        return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))


def _object(name: str, kind: str = "Password") -> dict[str, str]:
    return {"type": kind, "id": name, "format": "N", "label": name}


@dataclass
class Provider:
    """The provider: its keys, what it gave to activate them, and what befalls it."""

    authority: Authority
    keys: dict[str, Key] = field(default_factory=dict)
    code: str = "135790"
    sad_seconds: float = 60.0
    outages: list[int] = field(default_factory=list)
    """Statuses to answer the next questions with, instead of an answer."""
    delays: list[float] = field(default_factory=list)
    page: int = 2
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    wrong_pins: int = 0
    url: str = ""
    _sads: dict[str, tuple[str, list[str], float]] = field(default_factory=dict)

    def service(self, token: str = TOKEN, timeout_seconds: float = 5.0) -> Service:
        return Service("prestataire", f"{self.url}/csc/v2", token.encode, None, timeout_seconds)

    def add(self, name: str, key: Key | None = None) -> Key:
        person = issue_person(self.authority.issuing, first_name="Claire", last_name="Martin", at=self._now())
        return self.keys.setdefault(name, key or Key(person))

    @staticmethod
    def _now() -> Any:
        import datetime

        return datetime.datetime.now(datetime.UTC)

    def answer(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((method, given))
        known = {
            "credentials/list": self._list,
            "credentials/info": self._info,
            "credentials/authorize": self._authorize,
            "signatures/signHash": self._sign,
        }
        if method not in known:
            raise Refused(404, "invalid_request", "no such method")
        return known[method](given)

    def _list(self, given: dict[str, Any]) -> dict[str, Any]:
        _only(given, "onlyValid", "pageToken")
        names = sorted(self.keys)
        first = int(given.get("pageToken", "0"))
        page: dict[str, Any] = {"credentialIDs": names[first : first + self.page], "onlyValid": True}
        if first + self.page < len(names):
            page["nextPageToken"] = str(first + self.page)
        return page

    def _info(self, given: dict[str, Any]) -> dict[str, Any]:
        _only(given, "credentialID", "certificates", "certInfo", "authInfo")
        key = self._key(given)
        chain = (key.owner.der, self.authority.issuing.der, self.authority.root.der)
        return {
            "key": {"status": key.enabled, "algo": [key.algorithm], "len": 256},
            "cert": {"status": key.status, "certificates": [_text(one) for one in chain]},
            "auth": key.auth,
            "SCAL": "2",
            "multisign": 1,
        }

    def _authorize(self, given: dict[str, Any]) -> dict[str, Any]:
        _only(given, "credentialID", "numSignatures", "hashes", "hashAlgorithmOID", "authData")
        key = self._key(given)
        asked = [one["id"] for one in key.auth.get("objects", [])]
        told = given.get("authData")
        if not isinstance(told, list) or [one.get("id") for one in told] != asked:
            raise Refused(400, "invalid_request", "Missing (or invalid type) parameter authData")
        _hashes(given)
        right = {"PIN": PIN, "OTP": self.code}
        for one in told:
            if one["value"] != right[one["id"]]:
                self.wrong_pins += 1
                raise Refused(400, f"invalid_{one['id'].lower()}", f"The {one['id']} is invalid: {one['value']}")
        sad = secrets.token_urlsafe(24)
        self._sads[sad] = (given["credentialID"], given["hashes"], time.monotonic() + self.sad_seconds)
        return {"SAD": sad, "expiresIn": 60}

    def _sign(self, given: dict[str, Any]) -> dict[str, Any]:
        _only(given, "credentialID", "SAD", "hashes", "hashAlgorithmOID", "signAlgo")
        key = self._key(given)
        _hashes(given)
        if given["signAlgo"] != key.algorithm:
            raise Refused(400, "invalid_request", "Invalid parameter signAlgo")
        name, authorised, until = self._sads.pop(str(given.get("SAD")), ("", [], 0.0))
        if time.monotonic() > until or (name, authorised) != (given["credentialID"], given["hashes"]):
            raise Refused(400, "invalid_request", "Invalid parameter SAD")
        return {"signatures": [_text(key.sign(base64.b64decode(one))) for one in given["hashes"]]}

    def _key(self, given: dict[str, Any]) -> Key:
        if not isinstance(given.get("credentialID"), str):
            raise Refused(400, "invalid_request", "Missing (or invalid type) string parameter credentialID")
        if given["credentialID"] not in self.keys:
            raise Refused(400, "invalid_request", "Invalid parameter credentialID")
        return self.keys[given["credentialID"]]


def _only(given: dict[str, Any], *known: str) -> None:
    if set(given) - set(known):
        raise Refused(400, "invalid_request", f"unknown parameters {sorted(set(given) - set(known))}")


def _hashes(given: dict[str, Any]) -> None:
    if given.get("hashAlgorithmOID") != _SHA256 or given.get("numSignatures", 1) != 1:
        raise Refused(400, "invalid_request", "Invalid parameter hashAlgorithmOID")
    for one in given.get("hashes") or [""]:
        if len(base64.b64decode(one, validate=True)) != 32:
            raise Refused(400, "invalid_request", "Invalid parameter hashes")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.server.provider.delays:
            time.sleep(self.server.provider.delays.pop(0))
        if self.server.provider.outages:
            self._reply(self.server.provider.outages.pop(0), b"<html>sorry</html>")
            return
        try:
            answer, status = self._answer(body), 200
        except Refused as refused:
            answer, status = refused.body, refused.status
        self._reply(status, json.dumps(answer).encode())

    def _answer(self, body: bytes) -> dict[str, Any]:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "invalid_token", "The access or refresh token is expired or has been revoked")
        if self.headers.get("Content-Type") != "application/json" or not self.path.startswith(_PREFIX):
            raise Refused(400, "invalid_request", "not JSON, or elsewhere")
        return self.server.provider.answer(self.path.removeprefix(_PREFIX), json.loads(body))

    def _reply(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def open_provider(authority: Authority) -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    provider = Provider(authority)

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.provider = provider  # type: ignore[attr-defined]
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
