"""Keys: those people bought from a trust provider: attached, shown with what the provider claims, used no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jesignd.cli import asking, output, persons
from jesignd.cli.access import now, opened, resume_for_rights, settings
from jesignd.cli.stories import moment
from jesignd.domain.documents import Digest
from jesignd.errors import NotAllowed, Words
from jesignd.store import personal_keys

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.pades.claims import Claims
    from jesignd.store.personal_keys import PersonalKey

FORMS = {
    "argon2id": Words("faite ici", "made here"),
    "pkcs12": Words("fichier", "file"),
    "pkcs11": Words("carte", "card"),
    "csc": Words("chez le prestataire", "at the provider’s"),
}


@click.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.argument("provider", metavar="PRESTATAIRE")
@click.argument("named", metavar="CLÉ", required=False)
@click.option("--card", "token", metavar="ÉTIQUETTE", help="La clé est sur la carte qui a cette étiquette.")
@click.pass_obj
def attach(options: Options, login: str, provider: str, named: str | None, token: str | None) -> None:
    """Attacher une clé achetée : sur une carte, ou chez un prestataire (`providers`) ; elle signe une fois, pour essai.

    Sans CLÉ, les clés que le prestataire propose.
    """
    from jesignd.flow import bought

    found = settings(options)
    providers = found.configuration.providers
    if named is None:
        names = bought.offered(provider, providers)
        output.show(names, options, text=lambda: names)
        return
    with opened(options) as database:
        account = persons.authenticated(login, options, database=database, settings=found)
        pin = asking.secret(asking.PIN, options).encode()
        ready: dict[str, Any] = {
            "openers": persons.openers_of(found, options),
            "database": database,
            "clock": now,
            "by": account.id,
        }
        if token is None:
            key = bought.attach_remote(account.id, (provider, named), pin, **ready)
        else:
            key = bought.attach_card(account.id, (provider, token, named), pin, **ready)
        resume_for_rights(database)
    output.show(_plain(key), options, text=lambda: _lines(key, options.lang))


@click.command("keys")
@click.argument("login", metavar="IDENTIFIANT")
@click.pass_obj
def list_(options: Options, login: str) -> None:
    """Les clés d’une personne, et ce que déclare le prestataire de celles qu’elle a achetées."""
    with opened(options) as database:
        account = persons.account_of(database, login)
        with database.reading() as transaction:
            every = personal_keys.of_people(transaction, [account.id])
    output.show(
        [_plain(one) for one in every],
        options,
        text=lambda: [line for one in every for line in _lines(one, options.lang)],
    )


@click.command()
@click.argument("login", metavar="IDENTIFIANT")
@click.argument("certificate", metavar="EMPREINTE")
@click.pass_obj
def detach(options: Options, login: str, certificate: str) -> None:
    """Ne plus se servir d’une clé achetée, dès cet instant ; la faire aussi révoquer par son prestataire."""
    from jesignd.flow import keys

    found = settings(options)
    with opened(options) as database:
        account = persons.authenticated(login, options, database=database, settings=found)
        with database.reading() as transaction:
            held = [one.certificate for one in personal_keys.of_people(transaction, [account.id])]
        named = [one for one in held if one.startswith(certificate.replace(":", "").lower())]
        if len(named) != 1 or len(certificate) < 8:
            raise NotAllowed(
                Words("empreinte inconnue, ou trop courte", "unknown fingerprint, or too short"),
                hint=Words(f"jesignd enrol keys {login} les montre", f"jesignd enrol keys {login} shows them"),
            )
        keys.detach(account.id, Digest(named[0]), database=database, clock=now, by=account.id)
    output.say(Words("cette clé ne sert plus", "this key is no longer used"), options)


def _plain(key: PersonalKey) -> dict[str, object]:
    return {
        "certificate": key.certificate,
        "form": key.form,
        "not_before": key.not_before,
        "not_after": key.not_after,
        "attached_at": key.attached_at,
        "revoked_at": key.revoked_at,
        "locked_at": key.locked_at,
        "counts": key.certified.counts(now()),
        "claims": _claims(key),
    }


def _claims(key: PersonalKey) -> Claims | None:
    """The provider's statements; our own authority makes none."""
    from jesignd.pades.claims import claims

    return None if key.der is None else claims(key.der)


def _lines(key: PersonalKey, lang: str) -> list[str]:
    state = Words("valable", "good") if key.certified.counts(now()) else Words("ne vaut plus", "counts no longer")
    form = FORMS.get(key.form, Words(key.form, key.form)).in_language(lang)
    lines = [f"{key.certificate[:16]}  {form}  {state.in_language(lang)}  {moment(key.not_after)}"]
    said = _claims(key)
    if said is not None:
        lines.append(f"  {_told(said).in_language(lang)}")
    return lines


def _told(said: Claims) -> Words:
    """As the provider's statement, which nobody here has checked."""
    if not said.qualified:
        return Words(f"{said.issuer} ne le déclare pas qualifié", f"{said.issuer} does not state that it is qualified")
    device_fr, device_en = (" sur dispositif (QSCD)", " on a device (QSCD)") if said.on_device else ("", "")
    return Words(
        f"{said.issuer} le déclare qualifié{device_fr} ; c’est sa déclaration, non vérifiée ici",
        f"{said.issuer} states that it is qualified{device_en}; its own statement, not checked here",
    )
