"""Trust: ask the time-stamping authorities, in the operator's order, until one answers properly.

An authority that failed is asked last for a minute, so that one that is down costs its timeout once and not for every
document. Addresses may hold passwords: messages and logs name endpoints only.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2

from jesignd.errors import ServiceError, Words
from jesignd.pades import timestamp_token
from jesignd.pades.revocation import RevocationClient, gather

__all__ = ["Endpoint", "RevocationClient", "TimestampClient", "gather"]

log = logging.getLogger(__name__)

_LARGEST_ANSWER = 64 << 10
_REST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One authority: what people call it, where it is, how long it may take, and whose time we believe (DER)."""

    name: str
    url: str = field(repr=False)
    timeout_seconds: float = 10.0
    certificates: tuple[bytes, ...] = ()
    """Anchors of the authority's certificate; none: any sound token is taken."""


class TimestampClient:
    """Trusted time from the first of these endpoints that gives it (see `TimestampAuthority`)."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._endpoints = tuple(endpoints)
        self._resting: dict[str, float] = {}
        self._seen: dict[str, tuple[bytes, ...]] = {}
        self._client = httpx2.Client(follow_redirects=False)

    def timestamp(self, digest: bytes) -> bytes:
        """A DER `TimeStampToken` over this SHA-256 digest; imprint, nonce, clock and signature have been checked.

        Raises:
            ServiceError: none of the endpoints answered properly; each is named with its reason.
        """
        reasons: list[str] = []
        for endpoint in sorted(self._endpoints, key=self._is_resting):
            try:
                token = self._ask(endpoint, digest)
            except (httpx2.HTTPError, httpx2.InvalidURL, timestamp_token.Unbelievable, OSError) as error:
                reason = str(error) if isinstance(error, timestamp_token.Unbelievable) else type(error).__name__
                log.warning("refused timestamp endpoint=%s reason=%s", endpoint.name, reason)
                reasons.append(f"{endpoint.name} ({reason})")
                self._resting[endpoint.name] = time.monotonic() + _REST_SECONDS
                continue
            self._resting.pop(endpoint.name, None)
            return token
        raise _nobody(reasons)

    def certificates(self) -> tuple[bytes, ...]:
        """The certificates (DER) of the authorities met so far, each followed by its chain, to prove unrevoked."""
        return tuple(dict.fromkeys(one for chain in self._seen.values() for one in chain))

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _is_resting(self, endpoint: Endpoint) -> bool:
        return time.monotonic() < self._resting.get(endpoint.name, 0.0)

    def _ask(self, endpoint: Endpoint, digest: bytes) -> bytes:
        question = timestamp_token.ask(digest)
        answer = self._post(endpoint, question.encoded)
        token = timestamp_token.token_in(
            answer, question, anchors=endpoint.certificates, now=datetime.datetime.now(datetime.UTC)
        )
        self._seen[endpoint.name] = (*timestamp_token.certificates_in(token), *endpoint.certificates)
        return token

    def _post(self, endpoint: Endpoint, body: bytes) -> bytes:
        deadline = time.monotonic() + endpoint.timeout_seconds
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = {"content": body, "headers": headers, "timeout": endpoint.timeout_seconds}
        received = bytearray()
        with self._client.stream("POST", endpoint.url, **request) as response:  # type: ignore[arg-type]
            if response.status_code != httpx2.codes.OK:
                raise timestamp_token.Unbelievable(f"HTTP {response.status_code}")
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > _LARGEST_ANSWER:
                    raise timestamp_token.Unbelievable("answer too large")
                if time.monotonic() > deadline:
                    raise timestamp_token.Unbelievable("too slow")
        return bytes(received)


def _nobody(reasons: list[str]) -> ServiceError:
    told = " ; ".join(reasons) if reasons else "aucun configuré / none configured"
    return ServiceError(
        Words(f"aucun service d’horodatage n’a répondu : {told}", f"no time-stamping authority answered: {told}"),
        hint=Words(
            "l’horodatage sera redemandé ; vérifiez le réseau et les adresses `timestamp`",
            "the time-stamp will be asked for again; check the network and the `timestamp` addresses",
        ),
    )
