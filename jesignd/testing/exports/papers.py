"""Papers: the sample documents, drawn by typst so that they look like what French software prints.

The same call always gives the same bytes: the demo counts on it to show a duplicate.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import font_source_sans_pro
import typst

from jesignd.testing.exports.pay import payslip as payslip_lines
from jesignd.testing.exports.pay import written
from jesignd.testing.exports.people import FIRM, Company

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.testing.exports.people import Employee

_HERE = files("jesignd.testing")
_DRAWN_AT = 1_793_610_000
"""Written in every file as its date of creation (2 November 2026)."""


@cache
def logo() -> str:
    """The fictitious firm's logo, SVG."""
    return (_HERE / "logo.svg").read_text(encoding="utf-8")


@cache
def _fonts() -> typst.Fonts:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def draw(template: str, data: object) -> bytes:
    """One PDF made from a template beside this module and what it shows."""
    pdf = typst.compile(
        (_HERE / "exports" / f"{template}.typ").read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=_DRAWN_AT,
    )
    assert isinstance(pdf, bytes)
    return pdf


def payslip(employer: Company, employee: Employee, *, month: str = "octobre 2026") -> bytes:
    """A payslip of one page."""
    return draw("payslip", payslip_lines(employer, employee, month=month, paid_on="30/10/2026", months_worked=10))


def fee_note(client: Company, number: str, *, lines: Sequence[tuple[str, int, int]], subject: str) -> bytes:
    """The firm's fee note of one page; each line is a text, a quantity and a unit price in whole euros."""
    net = Decimal(sum(quantity * price for _, quantity, price in lines))
    vat = (net * 20 / 100).quantize(Decimal("0.01"))
    return draw(
        "fee_note",
        {
            "logo": logo(),
            "firm": _shown(FIRM),
            "client": _shown(client),
            "number": number,
            "date": "31 octobre 2026",
            "due": "30 novembre 2026",
            "contact": "Inès Ménard",
            "subject": subject,
            "lines": [
                [label, str(quantity), written(Decimal(price)), written(Decimal(quantity * price))]
                for label, quantity, price in lines
            ],
            "net": _euros(net),
            "vat": _euros(vat),
            "gross": _euros(net + vat),
        },
    )


def inventory(client: Company, *, date: str, stock: Sequence[tuple[str, str, str, int, str, str]], by: str) -> bytes:
    """A stock list over several landscape pages; reference, text, family, quantity, unit, unit cost in euros."""
    values = [quantity * Decimal(cost) for *_, quantity, _, cost in stock]
    return draw(
        "inventory",
        {
            "client": _shown(client),
            "date": date,
            "method": "coût moyen pondéré",
            "counted_by": by,
            "allowance": _euros(Decimal("312.40")),
            "total": _euros(sum(values, Decimal(0))),
            "lines": [
                [reference, label, family, str(quantity), unit, written(Decimal(cost)), written(value)]
                for (reference, label, family, quantity, unit, cost), value in zip(stock, values, strict=True)
            ],
        },
    )


def letter(
    sender: Company,
    *,
    title: str,
    recipient: Sequence[str],
    paragraphs: Sequence[str | list[list[str]]],
    signed: Sequence[str],
) -> bytes:
    """A letter, note or attestation; a list among the paragraphs is a table of three columns."""
    return draw(
        "letter",
        {
            "logo": logo() if sender is FIRM else None,
            "sender": _shown(sender),
            "title": title,
            "recipient": list(recipient),
            "place": sender.town.split(maxsplit=1)[1],
            "date": "2 novembre 2026",
            "paragraphs": list(paragraphs),
            "signed": list(signed),
        },
    )


def _euros(amount: Decimal) -> str:
    return f"{written(amount)}\u202f€"


def _shown(company: Company) -> dict[str, str]:
    return {name: str(getattr(company, name)) for name in company.__dataclass_fields__}
