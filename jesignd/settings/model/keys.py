"""Keys: what seals, what proves the time, and whom we trust.

A secret is never written in the file, only the place where it lies.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from jesignd.errors import Words
from jesignd.settings import values
from jesignd.settings.section import AbsolutePath, Duration, Line, Location, Name, Section, WebAddress, between, refusal

_CLEAR = Words(
    "un secret ne s’écrit pas ici : {credential: nom}, {env: NOM} ou {file: /chemin}",
    "a secret is not written here: {credential: name}, {env: NAME} or {file: /path}",
)


class Secret(Section):
    """Où se trouve un secret ; exactement une des trois clés."""

    credential: Name | None = None
    """Nom d'un secret remis par systemd (`LoadCredential=`)."""
    env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    """Nom d'une variable d'environnement."""
    file: AbsolutePath | None = None
    """Fichier lisible de son seul propriétaire (droits 0400 ou 0600)."""

    @model_validator(mode="wrap")
    @classmethod
    def _exactly_one(cls, value: object, handler: ModelWrapValidatorHandler[Secret]) -> Secret:
        if isinstance(value, (str, int, float)):
            raise refusal(_CLEAR)
        secret = handler(value)
        if len(secret.model_fields_set) != 1:
            raise refusal(_CLEAR)
        return secret

    def label(self) -> str:
        """Where it lies, for people: `credential cachet.pin`."""
        kind = next(iter(self.model_fields_set))
        return f"{kind} {getattr(self, kind)}"


class Pkcs12Key(Section):
    """Clé et certificats dans un fichier PKCS#12 (.p12, .pfx)."""

    backend: Literal["pkcs12"]
    """Forme de la clé : `pkcs12`."""
    file: AbsolutePath
    """Le fichier .p12 ou .pfx."""
    passphrase: Secret | None = None
    """Mot de passe du fichier."""


class PemKey(Section):
    """Clé et certificats dans deux fichiers PEM."""

    backend: Literal["pem"]
    """Forme de la clé : `pem`."""
    key: AbsolutePath
    """Fichier de la clé privée (PKCS#8)."""
    certificate: AbsolutePath
    """Fichier du certificat, suivi de ceux de ses autorités."""
    passphrase: Secret | None = None
    """Mot de passe de la clé privée."""


class Pkcs11Key(Section):
    """Clé dans une carte, une clé USB ou un boîtier, par PKCS#11."""

    backend: Literal["pkcs11"]
    """Forme de la clé : `pkcs11`."""
    module: AbsolutePath
    """Bibliothèque PKCS#11 du fabricant (.so)."""
    token: Line
    """Étiquette du jeton."""
    label: Line
    """Étiquette de la clé et de son certificat sur le jeton."""
    pin: Secret
    """Code PIN ; un seul essai est fait, pour ne jamais bloquer le jeton."""


Key = Annotated[Pkcs12Key | PemKey | Pkcs11Key, Field(discriminator="backend")]


class TimestampService(Section):
    """Une autorité d'horodatage (RFC 3161)."""

    name: Name
    """Nom, pour les messages."""
    url: WebAddress
    """Adresse du service."""
    timeout: Annotated[Duration, between("100ms", "2m", read=values.parse_duration)] = 5.0
    """Attente avant de passer à l'autorité suivante."""
    anchor: AbsolutePath | None = None
    """Certificat (PEM ou DER) de l'autorité racine que ses jetons doivent atteindre."""


class Revocation(Section):
    """D'où vient la preuve que le certificat du cachet n'est pas révoqué (niveau B-LT)."""

    crls: tuple[Location, ...] = ()
    """Listes de révocation : fichiers ou adresses ; vide : celles que désigne le certificat du cachet."""
    max_age: Annotated[Duration, between("1m", "30d", read=values.parse_duration)] = 86_400.0
    """Âge au-delà duquel une liste est demandée de nouveau."""


class Trust(Section):
    """À quelles autorités `jesignd verify` se fie."""

    anchors: tuple[AbsolutePath, ...] = ()
    """Certificats racines : fichiers PEM ou DER, ou répertoires de tels fichiers."""
