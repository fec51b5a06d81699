"""CSC service: one question to a trust provider, and what its refusals mean (CSC API 2, clause 10)."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from jesignd.domain.statements import PinRefused
from jesignd.errors import CredentialError, ServiceError, Words

_LARGEST_ANSWER = 1 << 20


class ActivationRefused(CredentialError):
    """The provider no longer takes what it gave to activate the key (SAD): too old, or used."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Words(f"{name} : l’autorisation de signer a expiré", f"{name}: the authorisation to sign has expired"),
            hint=Words("recommencez l’acte", "do it again"),
        )


@dataclass(frozen=True, slots=True)
class Service:
    """A provider's service: its address up to `/csc/v2`, and the token that lets this firm in (OAuth 2.0 bearer)."""

    name: str
    url: str
    token: Callable[[], bytes] = field(repr=False)
    """Read at each use."""
    anchor: Path | None = None
    timeout_seconds: float = 30.0


def ask(service: Service, method: str, asked: Mapping[str, object]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {_token(service)}", "Accept": "application/json"}
    try:
        context = ssl.create_default_context(cafile=None if service.anchor is None else str(service.anchor))
        with (
            httpx2.Client(follow_redirects=False, verify=context, timeout=service.timeout_seconds) as client,
            client.stream("POST", f"{service.url}/{method}", json=dict(asked), headers=headers) as response,
        ):
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise unintelligible(service, method)
            status = response.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
        raise _silent(service, method, type(error).__name__) from error
    answer = _object(bytes(body))
    if status == httpx2.codes.OK and answer is not None:
        return answer
    raise _refusal(service, method, status, answer or {})


def _token(service: Service) -> str:
    token = service.token().decode("ascii", "replace").strip()
    if not token.isprintable() or " " in token:
        raise CredentialError(Words("jeton d’accès illisible", "the access token cannot be read"))
    return token


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _refusal(service: Service, method: str, status: int, answer: Mapping[str, Any]) -> Exception:
    """What an error answer means; its text is the provider's and may repeat what was sent, so it is never shown."""
    error = str(answer.get("error", ""))
    about_proof = "authdata" in str(answer.get("error_description", "")).lower().replace(" ", "")
    if error in {"invalid_pin", "invalid_otp"} or (error == "invalid_request" and about_proof):
        return PinRefused(
            Words(f"{service.name} refuse le code PIN, ou le code reçu", f"{service.name} refuses the PIN or the code"),
            hint=Words("après quelques essais il bloque la clé", "after some tries it locks the key"),
        )
    if method.endswith("signHash") and "sad" in str(answer.get("error_description", "")).lower().split():
        return ActivationRefused(service.name)
    if status in {401, 403} or error in {"invalid_token", "access_denied", "unauthorized_client"}:
        return CredentialError(
            Words(f"{service.name} refuse le jeton d’accès", f"{service.name} refuses the access token"),
            hint=Words("demandez-lui un autre jeton", "ask it for another token"),
        )
    if status >= 500 or status == 429:
        return _silent(service, method, f"HTTP {status}")
    known = error if error.isascii() and error.replace("_", "").isalnum() else f"HTTP {status}"
    return CredentialError(
        Words(f"{service.name} refuse {method} ({known[:40]})", f"{service.name} refuses {method} ({known[:40]})")
    )


def _silent(service: Service, method: str, reason: str) -> ServiceError:
    return ServiceError(
        Words(
            f"{service.name} ne répond pas ({method}, {reason})", f"{service.name} does not answer ({method}, {reason})"
        ),
        hint=Words("réessayez plus tard ; vérifiez le réseau", "try again later; check the network"),
    )


def unintelligible(service: Service, method: str) -> ServiceError:
    return ServiceError(
        Words(f"{service.name} : réponse incompréhensible ({method})", f"{service.name}: unintelligible ({method})")
    )
