"""Configuration: the file as a whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from jesignd.domain.credit import NORMAL_RATE, Cents, Prices, VatRate
from jesignd.settings import values
from jesignd.settings.model.enrolment import Enrolment
from jesignd.settings.model.firm import Firm, FurtherFirm, Storage
from jesignd.settings.model.folders import DestinationFolder, Folder
from jesignd.settings.model.keys import Key, Revocation, TimestampService, Trust
from jesignd.settings.model.mail import Mail
from jesignd.settings.model.payments import Card
from jesignd.settings.model.pki import Pki, Web
from jesignd.settings.model.providers import Provider
from jesignd.settings.model.rules import Mandates, RuleEntry
from jesignd.settings.section import Duration, Name, Price, Section, Size, between, refusal


def _rate(value: object) -> VatRate:
    text = repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise refusal(values.RATE)
    try:
        return values.parse_rate(text)
    except values.NotThis as error:
        raise refusal(error.words) from error


Rate = Annotated[
    int,
    BeforeValidator(_rate),
    PlainSerializer(values.write_rate),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d{1,2})?$", "title": "Taux en pour cent"}),
]


class Pricing(Section):
    """Ce que coûte chaque acte, en euros hors taxes, entre guillemets."""

    seal: Price = 5
    """Prix d'un scellement."""
    sign: Price = 25
    """Prix d'une signature."""
    vat: Rate = NORMAL_RATE
    """Taux de la TVA, en pour cent, qui s'ajoute aux prix ; celui du jour est gardé avec chaque mouvement."""
    warn_below: Price = 0
    """Solde sous lequel le cabinet est averti, une fois à chaque passage ; `"0.00"` : jamais."""

    def prices(self) -> Prices:
        """In whole cents."""
        return Prices(Cents(self.seal), Cents(self.sign), VatRate(self.vat))


class Limits(Section):
    """Ce que le traitement d'un document a le droit de consommer."""

    workers: int = Field(default=2, ge=1, le=64)
    """Nombre de processus qui lisent et scellent les PDF."""
    memory: Annotated[Size, between("256MiB", "64GiB", read=values.parse_size)] = 1536 << 20
    """Mémoire de chacun d'eux."""
    seconds: Annotated[Duration, between("1s", "10m", read=values.parse_duration)] = 20.0
    """Temps accordé à chaque document ; au-delà il est mis à part (E16)."""
    comparison_sample: int = Field(default=50, ge=0, le=1_000_000)
    """Un fichier sur combien est comparé, avant et après, en plus du premier de chaque logiciel et de tous ceux qu'il a
    fallu réparer ; `0` : aucun autre."""


class Configuration(Section):
    """Le fichier de configuration de jesignd."""

    version: Literal[1]
    """Version de la forme du fichier : `1`."""
    firm: Firm
    """Le cabinet."""
    firms: tuple[FurtherFirm, ...] = ()
    """Autres sociétés d'exercice."""
    storage: Storage
    """Ce que le service garde pour lui."""
    keys: dict[Name, Key] = Field(default_factory=dict)
    """Clés de cachet, par nom."""
    timestamping: tuple[TimestampService, ...] = ()
    """Autorités d'horodatage, par ordre de préférence."""
    revocation: Revocation = Field(default_factory=Revocation)
    """Preuves de non-révocation."""
    trust: Trust = Field(default_factory=Trust)
    """Autorités de confiance."""
    folders: tuple[Folder, ...] = ()
    """Dossiers surveillés."""
    destinations: tuple[DestinationFolder, ...] = ()
    """Destinations des documents scellés."""
    rules: tuple[RuleEntry, ...] = ()
    """Règles, dans l'ordre."""
    mandates: Mandates = Field(default_factory=Mandates)
    """Mandats des clients."""
    pricing: Pricing = Field(default_factory=Pricing)
    """Prix des actes."""
    card: Card | None = None
    """Paiement par carte ; absent : aucun."""
    limits: Limits = Field(default_factory=Limits)
    """Limites des traitements."""
    enrolment: Enrolment = Field(default_factory=Enrolment)
    """Enregistrement des personnes."""
    pki: Pki | None = None
    """Autorité de certification du cabinet, s'il en a une."""
    web: Web = Field(default_factory=Web)
    """Programme web."""
    providers: dict[Name, Provider] = Field(default_factory=dict)
    """Prestataires et cartes dont viennent les clés achetées par les personnes, par nom."""
    mail: Mail | None = None
    """Serveur de courrier ; absent : aucun message ne part."""
