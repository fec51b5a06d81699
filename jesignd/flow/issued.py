"""Issued: note what our authority issued, in the transaction that hands it to its owner."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.store import certificates, journal

if TYPE_CHECKING:
    from jesignd.domain.certificates import Issued
    from jesignd.domain.jobs import Transaction

log = logging.getLogger(__name__)


def note(transaction: Transaction, issued: Issued) -> None:
    """From this commit on the certificate is answered for; before it, nobody ever saw it."""
    certificates.insert(transaction, issued)
    owner = issued.account or issued.firm
    told = {"serial": issued.serial, "certificate": issued.digest, "owner": owner}
    journal.record(transaction, Event.CERTIFICATE_ISSUED, None, told, at=issued.issued_at)
    log.info("issued certificate=%s subject=%s", issued.serial, issued.subject.value)
