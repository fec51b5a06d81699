from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from jesignd.domain.documents import Refused
from jesignd.errors import Code, Words
from jesignd.store import refusals

if TYPE_CHECKING:
    from jesignd.store.database import Database

LINK = Refused("paie", "a.pdf", Code.FORBIDDEN_FILE, Words("un lien", "a link"))


def test_a_refusal_is_news_once_and_again_for_another_reason(database: Database, noon: datetime.datetime) -> None:
    twin = Refused("paie", "a.pdf", Code.TWIN_NAMES, Words("un jumeau", "a twin"))
    with database.transaction() as tx:
        assert refusals.remember(tx, LINK, at=noon)
        assert not refusals.remember(tx, LINK, at=noon)
        assert refusals.remember(tx, twin, at=noon)
        assert [one.refused for one in refusals.list_refusals(tx, folder="paie")] == [twin]


def test_a_file_gone_or_taken_is_forgotten(database: Database, noon: datetime.datetime) -> None:
    with database.transaction() as tx:
        refusals.remember(tx, LINK, at=noon)
        refusals.forget(tx, "paie", "a.pdf")
        assert refusals.list_refusals(tx) == []
        assert refusals.remember(tx, LINK, at=noon)
