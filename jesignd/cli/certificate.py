"""Certificate: those of people and of the firm's seal: issued, listed, renewed, revoked, published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import asking, output, persons
from jesignd.cli.access import now, opened, resume_for_rights, settings
from jesignd.cli.authorities import issuing_of, publish_now
from jesignd.cli.stories import moment
from jesignd.domain.certificates import CertificateState, Issued, Reason
from jesignd.errors import NotAllowed, Words
from jesignd.store import certificates, people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jesignd.cli.options import Options
    from jesignd.domain.certificates import Reminder
    from jesignd.domain.jobs import Transaction
    from jesignd.flow.certificates import OwnAuthority
    from jesignd.settings.settings import Settings
    from jesignd.store.database import Database

STATES = {
    CertificateState.GOOD: Words("valable", "good"),
    CertificateState.EXPIRED: Words("expiré", "expired"),
    CertificateState.REVOKED: Words("révoqué", "revoked"),
}
NEW_PIN = Words("Code PIN choisi pour la clé", "PIN chosen for the key")
REVOCATION_CODE = Words("Code de révocation", "Revocation code")
SEAL_PASSPHRASE = Words("Phrase de passe du fichier de cachet", "Passphrase of the seal’s file")

_REASONS = click.Choice([reason.value for reason in Reason])


@click.group()
def certificate() -> None:
    """Certificats délivrés par l'autorité du cabinet."""


@certificate.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def issue(options: Options, login: str) -> None:
    """Délivrer son certificat à une personne dont l'enregistrement est approuvé ; elle choisit son code PIN."""
    from jesignd.flow.certificates import certify

    found = settings(options)
    with opened(options) as database:
        account = persons.authenticated(login, options, database=database, settings=found)
        pin = _new_pin(options)
        _, certified = certify(account.id, pin, _issuer(found, database), terms=found.terms())
        resume_for_rights(database)
        publish_now(found, options, database=database)
    _show_issued(certified.issued, certified.revocation_code, options)


@certificate.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def renew(options: Options, login: str) -> None:
    """Renouveler le certificat d'une personne, dans ses derniers mois, sous le même code PIN."""
    from jesignd.flow.certificates import renew as flow

    found = settings(options)
    with opened(options) as database:
        account = persons.authenticated(login, options, database=database, settings=found)
        pin = asking.secret(asking.PIN, options).encode()
        certified = flow(account.id, pin, _issuer(found, database), terms=found.terms())
        resume_for_rights(database)
        publish_now(found, options, database=database)
    _show_issued(certified.issued, certified.revocation_code, options)


@certificate.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def pin(options: Options, login: str) -> None:
    """Changer le code PIN de sa clé."""
    from jesignd.flow.certificates import change_pin

    with opened(options) as database:
        account = persons.account_of(database, login)
        old = asking.secret(asking.PIN, options).encode()
        change_pin(account.id, old, _new_pin(options), database=database, clock=now)
    output.say(Words("code PIN changé", "PIN changed"), options)


@certificate.command()
@click.argument("firm", metavar="CABINET", required=False)
@click.option("--out", "-o", required=True, metavar="FICHIER", type=click.Path(path_type=Path), help="Fichier .p12.")
@click.pass_obj
def seal(options: Options, firm: str | None, out: Path) -> None:
    """Délivrer un certificat de cachet au cabinet, dans un fichier pour `keys:` ; rien n'est remplacé."""
    from jesignd.durable import write_new
    from jesignd.flow.certificates import issue_seal
    from jesignd.flow.revoke import withdraw

    found = settings(options)
    with opened(options) as database:
        owner = persons.firm_of(database, firm)
        key = issue_seal(
            owner,
            issuing=issuing_of(found),
            passphrase=asking.secret(SEAL_PASSPHRASE, options).encode(),
            demonstration=found.firm.demonstration,
            database=database,
            clock=now,
        )
        try:
            write_new(out, [key.file])
        except OSError as error:
            withdraw(key.issued, database=database, clock=now)
            raise NotAllowed(Words(f"{out} : {error.strerror}", f"{out}: {error.strerror}")) from error
        publish_now(found, options, database=database)
    _show_issued(key.issued, key.revocation_code, options)


@certificate.command("list")
@click.pass_obj
def list_(options: Options) -> None:
    """Les certificats délivrés, le plus récent d'abord."""
    with opened(options) as database, database.reading() as transaction:
        every = certificates.list_certificates(transaction)
        owners = _owners(transaction)
    rows = [_row(one, owners, options.lang) for one in every]
    output.show([_plain(one) for one in every], options, text=lambda: output.columns(rows))


@certificate.command()
@click.pass_obj
def due(options: Options) -> None:
    """Les certificats qui finissent bientôt (90, 30, 7 jours), dont le titulaire n'est pas encore prévenu."""
    from jesignd.flow.certificates import renewals_due

    with opened(options) as database:
        reminders = renewals_due(now(), database=database)
        with database.reading() as transaction:
            owners = _owners(transaction)
    rows = [(*_row(one.certificate, owners, options.lang), f"J-{one.days}") for one in reminders]
    output.show([_due(one) for one in reminders], options, text=lambda: output.columns(rows))


@certificate.command()
@click.argument("named", metavar="NUMÉRO")
@click.option("--reason", type=_REASONS, default=Reason.UNSPECIFIED.value, show_default=True, help="Motif.")
@click.option("--officer", metavar="IDENTIFIANT", help="Préposé qui révoque, sous son mot de passe.")
@click.pass_obj
def revoke(options: Options, named: str, reason: str, officer: str | None) -> None:
    """Révoquer un certificat, avec son code de révocation ou comme préposé ; c'est définitif."""
    from jesignd.flow.revoke import revoke_by_officer, revoke_by_owner

    found, why = settings(options), Reason(reason)
    with opened(options) as database:
        if officer is None:
            code = asking.secret(REVOCATION_CODE, options)
            revoked = revoke_by_owner(named, code, database=database, clock=now, reason=why)
        else:
            by = persons.authenticated(officer, options, database=database, settings=found)
            revoked = revoke_by_officer(named, by.id, database=database, clock=now, reason=why)
        publish_now(found, options, database=database)
    words = Words(f"{revoked.serial} est révoqué", f"{revoked.serial} is revoked")
    output.show(_plain(revoked), options, text=lambda: [words.in_language(options.lang)])


@certificate.command()
@click.pass_obj
def publish(options: Options) -> None:
    """Signer ce qui est dû : liste de révocation et réponses OCSP ; le service le fait aussi de lui-même."""
    from jesignd.flow.revocation import publish as flow

    with opened(options) as database:
        done = flow(issuing_of(settings(options)).authority, database=database, clock=now)
    words = Words(
        f"listes signées : {done.lists}, certificats : {done.answers}",
        f"lists signed: {done.lists}, certificates: {done.answers}",
    )
    output.show(done, options, text=lambda: [words.in_language(options.lang)])


def _issuer(settings: Settings, database: Database) -> OwnAuthority:
    from jesignd.flow.certificates import OwnAuthority

    return OwnAuthority(issuing_of(settings), database, now)


def _new_pin(options: Options) -> bytes:
    import sys

    typed = asking.secret(NEW_PIN, options)
    if sys.stdin.isatty() and asking.secret(asking.AGAIN, options) != typed:
        raise NotAllowed(Words("les deux saisies diffèrent", "the two differ"))
    return typed.encode()


def _owners(transaction: Transaction) -> Mapping[str, str]:
    names: dict[str, str] = {one.id: one.login for one in people.list_accounts(transaction)}
    names.update({one.id: one.name for one in people.list_firms(transaction)})
    return names


def _show_issued(issued: Issued, code: str, options: Options) -> None:
    until = moment(issued.not_after)
    words = Words(
        f"code de révocation, à garder sur papier, montré une seule fois : {code}",
        f"revocation code, to keep on paper, shown only once: {code}",
    )
    result = {**_plain(issued), "revocation_code": code}
    output.show(result, options, text=lambda: [f"{issued.serial}  {until}", words.in_language(options.lang)])


def _row(one: Issued, owners: Mapping[str, str], lang: str) -> tuple[str, ...]:
    owner = owners.get(one.account or one.firm or "", "")
    return one.serial, owner, STATES[one.state(now())].in_language(lang), moment(one.not_after)


def _plain(one: Issued) -> dict[str, object]:
    return {
        "serial": one.serial,
        "subject": one.subject,
        "digest": one.digest,
        "account": one.account,
        "firm": one.firm,
        "state": one.state(now()),
        "not_before": one.not_before,
        "not_after": one.not_after,
        "renews": one.renews,
        "revoked_at": one.revoked_at,
        "reason": one.reason,
    }


def _due(reminder: Reminder) -> dict[str, object]:
    return {**_plain(reminder.certificate), "days": reminder.days}
