"""What people are told by mail: decided in a transaction, sent by a postman to a real server on this machine."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import letter_box
import pytest
from letter_box import LetterBox

from jesignd.domain.credit import Cents
from jesignd.domain.firm import Right
from jesignd.domain.mail import Kind
from jesignd.domain.people import Account, Email, Role, Status
from jesignd.errors import NotAllowed
from jesignd.flow import logins, people, recovery
from jesignd.flow.charges import check_balance
from jesignd.flow.logins import ChangeDue, Proof
from jesignd.flow.postman import Office, Round, deliver
from jesignd.flow.reminders import remind
from jesignd.flow.wording import House
from jesignd.mail.compose import Sender
from jesignd.store import journal, outbox
from jesignd.testing.authority import issue_person
from jesignd.testing.cabinet import PIN, Cabinet

if TYPE_CHECKING:
    from jesignd.store.outbox import Posted

FROM = Email("ne-pas-repondre@equerre.example")
OLD, NEW = "cheval correct agrafe batterie", "lune verte papier musique"


@pytest.fixture
def box() -> Iterator[LetterBox]:
    with letter_box.opened() as opened:
        yield opened


def send(cabinet: Cabinet, box: LetterBox) -> Round:
    office = Office(box.server(timeout_seconds=2.0), Sender("Équerre", FROM), House("Équerre"))
    return deliver(office, **cabinet.timed())


def text(box: LetterBox, which: int = -1) -> str:
    body = box.letters[which].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def posted(cabinet: Cabinet) -> list[Posted]:
    with cabinet.database.reading() as transaction:
        return outbox.list_letters(transaction, limit=100)


def events(cabinet: Cabinet) -> list[str]:
    with cabinet.database.reading() as transaction:
        return [one.event.value for one in journal.of_house(transaction)]


def test_a_delegation_is_told_to_its_holder_and_so_is_its_end(cabinet: Cabinet, box: LetterBox) -> None:
    cabinet.newcomer("paul")
    (granted,) = cabinet.grants("paul@jlm.example", Right.SEAL, Right.LAUNCH)
    assert send(cabinet, box) == Round(sent=1)
    assert box.recipients == [["paul@jlm.example"]]
    assert "Claire Martin vous donne délégation au cabinet JLM – Pont-Audemer pour : lancer, sceller" in text(box)
    assert "du 24 novembre 2026 au 24 décembre 2026 inclus" in text(box)
    assert granted.delegation is not None
    cabinet.revokes(granted.delegation)
    assert send(cabinet, box) == Round(sent=1)
    assert "a été révoquée le 24 novembre 2026 à 10:00" in text(box)
    assert send(cabinet, box) == Round(), "once each"
    assert events(cabinet).count("letter.sent") == 2


def test_whoever_has_no_account_yet_is_told_at_the_address_itself(cabinet: Cabinet, box: LetterBox) -> None:
    cabinet.grants("nouveau@jlm.example", Right.SEAL)
    send(cabinet, box)
    assert box.recipients == [["nouveau@jlm.example"]]
    assert "attend que votre cabinet vous ouvre un compte" in text(box)


def test_a_delegation_taken_back_before_the_letter_left_is_not_announced(cabinet: Cabinet, box: LetterBox) -> None:
    cabinet.newcomer("paul")
    (granted,) = cabinet.grants("paul@jlm.example", Right.SEAL)
    assert granted.delegation is not None
    cabinet.revokes(granted.delegation)
    assert send(cabinet, box) == Round(sent=1, given_up=1)
    assert "révoquée" in text(box)


def test_a_grant_that_fails_writes_no_letter(cabinet: Cabinet) -> None:
    with pytest.raises(NotAllowed):
        cabinet.grants("paul@jlm.example", Right.SEAL, days=-3)
    assert posted(cabinet) == []


def test_low_credit_is_told_once_to_accountants_and_administrators(cabinet: Cabinet, box: LetterBox) -> None:
    cabinet.newcomer("adele", status=None, roles=(Role.ADMIN,))
    cabinet.newcomer("paul")
    for _ in range(3):
        check_balance(warn_below=Cents(500), **cabinet.timed())
    assert send(cabinet, box) == Round(sent=2)
    assert sorted(box.recipients) == [["adele@jlm.example"], ["claire@jlm.example"]]
    assert "il reste 0,00 € hors taxes" in text(box).replace("\u202f", " ")


def test_a_server_that_is_down_gets_the_letter_later_and_later_once(cabinet: Cabinet, box: LetterBox) -> None:
    cabinet.grants("paul@jlm.example", Right.SEAL)
    box.to_letters = ["451 later", "hang up before", "250 OK"]
    assert send(cabinet, box) == Round(failed=1)
    assert send(cabinet, box) == Round(), "not before its time"
    cabinet.clock.advance(minutes=1)
    assert send(cabinet, box) == Round(failed=1)
    cabinet.clock.advance(minutes=4)
    assert send(cabinet, box) == Round()
    cabinet.clock.advance(minutes=1)
    assert send(cabinet, box) == Round(sent=1)
    assert (len(box.letters), posted(cabinet)[0].attempts) == (1, 3)


def test_a_refusal_for_good_is_given_up_and_told(cabinet: Cabinet, box: LetterBox) -> None:
    cabinet.grants("paul@jlm.example", Right.SEAL)
    box.to_recipients = ["550 no such user"]
    assert send(cabinet, box) == Round(given_up=1)
    assert (posted(cabinet)[0].trouble, "letter.given_up" in events(cabinet)) == ("550", True)


def test_a_crash_after_the_server_took_it_may_send_twice_and_never_loses(cabinet: Cabinet, box: LetterBox) -> None:
    class PowerCutError(BaseException):
        """Nothing catches it."""

    cabinet.grants("paul@jlm.example", Right.SEAL)
    closed = cabinet.database.transaction
    box.on_letter = lambda: setattr(cabinet.database, "transaction", cut)

    def cut() -> Any:
        raise PowerCutError

    with pytest.raises(PowerCutError):
        send(cabinet, box)
    cabinet.database.transaction = closed  # type: ignore[method-assign]
    box.on_letter = lambda: None
    cabinet.clock.advance(minutes=1)
    assert send(cabinet, box) == Round(sent=1)
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"], "a reader's program may drop the second"


def test_a_letter_nobody_would_want_any_more_is_not_sent(cabinet: Cabinet, box: LetterBox) -> None:
    cabinet.grants("paul@jlm.example", Right.SEAL)
    cabinet.clock.advance(days=8)
    assert send(cabinet, box) == Round(given_up=1)


def test_a_closed_account_is_written_to_no_more(cabinet: Cabinet, box: LetterBox) -> None:
    paul = cabinet.newcomer("paul")
    cabinet.grants("paul@jlm.example", Right.SEAL)
    people.close(paul.id, **cabinet.here())
    assert send(cabinet, box) == Round(given_up=1)
    assert box.letters == []


def test_the_end_of_a_bought_certificate_is_told_at_ninety_thirty_and_seven_days(
    cabinet: Cabinet, box: LetterBox
) -> None:
    from jesignd.flow import keys

    with cabinet.database.reading() as transaction:
        from jesignd.store import personal_keys

        (key,) = personal_keys.of_people(transaction, [cabinet.claire.id])
    told = []
    for days in (91, 89, 88, 31, 30, 8, 6, 1):
        cabinet.clock.at = key.not_after - datetime.timedelta(days=days)
        remind(**cabinet.timed())
        if send(cabinet, box).sent:
            told.append(days)
    assert told == [89, 30, 6]
    assert "il reste 6 jours au plus" in text(box)
    assert "demandez-lui le suivant" in text(box)

    cabinet.clock.at = key.not_after - datetime.timedelta(days=29)
    profile = cabinet.claire.profile
    later = issue_person(
        cabinet.authority.issuing, first_name=profile.first_name, last_name=profile.last_name, at=cabinet.clock()
    )
    keys.attach_pkcs12(cabinet.claire.id, later.pkcs12(PIN), PIN, **cabinet.here())
    cabinet.clock.at = key.not_after - datetime.timedelta(hours=3)
    assert remind(**cabinet.timed()) == 0, "another one lasts longer"


@pytest.fixture
def forgetful(cabinet: Cabinet) -> Account:
    paul = cabinet.newcomer("paul")
    logins.set_password(paul.id, OLD, **cabinet.here())
    return paul


def code_in(box: LetterBox) -> str:
    return text(box).split("Votre code : ")[1].split()[0]


def log_in(cabinet: Cabinet, password: str) -> Account:
    def no_codes() -> Any:
        raise AssertionError

    return logins.authenticate(Proof("paul", password), encryption=no_codes, **cabinet.timed())


def test_a_forgotten_password_is_chosen_anew_with_the_code_sent_once(
    cabinet: Cabinet, box: LetterBox, forgetful: Account
) -> None:
    recovery.ask_code("paul", **cabinet.timed())
    send(cabinet, box)
    assert box.recipients == [["paul@jlm.example"]]
    code = code_in(box)
    typed = code.lower().replace("-", " ")
    assert recovery.choose_password("paul", typed, NEW, **cabinet.timed()).id == forgetful.id
    assert log_in(cabinet, NEW).id == forgetful.id
    with pytest.raises(NotAllowed):
        log_in(cabinet, OLD)
    with pytest.raises(NotAllowed):
        recovery.choose_password("paul", code, OLD, **cabinet.timed())


def test_a_code_is_good_for_a_quarter_of_an_hour(cabinet: Cabinet, box: LetterBox, forgetful: Account) -> None:
    recovery.ask_code("paul", **cabinet.timed())
    send(cabinet, box)
    cabinet.clock.advance(minutes=15)
    with pytest.raises(NotAllowed):
        recovery.choose_password("paul", code_in(box), NEW, **cabinet.timed())
    assert log_in(cabinet, OLD).id == forgetful.id


def test_three_wrong_codes_void_the_right_one(cabinet: Cabinet, box: LetterBox, forgetful: Account) -> None:
    recovery.ask_code("paul", **cabinet.timed())
    send(cabinet, box)
    for _ in range(3):
        with pytest.raises(NotAllowed):
            recovery.choose_password("paul", "0000-0000", NEW, **cabinet.timed())
    with pytest.raises(NotAllowed):
        recovery.choose_password("paul", code_in(box), NEW, **cabinet.timed())


def test_a_letter_sent_again_voids_the_code_of_the_first(cabinet: Cabinet, box: LetterBox, forgetful: Account) -> None:
    recovery.ask_code("paul", **cabinet.timed())
    box.to_letters = ["hang up after"]
    assert send(cabinet, box) == Round(failed=1)
    first = code_in(box)
    cabinet.clock.advance(minutes=1)
    assert send(cabinet, box) == Round(sent=1)
    with pytest.raises(NotAllowed):
        recovery.choose_password("paul", first, NEW, **cabinet.timed())
    recovery.choose_password("paul", code_in(box), NEW, **cabinet.timed())


def test_whether_a_login_exists_shows_nowhere_and_nobodys_box_is_filled(
    cabinet: Cabinet, box: LetterBox, forgetful: Account
) -> None:
    recovery.ask_code("personne", **cabinet.timed())
    assert posted(cabinet) == []
    for _ in range(10):
        recovery.ask_code("paul", **cabinet.timed())
    assert send(cabinet, box) == Round(sent=3)
    with pytest.raises(NotAllowed) as unknown:
        recovery.choose_password("personne", "0000-0000", NEW, **cabinet.timed())
    with pytest.raises(NotAllowed) as wrong:
        recovery.choose_password("paul", "0000-0000", NEW, **cabinet.timed())
    assert unknown.value.message == wrong.value.message


def test_the_code_is_in_no_table(cabinet: Cabinet, box: LetterBox, forgetful: Account) -> None:
    recovery.ask_code("paul", **cabinet.timed())
    send(cabinet, box)
    from pathlib import Path

    folder = Path(cabinet.database.url.removeprefix("sqlite:///")).parent
    held = b"".join(one.read_bytes() for one in folder.iterdir())
    assert code_in(box).encode() not in held
    assert b"letter.sent" in held


def test_a_password_an_administrator_reset_is_good_only_to_choose_another(cabinet: Cabinet, forgetful: Account) -> None:
    admin = cabinet.newcomer("adele", status=None, roles=(Role.ADMIN,))
    with pytest.raises(NotAllowed):
        logins.reset_password(forgetful.id, cabinet.claire, **cabinet.timed())
    given = logins.reset_password(forgetful.id, admin, **cabinet.timed())
    with pytest.raises(ChangeDue):
        log_in(cabinet, given)
    with pytest.raises(NotAllowed):
        logins.change_password(Proof("paul", given), given, encryption=lambda: None, **cabinet.timed())  # type: ignore[arg-type,return-value]
    logins.change_password(Proof("paul", given), NEW, encryption=lambda: None, **cabinet.timed())  # type: ignore[arg-type,return-value]
    assert log_in(cabinet, NEW).id == forgetful.id


def test_letters_name_nobody_in_the_outbox(cabinet: Cabinet) -> None:
    cabinet.newcomer("paul", status=Status.STAFF)
    cabinet.grants("paul@jlm.example", Right.SEAL)
    (one,) = posted(cabinet)
    assert (one.letter.kind, one.letter.facts) == (Kind.DELEGATION_RECEIVED, {})
    assert one.letter.to.startswith("per_")
