"""Document: follow, explain, release and retry documents; reads the store, which a running daemon allows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import names, output, stories
from jesignd.cli.access import now, opened, queue, user
from jesignd.domain.documents import DocumentState
from jesignd.errors import Words
from jesignd.store import deliveries, documents, journal, people
from jesignd.store.deliveries import Delivery
from jesignd.store.documents import Document
from jesignd.store.journal import Recorded

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.domain.jobs import Transaction


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known of one document."""

    id: str
    document: Document
    deliveries: tuple[Delivery, ...]
    journal: tuple[Recorded, ...]
    person: str | None = None
    """Login of whom it is, or was, sealed as."""


@click.group()
def document() -> None:
    """Suivre, expliquer et libérer les documents."""


@document.command(name="list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in DocumentState]),
    metavar="ÉTAT",
    help="Ces états seulement (répétable).",
)
@click.option("--folder", help="Un seul dossier surveillé.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    metavar="N",
    help="Nombre de documents, au plus.",
)
@click.option("--after", help="Reprendre après ce document.")
@click.pass_obj
def list_(options: Options, states: tuple[str, ...], folder: str | None, limit: int, after: str | None) -> None:
    """Les documents, le plus récent d’abord."""
    with opened(options) as database, database.reading() as transaction:
        found = documents.list_documents(
            transaction,
            states=[DocumentState(state) for state in states],
            folder=folder,
            limit=limit,
            after=documents.find(transaction, after) if after else None,
        )
    output.show([summary(one) for one in found], options, text=lambda: stories.table(found, options.lang))


@document.command()
@click.argument("identifier", metavar="ID")
@click.pass_obj
def show(options: Options, identifier: str) -> None:
    """Un document : où il en est, son sceau, ses livraisons, son journal."""
    story = _story(options, identifier)
    lang = options.lang

    def text() -> list[str]:
        return [
            *stories.identity(story.document, lang),
            *stories.seal(story.document, story.person, lang),
            *stories.deliveries(story.deliveries, lang),
            *stories.history(story.journal, lang),
        ]

    output.show(story, options, text=text)


@document.command()
@click.argument("identifier", metavar="ID")
@click.pass_obj
def why(options: Options, identifier: str) -> None:
    """Pourquoi ce document a été traité ainsi : indices, règles essayées, décision."""
    story = _story(options, identifier)
    lang = options.lang

    def text() -> list[str]:
        return [
            *stories.identity(story.document, lang),
            *stories.recognition(story.document, lang),
            *stories.decision(story.journal, lang),
            *stories.seal(story.document, story.person, lang),
        ]

    output.show(story, options, text=text)


@document.command()
@click.argument("identifier", metavar="ID")
@click.option("-o", "--output", "target", metavar="FICHIER", type=click.Path(path_type=Path), help="Fichier à écrire.")
@click.pass_obj
def proof(options: Options, identifier: str, target: Path | None) -> None:
    """La preuve de qui a fait sceller ce document, et par quelle délégation, à vérifier sans jesignd.

    Le programme docs/verify_delegation.py la lit.
    """
    from jesignd.cli.proofs import write_proof
    from jesignd.flow.proofs import act_proof

    with opened(options) as database, database.reading() as transaction:
        found = documents.get(transaction, documents.find(transaction, identifier))
        made = act_proof(transaction, found)
    write_proof(made, target, options)


@document.command()
@click.argument("identifiers", metavar="ID…", nargs=-1, required=True)
@click.pass_obj
def release(options: Options, identifiers: tuple[str, ...]) -> None:
    """Regarder à nouveau des documents en attente, leur cause corrigée ou assumée."""
    from jesignd.flow.release import release as let_go

    with opened(options) as database, queue(database) as engine:
        for identifier in identifiers:
            with database.reading() as transaction:
                found = documents.find(transaction, identifier)
            state = let_go(found, database=database, engine=engine, clock=now, by=user())
            _told(options, found, Words(f"repart de « {names.STATES[state].fr} »", f"goes on from “{state}”"))


@document.command()
@click.argument("identifiers", metavar="ID…", nargs=-1, required=True)
@click.pass_obj
def retry(options: Options, identifiers: tuple[str, ...]) -> None:
    """Livrer à nouveau, tout de suite et sans resceller."""
    from jesignd.flow.release import retry as try_again

    with opened(options) as database, queue(database) as engine:
        for identifier in identifiers:
            with database.reading() as transaction:
                found = documents.find(transaction, identifier)
            try_again(found, database=database, engine=engine, clock=now)
            _told(options, found, Words("livraison relancée", "delivery tried again"))


def _told(options: Options, found: str, words: Words) -> None:
    result = {"id": found, "done": words}
    output.show(result, options, text=lambda: [f"{found} : {words.in_language(options.lang)}"])


def summary(one: Document) -> dict[str, object]:
    """A document on one line, for programs."""
    return {
        "id": one.id,
        "state": one.state,
        "folder": one.claimed.folder,
        "path": one.claimed.relative_path,
        "kind": (one.recognition or {}).get("kind"),
        "client": (one.recognition or {}).get("client_code"),
        "code": one.hold.code if one.hold else None,
        "reason": one.hold.reason if one.hold else None,
        "hint": one.hold.hint if one.hold else None,
        "duplicate_of": (one.route or {}).get("duplicate_of"),
        "rule": one.rule,
        "received_at": one.received_at,
        "changed_at": one.changed_at,
        "sealed_at": one.sealed.at if one.sealed else None,
        "sealed_digest": one.sealed.digest if one.sealed else None,
    }


def _story(options: Options, identifier: str) -> Story:
    with opened(options) as database, database.reading() as transaction:
        return story_of(transaction, identifier)


def story_of(transaction: Transaction, identifier: str) -> Story:
    """Everything known of the document whose id begins so; NotFound for none, or for several."""
    found = documents.find(transaction, identifier)
    return Story(
        found,
        documents.get(transaction, found),
        tuple(deliveries.of_document(transaction, found)),
        tuple(journal.of_document(transaction, found)),
        _login(transaction, documents.get(transaction, found)),
    )


def _login(transaction: Transaction, document: Document) -> str | None:
    account = people.find_account(transaction, document.person) if document.person else None
    return account.login if account is not None else document.person
