"""Mailing: write the reminders that are due, and send the letters that wait, through the server configured."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.people import Email
from jesignd.errors import JesignError
from jesignd.flow.postman import Office, deliver
from jesignd.flow.reminders import remind
from jesignd.flow.wording import House
from jesignd.mail.compose import Sender
from jesignd.mail.send import Security, Server
from jesignd.settings.secrets import resolve

if TYPE_CHECKING:
    from jesignd.settings.model.mail import Mail
    from jesignd.store.database import Database

log = logging.getLogger(__name__)


class Mailing:
    """The daemon's side of the outbox; a server that does not work costs nothing else."""

    def __init__(self, database: Database, clock: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._clock = clock

    def remind(self) -> None:
        """Write what is due about certificates that end; it is written where no mail leaves, too."""
        remind(database=self._database, clock=self._clock)

    def send(self, mail: Mail | None, firm: str) -> None:
        """Send what waits, in the name of this firm; nothing where no server is configured."""
        if mail is None:
            return
        try:
            office = Office(server_of(mail), Sender(firm, Email(mail.sender)), House(firm))
        except JesignError as error:
            log.error("no mail leaves: %s", error.message.en)
            return
        deliver(office, database=self._database, clock=self._clock)


def server_of(mail: Mail) -> Server:
    """The server of this section, its password read now.

    Raises:
        CredentialError: the password cannot be read.
    """
    return Server(
        host=mail.host,
        port=mail.port,
        security=Security(mail.security),
        user=mail.user,
        password=None if mail.password is None else resolve(mail.password),
        anchor=None if mail.anchor is None else Path(mail.anchor),
        timeout_seconds=mail.timeout,
    )
