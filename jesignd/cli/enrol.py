"""Enrol: a person's way to a certificate, step by step; what is missing is named."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import certificate, keys, output, persons
from jesignd.cli.access import now, opened, resume_for_rights, settings
from jesignd.domain.enrolment import ITEMS, EnrolmentState, IdentityDocument
from jesignd.domain.terms import TermsKind
from jesignd.durable import write_new
from jesignd.errors import NotAllowed, Words
from jesignd.flow import enrol as flow

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.domain.people import AccountId
    from jesignd.flow.enrol import Progress
    from jesignd.store.database import Database

STATES = {
    EnrolmentState.OPEN: Words("en cours", "open"),
    EnrolmentState.APPROVED: Words("approuvé", "approved"),
    EnrolmentState.REFUSED: Words("refusé", "refused"),
    EnrolmentState.CERTIFIED: Words("certificat délivré", "certificate issued"),
}


@click.group()
def enrol() -> None:
    """Enregistrement : pièce d’identité, mobile, conditions, approbation."""


@enrol.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.option("--phone", required=True, metavar="MOBILE", help="Numéro du téléphone mobile.")
@click.pass_obj
def start(options: Options, login: str, phone: str) -> None:
    """Commencer l’enregistrement d’une personne, ou changer son numéro."""
    found = settings(options)
    with opened(options) as database:
        account = persons.account_of(database, login)
        _show(flow.start(account.id, phone, database=database, terms=found.terms(), clock=now), options)


@enrol.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--document",
    type=click.Choice([one.value for one in IdentityDocument]),
    required=True,
    help="Ce qu’est la pièce.",
)
@click.pass_obj
def identity(options: Options, login: str, file: Path, document: str) -> None:
    """Déposer la pièce d’identité ; elle est chiffrée, puis détruite au terme du délai."""
    found = settings(options)
    if file.stat().st_size > flow.LARGEST_SCAN:
        raise NotAllowed(Words("fichier trop gros : 10 Mo au plus", "file too large: 10 MB at most"))
    with opened(options) as database:
        progress = flow.receive_identity(
            persons.account_of(database, login).id,
            flow.Scan(IdentityDocument(document), file.read_bytes()),
            database=database,
            encryption=persons.encryption_of(found)(),
            terms=found.terms(),
            kept_for=datetime.timedelta(seconds=found.configuration.enrolment.identity_kept),
            clock=now,
        )
    _show(progress, options)


@enrol.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def accept(options: Options, login: str) -> None:
    """Lire et accepter les conditions en vigueur, sous son mot de passe."""
    _accept(options, login, TermsKind.CONDITIONS)


@enrol.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.option("--officer", required=True, metavar="IDENTIFIANT", help="Préposé qui approuve, sous son mot de passe.")
@click.option("--refuse", metavar="MOTIF", help="Refuser au lieu d’approuver, avec ce motif.")
@click.option("--show-identity", type=click.Path(path_type=Path), help="Écrire d’abord la pièce dans ce fichier.")
@click.pass_obj
def approve(options: Options, login: str, officer: str, *, refuse: str | None, show_identity: Path | None) -> None:
    """Approuver un enregistrement complet ; jamais le sien."""
    found = settings(options)
    terms = found.terms()
    with opened(options) as database:
        account = persons.account_of(database, login)
        approver = persons.authenticated(officer, options, database=database, settings=found)
        if show_identity is not None:
            _write_identity(account.id, show_identity, options, database=database)
        if refuse is not None:
            progress = flow.refuse(account.id, approver.id, refuse, database=database, terms=terms, clock=now)
        else:
            progress = flow.approve(account.id, approver.id, database=database, terms=terms, clock=now)
    _show(progress, options)


@enrol.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def show(options: Options, login: str) -> None:
    """Où en est un enregistrement, et ce qui manque."""
    found = settings(options)
    with opened(options) as database:
        account = persons.account_of(database, login)
        _show(flow.progress(account.id, database=database, terms=found.terms()), options)


@enrol.command()
@click.pass_obj
def purge(options: Options) -> None:
    """Détruire les pièces d’identité dont le délai est passé ; le service le fait aussi de lui-même."""
    with opened(options) as database:
        purged = flow.purge_identities(database=database, clock=now)
    words = Words(f"pièces détruites : {purged}", f"documents destroyed: {purged}")
    output.show({"purged": purged}, options, text=lambda: [words.in_language(options.lang)])


enrol.add_command(certificate.issue, "certificate")
enrol.add_command(certificate.renew, "renew")
enrol.add_command(keys.attach)
enrol.add_command(keys.list_)
enrol.add_command(keys.detach)


def _write_identity(account: AccountId, path: Path, options: Options, *, database: Database) -> None:
    encryption = persons.encryption_of(settings(options))()
    try:
        write_new(path, [flow.show_identity(account, database=database, encryption=encryption)])
    except OSError as error:
        raise NotAllowed(Words(f"{path} : {error.strerror}", f"{path}: {error.strerror}")) from error


def _accept(options: Options, login: str, kind: TermsKind) -> None:
    found = settings(options)
    terms = found.terms()
    click.echo(terms.text(kind), err=True)
    with opened(options) as database:
        account = persons.authenticated(login, options, database=database, settings=found)
        version = flow.accept(account.id, kind, database=database, terms=terms, clock=now)
        resume_for_rights(database)
    words = Words(f"accepté, version {version[:12]}", f"accepted, version {version[:12]}")
    result = {"account": account.id, "kind": kind, "version": version}
    output.show(result, options, text=lambda: [f"{account.login} : {words.in_language(options.lang)}"])


def accept_undertaking(options: Options, login: str) -> None:
    """The same for what a delegate undertakes."""
    _accept(options, login, TermsKind.UNDERTAKING)


def _show(progress: Progress, options: Options) -> None:
    one, lang = progress.enrolment, options.lang
    result = {
        "id": one.id,
        "account": one.account,
        "state": one.state,
        "missing": list(progress.missing),
        "identity": one.identity,
        "decided_by": one.decided_by,
        "reason": one.reason,
        "certificate": one.certificate,
    }

    def text() -> list[str]:
        lines = [f"{one.id}  {STATES[one.state].in_language(lang)}"]
        missing = Words("il manque", "missing").in_language(lang)
        return [*lines, *(f"  {missing} {ITEMS[item].in_language(lang)}" for item in progress.missing)]

    output.show(result, options, text=text)
