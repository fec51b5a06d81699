"""Publishing: keep the authority's revocation list and answers fresh, for the web program to give."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.errors import JesignError
from jesignd.flow.authority import ISSUING_KEY, Issuing, open_issuing
from jesignd.flow.revocation import publish
from jesignd.pki.profiles import Addresses
from jesignd.settings.secrets import resolve

if TYPE_CHECKING:
    from jesignd.settings.model.pki import Pki
    from jesignd.store.database import Database

log = logging.getLogger(__name__)


class Publishing:
    """Opens the authority's key once for each configuration that speaks of it: that is slow by design."""

    def __init__(self, database: Database, clock: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._clock = clock
        self._opened: tuple[Pki, Issuing] | None = None

    def publish(self, pki: Pki | None) -> None:
        """Sign what is due; nothing where there is no authority, or none was made yet."""
        if pki is None or not (Path(pki.directory) / ISSUING_KEY).exists():
            self._opened = None
            return
        try:
            publish(self._issuing(pki).authority, database=self._database, clock=self._clock)
        except JesignError as error:
            log.error("could not publish: %s", error.message.en)

    def _issuing(self, pki: Pki) -> Issuing:
        if self._opened is None or self._opened[0] != pki:
            passphrase, addresses = resolve(pki.passphrase), Addresses(pki.public_url)
            issuing = open_issuing(Path(pki.directory), passphrase, addresses=addresses, years=pki.years)
            self._opened = (pki, issuing)
        return self._opened[1]
