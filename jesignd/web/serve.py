"""Serve: listen until told to stop."""

from __future__ import annotations

import datetime
import logging
from typing import TYPE_CHECKING

import uvicorn

from jesignd.store.database import Database
from jesignd.web.app import application
from jesignd.web.payments import PaymentDesk

if TYPE_CHECKING:
    from jesignd.settings.settings import Settings

log = logging.getLogger(__name__)

_AT_ONCE = 128
_DRAIN_SECONDS = 10


def serve(settings: Settings) -> None:
    """Answer until SIGTERM or SIGINT; what is under way is finished.

    Raises:
        CredentialError: the database's address cannot be read.
        ServiceError: the database does not open.
    """
    host, port = settings.configuration.web.place
    database = Database.open(settings.database_url())
    try:
        log.info("listening host=%s port=%d", host, port)
        # Without payments nobody would read the notices: then nobody takes any.
        payments = PaymentDesk(database, _now).routes() if settings.configuration.card is not None else ()
        uvicorn.run(
            application(database, clock=_now, more=payments),
            host=host,
            port=port,
            access_log=False,
            lifespan="off",
            limit_concurrency=_AT_ONCE,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
            timeout_keep_alive=5,
        )
    finally:
        database.close()
    log.info("stopped")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
