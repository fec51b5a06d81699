"""Against a server on this machine that speaks Stripe's interface, and notices signed as Stripe signs them."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from jesignd_stripe_card.method import StripeCard, StripeOptions

from jesignd.domain.credit import Cents, VatRate
from jesignd.errors import NotAllowed, ServiceError
from jesignd.flow.card import count_payments, payment_request
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.manager import Plugins
from jesignd.plugin.paying import PaymentUse, open_page, receive_webhook
from jesignd.store import ledger, payment_notices
from jesignd.store.database import Database

SECRET = "whsec_on_this_machine"  # noqa: S105
KEY = "sk_test_on_this_machine"
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


class Stripe(BaseHTTPRequestHandler):
    """As much of the interface as a page needs: idempotent creation of sessions, and refusals."""

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = dict(urllib.parse.parse_qsl(body))
        if self.headers["Authorization"] != f"Bearer {KEY}":
            self._answer(401, {"error": {"message": f"bad key {self.headers['Authorization']}", "type": "x"}})
        elif self.path != "/v1/checkout/sessions":
            self._answer(404, {"error": {"message": "unknown", "type": "invalid_request_error"}})
        else:
            known = server.sessions.setdefault(self.headers["Idempotency-Key"], asked)
            identity = f"cs_test_{list(server.sessions).index(self.headers['Idempotency-Key'])}"
            address = f"https://checkout.example/{identity}"
            self._answer(200, {"id": identity, "object": "checkout.session", "url": address, "metadata": {}})
            assert known == asked

    def _answer(self, status: int, answer: dict[str, object]) -> None:
        written = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        """Silence."""


class Server(ThreadingHTTPServer):
    """The service, and what was asked of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Stripe)
        self.sessions: dict[str, dict[str, str]] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def service() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def request(reference: str = "r1"):
    return payment_request(
        Cents(5000), vat=VatRate(2000), reference=reference, firm_name="Cabinet", return_to="https://cabinet.example/"
    )


def notice(**changes: object) -> bytes:
    session = {
        "id": "cs_test_0",
        "payment_status": "paid",
        "currency": "eur",
        "amount_total": 6000,
        "metadata": {"jesignd": "credit", "jesignd_net": "5000", "jesignd_firm": ""},
    }
    event = {"id": "evt_1", "type": "checkout.session.completed", "object": "event"}
    event |= {key: value for key, value in changes.items() if key in event}
    session |= {key: value for key, value in changes.items() if key not in event}
    return json.dumps({**event, "data": {"object": session}}).encode()


def signed(payload: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def receive(payload: bytes, header: str):
    return StripeCard().receive_webhook(payload, header, StripeOptions(), secret=SECRET)


def test_the_page_asks_for_the_price_with_its_tax(service: Server) -> None:
    page = StripeCard().open_page(request(), StripeOptions(api=service.address), key=KEY)
    assert (page.address, page.payment) == ("https://checkout.example/cs_test_0", "cs_test_0")
    asked = service.sessions["r1"]
    assert asked["line_items[0][price_data][unit_amount]"] == "6000"
    assert asked["line_items[0][price_data][currency]"] == "eur"
    assert asked["metadata[jesignd_net]"] == "5000"


def test_the_same_reference_opens_one_page(service: Server) -> None:
    options = StripeOptions(api=service.address)
    pages = {StripeCard().open_page(request(), options, key=KEY).payment for _ in range(3)}
    other = StripeCard().open_page(request("r2"), options, key=KEY).payment
    assert (pages, other) == ({"cs_test_0"}, "cs_test_1")


def test_a_refusal_never_shows_the_key(service: Server) -> None:
    with pytest.raises(ServiceError) as caught:
        StripeCard().open_page(request(), StripeOptions(api=service.address), key="sk_wrong_canary")
    assert "canary" not in f"{caught.value} {caught.value.message.fr} {caught.value.hint}"
    assert caught.value.__cause__ is None


def test_the_plugin_is_found_by_its_entry_point(service: Server) -> None:
    use = PaymentUse("stripe", (("api", json.dumps(service.address)),))
    assert open_page(use, request(), key=KEY).payment == "cs_test_0"
    assert "stripe_card" in Plugins.load(installed_plugins()).offers


def test_a_signed_notice_is_believed() -> None:
    paid = receive(notice(), signed(notice()))
    assert paid is not None
    assert (paid.payment, paid.notice, paid.net, paid.gross) == ("cs_test_0", "evt_1", 5000, 6000)


def test_a_notice_that_waited_for_days_while_the_daemon_was_stopped_is_believed() -> None:
    paid = receive(notice(), signed(notice(), at=time.time() - 20 * 86_400))
    assert paid is not None
    assert paid.net == 5000


@pytest.mark.parametrize(
    "sign",
    [
        lambda: "",
        lambda: "t=1,v1=00",
        lambda: signed(notice(), secret="whsec_of_another"),  # noqa: S106
        lambda: signed(notice(), at=time.time() - 31 * 86_400),
        lambda: signed(notice(amount_total=1)),
    ],
    ids=["none", "made up", "another secret", "a month old", "of another amount"],
)
def test_a_notice_that_stripe_did_not_sign_lately_is_refused(sign) -> None:
    with pytest.raises(NotAllowed):
        receive(notice(), sign())


@pytest.mark.parametrize(
    "payload",
    [
        notice(amount_total=4999),
        notice(currency="usd"),
        notice(metadata={"jesignd": "credit", "jesignd_net": "-5"}),
        notice(metadata={"jesignd": "credit", "jesignd_net": "many"}),
        notice(metadata={"jesignd": "credit"}),
    ],
)
def test_a_signed_notice_whose_amounts_disagree_is_refused(payload: bytes) -> None:
    with pytest.raises(NotAllowed):
        receive(payload, signed(payload))


@pytest.mark.parametrize(
    "payload",
    [notice(type="charge.refunded"), notice(payment_status="unpaid"), notice(metadata={}), b"[]", b"3"],
)
def test_what_is_no_payment_of_ours_adds_nothing(payload: bytes) -> None:
    assert receive(payload, signed(payload)) is None


def test_a_notice_is_read_in_a_confined_child() -> None:
    use = PaymentUse("stripe")
    paid = receive_webhook(use, notice(), signed(notice()), secret=SECRET)
    assert paid is not None
    assert paid.net == 5000
    with pytest.raises(NotAllowed):
        receive_webhook(use, notice(), "t=1,v1=00", secret=SECRET)


def test_a_payment_told_many_times_is_counted_once_and_a_forged_one_never(tmp_path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'jesignd.db'}")
    again = notice(id="evt_2", type="checkout.session.async_payment_succeeded")
    sent = [(notice(), signed(notice())), (notice(), signed(notice(), at=time.time() - 1)), (notice(), "t=1,v1=00")]
    for payload, header in (*sent, *sent, (again, signed(again))):
        with database.transaction() as tx:
            assert payment_notices.leave(tx, payload, header, at=NOON)
        count_payments(receive, database=database, vat=VatRate(2000), warn_below=Cents(0), clock=lambda: NOON)
    with database.reading() as tx:
        assert ledger.balance(tx) == 5000
        (line,) = ledger.statement(tx)
        assert (line.reference, line.vat) == ("payment:card:cs_test_0", 2000)
        assert payment_notices.waiting(tx) == []
        ledger.check_chain(tx)
    database.close()
