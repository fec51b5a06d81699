"""Mail: through which server letters leave; without it none does, and what they would say is in `jesignd status`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from jesignd.domain.people import email
from jesignd.errors import Words
from jesignd.settings import values
from jesignd.settings.model.enrolment import PrivateSecret
from jesignd.settings.section import AbsolutePath, Duration, Line, Section, between, refusal

_HERE = {"localhost", "127.0.0.1", "::1"}


def _address(text: str) -> str:
    try:
        return email(text)
    except ValueError as error:
        raise refusal(Words("une adresse de courriel est attendue", "an e-mail address is expected")) from error


def _host(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9.:-]{1,253}", text) is None:
        raise refusal(Words("un nom de machine ou une adresse IP", "a host name or an IP address"))
    return text


class Mail(Section):
    """Serveur de courrier ; sans cette section, aucun message ne part, et `jesignd status` dit ce qui attend."""

    host: Annotated[str, AfterValidator(_host), WithJsonSchema({"type": "string", "title": "Machine"})]
    """Nom du serveur d'envoi, tel que dans son certificat."""
    port: int = Field(default=587, ge=1, le=65535)
    """Port : 587 pour `starttls`, 465 pour `tls`."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls`, `tls`, ou `none` : en clair, vers cette machine seulement."""
    user: Line | None = None
    """Identifiant, si le serveur en demande un."""
    password: PrivateSecret | None = None
    """Mot de passe."""
    sender: Annotated[
        str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "email", "title": "Courriel"})
    ]
    """Adresse d'où viennent les messages ; le nom affiché est celui du cabinet."""
    anchor: AbsolutePath | None = None
    """Certificat (PEM) de l'autorité qui a délivré celui du serveur, si elle n'est pas publique."""
    timeout: Annotated[Duration, between("1s", "2m", read=values.parse_duration)] = 20.0
    """Attente de chaque réponse."""

    @model_validator(mode="after")
    def _sound(self) -> Mail:
        if (self.user is None) != (self.password is None):
            raise refusal(Words("`user` et `password` vont ensemble", "`user` and `password` go together"))
        if self.security == "none" and self.host not in _HERE:
            raise refusal(
                Words("en clair (`none`) vers cette machine seulement", "in clear (`none`) to this machine only")
            )
        return self
