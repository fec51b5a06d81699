"""Missing: sample exports that must wait, each because something of the firm's is missing, and what that is.

They are sound documents in the neutral convention; they hold for want of a right, of a mandate, of credit or of a
certificate, and go on once it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jesignd.domain.documents import DocumentState
from jesignd.errors import Code
from jesignd.testing.exports import papers
from jesignd.testing.exports.people import (
    BAKERY,
    BAKERY_APPRENTICE,
    DISMISSED_DELEGATE,
    FIRM,
    FORMER_DELEGATE,
    GARAGE,
    JOINERY,
    NARROW_DELEGATE,
    NEWCOMER,
    RECEPTIONIST,
)
from jesignd.testing.exports.trees import NEUTRAL, Export


class Lack(Enum):
    """What is missing."""

    CREDIT = "credit"
    DELEGATION = "delegation"
    """Nobody ever delegated."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    OUT_OF_SCOPE = "out of scope"
    """There is a delegation, for other clients."""
    MANDATE = "mandate"
    CERTIFICATE = "certificate"
    """A registry filing is signed on a qualified certificate."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One export, and what it waits for."""

    lack: Lack
    export: Export


def missing() -> tuple[Missing, ...]:
    """The exports, in the order to drop them: the second finds the account empty, if one act more was paid before."""
    return (
        _held(Lack.DELEGATION, NEWCOMER.login, "BP_000627_202610_MAT-00022.pdf", _receptionist_payslip()),
        _held(Lack.CREDIT, NEUTRAL, "RH_000627_20261103_Congés.pdf", _closing_note(), Code.NO_CREDIT),
        _held(Lack.EXPIRED, FORMER_DELEGATE.login, "NH_000517_20261031_NUM-F2026-131.pdf", _bakery_fee_note()),
        _held(Lack.REVOKED, DISMISSED_DELEGATE.login, "INV_000424_20261031.pdf", _joinery_inventory()),
        _held(Lack.OUT_OF_SCOPE, NARROW_DELEGATE.login, "BP_000517_202610_MAT-00006.pdf", _apprentice_payslip()),
        _held(Lack.MANDATE, NEUTRAL, "ECC_000627_20261031.pdf", _current_account(), Code.NO_MANDATE),
        _held(Lack.CERTIFICATE, NEUTRAL, "DEP_000517_2026_Comptes annuels.pdf", _filing()),
    )


def _held(lack: Lack, tree: str, path: str, data: bytes, code: Code = Code.NOT_DELEGATED) -> Missing:
    return Missing(lack, Export(tree, path, data, DocumentState.HELD, code))


def _receptionist_payslip() -> bytes:
    return papers.payslip(GARAGE, RECEPTIONIST)


def _apprentice_payslip() -> bytes:
    return papers.payslip(BAKERY, BAKERY_APPRENTICE)


def _bakery_fee_note() -> bytes:
    return papers.fee_note(
        BAKERY,
        "F2026-131",
        subject="Assistance à l’inventaire du 30 septembre 2026.",
        lines=(("Présence à l’inventaire, demi-journée", 1, 360), ("Revue des valeurs unitaires", 2, 95)),
    )


def _joinery_inventory() -> bytes:
    stock = [
        ("B-012", "Chêne avivé 27 mm", "Bois massif", 6, "m³", "1480.00"),
        ("B-031", "Contreplaqué okoumé 15 mm", "Panneaux", 38, "pièce", "54.90"),
        ("Q-204", "Paumelles 140 mm", "Quincaillerie", 120, "paire", "7.35"),
        ("V-007", "Double vitrage 4/16/4", "Vitrages", 22, "m²", "61.20"),
    ]
    return papers.inventory(JOINERY, date="31 octobre 2026", stock=stock, by="M. Le Goff")


def _closing_note() -> bytes:
    return papers.letter(
        GARAGE,
        title="Note de service : fermeture de fin d’année",
        recipient=("À l’ensemble du personnel",),
        paragraphs=(
            "Le garage est fermé du jeudi 24 décembre 2026 au soir au lundi 4 janvier 2027 à 8 heures.",
            "Les demandes de congés qui s’y ajoutent sont remises à Mme Roussel avant le 27 novembre 2026.",
        ),
        signed=("Le gérant,", "Deniz Çelik"),
    )


def _current_account() -> bytes:
    return papers.letter(
        FIRM,
        title="Compte courant d’associé au 31 octobre 2026",
        recipient=(GARAGE.name, "À l’attention de M. Deniz Çelik, gérant", GARAGE.street, GARAGE.town),
        paragraphs=(
            "Mouvements du compte courant ouvert à votre nom dans les livres de la société depuis le 1er janvier 2026.",
            [
                ["Mouvement", "Débit", "Crédit"],
                ["Report au 1er janvier 2026", "", "18 400,00 €".replace(" ", "\u202f")],
                ["Remboursement du 15 mai 2026", "5 000,00 €".replace(" ", "\u202f"), ""],
                ["Solde au 31 octobre 2026", "", "13 400,00 €".replace(" ", "\u202f")],
            ],
        ),
        signed=("Pour le cabinet,", "Inès Ménard, expert-comptable (personnage fictif)"),
    )


def _filing() -> bytes:
    return papers.letter(
        FIRM,
        title="Dépôt des comptes annuels au greffe",
        recipient=("Greffe du tribunal de commerce", BAKERY.town),
        paragraphs=(
            f"Comptes annuels de la société {BAKERY.name} (SIREN {BAKERY.siren}), exercice clos le 30 juin 2026.",
            "Pièces jointes : bilan, compte de résultat, annexe, procès-verbal d’approbation et d’affectation.",
        ),
        signed=("Pour la société, sur mandat,", "Inès Ménard, expert-comptable (personnage fictif)"),
    )
