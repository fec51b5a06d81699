"""Payments: receive what a payment service tells us, and keep it as it came for the daemon to believe or not.

There is no secret here with which to check a signature, so nothing that is said is acted upon: what anybody can do by
sending made-up notices is to have a few of them read and thrown away. The service sends again what was not taken, for
days; a payment is counted once, however often it is told.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jesignd.store import payment_notices
from jesignd.web import bodies
from jesignd.web.pace import Pace

if TYPE_CHECKING:
    from starlette.requests import Request

    from jesignd.store.database import Database

log = logging.getLogger(__name__)

PATH = "/payments/notices"
SIGNATURES = ("Stripe-Signature", "Webhook-Signature")
"""Headers in which payment services sign their notices; the first that is there is kept."""
MOST_SIGNATURE = 1024

MOST, SECONDS = 30, 60.0
"""Notices taken in so long: a firm tops up a few times a month, and each costs the daemon a confined child."""


class PaymentDesk:
    """What receives notices; believes nothing."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime.datetime], *, patience: float = bodies.PATIENCE
    ) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience
        self._pace = Pace(MOST, SECONDS)

    def routes(self) -> list[Route]:
        """Where they are received."""
        return [Route(PATH, self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        """202 once it is on disk; 400, 408, 413, 429 or 503 when it is not kept."""
        signature = _signature(request)
        most = payment_notices.MOST_BYTES - len(signature)
        body = await bodies.read(request, most=most, seconds=self._patience)
        if not body:
            raise HTTPException(400)
        if not self._pace.lets_through():
            raise HTTPException(429, headers={"Retry-After": str(int(SECONDS))})
        if not await run_in_threadpool(self._keep, body, signature):
            log.warning("too many notices of payment wait to be read")
            raise HTTPException(503, headers={"Retry-After": str(int(SECONDS))})
        log.info("kept a notice of payment bytes=%d", len(body))
        return PlainTextResponse("kept\n", status_code=202)

    def _keep(self, body: bytes, signature: str) -> bool:
        with self._database.transaction() as transaction:
            return payment_notices.leave(transaction, body, signature, at=self._clock())


def _signature(request: Request) -> str:
    given = next((value for name in SIGNATURES if (value := request.headers.get(name)) is not None), "")
    if not given or len(given) > MOST_SIGNATURE or not (given.isascii() and given.isprintable()):
        raise HTTPException(400)
    return given
