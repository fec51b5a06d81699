"""Seal: a batch of authorised documents becomes sealed files, published, then committed.

Publishing comes before the commit, under a name made of the document's id and epoch, never over another: after a crash
in between, the file is found there and committed instead of being sealed, and charged, twice.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.confined import Crashed, Pool, Raised
from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import Batch, Promiser
from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import (
    Credential,
    RevocationMaterial,
    Sealed,
    SealOrder,
    SealProfile,
    SealTask,
    TimestampAuthority,
)
from jesignd.errors import Code, CredentialError, DocumentError, JesignError, ServiceError, Words
from jesignd.flow.commit import Failed, commit
from jesignd.flow.errands import seal_documents
from jesignd.flow.publish import Made, found_again, publish
from jesignd.flow.records import Route
from jesignd.store import documents

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from jesignd.flow.parallel import Spread
    from jesignd.store.database import Database
    from jesignd.store.documents import Document
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)

TOGETHER = 8
"""Documents that one call to a child seals: what is the same for all is sent once."""
TOGETHER_BYTES = 4 << 20
"""Nor more than this, so that a call stays far below the time a document may take; a larger file goes alone."""


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
    spread: Spread,
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Seal the documents of the batch that are still authorised, and commit them together."""
    with database.reading() as transaction:
        waiting = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.AUTHORISED
        ]
    chunks = _chunks(waiting, line)
    answers = spread.over(lambda chunk: _seal_some(chunk, vault=vault, line=line, at=clock()), chunks)
    results = [result for chunk in answers for result in chunk]
    made = publish([result for result in results if isinstance(result, Made)], vault=vault)
    failed = [result for result in results if isinstance(result, Failed)]
    commit(batch, made, failed, database=database, engine=engine, at=clock())
    log.info("sealed documents=%d failed=%d", len(made), len(failed))


def _chunks(waiting: Sequence[Document], line: SealingLine) -> list[list[Document]]:
    """Documents of one profile that go to a child together; where trusted time is asked for, each goes alone."""
    chunks: list[list[Document]] = []
    open_chunks: dict[str, tuple[list[Document], int]] = {}
    for document in waiting:
        name, size = Route.of(document).profile, document.claimed.size
        chunk, room = open_chunks.get(name, ([], 0))
        if not chunk or len(chunk) >= TOGETHER or size > room:
            chunk, room = [], TOGETHER_BYTES
            chunks.append(chunk)
        chunk.append(document)
        profile = line.profiles.get(name)
        alone = profile is not None and profile.level is not PadesLevel.B_B
        open_chunks[name] = (chunk, -1 if alone else room - size)
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
        except JesignError as error:
            results.append(Failed(document, error))
        except OSError as error:
            results.append(Failed(document, _disk(error)))
        else:
            results += [made] if made else []
            missing += [] if made else [document]
    return results + (_ask_child(missing, vault=vault, line=line, at=at) if missing else [])


def _ask_child(
    documents: Sequence[Document], *, vault: Vault, line: SealingLine, at: datetime.datetime
) -> list[Made | Failed]:
    """Have a child seal these; when it crashes over several, each is tried alone and only the guilty one pays."""
    targets = [vault.temporary_folder / f"{one.id}.{secrets.token_hex(4)}.sealing" for one in documents]
    tasks = tuple(
        SealTask(vault.path(one.claimed.digest), target) for one, target in zip(documents, targets, strict=True)
    )
    try:
        order, services = _order(Route.of(documents[0]), line, at)
        answers = line.pool.run(seal_documents, order, tasks, services=services)
        return [_result(*each) for each in zip(documents, targets, answers, strict=True)]
    except JesignError as error:
        _discard(targets)
        return [Failed(document, error) for document in documents]
    except OSError as error:
        _discard(targets)
        return [Failed(document, _disk(error)) for document in documents]
    except (Crashed, ValueError) as crash:
        _discard(targets)
        if len(documents) > 1:
            return [one for document in documents for one in _ask_child([document], vault=vault, line=line, at=at)]
        log.warning("sealing crashed document=%s %s", documents[0].id, crash)
        return [Failed(documents[0], _poison())]


def _result(document: Document, target: Path, answer: Sealed | Raised) -> Made | Failed:
    return Failed(document, answer.error()) if isinstance(answer, Raised) else Made(document, answer, target)


def _discard(targets: Sequence[Path]) -> None:
    """What cannot be removed now is a leftover, which the next start removes."""
    for target in targets:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)


def _disk(error: OSError) -> ServiceError:
    return ServiceError(Words(f"disque : {error.strerror}", f"disk: {error.strerror}"))


def _poison() -> DocumentError:
    return DocumentError(
        Code.POISON,
        Words(
            "le fichier fait échouer ou durer sans fin les programmes qui le lisent",
            "the file makes the programs that read it fail or never end",
        ),
        hint=Words(
            "réimprimez le document depuis son logiciel d'origine", "print the document again from its software"
        ),
    )


def _order(
    route: Route, line: SealingLine, at: datetime.datetime
) -> tuple[SealOrder, Mapping[str, Callable[[bytes], bytes]]]:
    """How to seal on this route, and whom the child may ask for what."""
    profile, credential = _tools(route, line)
    order = SealOrder(
        profile=profile,
        certificate=credential.certificate,
        chain=credential.chain,
        at=at,
        max_bytes=line.max_bytes,
        compare_one_in=line.compare_one_in,
        revocation=_proofs(profile, credential, line),
    )
    services: dict[str, Callable[[bytes], bytes]] = {"sign": credential.sign}
    if line.timestamps is not None:
        services["timestamp"] = line.timestamps.timestamp
    return order, services


def _tools(route: Route, line: SealingLine) -> tuple[SealProfile, Credential]:
    profile = line.profiles.get(route.profile)
    credential = line.credentials.get(profile.key) if profile else None
    if profile is None or credential is None:
        raise CredentialError(
            Words(
                f"la règle « {route.profile} » ou sa clé n'est pas utilisable",
                f"rule “{route.profile}” or its key cannot be used",
            ),
            hint=Words(
                "voyez jesignd doctor, corrigez la configuration, rechargez-la", "see jesignd doctor, mend, reload"
            ),
        )
    return profile, credential


def _proofs(profile: SealProfile, credential: Credential, line: SealingLine) -> RevocationMaterial | None:
    if profile.level not in {PadesLevel.B_LT, PadesLevel.B_LTA} or line.revocation is None:
        return None
    return line.revocation(credential)
