from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from jesignd.__main__ import main
from jesignd.cli.demonstration.authority import authority_in
from jesignd.cli.demonstration.place import Place, configuration, prepare
from jesignd.domain.documents import Claimed, Digest, DocumentState
from jesignd.domain.events import Event
from jesignd.errors import Code, Words
from jesignd.settings.load import load
from jesignd.store import documents, journal, ledger
from jesignd.store.database import Database
from jesignd.store.documents import Changes, Move
from jesignd.store.records import Hold
from jesignd.testing.exports import FIRM, NEUTRAL, papers
from jesignd.testing.practice import open_practice

AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Office:
    """A configured firm with a store, and how to type commands in it."""

    place: Place
    database: Database

    def types(self, *arguments: str) -> int:
        return main(["-c", str(self.place.config), *arguments])


@pytest.fixture
def office(tmp_path: Path):
    place = Place(tmp_path / "cabinet")
    prepare(place, (NEUTRAL,))
    logo = place.root / "logo.svg"
    text = configuration(place, (NEUTRAL,), firm=FIRM, logo=logo, timestamp_url="http://127.0.0.1:9/")
    place.config.write_text(text, encoding="utf-8")
    place.config.chmod(0o600)
    settings = load(place.config)
    database = Database.open(settings.database_url())
    firm = settings.firm
    open_practice(
        database, clock=lambda: AT, firm=firm.name, siren=firm.siren, login="i.menard", name=("Inès", "Ménard")
    )
    yield Office(place, database)
    database.close()


@pytest.fixture
def keyed(office: Office) -> Office:
    """The office with its keys, and ten euros."""
    authority_in(office.place.keys, firm=FIRM, now=datetime.datetime.now(datetime.UTC))
    (office.place.root / "logo.svg").write_text(papers.logo(), encoding="utf-8")
    with office.database.transaction() as transaction:
        ledger.top_up(transaction, 1000, reference="virement-0", at=AT)  # type: ignore[arg-type]
    return office


def claimed(name: str) -> Claimed:
    digest = Digest(hashlib.sha256(name.encode()).hexdigest())
    return Claimed(NEUTRAL, name, name, 48_213, 1, 2, digest)


@pytest.fixture
def held(office: Office) -> str:
    """The id of a document that was recognised, then held because nobody may seal it."""
    one = claimed("BP_000424_202610_MAT-00012.pdf")
    clue = {"trait": "kind", "value": "BP", "source": "name", "where": one.relative_path}
    recognition = {"kind": "BP", "client_code": "000424", "clues": [clue]}
    hold = Hold(
        Words("i.menard n'a plus le droit de sceller", "i.menard may no longer seal"),
        Code.NOT_DELEGATED,
        Words("accordez-lui le droit", "grant the right"),
        DocumentState.RECOGNISED,
    )
    considered = [
        {"rule": "honoraires", "place": "jesignd.yaml:60", "failed": [{"on": "kind", "wanted": "NH", "found": "BP"}]},
        {"rule": "bulletins", "place": "jesignd.yaml:52", "failed": []},
    ]
    with office.database.transaction() as transaction:
        documents.insert(transaction, [one], at=AT)
        known = Changes(recognition=recognition, origin_key="k")
        documents.move_many(transaction, [Move(one.id, DocumentState.RECEIVED, DocumentState.RECOGNISED, known)], at=AT)
        documents.move_many(
            transaction, [Move(one.id, DocumentState.RECOGNISED, DocumentState.HELD, Changes(hold=hold))], at=AT
        )
        journal.record(transaction, Event.HELD, one.id, {"code": "E13", "considered": considered}, at=AT)
        ledger.top_up(transaction, 1250, reference="virement-1", at=AT)  # type: ignore[arg-type]
    return one.id
