"""Credit: what the firm’s account holds, what was paid in, what each act cost."""

from __future__ import annotations

import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jesignd import durable
from jesignd.cli import output, persons
from jesignd.cli.access import now, opened, queue, settings, user
from jesignd.cli.stories import moment
from jesignd.domain.account_statement import ENTRIES
from jesignd.domain.credit import Account, Cents, euros, net_of
from jesignd.errors import NotFound, Words
from jesignd.flow.account import account_statement, pay_in
from jesignd.flow.outcomes import RESUMED_BY_CREDIT
from jesignd.settings.secrets import resolve
from jesignd.store import ledger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from jesignd.cli.options import Options
    from jesignd.domain.account_statement import AccountStatement
    from jesignd.settings.settings import Settings
    from jesignd.store.database import Database

_MOST = Decimal(1_000_000)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


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


_FIRM = click.option("--firm", metavar="CABINET", help="Compte d’une autre société d’exercice que `firm`.")


@credit.command()
@_FIRM
@click.pass_obj
def balance(options: Options, firm: str | None) -> None:
    """Le solde du compte, hors taxes."""
    configured = settings(options)
    warn_below = configured.warn_below
    with opened(options) as database:
        _, account = persons.ledger_account_of(database, firm, configured)
        with database.reading() as transaction:
            found = ledger.standing(transaction, account)
    left, reserved = found[Account.FIRM], found[Account.RESERVED]
    if left < warn_below:
        least = euros(warn_below)
        output.say(Words(f"crédit bas : moins de {least}", f"credit is low: less than {least}"), options)
    output.show(
        {"balance_cents": left, "reserved_cents": reserved, "low": left < warn_below},
        options,
        text=lambda: [euros(left)],
    )


@credit.command()
@click.argument("amount", metavar="MONTANT", type=Euros())
@click.option("--reference", metavar="RÉF", help="Numéro du versement ; le même n’est compté qu’une fois.")
@click.option("--card", is_flag=True, help="Donner l’adresse où payer par carte ; le compte est crédité ensuite.")
@click.option("--gross", is_flag=True, help="Le montant donné est TTC ; le compte, hors taxes, en reçoit le HT.")
@_FIRM
@click.pass_obj
def topup(options: Options, /, amount: Cents, *, reference: str | None, firm: str | None, **flags: bool) -> None:
    """Créditer le compte ; les documents qui n’attendaient que cela repartent."""
    configured, instant = settings(options), now()
    vat = configured.prices.vat
    name = reference or f"{instant:%Y%m%dT%H%M%S.%f}"
    net = net_of(amount, vat) if flags["gross"] else amount
    with opened(options) as database:
        firm_name, account = persons.ledger_account_of(database, firm, configured)
        if flags["card"]:
            whose = {"firm_name": firm_name, "firm": account}
            _show_page(net, name, whose, configured=configured, options=options)
            return
        with database.transaction() as transaction:
            added = pay_in(
                transaction,
                net,
                reference=name,
                vat=vat,
                warn_below=configured.warn_below,
                at=instant,
                memo=f"jesignd credit, {user()}",
                firm=account,
            )
            cents = ledger.balance(transaction, account)
        resumed = _resume(database) if added else 0
    if not added:
        output.say(Words(f"versement {name} déjà compté", f"payment {name} was counted before"), options)
    result = {"added": added, "reference": name, "balance_cents": cents, "resumed": resumed}
    output.show(result, options, text=lambda: [euros(cents)])


@credit.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Premier jour, à Paris.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour, à Paris, inclus.")
@click.option("--csv", metavar="FICHIER", type=_NEW_FILE, help="Écrire aussi un tableau pour tableur français.")
@click.option("--pdf", metavar="FICHIER", type=_NEW_FILE, help="Écrire aussi un relevé PDF, à classer.")
@_FIRM
@click.pass_obj
def statement(
    options: Options,
    *,
    firm: str | None,
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    csv: Path | None,
    pdf: Path | None,
) -> None:
    """Le relevé : HT, TVA et TTC, du plus ancien au plus récent ; la chaîne du compte est d’abord contrôlée."""
    configured = settings(options)
    with opened(options) as database:
        name, account = persons.ledger_account_of(database, firm, configured)
        with database.reading() as transaction:
            found = account_statement(
                transaction,
                firm_name=name,
                vat=configured.prices.vat,
                since=since.date() if since else None,
                until=until.date() if until else None,
                firm=account,
            )
    if csv is not None:
        _write(csv, account_papers().as_csv(found))
    if pdf is not None:
        _write(pdf, account_papers().as_pdf(found, drawn_at=now()))
    result = found.lines if options.format == "jsonl" else found
    output.show(result, options, text=lambda: _text(found, options.lang))


@credit.command()
@click.pass_obj
def verify(options: Options) -> None:
    """Contrôler la chaîne du compte, ses soldes et ses réservations ; code 70 si quelque chose a été modifié."""
    with opened(options) as database, database.reading() as transaction:
        lines = ledger.check_chain(transaction)
        head = ledger.head(transaction)
    told = Words(f"✓ {lines} écritures intactes", f"✓ {lines} lines intact").in_language(options.lang)
    output.show({"lines": lines, "digest": head}, options, text=lambda: [told, head])


def _show_page(net: Cents, name: str, whose: Mapping[str, Any], *, configured: Settings, options: Options) -> None:
    from jesignd.flow.card import payment_request
    from jesignd.plugin.paying import PaymentUse, open_page

    card = configured.configuration.card
    if card is None:
        raise NotFound(
            Words("le paiement par carte n’est pas configuré", "payment by card is not configured"),
            hint=Words("renseignez `card` et installez son plugin", "fill in `card` and install its plugin"),
        )
    request = payment_request(net, vat=configured.prices.vat, reference=name, return_to=card.return_to, **whose)
    page = open_page(
        PaymentUse(card.method, card.written_options()), request, key=resolve(card.key).decode("ascii", "replace")
    )
    asked = Words(f"à payer : {euros(request.gross)} TTC", f"to pay: {euros(request.gross)} with tax")
    output.say(asked, options)
    result = {"address": page.address, "payment": page.payment, "net_cents": net, "gross_cents": request.gross}
    output.show(result, options, text=lambda: [output.printable(page.address)])


def account_papers() -> ModuleType:
    """What draws papers, imported late: it costs a command line half a second."""
    from jesignd.papers import account as room

    return room


def _write(path: Path, content: bytes) -> None:
    try:
        durable.write_new(path, [content])
    except OSError as error:
        raise NotFound(Words(f"{path} : {error.strerror}", f"{path}: {error.strerror}")) from error


def _resume(database: Database) -> int:
    from jesignd.flow.release import resume

    with queue(database) as engine:
        return resume(RESUMED_BY_CREDIT, database=database, engine=engine, clock=now)


def _text(found: AccountStatement, lang: str) -> list[str]:
    if not found.lines:
        return []
    heading = {
        "fr": ("date", "mouvement", "HT", "TVA", "TTC", "référence", "mention"),
        "en": ("date", "movement", "net", "VAT", "gross", "reference", "note"),
    }[lang]
    rows = [
        (
            moment(line.at),
            ENTRIES[line.entry].in_language(lang),
            *(_signed(amount) for amount in (line.net, line.vat, line.gross)),
            line.reference,
            line.memo,
        )
        for line in found.lines
    ]
    return [*output.columns(rows, heading=heading), *output.columns(_totals(found, lang))]


def _totals(found: AccountStatement, lang: str) -> list[tuple[str, ...]]:
    titles = {
        "fr": ("solde initial", "versé", "dépensé", "solde final", "dont réservé"),
        "en": ("opening balance", "paid in", "spent", "closing balance", "of which reserved"),
    }[lang]
    sums = ((found.opening,), *((one.net, one.vat, one.gross) for one in (found.paid, found.spent)), (found.closing,))
    rows = (*sums, (found.reserved,))
    return [
        (title, *(_signed(amount) for amount in amounts), *[""] * (3 - len(amounts)))
        for title, amounts in zip(titles, rows, strict=True)
    ]


def _signed(amount: Cents) -> str:
    return f"{'+' if amount > 0 else ''}{euros(amount)}".rjust(12)
