"""Samples: which documents the sample exports are, each drawn when asked for."""

from __future__ import annotations

import io

import pikepdf

from jesignd.testing.exports import papers
from jesignd.testing.exports.people import (
    APPRENTICE,
    BAKER,
    BAKERY,
    CARPENTER,
    FIRM,
    GARAGE,
    JOINERY,
    MECHANIC,
    PROPERTY,
    SALES_ASSISTANT,
)


def carpenter_payslip() -> bytes:
    """A payslip."""
    return papers.payslip(JOINERY, CARPENTER)


def surveyor_payslip() -> bytes:
    """A payslip of the same company."""
    return papers.payslip(JOINERY, APPRENTICE)


def baker_payslip() -> bytes:
    """A payslip of another company."""
    return papers.payslip(BAKERY, BAKER)


def truncated_payslip() -> bytes:
    """A payslip whose copy broke off at two thirds."""
    whole = papers.payslip(BAKERY, SALES_ASSISTANT)
    return whole[: len(whole) * 2 // 3]


def encrypted_payslip() -> bytes:
    """A payslip that asks for a password before it shows anything."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(papers.payslip(GARAGE, MECHANIC))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="mot-de-passe", owner="propriétaire", R=6))
    return out.getvalue()


def joinery_fee_note() -> bytes:
    """A fee note for bookkeeping and payroll."""
    return papers.fee_note(
        JOINERY,
        "F2026-118",
        subject="Mission de présentation des comptes et gestion de la paie, octobre 2026.",
        lines=(
            ("Tenue et révision comptable, forfait mensuel", 1, 420),
            ("Bulletins de paie", 6, 24),
            ("Déclarations sociales nominatives", 1, 35),
            ("Assistance : réponse à l’avis de vérification", 3, 110),
        ),
    )


def property_fee_note() -> bytes:
    """A fee note for a property company's yearly work."""
    return papers.fee_note(
        PROPERTY,
        "F2026-121",
        subject="Déclaration 2072 et approbation des comptes de l’exercice clos le 30 juin 2026.",
        lines=(("Établissement de la déclaration 2072", 1, 480), ("Secrétariat juridique annuel", 1, 290)),
    )


def garage_fee_note(number: str) -> bytes:
    """The fee note of one visit; another number is another document."""
    return papers.fee_note(
        GARAGE,
        number,
        subject="Intervention sur place : paramétrage de la caisse et contrôle des encaissements.",
        lines=(("Demi-journée sur place", 1, 390), ("Frais de déplacement", 1, 46)),
    )


def bakery_inventory() -> bytes:
    """A stock list over several pages."""
    families = (
        (
            "Farines",
            ("Farine de blé T45", "Farine de blé T65", "Farine de seigle", "Farine de sarrasin", "Fécule"),
            "sac",
            "21.40",
        ),
        ("Sucres", ("Sucre semoule", "Sucre glace", "Cassonade", "Sirop de glucose", "Miel d’acacia"), "kg", "1.68"),
        ("Crèmerie", ("Beurre de tourage", "Crème 35 %", "Lait entier", "Mascarpone", "Œufs plein air"), "kg", "7.95"),
        (
            "Chocolats",
            ("Couverture noire 64 %", "Couverture lactée", "Cacao en poudre", "Praliné", "Grué de cacao"),
            "kg",
            "14.20",
        ),
        (
            "Fruits secs",
            ("Amandes effilées", "Noisettes", "Raisins", "Pistaches émondées", "Cerneaux de noix"),
            "kg",
            "18.75",
        ),
        ("Emballages", ("Boîtes pâtissières", "Sachets kraft", "Étiquettes", "Rubans", "Caissettes"), "lot", "12.30"),
        ("Petits fruits", ("Purée de framboise", "Griottes", "Purée de cassis", "Mûres", "Myrtilles"), "kg", "9.60"),
        ("Épicerie", ("Vanille de Tahiti", "Levure", "Gélatine", "Fleur de sel", "Café moulu"), "boîte", "26.50"),
    )
    stock = [
        (f"{row + 1:02d}-{place + 1:03d}", label, family, 3 + (row * 7 + place * 5) % 23, unit, cost)
        for row, (family, labels, unit, cost) in enumerate(families)
        for place, label in enumerate(labels)
    ]
    return papers.inventory(BAKERY, date="30 septembre 2026", stock=stock, by="Mme Noël et M. Lefèvre")


def garage_inventory() -> bytes:
    """A short stock list."""
    stock = [
        ("P-0007", "Plaquettes de frein avant", "Freinage", 14, "jeu", "31.20"),
        ("P-0112", "Filtre à huile", "Entretien", 46, "pièce", "6.85"),
        ("P-0230", "Batterie 70 Ah", "Électricité", 7, "pièce", "84.00"),
        ("P-0418", "Pneu 205/55 R16", "Pneumatiques", 22, "pièce", "58.40"),
        ("P-0533", "Huile 5W30", "Lubrifiants", 9, "fût", "142.10"),
    ]
    return papers.inventory(GARAGE, date="31 octobre 2026", stock=stock, by="M. Çelik")


def winter_hours_note() -> bytes:
    """An HR document: a note to the staff."""
    return papers.letter(
        BAKERY,
        title="Note de service : horaires d’hiver et pause déjeuner",
        recipient=("À l’ensemble du personnel",),
        paragraphs=(
            (
                "À compter du lundi 9 novembre 2026, l’atelier ouvre à 4 h 30 et la boutique à 7 heures. La pause "
                "déjeuner est de quarante-cinq minutes, prise par roulement entre 11 h 30 et 13 h 30."
            ),
            (
                "Le planning de chaque équipe est affiché le jeudi pour la semaine suivante. Toute demande de "
                "changement est adressée à Mme Noël au moins quarante-huit heures à l’avance."
            ),
            [
                ["Équipe", "Prise de poste", "Fin de poste"],
                ["Fournil", "4 h 30", "11 h 45"],
                ["Pâtisserie", "5 h 30", "12 h 45"],
                ["Vente", "6 h 45", "14 h 00"],
            ],
            (
                "La présente note est déposée à l’inspection du travail et portée à la connaissance de chacun avec le "
                "bulletin de paie du mois."
            ),
        ),
        signed=("La gérante,", "Élodie Noël"),
    )


def turnover_attestation() -> bytes:
    """An attestation of turnover: what is done with it must be chosen by a rule."""
    return papers.letter(
        FIRM,
        title="Attestation de chiffre d’affaires",
        recipient=(GARAGE.name, GARAGE.street, GARAGE.town),
        paragraphs=(
            (
                f"En notre qualité d’expert-comptable de la société {GARAGE.name}, et en réponse à sa demande, nous "
                "avons rapproché les montants ci-dessous de la comptabilité tenue par nos soins."
            ),
            [
                ["Exercice clos le", "Chiffre d’affaires HT", "Évolution"],
                ["31 décembre 2024", "412 380,00 €".replace(" ", "\u202f"), "–"],
                ["31 décembre 2025", "447 215,00 €".replace(" ", "\u202f"), "+ 8,4 %"],
            ],
            (
                "Nos travaux ne constituent ni un audit ni un examen limité. Cette attestation est établie pour être "
                "remise à l’établissement bancaire de la société ; elle ne peut être utilisée à d’autres fins."
            ),
        ),
        signed=("Pour le cabinet,", "Inès Ménard, expert-comptable (personnage fictif)"),
    )


def engagement_letter() -> bytes:
    """A letter that client and accountant must both sign: the daemon never does it for them."""
    return papers.letter(
        FIRM,
        title="Lettre de mission : présentation des comptes annuels",
        recipient=(PROPERTY.name, "À l’attention de M. Gaël Péan, gérant", PROPERTY.street, PROPERTY.town),
        paragraphs=(
            (
                "Vous nous avez confié la présentation des comptes annuels de votre société pour l’exercice ouvert le "
                "1er juillet 2026. La présente lettre précise la nature et les limites de cette mission."
            ),
            (
                "Nos honoraires sont fixés à 1 480 € HT par exercice, facturés par quart et révisés chaque "
                "année au 1er janvier. Reconduction tacite, sauf dénonciation trois mois avant la clôture."
            ),
        ),
        signed=("Le client, « bon pour accord »", "", "", "L’expert-comptable"),
    )


def unreadable_scan() -> bytes:
    """A paper no software announced and no name explains."""
    return papers.letter(
        GARAGE,
        title="Pense-bête",
        recipient=("Pour Inès",),
        paragraphs=(
            "Penser à rappeler l’assureur au sujet du pont élévateur, et à demander le duplicata de la carte grise.",
        ),
        signed=("M. Çelik",),
    )
