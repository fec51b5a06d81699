"""Notices of payment over real HTTP: kept as they came by a program without any secret, believed only by the daemon."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from jesignd.domain.credit import Cents, VatRate
from jesignd.flow.card import count_payments
from jesignd.plugin.paying import PaymentUse, read_notice
from jesignd.store import ledger, payment_notices
from jesignd.store.database import Database
from jesignd.web.app import application
from jesignd.web.pace import Pace
from jesignd.web.payments import MOST, PATH, PaymentDesk

SECRET = "whsec_on_this_machine"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass
class Till:
    """Where notices are taken, and the store in which the daemon finds them."""

    database: Database
    port: int

    def sends(
        self, body: bytes, signature: str | None, *, method: str = "POST", header: str = "Stripe-Signature"
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, PATH, body=body, headers={header: signature} if signature is not None else {})
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()

    def waiting(self) -> list[payment_notices.Notice]:
        with self.database.reading() as transaction:
            return payment_notices.waiting(transaction)

    def counts(self) -> int:
        """What the daemon does at its next tick; how many payments were added."""

        def receive(payload: bytes, header: str):
            return read_notice(PaymentUse("stripe"), payload, header, SECRET)

        return count_payments(receive, database=self.database, vat=VatRate(2000), warn_below=Cents(0), clock=now)

    def balance(self) -> int:
        with self.database.reading() as transaction:
            return ledger.balance(transaction)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """The desk alone, over real HTTP, in a thread of this process: it starts at once, with a pace of its own."""
    database = Database.open(f"sqlite:///{tmp_path}/jesignd.db")
    app = application(database, clock=now, more=PaymentDesk(database, now, patience=1.0).routes())
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_config=None, server_header=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Till(database, listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        listening.close()
        database.close()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Till]:
    """The program as it is started, with a configuration whose secrets are nowhere."""
    (tmp_path / "etat").mkdir(mode=0o700)
    port = free_port()
    config = tmp_path / "jesignd.yaml"
    config.write_text(
        f"version: 1\nfirm: {{name: Cabinet Équerre, siren: '732829320'}}\nstorage: {{state: {tmp_path}/etat}}\n"
        f"web: {{listen: 127.0.0.1:{port}}}\n"
        "card:\n  method: stripe\n  key: {credential: stripe.key}\n  webhook: {credential: stripe.webhook}\n"
        "  return_to: https://cabinet.example/\n",
        encoding="utf-8",
    )
    config.chmod(0o600)
    database = Database.open(f"sqlite:///{tmp_path}/etat/jesignd.db")
    environment = {name: value for name, value in os.environ.items() if name != "CREDENTIALS_DIRECTORY"}
    with (tmp_path / "web.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "jesignd", "-c", str(config), "web"], stdout=log, stderr=log, env=environment
        )
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert running.poll() is None, (tmp_path / "web.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield Till(database, port)
    finally:
        running.terminate()
        running.wait(timeout=30)
        database.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def notice(session: str = "cs_test_0", event: str = "evt_1") -> bytes:
    paid = {
        "id": session,
        "payment_status": "paid",
        "currency": "eur",
        "amount_total": 6000,
        "metadata": {"jesignd": "credit", "jesignd_net": "5000", "jesignd_firm": ""},
    }
    return json.dumps({"id": event, "type": "checkout.session.completed", "data": {"object": paid}}).encode()


def signed(payload: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    """As Stripe signs: a time, and HMAC-SHA256 over it and the body."""
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def test_a_notice_is_kept_byte_for_byte_and_counted_once_by_the_daemon(till: Till) -> None:
    body = notice()
    signature = signed(body)
    assert till.sends(body, signature).status == 202
    (kept,) = till.waiting()
    assert (kept.body, kept.signature) == (body, signature)
    assert till.balance() == 0, "nothing is believed before its signature is checked"
    assert till.counts() == 1
    assert (till.balance(), till.waiting()) == (5000, [])


def test_a_notice_sent_again_before_and_after_it_was_read_adds_nothing(till: Till) -> None:
    body, again = notice(), notice(event="evt_2")
    signature = signed(body)
    assert [till.sends(body, signature).status for _ in range(3)] == [202] * 3
    assert len(till.waiting()) == 1
    assert till.counts() == 1
    assert till.sends(body, signature).status == 202
    assert till.sends(again, signed(again)).status == 202
    assert till.counts() == 0
    assert (till.balance(), till.waiting()) == (5000, [])


@pytest.mark.parametrize(
    "sign",
    [
        lambda _: "t=1,v1=00",
        lambda body: signed(body, secret="whsec_of_another"),
        lambda body: signed(body, at=time.time() - 31 * 86_400),
        lambda body: signed(body + b" "),
    ],
    ids=["made up", "another secret", "a month old", "another body"],
)
def test_a_forged_notice_is_thrown_away_and_a_true_one_behind_it_still_counts(till: Till, sign) -> None:
    body, true = notice(), notice("cs_test_1")
    assert till.sends(body, sign(body)).status == 202
    assert till.sends(true, signed(true)).status == 202
    assert till.counts() == 1
    assert (till.balance(), till.waiting()) == (5000, [])


def test_what_is_no_notice_is_refused_and_leaves_nothing(till: Till) -> None:
    body = notice()
    large = b"x" * payment_notices.MOST_BYTES
    assert till.sends(body, None).status == 400
    assert till.sends(body, "").status == 400
    assert till.sends(body, "é").status == 400
    assert till.sends(body, "x" * 2000).status == 400
    assert till.sends(b"", signed(b"")).status == 400
    assert till.sends(large, signed(large)).status == 413
    for method in ("GET", "PUT", "DELETE"):
        answer = till.sends(b"", signed(b""), method=method)
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert till.waiting() == []
    just = b"x" * (payment_notices.MOST_BYTES - len(signed(b"")))
    assert till.sends(just, signed(just), header="Webhook-Signature").status == 202


def test_a_flood_is_slowed_down_and_told_when_to_come_back(till: Till) -> None:
    statuses = [till.sends(b"%d" % number, "t=1,v1=00").status for number in range(MOST + 5)]
    assert statuses == [202] * MOST + [429] * 5
    assert till.sends(b"more", "t=1,v1=00").headers["Retry-After"] == "60"
    assert len(till.waiting()) == MOST


def test_too_many_unread_ones_and_the_service_is_asked_to_send_again(till: Till) -> None:
    with till.database.transaction() as transaction:
        for number in range(payment_notices.MOST_WAITING):
            assert payment_notices.leave(transaction, b"%d" % number, "t=1,v1=00", at=now())
    answer = till.sends(notice(), signed(notice()))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")


def test_the_program_takes_notices_although_the_secrets_that_check_them_are_nowhere(
    program: Till,
) -> None:
    body = notice()
    assert program.sends(body, signed(body)).status == 202
    assert program.counts() == 1
    assert program.balance() == 5000


def test_a_body_that_never_comes_does_not_keep_its_place(till: Till) -> None:
    with socket.create_connection(("127.0.0.1", till.port), timeout=40) as slow:
        slow.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=1\r\nContent-Length: 100\r\n\r\nbeginning".encode()
        )
        assert b" 408 " in slow.recv(4096).split(b"\r\n")[0]
    assert till.waiting() == []


def test_without_payments_in_the_configuration_there_is_no_such_page(house) -> None:
    assert house.asks(PATH, b"x").status == 404
    assert house.asks(PATH).status == 404


def test_a_pace_lets_so_many_through_in_any_stretch_of_time() -> None:
    instants = iter([0.0, 1.0, 2.0, 9.9, 10.0, 10.5, 11.0])
    pace = Pace(2, 10.0, monotonic=lambda: next(instants))
    assert [pace.lets_through() for _ in range(7)] == [True, True, False, False, True, False, True]
