"""Outcomes: what is written on a document that stops, so that people see one cause and one remedy."""

from __future__ import annotations

from jesignd.errors import (
    Code,
    CreditExhausted,
    DocumentError,
    JesignError,
    NotAllowed,
    ServiceError,
)

RESUMED_BY_SETTINGS = frozenset({Code.NOT_DELEGATED, Code.RULE, Code.KEY, Code.SERVICE})
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
