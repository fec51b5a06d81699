"""Relations: which documents repeat which, while a batch is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.authorisation import Prior
from jesignd.domain.documents import DocumentId, DocumentState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.store.documents import Document, Kin


class Relations:
    """Which documents repeat which, and where each stands at this moment of the batch."""

    def __init__(self, kin: Sequence[Kin]) -> None:
        self._states = {one.id: one.state for one in kin}
        self._by_content: dict[str, list[Kin]] = {}
        self._by_origin: dict[tuple[str, str | None], list[Kin]] = {}
        for one in kin:
            self._by_content.setdefault(one.digest, []).append(one)
            self._by_origin.setdefault((one.folder, one.origin_key), []).append(one)

    def state_of(self, document: DocumentId) -> DocumentState:
        """Where it stands now."""
        return self._states[document]

    def became(self, document: DocumentId, state: DocumentState) -> None:
        """It stands there from now on."""
        self._states[document] = state

    def priors(self, document: Document) -> tuple[Prior, ...]:
        """Documents known before this one that share contents or origin.

        Those that came to nothing do not count, nor those nobody has recognised: a badly named file dropped again under
        its right name is no suspect. Nor does a trial: what it sealed is worth nothing, the real seal is still to come.
        Of two that wait to be decided, the one received first goes first.
        """
        contents = {one.id: one for one in self._by_content.get(document.claimed.digest, ())}
        key = (document.claimed.folder, document.origin_key)
        origins = {one.id: one for one in self._by_origin.get(key, ()) if document.origin_key is not None}
        return tuple(
            Prior(one.id, self._states[one.id], one.id in contents, one.id in origins)
            for one in {**contents, **origins}.values()
            if one.id != document.id and self._counts(one, document)
        )

    def _counts(self, one: Kin, document: Document) -> bool:
        state = self._states[one.id]
        undecided_later = state is DocumentState.RECOGNISED and one.sequence > document.sequence
        trial = one.test and state in _MADE
        return one.origin_key is not None and state not in _CAME_TO_NOTHING and not undecided_later and not trial


_CAME_TO_NOTHING = frozenset({DocumentState.REJECTED, DocumentState.DUPLICATE, DocumentState.REPLACED})
_MADE = frozenset({DocumentState.AUTHORISED, DocumentState.SEALED, DocumentState.DELIVERED})
