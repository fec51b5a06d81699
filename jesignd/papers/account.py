"""Account: a statement as a table for French spreadsheets, and as a PDF to be filed."""

from __future__ import annotations

import csv
import datetime
import functools
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import font_source_sans_pro
import typst

from jesignd.domain.account_statement import ENTRIES
from jesignd.domain.credit import Cents, euros, percent
from jesignd.domain.paris import PARIS, spoken

if TYPE_CHECKING:
    from jesignd.domain.account_statement import AccountStatement, StatementLine, Total

_MARK = "\ufeff"
"""Without it, French spreadsheets read UTF-8 as Windows-1252."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be run as a formula when the file is opened."""

_HEADING = ("N°", "Date", "Mouvement", "Référence", "Mention", "HT", "Taux TVA (%)", "TVA", "TTC")


def as_csv(statement: AccountStatement) -> bytes:
    """Semicolons, decimal commas, UTF-8 with its mark: opens by itself in a French spreadsheet, and runs nothing."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(_HEADING)
    rows.writerow(("", _day(statement.since), "solde initial", "", "", _amount(statement.opening), "", "", ""))
    for line in statement.lines:
        rows.writerow(_row(line))
    rows.writerow(_sum("total versé", statement.paid))
    rows.writerow(_sum("total dépensé", statement.spent))
    rows.writerow(("", _day(statement.until), "solde final", "", "", _amount(statement.closing), "", "", ""))
    rows.writerow(("", "", "dont réservé", "", "", _amount(statement.reserved), "", "", ""))
    return (_MARK + written.getvalue()).encode()


def as_pdf(statement: AccountStatement, *, drawn_at: datetime.datetime) -> bytes:
    """The statement on A4 pages, in French, as PDF/A-2b; the same at the same instant gives the same bytes."""
    content = {
        "firm": statement.firm,
        "span": _span(statement),
        "drawn": spoken(drawn_at),
        "opening": euros(statement.opening),
        "closing": euros(statement.closing),
        "reserved": euros(statement.reserved),
        "lines": [
            [
                f"{line.at.astimezone(PARIS):%d/%m/%Y %H:%M}",
                ENTRIES[line.entry].fr,
                " – ".join(part for part in (_short(line.reference), line.memo) if part),
                euros(line.net),
                percent(line.rate),
                euros(line.vat),
                euros(line.gross),
            ]
            for line in statement.lines
        ],
        "totals": [
            ["Total versé", *_three(statement.paid)],
            ["Total dépensé", *_three(statement.spent)],
        ],
    }
    drawn = typst.compile(
        Path(__file__).with_name("account.typ").read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"statement": json.dumps(content)},
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(drawn_at.timestamp()),
    )
    assert isinstance(drawn, bytes)
    return drawn


def _row(line: StatementLine) -> tuple[str, ...]:
    return (
        str(line.sequence),
        f"{line.at.astimezone(PARIS):%d/%m/%Y %H:%M:%S}",
        ENTRIES[line.entry].fr,
        _text(line.reference),
        _text(line.memo),
        _amount(line.net),
        percent(line.rate).split("\u202f")[0],
        _amount(line.vat),
        _amount(line.gross),
    )


def _sum(label: str, total: Total) -> tuple[str, ...]:
    return ("", "", label, "", "", _amount(total.net), "", _amount(total.vat), _amount(total.gross))


def _three(total: Total) -> tuple[str, str, str]:
    return euros(total.net), euros(total.vat), euros(total.gross)


def _text(text: str) -> str:
    """A text that a spreadsheet shows and never runs."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return f"'{plain}" if text.startswith(_FORMULA) else plain


def _amount(cents: Cents) -> str:
    return euros(cents).split("\u202f")[0]


def _short(reference: str) -> str:
    """A reference as people know it: a payment's own name, an act's document."""
    kind, _, name = reference.partition(":")
    return name if kind == "payment" else name.removeprefix("seal:").rpartition(":")[0] or name


def _day(day: datetime.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _span(statement: AccountStatement) -> str:
    parts = []
    if statement.since:
        parts.append(f"du {_day(statement.since)}")
    if statement.until:
        parts.append(f"au {_day(statement.until)}")
    return " ".join(parts) or "depuis l’ouverture"


@functools.lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
