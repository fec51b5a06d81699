"""Levels: how strong an act is in law, how long its proof stands, and the floors the law sets.

`LegalLevel` speaks of eIDAS (Regulation (EU) 910/2014), `PadesLevel` of ETSI EN 319 142-1; neither implies the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Mapping


class LegalLevel(IntEnum):
    """eIDAS levels of a signature, weakest first so that they compare."""

    SIMPLE = 1
    ADVANCED = 2
    ADVANCED_QUALIFIED_CERTIFICATE = 3
    QUALIFIED = 4


LEVEL_NAMES: Mapping[LegalLevel, Words] = {
    LegalLevel.SIMPLE: Words("simple", "simple"),
    LegalLevel.ADVANCED: Words("avancé", "advanced"),
    LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE: Words(
        "avancé sur certificat qualifié", "advanced, qualified certificate"
    ),
    LegalLevel.QUALIFIED: Words("qualifié", "qualified"),
}
"""What people call each level."""


class PadesLevel(StrEnum):
    """Baseline levels of ETSI EN 319 142-1, clause 6."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


class Act(StrEnum):
    """What a rule may do with a document."""

    SEAL = "seal"
    SIGN = "sign"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Floor:
    """What the law asks for one kind of document."""

    acts: frozenset[Act]
    """The acts allowed; a rule with another is a configuration error."""
    default: Act | None
    """What is done when the rule does not say; None: the rule must choose."""
    signature: LegalLevel
    article: Words
    """The text that says so, for the error message."""


_SEAL_ONLY = frozenset({Act.SEAL, Act.HOLD})
_SIGN_ONLY = frozenset({Act.SIGN, Act.HOLD})
_EITHER = frozenset({Act.SEAL, Act.SIGN, Act.HOLD})
_CONTRACT = Words("art. 1366 et 1367 du code civil", "French Civil Code, art. 1366 and 1367")
_CUSTOM = Words("usage de la profession : le document est scellé", "professional custom: the document is sealed")

FLOORS: Mapping[DocumentKind, Floor] = {
    DocumentKind.PAYSLIP: Floor(
        _SEAL_ONLY,
        Act.SEAL,
        LegalLevel.SIMPLE,
        Words(
            "art. L. 3243-2 du code du travail : aucune signature du salarié ne peut être exigée",
            "French Labour Code, art. L. 3243-2: no signature may be required of the employee",
        ),
    ),
    DocumentKind.FEE_NOTE: Floor(_EITHER, Act.SEAL, LegalLevel.SIMPLE, _CUSTOM),
    DocumentKind.INVENTORY: Floor(_EITHER, Act.SEAL, LegalLevel.SIMPLE, _CUSTOM),
    DocumentKind.HR_DOCUMENT: Floor(_EITHER, Act.SEAL, LegalLevel.SIMPLE, _CUSTOM),
    DocumentKind.ATTESTATION: Floor(_EITHER, None, LegalLevel.ADVANCED, _CONTRACT),
    DocumentKind.CURRENT_ACCOUNT_STATEMENT: Floor(_EITHER, None, LegalLevel.SIMPLE, _CONTRACT),
    DocumentKind.ENGAGEMENT_LETTER: Floor(
        _SIGN_ONLY,
        Act.SIGN,
        LegalLevel.SIMPLE,
        Words(
            "art. 151 du décret n° 2012-432 : contrat écrit, signé par le client et le professionnel",
            "decree 2012-432, art. 151: a written contract, signed by client and professional",
        ),
    ),
    DocumentKind.EXTRA_SERVICES: Floor(_SIGN_ONLY, Act.SIGN, LegalLevel.SIMPLE, _CONTRACT),
    DocumentKind.ANNUAL_ACCOUNTS: Floor(_EITHER, Act.SIGN, LegalLevel.SIMPLE, _CONTRACT),
    DocumentKind.MEETING_MINUTES: Floor(
        _SIGN_ONLY,
        Act.SIGN,
        LegalLevel.ADVANCED,
        Words(
            "décret n° 2019-1118 (art. R. 221-3, R. 223-24 et R. 225-106 du code de commerce) : "
            "signature électronique au moins avancée",
            "decree 2019-1118 (French Commercial Code, art. R. 221-3, R. 223-24, R. 225-106): "
            "at least an advanced electronic signature",
        ),
    ),
    DocumentKind.EMPLOYMENT_CONTRACT: Floor(
        _SIGN_ONLY,
        Act.SIGN,
        LegalLevel.SIMPLE,
        Words(
            "art. L. 1242-12 du code du travail : contrat écrit et signé des deux parties",
            "French Labour Code, art. L. 1242-12: written and signed by both parties",
        ),
    ),
    DocumentKind.LEGAL_DOCUMENT: Floor(_SIGN_ONLY, Act.SIGN, LegalLevel.SIMPLE, _CONTRACT),
    DocumentKind.REGISTRY_FILING: Floor(
        _SIGN_ONLY,
        Act.SIGN,
        LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE,
        Words(
            "décret n° 2022-1620 (art. R. 123-5 du code de commerce) : signature avancée sur certificat qualifié",
            "decree 2022-1620 (French Commercial Code, art. R. 123-5): advanced signature on a qualified certificate",
        ),
    ),
}


def floor_violation(kind: DocumentKind, act: Act, level: LegalLevel | None = None) -> Words | None:
    """Why the act at this level may not be done to this kind, citing the text; None when it may."""
    floor = FLOORS[kind]
    if act not in floor.acts:
        verbs = {Act.SEAL: ("être scellé", "be sealed"), Act.SIGN: ("être signé", "be signed"), Act.HOLD: ("", "")}
        return Words(
            f"{kind.code} ne peut pas {verbs[act][0]} ({floor.article.fr})",
            f"{kind.code} may not {verbs[act][1]} ({floor.article.en})",
        )
    if act is Act.SIGN and level is not None and level < floor.signature:
        return Words(
            f"{kind.code} demande au moins le niveau « {LEVEL_NAMES[floor.signature].fr} » ({floor.article.fr})",
            f"{kind.code} needs at least level “{LEVEL_NAMES[floor.signature].en}” ({floor.article.en})",
        )
    return None
