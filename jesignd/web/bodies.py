"""Bodies: read what a request carries, up to a length and for a time; nobody fills our memory or holds a place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request

PATIENCE = 15.0
"""Seconds."""


async def read(request: Request, *, most: int, seconds: float = PATIENCE) -> bytes:
    """The body, of at most so many bytes.

    Raises:
        HTTPException: 413 when it is longer, 408 when it did not come in time.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    return bytes(body)
