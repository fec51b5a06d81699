"""Enrolment: what people accept, what keeps their papers unreadable, and for how long."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from jesignd.errors import Words
from jesignd.settings import values
from jesignd.settings.model.keys import Secret
from jesignd.settings.section import AbsolutePath, Duration, Section, between, refusal


def _not_in_environment(secret: Secret) -> Secret:
    """Every program the service starts would inherit it."""
    if secret.env is not None:
        raise refusal(
            Words("pas dans l’environnement : {credential: nom} ou {file: /chemin}", "not in the environment")
        )
    return secret


PrivateSecret = Annotated[Secret, AfterValidator(_not_in_environment)]
"""A secret that no other program may inherit."""


class Enrolment(Section):
    """Enregistrement des personnes, et textes qu'elles acceptent."""

    secret: PrivateSecret | None = None
    """Secret d'au moins 32 octets qui chiffre les pièces d'identité et les codes à usage unique ; à garder aussi
    longtemps qu'eux. Sans lui, ni pièce ni code."""
    identity_kept: Annotated[Duration, between("1d", "365d", read=values.parse_duration)] = 30 * 86_400.0
    """Durée de conservation d'une pièce d'identité, chiffrée ; ensuite elle est détruite, son empreinte reste."""
    conditions: AbsolutePath | None = None
    """Texte (UTF-8) des conditions d'utilisation ; un texte modifié est à accepter de nouveau. Par défaut, les
    nôtres."""
    undertaking: AbsolutePath | None = None
    """Texte (UTF-8) de l'engagement des délégataires ; par défaut, le nôtre."""
