"""Report: tell the sender what became of each document: rejects beside their cause, and return files."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jesignd import durable
from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import Batch, Stage
from jesignd.errors import ServiceError, Words
from jesignd.flow.notices import error_notice
from jesignd.flow.records import clues_of, recognised_from
from jesignd.plugin.contract import Lot, Outcome, ReturnFile, ReturnStatus
from jesignd.plugin.returning import return_file
from jesignd.plugin.transports.folder import deliver
from jesignd.store import deliveries, documents, stages

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping, Sequence

    from jesignd.domain.folders import WatchedFolder
    from jesignd.domain.jobs import Transaction
    from jesignd.store.database import Database
    from jesignd.store.documents import Document
    from jesignd.store.vault import Vault

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
