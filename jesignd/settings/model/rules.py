"""Rules: what is done with which document; the first that matches decides."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, PlainSerializer, Tag, WithJsonSchema

from jesignd.domain.documents import DocumentKind
from jesignd.domain.levels import Act, LegalLevel, PadesLevel
from jesignd.domain.routing import When
from jesignd.domain.sealing import Corner, Mark
from jesignd.errors import Words
from jesignd.settings import values
from jesignd.settings.section import SEVERAL, Length, Line, Name, Section, between, refusal


def _kind(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Kind = Annotated[DocumentKind, BeforeValidator(_kind)]


def _page(value: object) -> int:
    named = {"first": 1, "last": -1}
    if isinstance(value, str) and value in named:
        return named[value]
    if isinstance(value, int) and not isinstance(value, bool) and (value == -1 or 1 <= value <= 9_999):
        return value
    raise refusal(Words("une page : first, last ou un numéro à partir de 1", "a page: first, last or a number from 1"))


def _write_page(page: int) -> str | int:
    return "last" if page == -1 else page


Page = Annotated[
    int,
    BeforeValidator(_page),
    PlainSerializer(_write_page),
    WithJsonSchema({"anyOf": [{"enum": ["first", "last"]}, {"type": "integer", "minimum": 1}], "title": "Page"}),
]


class VisibleMark(Section):
    """La marque visible, en longueurs lues sur la page telle qu'on la voit."""

    page: Page = -1
    """Page de la marque : `first`, `last` ou son numéro."""
    corner: Corner = Corner.AUTO
    """Coin de la page ; `auto` : la première place libre depuis le coin en bas à droite, au besoin sur une page voisine
    ou en bandeau, jamais sur du texte."""
    width: Annotated[Length, between("25mm", "190mm", read=values.parse_length)] = 62.0
    """Largeur."""
    height: Annotated[Length, between("10mm", "120mm", read=values.parse_length)] = 22.0
    """Hauteur."""
    margin: Annotated[Length, between("0mm", "60mm", read=values.parse_length)] = 10.0
    """Distance au bord de la page."""

    def mark(self) -> Mark:
        """The mark as the line knows it."""
        return Mark(self.page, self.corner, self.width, self.height, self.margin)


def _mark_form(value: object) -> str:
    return "none" if isinstance(value, str) else "visible"


class Seal(Section):
    """Comment le document est scellé."""

    key: Name
    """Clé du cachet (`keys`)."""
    level: PadesLevel
    """Niveau PAdES : `B-B`, `B-T` (heure prouvée) ou `B-LT` (heure et non-révocation prouvées)."""
    mark: Annotated[
        Annotated[Literal["none"], Tag("none")] | Annotated[VisibleMark, Tag("visible")], Discriminator(_mark_form)
    ] = Field(default_factory=VisibleMark)
    """Marque visible ; `none` : sceau invisible."""


_LEVELS = {
    "simple": LegalLevel.SIMPLE,
    "advanced": LegalLevel.ADVANCED,
    "advanced-qualified-certificate": LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE,
    "qualified": LegalLevel.QUALIFIED,
}


class Sign(Section):
    """Quelle signature est demandée."""

    level: Literal["simple", "advanced", "advanced-qualified-certificate", "qualified"]
    """Niveau eIDAS : `simple`, `advanced`, `advanced-qualified-certificate` ou `qualified`."""

    def legal_level(self) -> LegalLevel:
        """The level as law orders it."""
        return _LEVELS[self.level]


class Conditions(Section):
    """Conditions d'une règle ; toutes doivent être vraies, une condition absente ne demande rien."""

    folder: Annotated[tuple[Name, ...], SEVERAL] = ()
    """Dossiers surveillés (`folders[].name`)."""
    kind: Annotated[tuple[Kind, ...], SEVERAL] = ()
    """Types de document : `NH`, `BP`, `LDM`…"""
    client: Annotated[tuple[Line, ...], SEVERAL] = ()
    """Codes client (motifs `*` et `?`, sans égard à la casse)."""
    name: Annotated[tuple[Line, ...], SEVERAL] = ()
    """Noms de fichier (motifs `*` et `?`, sans égard à la casse)."""

    def when(self) -> When:
        """The conditions as the pure middle knows them."""
        return When(frozenset(self.folder), frozenset(self.kind), self.client, self.name)


class RuleEntry(Section):
    """Une règle ; la première dont toutes les conditions sont vraies décide."""

    name: Name
    """Nom de la règle, cité par `jesignd document why`."""
    when: Conditions = Field(default_factory=Conditions)
    """Conditions ; vides, la règle prend tout ce qui lui parvient."""
    act: Act | None = None
    """`seal` (sceller), `sign` (faire signer) ou `hold` (mettre en attente) ; par défaut l'acte d'usage du type."""
    seal: Seal | None = None
    """Comment sceller, pour une règle qui scelle."""
    sign: Sign | None = None
    """Quelle signature demander, pour une règle qui fait signer."""
    test: bool = False
    """`true` : essai, pour une règle qui scelle. Rien n'est facturé ; la marque, obligatoire, dit en toutes lettres que
    le document est sans valeur."""
    deliver: Annotated[tuple[Name, ...], SEVERAL] = ()
    """Destinations (`destinations[].name`), dans l'ordre."""
    reason: Line | None = None
    """Ce que liront les personnes, pour une règle qui met en attente."""


class Mandates(Section):
    """Les types de document qui ne partent que sous un mandat du client (`jesignd mandate add`)."""

    required_for: Annotated[tuple[Kind, ...], SEVERAL] = ()
    """Types de document : sans mandat enregistré du client, ils attendent (E24)."""
