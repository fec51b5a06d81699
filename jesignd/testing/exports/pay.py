"""Pay: the lines of a sample payslip, computed so that every column adds up to the cent.

Rates are those of an ordinary French non-executive in 2026, rounded; nobody is paid by them.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jesignd.testing.exports.people import Company, Employee

_CENT = Decimal("0.01")
_HOURS = Decimal("151.67")
_ABATED = Decimal("0.9825")
_MEAL = Decimal("88.20")

_GROUPS: tuple[tuple[str, tuple[tuple[str, str | None, str | None], ...]], ...] = (
    (
        "Santé",
        (
            ("Sécurité sociale – maladie, maternité, invalidité, décès", None, "7.00"),
            ("Complémentaire santé", "1.05", "1.05"),
            ("Complémentaire incapacité, invalidité, décès", "0.60", "1.24"),
        ),
    ),
    ("Accidents du travail, maladies professionnelles", (("Accidents du travail", None, "2.10"),)),
    (
        "Retraite",
        (
            ("Sécurité sociale plafonnée", "6.90", "8.55"),
            ("Sécurité sociale déplafonnée", "0.40", "2.11"),
            ("Complémentaire tranche 1", "4.01", "6.01"),
        ),
    ),
    ("Famille", (("Allocations familiales", None, "3.45"),)),
    ("Assurance chômage", (("Chômage et garantie des salaires", None, "4.25"),)),
    ("Autres contributions dues par l’employeur", (("FNAL, formation, apprentissage, transport", None, "3.73"),)),
)


def written(amount: Decimal) -> str:
    """`2 346,50`, with a narrow no-break space between thousands."""
    return f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",")


def payslip(
    employer: Company, employee: Employee, *, month: str, paid_on: str, months_worked: int
) -> dict[str, object]:
    """Everything the payslip's template shows."""
    gross = Decimal(employee.gross) / 100
    lines, held_back, added = _contributions(gross)
    csg, crds = _rounded(gross * _ABATED * Decimal("0.068")), _rounded(gross * _ABATED * Decimal("0.029"))
    base = written(_rounded(gross * _ABATED))
    relief = _rounded(gross * Decimal("0.087"))
    held_back += csg + crds
    before_tax = gross - held_back + _MEAL
    taxable = gross - held_back + crds
    tax = _rounded(taxable * Decimal(employee.tax_rate.split()[0].replace(",", ".")) / 100)
    lines += [
        _line("CSG déductible de l’impôt sur le revenu", base, "6,80", csg, None),
        _line("CSG/CRDS non déductible de l’impôt sur le revenu", base, "2,90", crds, None),
        _line("Exonérations de cotisations de l’employeur", None, None, None, -relief),
        {
            "total": "Total des cotisations et contributions",
            "base": None,
            "employee": written(held_back),
            "employer": written(added - relief),
        },
        _line("Indemnité de repas non soumise", "18,00", "4,90", _MEAL, None),
    ]
    return {
        "month": month,
        "paid_on": paid_on,
        "software": "Paie d’exemple 12.4",
        "employer": _shown(employer),
        "employee": {name: getattr(employee, name) for name in employee.__dataclass_fields__},
        "lines": [*_earnings(gross), *lines],
        "totals": {
            "gross": written(gross * months_worked),
            "taxable": written(taxable * months_worked),
            "hours": written(_HOURS * months_worked),
        },
        "leave": {"earned": "12,50", "taken": "5,00", "left": "7,50"},
        "net_social": written(gross - held_back),
        "net_before_tax": written(before_tax),
        "tax_rate": employee.tax_rate,
        "tax": written(tax),
        "net_paid": f"{written(before_tax - tax)}\u202f€",
        "employer_cost": written(gross + added - relief + _MEAL),
    }


def _earnings(gross: Decimal) -> list[dict[str, object]]:
    overtime = _rounded(gross * Decimal("0.06"))
    basic = gross - overtime
    hourly = basic / _HOURS
    return [
        {
            "label": "Salaire de base",
            "base": written(_HOURS),
            "rate": f"{hourly:.4f}".replace(".", ","),
            "employee": written(basic),
            "employer": None,
        },
        {
            "label": "Prime d’ancienneté",
            "base": written(basic),
            "rate": "6,38",
            "employee": written(overtime),
            "employer": None,
        },
        {"total": "Salaire brut", "base": None, "employee": written(gross), "employer": None},
    ]


def _contributions(gross: Decimal) -> tuple[list[dict[str, object]], Decimal, Decimal]:
    lines: list[dict[str, object]] = []
    held_back = added = Decimal(0)
    for title, entries in _GROUPS:
        lines.append({"title": title})
        for label, employee_rate, employer_rate in entries:
            mine = _rounded(gross * Decimal(employee_rate) / 100) if employee_rate else None
            theirs = _rounded(gross * Decimal(employer_rate) / 100) if employer_rate else None
            held_back += mine or Decimal(0)
            added += theirs or Decimal(0)
            rate = employee_rate.replace(".", ",") if employee_rate else None
            lines.append(_line(label, written(gross), rate, mine, theirs))
    return lines, held_back, added


def _line(
    label: str, base: str | None, rate: str | None, employee: Decimal | None, employer: Decimal | None
) -> dict[str, object]:
    return {
        "label": label,
        "base": base,
        "rate": rate,
        "employee": None if employee is None else written(employee),
        "employer": None if employer is None else written(employer),
    }


def _shown(company: Company) -> Mapping[str, str]:
    shown = {name: str(getattr(company, name)) for name in company.__dataclass_fields__}
    return {**shown, "siret": company.siret}


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
