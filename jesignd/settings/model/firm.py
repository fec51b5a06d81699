"""Firm: who seals, and where the daemon keeps its own files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Tag

from jesignd.domain.text import is_siren
from jesignd.errors import Words
from jesignd.settings.model.keys import Secret
from jesignd.settings.section import AbsolutePath, Line, Section, refusal


def _siren(text: str) -> str:
    if not is_siren(text):
        raise refusal(
            Words(
                "ce n’est pas un SIREN : neuf chiffres, dont le dernier contrôle les autres",
                "not a SIREN: nine digits, the last of which checks the others",
            )
        )
    return text


Siren = Annotated[str, AfterValidator(_siren)]


class Firm(Section):
    """Le cabinet."""

    name: Line
    """Nom du cabinet, tel qu'il paraît dans la marque visible."""
    siren: Siren
    """SIREN du cabinet, toujours entre guillemets ; la clé de contrôle est vérifiée."""
    logo: AbsolutePath | None = None
    """Logo de la marque visible : fichier PNG, JPEG ou SVG, 1 Mo au plus."""
    timezone: Literal["Europe/Paris"] = "Europe/Paris"
    """Fuseau des dates montrées et des délégations ; le droit applicable étant français, il est fixe."""
    locale: Literal["fr", "en"] = "fr"
    """Langue des textes destinés aux personnes, quand la commande n'en dit rien."""
    demonstration: bool = False
    """`true` : la marque visible dit en toutes lettres que le document ne prouve rien."""


class FurtherFirm(Section):
    """Une autre société d'exercice de la même installation ; elle a ses délégations, son crédit, sa marque."""

    name: Line
    """Nom, tel qu'il paraît dans la marque visible de ses documents."""
    siren: Siren
    """SIREN, entre guillemets, que citent `folders[].firm`."""
    logo: AbsolutePath | None = None
    """Logo de la marque visible : fichier PNG, JPEG ou SVG, 1 Mo au plus."""


def _database_form(value: object) -> str:
    return "url" if isinstance(value, str) else "secret"


def _database_url(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if scheme == "sqlite" and separator and rest.startswith("//"):
        return text
    if scheme == "postgresql+psycopg" and rest and ":" not in rest.split("/")[0].rpartition("@")[0]:
        return text
    raise refusal(
        Words(
            "attendu : sqlite:////chemin/absolu.db ou postgresql+psycopg://utilisateur@machine/base ; "
            "une adresse avec mot de passe se range dans un secret : {credential: base}",
            "expected sqlite:////absolute/path.db or postgresql+psycopg://user@host/base; "
            "an address with a password belongs in a secret: {credential: base}",
        )
    )


class Storage(Section):
    """Ce que le service garde pour lui."""

    state: AbsolutePath
    """Répertoire des originaux, des fichiers scellés et de la base ; à sauvegarder, et à lui seul."""
    database: (
        Annotated[
            Annotated[str, AfterValidator(_database_url), Tag("url")] | Annotated[Secret, Tag("secret")],
            Discriminator(_database_form),
        ]
        | None
    ) = None
    """Base de données ; par défaut `jesignd.db` (SQLite) dans `state`. PostgreSQL pour plusieurs machines."""
