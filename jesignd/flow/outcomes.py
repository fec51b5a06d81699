"""Outcomes: what is written on a document that stops, so that people see one cause and one remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jesignd.errors import (
    Code,
    CredentialError,
    CreditExhausted,
    DocumentError,
    JesignError,
    NotAllowed,
    ServiceError,
    Words,
)

if TYPE_CHECKING:
    from jesignd.domain.documents import DocumentState

RESUMED_BY_SETTINGS = (Code.NOT_DELEGATED, Code.RULE, Code.KEY, Code.SERVICE)
"""Holds whose cause is in the configuration: looked at again when it has changed, and at each start."""

RESUMED_BY_CREDIT = (Code.NO_CREDIT,)
"""Holds that a top-up cures."""

NO_HOLD: dict[str, Any] = {
    "hold_code": None,
    "hold_reason": None,
    "hold_hint": None,
    "held_from": None,
}
"""What is written on a document that goes on."""


def held_fields(code: Code, reason: Words, *, hint: Words | None, held_from: DocumentState) -> dict[str, Any]:
    """The fields of a document that is held or rejected."""
    return {
        "hold_code": code.value,
        "hold_reason": {"fr": reason.fr, "en": reason.en},
        "hold_hint": {"fr": hint.fr, "en": hint.en} if hint else None,
        "held_from": held_from.value,
    }


def code_of(error: JesignError) -> Code:
    """The code under which people see this error."""
    if isinstance(error, DocumentError):
        return error.code
    by_class: tuple[tuple[type[JesignError], Code], ...] = (
        (NotAllowed, Code.NOT_DELEGATED),
        (CreditExhausted, Code.NO_CREDIT),
        (ServiceError, Code.SERVICE),
        (CredentialError, Code.KEY),
    )
    return next((code for kind, code in by_class if isinstance(error, kind)), Code.KEY)
