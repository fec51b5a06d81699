"""A day in which every secret there is gets used: typed by people, or opened by the daemon from where it lies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from canaries import Watched
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from jesignd.cli.output import EXIT_PARTIAL
from jesignd.errors import Code
from jesignd.flow import keys
from jesignd.identity import codes
from jesignd.store import payment_notices, people
from jesignd.testing.exports import samples
from jesignd.testing.office import Office


def canary(what: str) -> str:
    return f"C4nari-{what}-{secrets.token_hex(8)}"


VAULTS = {
    "passphrase of the seal": "cachet.pass",
    "passphrase of the issuing authority": "emission.secret",
    "identity secret": "papiers.secret",
    "payment key": "carte.key",
    "webhook secret": "carte.webhook",
}
"""Secrets that the daemon must open by itself, and the one file each lies in (0600, named by the configuration)."""

TYPED = {
    "password of the accountant": "an argon2id hash in the store",
    "password of the officer": "an argon2id hash in the store",
    "password of the delegate": "an argon2id hash in the store",
    "PIN": "nowhere: it opens a container in the store",
    "second PIN": "nowhere: it opens a container in the store",
    "passphrase of the root": "nowhere: it opens pki/root.p12",
    "passport": "encrypted in the store, under the identity secret",
}
"""Secrets that people type or hand in, and what is left of each."""


@dataclass
class Day:
    """What is left of the day."""

    root: Path
    daemon: int
    secrets: dict[str, bytes]
    said: dict[str, bytes] = field(default_factory=dict)
    """The results and the talk of commands."""
    places: dict[str, bytes] = field(default_factory=dict)
    """What was said, and every file."""
    watched: Watched = field(default_factory=Watched)
    sealed: int = 0
    holds: list[Code | None] = field(default_factory=list)


class Cards(BaseHTTPRequestHandler):
    """As much of the payment service as opening a page needs."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        page = {"id": "cs_test_0", "object": "checkout.session", "url": "https://checkout.example/0", "metadata": {}}
        written = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def cards() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Cards) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


_MORE = """
pki:
  directory: {root}/pki
  passphrase: {{file: {root}/emission.secret}}
  public_url: http://pki.cabinet-equerre.fr
enrolment: {{secret: {{file: {root}/papiers.secret}}}}
card:
  method: stripe
  key: {{file: {root}/carte.key}}
  webhook: {{file: {root}/carte.webhook}}
  return_to: https://cabinet.example/
  options: {{api: {api}}}
"""


def configure(office: Office, told: dict[str, str], api: str) -> None:
    """The office with everything that asks for a secret, each in its file."""
    for name, file in VAULTS.items():
        path = office.root / file
        path.touch(mode=0o600)
        path.write_text(f"{told[name]}\n", encoding="utf-8")
    assert office.authority is not None
    chain = (office.authority.issuing, office.authority.root)
    container = office.authority.seal.pkcs12(told["passphrase of the seal"].encode(), chain)
    (office.root / "cachet.p12").write_bytes(container)
    (office.root / "cachet.p12").chmod(0o600)
    (office.root / "cachet.key").unlink()
    office.write_settings(extra=_MORE.format(root=office.root, api=api))
    text = office.config.read_text(encoding="utf-8")
    pem = f"{{backend: pem, key: {office.root}/cachet.key, certificate: {office.root}/cachet.pem}}"
    assert pem in text
    p12 = f"{{backend: pkcs12, file: {office.root}/cachet.p12, passphrase: {{file: {office.root}/cachet.pass}}}}"
    office.config.write_text(text.replace(pem, p12).replace("acts_as: claire", "acts_as: sophie"), encoding="utf-8")


@dataclass
class Desk:
    """Where people type commands; what was said is kept, by command."""

    office: Office
    said: dict[str, bytes] = field(default_factory=dict)

    def types(self, *command: str, answers: tuple[str, ...] = (), ends: frozenset[int] = frozenset({0})) -> str:
        ended = self.office.run_command(*command, typed="\n".join(answers))
        self._keep(command, ended.stdout, ended.stderr)
        assert ended.returncode in ends, (command, ended.stderr)
        return ended.stdout

    def gives_codes(self, login: str) -> bytes:
        """Sets up one-time codes, reading the secret from where it is shown, once."""
        command = ("user", "totp", login)
        with subprocess.Popen(
            [sys.executable, "-m", "jesignd", "-c", str(self.office.config), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            address = process.stderr.readline()
            (written,) = urllib.parse.parse_qs(urllib.parse.urlsplit(address.strip()).query)["secret"]
            secret = base64.b32decode(written)
            out, err = process.communicate(f"{self.code(secret)}\n", timeout=60)
        self._keep(command, out, err)
        assert process.returncode == 0, err
        return secret

    def code(self, secret: bytes, *, later: int = 0) -> str:
        return codes.at_step(secret, int(time.time()) // codes.STEP_SECONDS + later)

    def _keep(self, command: tuple[str, ...], out: str, err: str) -> None:
        name = f"{len(self.said)}: {' '.join(command)}"
        self.said[name] = f"{out}\n{err}".encode()


def notice(secret: str) -> tuple[bytes, str]:
    """Fifty euros paid by card, told as the service tells it, signed now."""
    metadata = {"jesignd": "credit", "jesignd_net": "5000", "jesignd_firm": ""}
    session = {"id": "cs_test_0", "payment_status": "paid", "currency": "eur", "amount_total": 6000}
    event = {"id": "evt_1", "type": "checkout.session.completed", "object": "event"}
    body = json.dumps({**event, "data": {"object": {**session, "metadata": metadata}}}).encode()
    stamp = int(time.time())
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={signature}"


def enrol(desk: Desk, told: dict[str, str], scan: Path) -> None:
    """Two accounts more, passwords for all; Claire's certificate, from her passport to her PIN."""
    for login, more in (("olivier", ("--role", "officer")), ("sophie", ("--firm", "732829320"))):
        named = ("--email", f"{login}@jlm.example", "--first-name", login.capitalize(), "--last-name", "Martin")
        desk.types("user", "add", login, *named, *more)
    for login, whose in (("claire", "accountant"), ("olivier", "officer"), ("sophie", "delegate")):
        desk.types("user", "passwd", login, answers=(told[f"password of the {whose}"],))
    desk.types("authority", "init", answers=(told["passphrase of the root"],))
    desk.types("enrol", "start", "claire", "--phone", "06 12 34 56 78")
    desk.types("enrol", "identity", "claire", str(scan), "--document", "passport")
    desk.types("enrol", "approve", "claire", "--officer", "olivier", answers=(told["password of the officer"],))


def live(place: Path, api: str) -> Day:
    """The day, from the first configuration to the end of the daemon."""
    told = {name: canary(name.replace(" ", "-")) for name in (*VAULTS, *TYPED)}
    office = Office(place / "cabinet")
    (office.root / "temporaire").mkdir()
    scan = place / "passeport.pdf"
    scan.write_bytes(f"%PDF-1.7 {told['passport']}".encode())
    configure(office, told, api)
    with office.store() as database, database.transaction() as tx:
        payment_notices.leave(tx, *notice(told["webhook secret"]), at=office.now())
    try:
        return _play(office, told, scan)
    finally:
        if office.daemon is not None:
            office.kill()


def _play(office: Office, told: dict[str, str], scan: Path) -> Day:
    """Enrol, hold, grant, seal, revoke, hold; and everything else for which people type a secret."""
    desk = Desk(office)
    enrol(desk, told, scan)
    office.start()
    assert office.daemon is not None
    day = Day(office.root, office.daemon.pid, {name: value.encode() for name, value in told.items()})
    issued = desk.types(
        *("--format", "json", "certificate", "issue", "claire"),
        answers=(told["password of the accountant"], told["PIN"]),
    )
    certificate = json.loads(issued)
    day.secrets["revocation code"] = certificate["revocation_code"].encode()
    day.secrets["secret of one-time codes"] = totp = desk.gives_codes("sophie")

    office.drop("BP_000424_202610_MAT-00012.pdf", samples.carpenter_payslip())
    office.wait_until_settled(1)
    day.holds += [one.hold.code if one.hold else None for one in office.documents()]
    who = ("--by", "claire", "--right", "sceller", "--until", "2099-12-31")
    granted = desk.types("--format", "json", "delegation", "grant", "sophie@jlm.example", *who, answers=(told["PIN"],))
    answers = (told["password of the delegate"], desk.code(totp, later=1))
    desk.types("delegation", "accept", "sophie", answers=answers)
    office.wait_for(lambda: len(office.sealed_files()) == 1)

    desk.types("certificate", "pin", "claire", answers=(told["PIN"], told["second PIN"]))
    delegation = json.loads(granted)[0]["delegation"]
    desk.types("delegation", "revoke", delegation, "--by", "claire", answers=(told["second PIN"],))
    office.drop("BP_000517_202610_MAT-00004.pdf", samples.baker_payslip())
    office.wait_until_settled(2)
    day.holds += [one.hold.code if one.hold else None for one in office.documents()]
    day.sealed = len(office.sealed_files())

    desk.types("credit", "topup", "10", "--card", "--reference", "r1")
    desk.types("status")
    desk.types("doctor", ends=frozenset({0, EXIT_PARTIAL}))
    office.reload()
    office.wait_for(lambda: "reloaded folders=" in office.last_words())
    day.secrets |= private_keys(office, told)
    code = certificate["revocation_code"]
    desk.types("certificate", "revoke", certificate["serial"], answers=(code,))
    assert office.stop() == 0
    day.said = desk.said
    return day


def private_keys(office: Office, told: dict[str, str]) -> dict[str, bytes]:
    """The numbers that must stay in their containers: of the person, of the seal, of both authorities."""
    assert office.authority is not None
    found: dict[str, ec.EllipticCurvePrivateKey] = {}
    with office.store() as database:
        with database.reading() as tx:
            claire = people.account(tx, "claire").id
        opened = keys.open_key(claire, told["second PIN"].encode(), database=database, clock=office.now)
        assert isinstance(opened._key, ec.EllipticCurvePrivateKey)
        found["key of the accountant"] = opened._key
    for name, file, passphrase in (
        ("key of the seal", "cachet.p12", "passphrase of the seal"),
        ("key of the issuing authority", "pki/issuing.p12", "passphrase of the issuing authority"),
        ("key of the root", "pki/root.p12", "passphrase of the root"),
    ):
        key = pkcs12.load_pkcs12((office.root / file).read_bytes(), told[passphrase].encode()).key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        found[name] = key
    return {name: key.private_numbers().private_value.to_bytes(-(-key.key_size // 8)) for name, key in found.items()}
