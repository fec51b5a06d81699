"""Credit: what the firm's account holds, what was paid in, what each act cost."""

from __future__ import annotations

import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from jesignd.cli import output
from jesignd.cli.access import now, opened, queue
from jesignd.cli.stories import moment
from jesignd.domain.credit import Account, Cents, euros
from jesignd.domain.paris import PARIS
from jesignd.errors import Words
from jesignd.flow.outcomes import RESUMED_BY_CREDIT
from jesignd.store import ledger

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.store.database import Database
    from jesignd.store.ledger import Line

_MOST = Decimal(1_000_000)


class Euros(click.ParamType[Any]):
    """An amount in euros as people type it (`50`, `12,50`), in whole cents and never rounded."""

    name = "montant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Cents:
        """The amount in cents."""
        if isinstance(value, int):
            return Cents(value)
        try:
            amount = Decimal(str(value).strip().removesuffix("€").strip().replace(",", "."))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 < amount <= _MOST or amount != amount.quantize(Decimal("0.01")):
            self.fail(f"« {value} » n’est pas un montant en euros et centimes / not an amount", param, ctx)
        return Cents(int(amount * 100))


@click.group()
def credit() -> None:
    """Solde, versement et relevé."""


@credit.command()
@click.pass_obj
def balance(options: Options) -> None:
    """Le solde du compte, hors taxes."""
    with opened(options) as database, database.reading() as transaction:
        cents = ledger.balance(transaction)
    output.show({"balance_cents": cents}, options, text=lambda: [euros(cents)])


@credit.command()
@click.argument("amount", metavar="MONTANT", type=Euros())
@click.option("--reference", metavar="RÉF", help="Numéro du versement ; le même n’est compté qu’une fois.")
@click.pass_obj
def topup(options: Options, amount: Cents, reference: str | None) -> None:
    """Créditer le compte ; les documents qui n’attendaient que cela repartent."""
    instant = now()
    name = reference or f"{instant:%Y%m%dT%H%M%S.%f}"
    with opened(options) as database:
        with database.transaction() as transaction:
            added = ledger.top_up(transaction, amount, reference=name, at=instant)
            cents = ledger.balance(transaction)
        resumed = _resume(database) if added else 0
    if not added:
        output.say(Words(f"versement {name} déjà compté", f"payment {name} was counted before"), options)
    result = {"added": added, "reference": name, "balance_cents": cents, "resumed": resumed}
    output.show(result, options, text=lambda: [euros(cents)])


@credit.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Premier jour, à Paris.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour, à Paris, inclus.")
@click.pass_obj
def statement(options: Options, since: datetime.datetime | None, until: datetime.datetime | None) -> None:
    """Le relevé des mouvements, du plus ancien au plus récent ; sa chaîne est d’abord contrôlée."""
    with opened(options) as database, database.reading() as transaction:
        ledger.check_chain(transaction)
        lines = ledger.statement(
            transaction,
            since=since.replace(tzinfo=PARIS) if since else None,
            until=until.replace(tzinfo=PARIS) + datetime.timedelta(days=1) if until else None,
        )
    output.show(lines, options, text=lambda: _text(lines))


def _resume(database: Database) -> int:
    from jesignd.flow.release import resume

    with queue(database) as engine:
        return resume(RESUMED_BY_CREDIT, database=database, engine=engine, clock=now)


def _text(lines: list[Line]) -> list[str]:
    rows = [(moment(line.at), _signed(line), line.reference, line.memo) for line in lines]
    return output.columns(rows)


def _signed(line: Line) -> str:
    spent = line.source is Account.FIRM
    return f"{'-' if spent else '+'}{euros(line.amount)}".rjust(12)
