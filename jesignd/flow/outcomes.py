"""Outcomes: how a document's end is told: its code, what may release it, its line in return files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentState
from jesignd.domain.levels import PadesLevel
from jesignd.errors import (
    Code,
    CreditExhausted,
    DocumentError,
    JesignError,
    NotAllowed,
    ServiceError,
)
from jesignd.plugin.contract import Outcome, ReturnStatus

if TYPE_CHECKING:
    from jesignd.store.documents import Document

RESUMED_BY_RIGHTS = frozenset({Code.NOT_DELEGATED, Code.NO_MANDATE})
"""Holds that a grant, an acceptance, a certificate or a mandate cures, or simply the day on which one begins."""

RESUMED_BY_SETTINGS = RESUMED_BY_RIGHTS | {Code.RULE, Code.KEY, Code.SERVICE}
"""Holds whose cause is in the configuration or outside: looked at again when it has changed, and at each start."""

RESUMED_BY_CREDIT = frozenset({Code.NO_CREDIT})
"""Holds that a top-up cures."""

WAIVABLE = frozenset({Code.RE_EXPORT, Code.WRONG_CLIENT_SUSPECTED})
"""Holds that somebody in the firm may set aside by releasing the document; the others need their cause mended."""


def code_of(error: JesignError) -> Code:
    """The code under which people see this error."""
    if isinstance(error, DocumentError):
        return error.code
    by_class: tuple[tuple[type[JesignError], Code], ...] = (
        (NotAllowed, Code.NOT_DELEGATED),
        (CreditExhausted, Code.NO_CREDIT),
        (ServiceError, Code.SERVICE),
    )
    # CredentialError, VerificationFailed and whatever else is ours to mend: the operator acts.
    return next((code for kind, code in by_class if isinstance(error, kind)), Code.KEY)


_STATUS = {
    DocumentState.SEALED: ReturnStatus.WAITING,
    DocumentState.DELIVERED: ReturnStatus.SEALED,
    DocumentState.DRAFT: ReturnStatus.TO_APPROVE,
    DocumentState.DUPLICATE: ReturnStatus.DUPLICATE,
    DocumentState.REPLACED: ReturnStatus.REPLACED,
    DocumentState.REJECTED: ReturnStatus.REJECTED,
}


def outcome_of(document: Document, signed_name: str) -> Outcome:
    """What the sender is told of this document, as return files say it (C§1.10)."""
    recognition = document.recognition or {}
    delivered = document.state is DocumentState.DELIVERED
    sealed = document.sealed if delivered else None
    return Outcome(
        document=document.id,
        relative_path=document.claimed.relative_path,
        digest=document.claimed.digest,
        status=_STATUS.get(document.state, ReturnStatus.WAITING),
        code=document.hold.code if document.hold else None,
        message=document.hold.reason.fr if document.hold else _first(document),
        signed_name=signed_name if delivered else "",
        signed_digest=sealed.digest if sealed else None,
        origin_id=recognition.get("origin_id"),
        level=PadesLevel(sealed.report["level"]) if sealed else None,
        signed_at=sealed.at if sealed else None,
    )


def _first(document: Document) -> str:
    """For a duplicate, the document that was treated."""
    return str((document.route or {}).get("duplicate_of", ""))
