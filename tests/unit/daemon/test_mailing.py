"""The daemon's side of mail: reminders are written, letters leave, and a server that fails costs nothing else."""

from __future__ import annotations

import datetime
from pathlib import Path

import letter_box
import pytest

from jesignd.daemon.mailing import Mailing, server_of
from jesignd.domain.certificates import REMINDERS
from jesignd.domain.people import Email
from jesignd.mail.send import Security
from jesignd.settings.model.keys import Secret
from jesignd.settings.model.mail import Mail
from jesignd.store import outbox, personal_keys
from jesignd.store.database import Database
from jesignd.testing.authority import make_authority
from jesignd.testing.cabinet import START, Cabinet, Clock

FROM = Email("ne-pas-repondre@equerre.example")


@pytest.fixture
def cabinet(tmp_path: Path):
    database = Database.open(f"sqlite:///{tmp_path}/jesignd.db")
    made = Cabinet(database, Clock(), make_authority(now=START - datetime.timedelta(days=400)))
    with database.reading() as transaction:
        (key,) = personal_keys.of_people(transaction, [made.claire.id])
    made.clock.at = key.not_after - datetime.timedelta(days=REMINDERS[0] - 1)
    yield made
    database.close()


def waiting(cabinet: Cabinet) -> int:
    with cabinet.database.reading() as transaction:
        return outbox.waiting(transaction).letters


def test_reminders_are_written_and_leave_once(cabinet: Cabinet) -> None:
    mailing = Mailing(cabinet.database, cabinet.clock)
    with letter_box.opened() as box:
        mail = Mail(host="127.0.0.1", port=box.port, security="none", sender=FROM)
        for _ in range(3):
            mailing.remind()
            mailing.send(mail, "Équerre")
        assert [one["To"] for one in box.letters] == ["claire@jlm.example"]


def test_without_a_server_they_are_written_and_wait(cabinet: Cabinet) -> None:
    mailing = Mailing(cabinet.database, cabinet.clock)
    mailing.remind()
    mailing.send(None, "Équerre")
    assert waiting(cabinet) == 1


def test_a_password_that_cannot_be_read_costs_nothing_else(cabinet: Cabinet, tmp_path: Path) -> None:
    mailing = Mailing(cabinet.database, cabinet.clock)
    mailing.remind()
    lost = Secret(file=str(tmp_path / "lost"))
    mail = Mail(host="127.0.0.1", port=9, sender=FROM, user="jesignd", password=lost)
    mailing.send(mail, "Équerre")
    assert waiting(cabinet) == 1


def test_the_server_is_the_one_written_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "password").touch(mode=0o600)
    (tmp_path / "password").write_text("secret\n")
    password = Secret(file=str(tmp_path / "password"))
    server = server_of(Mail(host="smtp.example", sender=FROM, user="jesignd", password=password))
    assert (server.host, server.port, server.security) == ("smtp.example", 587, Security.STARTTLS)
    assert (server.user, server.password) == ("jesignd", b"secret")
