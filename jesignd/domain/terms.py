"""Terms: the texts people accept before they act; a text is known by its digest, so a new one asks again (F18, F40)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from jesignd.domain.documents import Digest


class TermsKind(StrEnum):
    """Who accepts what."""

    CONDITIONS = "conditions"
    """Everybody who acts in their own name, before the first act."""
    UNDERTAKING = "undertaking"
    """Everybody who acts under a delegation, before the first act."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The texts in force."""

    conditions: str
    undertaking: str

    def text(self, kind: TermsKind) -> str:
        """The text in force."""
        return self.conditions if kind is TermsKind.CONDITIONS else self.undertaking

    def version(self, kind: TermsKind) -> Digest:
        """SHA-256 of the text in force, UTF-8: its version."""
        return Digest(hashlib.sha256(self.text(kind).encode()).hexdigest())


UNDERTAKING = """\
Engagement du délégataire

Je reconnais avoir reçu d’un expert-comptable du cabinet un ou plusieurs pouvoirs de préparer, de lancer, de sceller ou
de signer. Je m’engage à n’en user que dans le cadre des missions qui me sont confiées, sur les documents et pour les
dossiers que la délégation désigne, jusqu’à son terme ou sa révocation. Je sais que chaque acte que je ferai nommera la
personne qui m’a délégué ce pouvoir, et qu’elle en répond. Je garde pour moi seul mon mot de passe et mon code.
"""

CONDITIONS = """\
Conditions d’utilisation

1. Le compte et le certificat sont personnels ; le mot de passe, le code et le téléphone ne se prêtent pas.
2. La pièce d’identité ne sert qu’à vérifier l’identité ; elle est chiffrée, puis détruite au terme du délai annoncé.
3. Le certificat est délivré par l’autorité du cabinet ou par le prestataire de son choix ; il n’est qualifié que si ce
   prestataire et le dispositif de signature le sont.
4. Toute signature exige un acte de son titulaire, sur les documents qui lui ont été montrés.
5. La perte du téléphone, du code ou du mot de passe est signalée aussitôt ; le certificat est alors révoqué.
6. Les actes sont tracés ; les preuves sont conservées au-delà des documents.
"""

DEFAULT = Terms(CONDITIONS, UNDERTAKING)
