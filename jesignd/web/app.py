"""App: revocation lists, revocation answers, issuers' certificates, payment notices, and whether all is well."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jesignd.errors import JesignError
from jesignd.store import nodes, revocation
from jesignd.store.revocation import KnownAuthority, Signed
from jesignd.web import bodies, ocsp
from jesignd.web.headers import StrictHeaders

if TYPE_CHECKING:
    from starlette.requests import Request

    from jesignd.store.database import Database

log = logging.getLogger(__name__)

_CACHED_SECONDS = 3600
"""A cache may hide a revocation for this long."""


class _Desk:
    """What answers; its parts are what it reads from and the clock."""

    def __init__(self, database: Database, clock: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._clock = clock

    def health(self, request: Request) -> Response:
        """`ok` when the store answers."""
        del request
        with self._database.reading() as transaction:
            nodes.now(transaction)
        return PlainTextResponse("ok\n")

    def crl(self, request: Request) -> Response:
        """The authority's last list, even past its end: whoever asks sees how old it is."""
        known = self._authority(request)
        if known.crl is None or known.crl_until is None:
            raise HTTPException(404)
        return self._cached(known.crl, until=known.crl_until, media_type="application/pkix-crl")

    def issuer(self, request: Request) -> Response:
        """The authority's certificate."""
        known = self._authority(request)
        return Response(known.certificate, media_type="application/pkix-cert", headers=_cacheable(86_400))

    async def ocsp_post(self, request: Request) -> Response:
        """A request in the body."""
        body = await bodies.read(request, most=ocsp.LONGEST_REQUEST)
        return await run_in_threadpool(self._ocsp, body)

    def ocsp_get(self, request: Request) -> Response:
        """A request in the address, which caches may answer instead of us."""
        path = request.path_params["request"]
        if len(path) > ocsp.LONGEST_REQUEST:
            raise HTTPException(414)
        return self._ocsp(ocsp.decoded(path))

    def _ocsp(self, asked: bytes) -> Response:
        found = ocsp.answer(asked, database=self._database, at=self._clock())
        if isinstance(found, Signed):
            return self._cached(found.der, until=found.until, media_type=ocsp.CONTENT_TYPE)
        return Response(found, media_type=ocsp.CONTENT_TYPE)

    def _authority(self, request: Request) -> KnownAuthority:
        with self._database.reading() as transaction:
            known = revocation.find_authority(transaction, request.path_params["authority"])
        if known is None:
            raise HTTPException(404)
        return known

    def _cached(self, der: bytes, *, until: datetime.datetime, media_type: str) -> Response:
        left = max(0, int((until - self._clock()).total_seconds()))
        return Response(der, media_type=media_type, headers=_cacheable(min(left, _CACHED_SECONDS)))


def application(database: Database, *, clock: Callable[[], datetime.datetime], more: Sequence[Route] = ()) -> Starlette:
    """The pages of this store, and whatever else the configuration asks for."""
    desk = _Desk(database, clock)
    return Starlette(
        routes=[
            Route("/healthz", desk.health, methods=["GET"]),
            Route("/crl/{authority}.crl", desk.crl, methods=["GET"]),
            Route("/ca/{authority}.cer", desk.issuer, methods=["GET"]),
            Route("/ocsp", desk.ocsp_post, methods=["POST"]),
            Route("/ocsp/{request:path}", desk.ocsp_get, methods=["GET"]),
            *more,
        ],
        middleware=[Middleware(StrictHeaders)],
        exception_handlers={JesignError: _unwell},
    )


def _unwell(request: Request, error: Exception) -> Response:
    del request
    log.error("could not answer: %s", type(error).__name__)
    return PlainTextResponse("unavailable\n", status_code=503, headers={"Retry-After": "60"})


def _cacheable(seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={seconds}, no-transform, must-revalidate"}
