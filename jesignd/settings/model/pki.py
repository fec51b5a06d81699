"""PKI: the firm's own certificate authority, and the small program that answers about its certificates."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from jesignd.domain.certificates import VALIDITY_YEARS
from jesignd.errors import Words
from jesignd.settings.model.enrolment import PrivateSecret
from jesignd.settings.section import AbsolutePath, Section, WebAddress, refusal

_LISTEN = r"(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]|localhost):(\d{1,5})"


def _listen(text: str) -> str:
    found = re.fullmatch(_LISTEN, text)
    if found is None or not 1 <= int(found[2]) <= 65535:
        raise refusal(Words("adresse et port attendus : 127.0.0.1:8080", "an address and a port: 127.0.0.1:8080"))
    return text


def _plain(address: str) -> str:
    """Fetching a list, to check a certificate, must not depend on a certificate (RFC 5280, clause 4.2.1.13)."""
    if not address.startswith("http://") or "?" in address:
        raise refusal(
            Words(
                "une adresse en http:// : ces listes sont publiques et signées", "an http:// address: lists are signed"
            )
        )
    return address


class Pki(Section):
    """Autorité de certification du cabinet : elle délivre, renouvelle et révoque."""

    directory: AbsolutePath
    """Répertoire de ses clés (chiffrées) et certificats, hors de portée du programme web."""
    passphrase: PrivateSecret
    """Phrase de passe de la clé d'émission ; celle de la racine n'est jamais ici."""
    public_url: Annotated[WebAddress, AfterValidator(_plain)]
    """Adresse publique, en http://, inscrite dans chaque certificat : listes de révocation, réponses OCSP. Ne change
    plus ensuite."""
    years: int = Field(default=VALIDITY_YEARS, ge=1, le=5)
    """Durée d'un certificat, en années."""


class Web(Section):
    """Programme `jesignd web` : il écoute, sans aucune clé."""

    listen: Annotated[
        str, AfterValidator(_listen), WithJsonSchema({"type": "string", "pattern": f"^{_LISTEN}$", "title": "Écoute"})
    ] = "127.0.0.1:8080"
    """Adresse et port ; un serveur mandataire reçoit le public et lui transmet."""

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)
