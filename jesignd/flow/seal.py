"""Seal: a batch of authorised documents becomes sealed files, published, then committed.

Publishing comes before the commit, under a name made of the document's id and epoch, never over another: after a crash
in between, the file is found there and committed instead of being sealed, and charged, twice.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jesignd.confined import Crashed, Pool, Raised
from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import Batch, Promiser
from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import (
    AlsoSeal,
    Credential,
    RevocationMaterial,
    Sealed,
    SealProfile,
    SealRequest,
    TimestampAuthority,
)
from jesignd.errors import Code, CredentialError, DocumentError, JesignError, ServiceError, Words
from jesignd.flow import warrant
from jesignd.flow.commit import Failed, commit
from jesignd.flow.disk import disk_failed
from jesignd.flow.errands import seal_documents
from jesignd.flow.publish import Made, discard, found_again, publish, withdraw
from jesignd.flow.records import Route
from jesignd.store import documents

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.terms import Terms
    from jesignd.flow.parallel import Spread
    from jesignd.store.database import Database
    from jesignd.store.documents import Document
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)

TOGETHER = 8
"""Documents that one call to a child seals: what is the same for all is sent once."""
TOGETHER_BYTES = 4 << 20
"""Nor more than this, so that a call stays far below the time a document may take; a larger file goes alone."""

_PATIENCE_SECONDS = 2.0
"""Far more than a whole batch takes, far less than a file may that exhausts its child."""


@dataclass(frozen=True, slots=True)
class SealingLine:
    """What seals: profiles and keys by name, trusted time, proofs of non-revocation, and the children that do it."""

    profiles: Mapping[str, SealProfile]
    credentials: Mapping[str, Credential]
    timestamps: TimestampAuthority | None
    revocation: Callable[[Credential], RevocationMaterial] | None
    pool: Pool
    max_bytes: int
    compare_one_in: int


def seal_batch(
    batch: Batch,
    *,
    database: Database,
    vault: Vault,
    line: SealingLine,
    terms: Terms,
    spread: Spread,
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Seal the documents of the batch that are still authorised, and commit them together.

    The key is used for none that may not be sealed any more. Those that are ready do not wait for one that takes long:
    it is committed apart.
    """

    def conclude(part: Batch, made: Sequence[Made], failed: Sequence[Failed]) -> None:
        for document in commit(part, made, failed, database=database, engine=engine, terms=terms, clock=clock):
            withdraw(document, vault)

    waiting, refused = _asked(batch, database=database, terms=terms, clock=clock)
    under_way = {document.id for document in waiting}
    settled = tuple(document for document in batch.documents if document not in under_way)
    for answers in spread.as_they_come(
        lambda chunk: _seal_some(chunk, vault=vault, line=line, at=clock()),
        _chunks(waiting, line),
        seconds=_PATIENCE_SECONDS,
    ):
        results = _publish([result for chunk in answers for result in chunk], vault=vault)
        made = [result for result in results if isinstance(result, Made)]
        failed = [result for result in results if isinstance(result, Failed)]
        part = replace(batch, documents=(*settled, *(result.document.id for result in results)))
        conclude(part, made, [*refused, *failed])
        settled, refused = (), []
        log.info("sealed documents=%d failed=%d", len(made), len(failed))
    if settled:
        conclude(replace(batch, documents=settled), (), refused)


def _asked(
    batch: Batch, *, database: Database, terms: Terms, clock: Callable[[], datetime.datetime]
) -> tuple[list[Document], list[Failed]]:
    """The documents of the batch that wait to be sealed and may be, and those that may not any more."""
    with database.reading() as transaction:
        authorised = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.AUTHORISED
        ]
        denied = warrant.denied(transaction, authorised, terms=terms, at=clock())
    waiting = [document for document in authorised if document.id not in denied]
    return waiting, [Failed(document, denied[document.id]) for document in authorised if document.id in denied]


def _publish(results: Sequence[Made | Failed], *, vault: Vault) -> list[Made | Failed]:
    """Publish what was made; when the disk does not do its part, none counts as made, and all are tried again."""
    made = [result for result in results if isinstance(result, Made)]
    try:
        published = iter(publish(made, vault=vault))
    except (ServiceError, OSError) as error:
        told = error if isinstance(error, ServiceError) else disk_failed(error)
        return [Failed(one.document, told) if isinstance(one, Made) else one for one in results]
    return [next(published) if isinstance(one, Made) else one for one in results]


def _chunks(waiting: Sequence[Document], line: SealingLine) -> list[list[Document]]:
    """Documents sealed alike that go to a child together; where trusted time is asked for, each goes alone."""
    chunks: list[list[Document]] = []
    open_chunks: dict[tuple[str, bool], tuple[list[Document], int]] = {}
    for document in waiting:
        route, size = Route.of(document), document.claimed.size
        alike = (route.profile, route.test)
        chunk, room = open_chunks.get(alike, ([], 0))
        if not chunk or len(chunk) >= TOGETHER or size > room:
            chunk, room = [], TOGETHER_BYTES
            chunks.append(chunk)
        chunk.append(document)
        profile = line.profiles.get(route.profile)
        alone = profile is not None and profile.level is not PadesLevel.B_B
        open_chunks[alike] = (chunk, -1 if alone else room - size)
    return chunks


def _seal_some(
    documents: Sequence[Document], *, vault: Vault, line: SealingLine, at: datetime.datetime
) -> list[Made | Failed]:
    """Seal documents into temporary files, or find what an interrupted run published of them."""
    results: list[Made | Failed] = []
    missing: list[Document] = []
    for document in documents:
        try:
            made = found_again(document, vault)
        except (JesignError, OSError) as error:
            results.append(_failed(document, error))
        else:
            results += [made] if made else []
            missing += [] if made else [document]
    return results + (_ask_child(missing, vault=vault, line=line, at=at) if missing else [])


def _ask_child(
    documents: Sequence[Document], *, vault: Vault, line: SealingLine, at: datetime.datetime
) -> list[Made | Failed]:
    """Have a child seal these; when it crashes over several, each is tried alone and only the guilty one pays."""
    files = [
        AlsoSeal(
            vault.path(one.claimed.digest),
            vault.temporary_folder / f"{one.id}.{secrets.token_hex(4)}.sealing",
            one.claimed.digest,
        )
        for one in documents
    ]
    try:
        request, services = _request(Route.of(documents[0]), files[0], line, at)
        answers = line.pool.run(seal_documents, request, tuple(files[1:]), services=services)
        return [_result(*each) for each in zip(documents, files, answers, strict=True)]
    except BaseException as error:
        for file in files:
            discard(file.target)
        if isinstance(error, JesignError | OSError):
            return [_failed(document, error) for document in documents]
        if not isinstance(error, Crashed | ValueError):
            raise
        if len(documents) > 1:
            return [one for document in documents for one in _ask_child([document], vault=vault, line=line, at=at)]
        log.warning("sealing crashed document=%s %s", documents[0].id, error)
        was_killed = isinstance(error, Crashed) and error.reason == "killed"
        return [Failed(documents[0], _killed() if was_killed else _poison())]


def _result(document: Document, file: AlsoSeal, answer: Sealed | Raised) -> Made | Failed:
    return Failed(document, answer.error()) if isinstance(answer, Raised) else Made(document, answer, file.target)


def _failed(document: Document, error: JesignError | OSError) -> Failed:
    return Failed(document, error if isinstance(error, JesignError) else disk_failed(error))


def _killed() -> ServiceError:
    """Not the file's fault, as far as one can tell: it is tried again, and held at last."""
    return ServiceError(
        Words("le programme qui scelle a été tué", "the program that seals was killed"),
        hint=Words(
            "vérifiez la mémoire de la machine ; le scellement reprend de lui-même",
            "check the machine’s memory; sealing resumes by itself",
        ),
    )


def _poison() -> DocumentError:
    return DocumentError(
        Code.POISON,
        Words(
            "le fichier fait échouer ou durer sans fin les programmes qui le lisent",
            "the file makes the programs that read it fail or never end",
        ),
        hint=Words(
            "réimprimez le document depuis son logiciel d’origine", "print the document again from its software"
        ),
    )


def _request(
    route: Route, file: AlsoSeal, line: SealingLine, at: datetime.datetime
) -> tuple[SealRequest, Mapping[str, Callable[[bytes], bytes]]]:
    """How to seal on this route, and whom the child may ask for what."""
    profile, credential = _tools(route, line)
    request = SealRequest(
        original=file.original,
        target=file.target,
        profile=profile,
        certificate=credential.certificate,
        chain=credential.chain,
        at=at,
        max_bytes=line.max_bytes,
        compare_one_in=line.compare_one_in,
        revocation=_proofs(profile, credential, line),
        digest=file.digest,
    )
    services: dict[str, Callable[[bytes], bytes]] = {"sign": credential.sign}
    if line.timestamps is not None:
        services["timestamp"] = line.timestamps.timestamp
    return request, services


def _tools(route: Route, line: SealingLine) -> tuple[SealProfile, Credential]:
    """What the route is sealed with, as it was decided: a rule that became a trial since then, or ceased to be one,
    makes no trial of what is paid for, nor a seal of what is not.
    """
    profile = line.profiles.get(route.profile)
    credential = line.credentials.get(profile.key) if profile else None
    if profile is None or credential is None:
        raise CredentialError(
            Words(
                f"la clé de la règle « {route.profile} » n’est pas utilisable",
                f"the key of rule “{route.profile}” cannot be used",
            ),
            hint=Words(
                "voyez ce qu’en dit « jesignd doctor », corrigez, puis rechargez la configuration",
                "see what `jesignd doctor` says of it, mend it, then reload the configuration",
            ),
        )
    return replace(profile, test=route.test), credential


def _proofs(profile: SealProfile, credential: Credential, line: SealingLine) -> RevocationMaterial | None:
    if profile.level not in {PadesLevel.B_LT, PadesLevel.B_LTA} or line.revocation is None:
        return None
    return line.revocation(credential)
