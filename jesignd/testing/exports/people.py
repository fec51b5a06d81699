"""People: the fictitious firm, clients and employees of the sample exports; any likeness is chance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """A company as its papers show it; `code` is its file number in the production software."""

    code: str
    name: str
    street: str
    town: str
    siren: str
    naf: str = ""
    agreement: str = ""

    @property
    def siret(self) -> str:
        """Number of the head office, spaced as people write it."""
        return f"{self.siren[:3]} {self.siren[3:6]} {self.siren[6:]} 00012"


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody with a payslip; gross pay in cents a month."""

    number: str
    name: str
    street: str
    town: str
    job: str
    grade: str
    since: str
    social_number: str
    gross: int
    tax_rate: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the firm; what they export lies in a tree named like their login."""

    login: str
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        """`Inès Ménard`."""
        return f"{self.first_name} {self.last_name}"


FIRM = Company("0000", "Cabinet Ménard & Lacroix", "14, rue de l’Échiquier", "75010 Paris", "999000011", "6920Z")
JOINERY = Company(
    "000424",
    "Menuiserie L’Équerre SARL",
    "3, impasse des Châtaigniers",
    "35000 Rennes",
    "999000029",
    "4332A",
    "Bâtiment, ouvriers (jusqu’à 10 salariés)",
)
BAKERY = Company(
    "000517",
    "Pâtisserie Noël & Fille SAS",
    "27, place de la Halle",
    "69009 Lyon",
    "999000037",
    "1071C",
    "Boulangerie-pâtisserie (entreprises artisanales)",
)
GARAGE = Company(
    "000627",
    "Garage Çelik EURL",
    "118, avenue Aimé-Césaire",
    "59100 Roubaix",
    "999000045",
    "4520A",
    "Services de l’automobile",
)
PROPERTY = Company("T00752", "SCI Les Hêtres", "6, chemin du Moulin-à-Vent", "86000 Poitiers", "999000052", "6820B")

CARPENTER = Employee(
    "00012",
    "Loïc Le Goff",
    "5, rue des Tanneurs",
    "35200 Rennes",
    "Menuisier poseur",
    "niveau III, coef. 210",
    "02/05/2019",
    "1 88 03 35 xxx xxx xx",
    234_650,
    "2,40 %",
)
APPRENTICE = Employee(
    "00013",
    "Anaïs Hervé-Müller",
    "11, square Jean-Moulin",
    "35700 Rennes",
    "Métreuse",
    "ETAM, niveau D",
    "15/09/2023",
    "2 97 11 35 xxx xxx xx",
    261_000,
    "3,10 %",
)
BAKER = Employee(
    "00004",
    "Maëlle Çağlar",
    "2, montée des Épices",
    "69005 Lyon",
    "Pâtissière qualifiée",
    "coef. 175",
    "01/10/2021",
    "2 93 07 69 xxx xxx xx",
    215_080,
    "1,70 %",
)
SALES_ASSISTANT = Employee(
    "00005",
    "Jérôme Lefèvre",
    "40, quai des Étroits",
    "69005 Lyon",
    "Vendeur",
    "coef. 160",
    "12/03/2024",
    "1 99 12 69 xxx xxx xx",
    189_200,
    "0,50 %",
)
MECHANIC = Employee(
    "00021",
    "Zoé Vandenbröucke",
    "9, rue du Tilleul",
    "59200 Tourcoing",
    "Mécanicienne",
    "échelon 6",
    "03/01/2022",
    "2 90 05 59 xxx xxx xx",
    228_400,
    "2,00 %",
)
BAKERY_APPRENTICE = Employee(
    "00006",
    "Théo Marchand",
    "8, rue Pizay",
    "69001 Lyon",
    "Apprenti pâtissier",
    "apprentissage, 2e année",
    "01/09/2025",
    "1 07 02 69 xxx xxx xx",
    104_300,
    "0,00 %",
)
RECEPTIONIST = Employee(
    "00022",
    "Inaya Roussel",
    "31, avenue des Nations-Unies",
    "59100 Roubaix",
    "Secrétaire d’accueil",
    "échelon 4",
    "15/04/2024",
    "2 98 08 59 xxx xxx xx",
    197_600,
    "1,10 %",
)

ACCOUNTANT = Member("i.menard", "Inès", "Ménard")
NEWCOMER = Member("h.besson", "Hugo", "Besson")
FORMER_DELEGATE = Member("l.nguyen", "Lina", "Nguyen")
DISMISSED_DELEGATE = Member("p.costa", "Paulo", "Costa")
NARROW_DELEGATE = Member("s.diallo", "Sira", "Diallo")
STAFF = (NEWCOMER, FORMER_DELEGATE, DISMISSED_DELEGATE, NARROW_DELEGATE)
"""Nobody delegated to the first; the second's delegation is over, the third's taken back, the fourth's for others."""
