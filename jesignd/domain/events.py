"""Events: the closed list of what can happen to a document, as the journal and the logs name it."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """Past tense: it has happened, in the same transaction as what it tells."""

    RECEIVED = "document.received"
    REFUSED = "document.refused"
    RECOGNISED = "document.recognised"
    AUTHORISED = "document.authorised"
    DRAFTED = "document.drafted"
    HELD = "document.held"
    RELEASED = "document.released"
    REJECTED = "document.rejected"
    DUPLICATE = "document.duplicate"
    REPLACED = "document.replaced"
    SEALED = "document.sealed"
    DELIVERED = "document.delivered"
    DELIVERY_FAILED = "document.delivery_failed"
    SOURCE_CLEARED = "document.source_cleared"
    FOLDER_OFFLINE = "folder.offline"
    FOLDER_ONLINE = "folder.online"
    CREDIT_ADDED = "credit.added"
