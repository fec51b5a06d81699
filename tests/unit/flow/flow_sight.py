"""What can be seen of a line: in its store, its vault, its folders."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flow_parts import MINUTE

from jesignd.domain.credit import Account
from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.jobs import Stage
from jesignd.store import deliveries, documents, journal, ledger, stages
from jesignd.store.database import Database
from jesignd.store.vault import Vault

if TYPE_CHECKING:
    from jesignd.errors import Code
    from jesignd.store.documents import Document
    from jesignd.store.journal import Recorded


@dataclass
class Sight:
    """Looks, and touches nothing."""

    root: Path
    database: Database
    vault: Vault
    now: datetime.datetime

    def document(self, document: DocumentId) -> Document:
        with self.database.reading() as tx:
            return documents.get(tx, document)

    def state(self, document: DocumentId) -> DocumentState:
        return self.document(document).state

    def fate(self, document: DocumentId) -> DocumentState | Code | None:
        """Its state; for one that is held, why."""
        return self.held(document) if self.state(document) is DocumentState.HELD else self.state(document)

    def held(self, document: DocumentId) -> Code | None:
        """The code it is held under."""
        found = self.document(document)
        assert found.state is DocumentState.HELD, found.state
        return found.hold.code if found.hold else None

    def events(self, document: DocumentId) -> list[str]:
        return [one.event.removeprefix("document.") for one in self.told(document)]

    def told(self, document: DocumentId) -> list[Recorded]:
        with self.database.reading() as tx:
            return journal.of_document(tx, document)

    def house_events(self) -> list[str]:
        """What was told of no document in particular."""
        with self.database.reading() as tx:
            return [one.event for one in journal.of_document(tx, None)]  # type: ignore[arg-type]

    def promised(self, document: DocumentId) -> list[tuple[Stage, str, int, float]]:
        """What is still to be done to it: stage, lane, attempt, and in how many minutes."""
        with self.database.reading() as tx:
            return [
                (one.batch.stage, one.batch.lane, one.batch.attempt, (one.due - self.now) / MINUTE)
                for one in stages.of_document(tx, document)
            ]

    def deliveries(self, document: DocumentId) -> dict[str, str]:
        with self.database.reading() as tx:
            return {one.destination: one.state.value for one in deliveries.of_document(tx, document)}

    def spent(self) -> int:
        """What acts have cost so far."""
        with self.database.reading() as tx:
            return ledger.standing(tx)[Account.ACTS]

    def reserved(self) -> int:
        """What is set aside for acts to come."""
        with self.database.reading() as tx:
            return ledger.standing(tx)[Account.RESERVED]

    def balance(self) -> int:
        with self.database.reading() as tx:
            return ledger.balance(tx)

    def leftovers(self) -> list[str]:
        """What lies in the vault's temporary folder."""
        return [path.name for path in self.vault.temporary_folder.iterdir()]

    def files(self, place: str) -> dict[str, bytes]:
        """The files below this folder, by relative path; hidden ones too."""
        root = self.root / place
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.name != ".jesignd-root"
        }
