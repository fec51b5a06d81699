"""Report: tell the sender what became of each document: rejects beside their cause, and return files."""

from __future__ import annotations

import logging

from jesignd.domain.documents import DocumentState
from jesignd.plugin.contract import ReturnStatus

log = logging.getLogger(__name__)

_STATUS = {
    DocumentState.DELIVERED: ReturnStatus.SEALED,
    DocumentState.SEALED: ReturnStatus.SEALED,
    DocumentState.DUPLICATE: ReturnStatus.DUPLICATE,
    DocumentState.REPLACED: ReturnStatus.REPLACED,
    DocumentState.REJECTED: ReturnStatus.REJECTED,
    DocumentState.DRAFT: ReturnStatus.TO_APPROVE,
}

VendorReturn = "Callable[[WatchedFolder, Lot], ReturnFile | None]"
"""Asks the folder's connector for the file its software reads back, in a confined child."""
