"""Providers: where people's own keys are that were not made here: a trust provider's service, or a card."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from jesignd.errors import Words
from jesignd.settings import values
from jesignd.settings.model.enrolment import PrivateSecret
from jesignd.settings.section import AbsolutePath, Duration, Section, WebAddress, between, refusal


def _private(address: str) -> str:
    """A PIN goes this way."""
    if not re.match(r"https://|http://(?:localhost|127\.0\.0\.1|\[::1\])[:/]", address):
        raise refusal(Words("une adresse en https:// : un code PIN y passe", "an https:// address: a PIN goes there"))
    return address.rstrip("/")


class CscProvider(Section):
    """Prestataire qui garde les clés et signe à distance (interface du Cloud Signature Consortium, version 2)."""

    kind: Literal["csc"]
    """Nature : `csc`."""
    url: Annotated[WebAddress, AfterValidator(_private)]
    """Adresse du service, jusqu'à `/csc/v2` compris."""
    token: PrivateSecret
    """Jeton d'accès (OAuth 2.0) remis par le prestataire ; relu à chaque usage."""
    anchor: AbsolutePath | None = None
    """Certificat (PEM) de l'autorité de son serveur, si elle n'est pas publique."""
    timeout: Annotated[Duration, between("1s", "2m", read=values.parse_duration)] = 30.0
    """Attente de chaque réponse."""


class DeviceProvider(Section):
    """Cartes ou clés USB des personnes, lues sur cette machine (PKCS#11)."""

    kind: Literal["pkcs11"]
    """Nature : `pkcs11`."""
    module: AbsolutePath
    """Bibliothèque PKCS#11 du fabricant (.so)."""


Provider = Annotated[CscProvider | DeviceProvider, Field(discriminator="kind")]
