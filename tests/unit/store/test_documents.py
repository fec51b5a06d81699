from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.documents import TRANSITIONS, Claimed, Companion, CompanionRole, Digest, DocumentId, DocumentState
from jesignd.domain.jobs import BATCH_LIMIT
from jesignd.errors import Code, NotFound, Words
from jesignd.store import documents
from jesignd.store.documents import Move
from jesignd.store.records import Hold, SealedFile

if TYPE_CHECKING:
    from jesignd.store.database import Database

Claim = Callable[..., Claimed]


S = DocumentState


def test_a_file_listed_again_is_the_same_document(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    first, second = claim("a.pdf"), claim("b.pdf")
    with database.transaction() as tx:
        assert documents.insert(tx, [first, first], at=noon) == {first.id}
        assert documents.insert(tx, [first, second], at=noon) == {second.id}
    with database.reading() as tx:
        assert documents.counts(tx) == {"paie": {S.RECEIVED: 2}}


def test_a_claimed_file_is_read_back_whole(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    claimed = Claimed(
        folder="paie",
        relative_path="é/x.pdf",
        listed_path=os.fsdecode(b"e\xcc\x81/\xff.pdf"),
        size=2**40,
        mtime_ns=2**62,
        inode=2**64 - 3,
        digest=claim().digest,
        companions=(Companion(CompanionRole.INDEX, "lot.csv", claim("lot.csv").digest),),
        lot="lot.csv",
    )
    with database.transaction() as tx:
        documents.insert(tx, [claimed], at=noon)
        found = documents.get(tx, claimed.id)
        assert documents.known_sources(tx, "paie") == {("é/x.pdf", 2**40, 2**62, 2**64 - 3)}
    assert found.claimed == claimed
    assert found.id == claimed.id
    assert (found.state, found.received_at, found.epoch) == (S.RECEIVED, noon, 0)


def test_a_naive_date_is_refused(sqlite: Database, claim: Claim) -> None:
    with pytest.raises(Exception, match="time zone"), sqlite.transaction() as tx:
        documents.insert(tx, [claim()], at=datetime.datetime(2026, 11, 24))  # noqa: DTZ001


def test_many_are_given_in_the_order_asked(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    claimed = [claim(f"{number}.pdf") for number in range(700)]
    with database.transaction() as tx:
        documents.insert(tx, claimed, at=noon)
    wanted = [one.id for one in reversed(claimed)]
    with database.reading() as tx:
        assert [one.id for one in documents.get_many(tx, wanted)] == wanted
        with pytest.raises(NotFound, match="doc_none"):
            documents.get_many(tx, [*wanted, DocumentId("doc_none")])


def test_a_document_is_found_by_the_beginning_of_its_id(
    database: Database, claim: Claim, noon: datetime.datetime
) -> None:
    claimed = [claim(f"{number}.pdf") for number in range(20)]
    with database.transaction() as tx:
        documents.insert(tx, claimed, at=noon)
        one = claimed[0].id
        assert documents.find(tx, one[:16]) == one
        assert documents.find(tx, one.removeprefix("doc_")[:12]) == one
        for ambiguous_or_absent in ("doc_", "%", "doc_zz"):
            with pytest.raises(NotFound):
                documents.find(tx, ambiguous_or_absent)


def test_the_list_is_read_page_by_page_from_the_newest(
    database: Database, claim: Claim, noon: datetime.datetime
) -> None:
    names = [f"{number}.pdf" for number in range(5)]
    with database.transaction() as tx:
        for name in names:
            documents.insert(tx, [claim(name)], at=noon)
        documents.insert(tx, [claim("other.pdf", folder="honoraires")], at=noon)
        documents.move(tx, claim("0.pdf").id, expected=S.RECEIVED, to=S.HELD, at=noon)
        first = documents.list_documents(tx, states=[S.RECEIVED], folder="paie", limit=3)
        rest = documents.list_documents(tx, states=[S.RECEIVED], folder="paie", limit=3, after=first[-1].id)
        assert [one.claimed.relative_path for one in first + rest] == ["4.pdf", "3.pdf", "2.pdf", "1.pdf"]
        assert len(documents.list_documents(tx)) == 6


def test_a_move_happens_once(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    claimed = claim()
    with database.transaction() as tx:
        documents.insert(tx, [claimed], at=noon)
        move = Move(claimed.id, S.RECEIVED, S.RECOGNISED, {"recognition": {"kind": "BP"}, "origin_key": "C001|BP"})
        assert documents.move_many(tx, [move], at=noon) == {claimed.id}
        assert documents.move_many(tx, [move], at=noon) == frozenset()
        found = documents.get(tx, claimed.id)
    assert (found.state, found.recognition, found.origin_key) == (S.RECOGNISED, {"kind": "BP"}, "C001|BP")


def test_of_a_batch_only_those_in_the_state_expected_move(
    database: Database, claim: Claim, noon: datetime.datetime
) -> None:
    claimed = [claim(f"{number}.pdf") for number in range(BATCH_LIMIT)]
    later = noon + datetime.timedelta(seconds=1)
    with database.transaction() as tx:
        documents.insert(tx, claimed, at=noon)
        documents.move(tx, claimed[3].id, expected=S.RECEIVED, to=S.HELD, at=noon)
        moves = [Move(one.id, S.RECEIVED, S.RECOGNISED, {"origin_key": one.relative_path}) for one in claimed]
        moved = documents.move_many(tx, moves, at=later)
        assert moved == {one.id for one in claimed} - {claimed[3].id}
        for one in documents.get_many(tx, [one.id for one in claimed]):
            assert one.origin_key == (None if one.id == claimed[3].id else one.claimed.relative_path)
            assert one.changed_at == (noon if one.id == claimed[3].id else later)


def test_moves_with_different_changes_go_together(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    a, b = claim("a.pdf"), claim("b.pdf")
    hold = Hold(Words("double", "twice"), Code.AMBIGUOUS)
    with database.transaction() as tx:
        documents.insert(tx, [a, b], at=noon)
        moves = [Move(a.id, S.RECEIVED, S.RECOGNISED, {"pages": 2}), Move(b.id, S.RECEIVED, S.HELD, {"hold": hold})]
        assert documents.move_many(tx, moves, at=noon) == {a.id, b.id}
        held = documents.get(tx, b.id)
    assert held.hold == Hold(Words("double", "twice"), Code.AMBIGUOUS, held_from=S.RECEIVED)
    assert held.pages is None


def test_a_document_that_goes_on_forgets_why_it_was_held(
    database: Database, claim: Claim, noon: datetime.datetime
) -> None:
    hold = Hold(Words("a", "b"), Code.RE_EXPORT, Words("c", "d"), held_from=S.RECOGNISED)
    one = claim().id
    with database.transaction() as tx:
        documents.insert(tx, [claim()], at=noon)
        documents.move(tx, one, expected=S.RECEIVED, to=S.HELD, at=noon, hold=hold)
        assert documents.get(tx, one).hold == hold
        documents.move(tx, one, expected=S.HELD, to=S.RECOGNISED, at=noon, waived=(Code.RE_EXPORT,))
        released = documents.get(tx, one)
        assert (released.hold, released.waived) == (None, (Code.RE_EXPORT,))
        documents.move(tx, one, expected=S.RECOGNISED, to=S.HELD, at=noon, hold=hold)
        documents.move(tx, one, expected=S.HELD, to=S.REJECTED, at=noon)
        assert documents.get(tx, one).hold == hold


def test_the_sealed_file_is_read_back_as_committed(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    sealed = SealedFile(Digest("5" * 64), 2**33, noon, {"level": "B-T", "box": [1.5, 2.0]})
    one = claim().id
    with database.transaction() as tx:
        documents.insert(tx, [claim()], at=noon)
        for before, after in ((S.RECEIVED, S.RECOGNISED), (S.RECOGNISED, S.AUTHORISED)):
            documents.move(tx, one, expected=before, to=after, at=noon)
        documents.move(tx, one, expected=S.AUTHORISED, to=S.SEALED, at=noon, sealed=sealed)
        assert documents.get(tx, one).sealed == sealed


@pytest.mark.parametrize("state", list(S))
def test_a_move_that_the_domain_does_not_know_is_a_mistake(
    sqlite: Database, claim: Claim, noon: datetime.datetime, state: DocumentState
) -> None:
    for to in set(S) - TRANSITIONS[state]:
        with pytest.raises(ValueError, match="no document goes"), sqlite.transaction() as tx:
            documents.move(tx, claim().id, expected=state, to=to, at=noon)


def test_two_moves_of_one_document_or_a_strange_change_are_mistakes(
    sqlite: Database, claim: Claim, noon: datetime.datetime
) -> None:
    move = Move(claim().id, S.RECEIVED, S.RECOGNISED)
    with sqlite.transaction() as tx:
        documents.insert(tx, [claim()], at=noon)
    with pytest.raises(ValueError, match="two moves"), sqlite.transaction() as tx:
        documents.move_many(tx, [move, move], at=noon)
    with pytest.raises(ValueError, match="not what a move"), sqlite.transaction() as tx:
        documents.move(tx, claim().id, expected=S.RECEIVED, to=S.RECOGNISED, at=noon, digest="0")  # type: ignore[call-arg]


def test_a_document_may_be_amended_where_it_stands(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    with database.transaction() as tx:
        documents.insert(tx, [claim()], at=noon)
        assert documents.amend(tx, claim().id, expected=S.RECEIVED, at=noon, epoch=1)
        assert not documents.amend(tx, claim().id, expected=S.HELD, at=noon, epoch=2)
        assert documents.get(tx, claim().id).epoch == 1


def test_others_with_the_same_content_or_origin_are_found(
    database: Database, claim: Claim, noon: datetime.datetime
) -> None:
    first = claim("a.pdf", content="same")
    copy = claim("b.pdf", content="same")
    elsewhere = claim("c.pdf", folder="honoraires")
    other = claim("d.pdf", content="same")
    with database.transaction() as tx:
        documents.insert(tx, [first, copy, elsewhere], at=noon)
        for one in (first, copy, elsewhere):
            documents.move(tx, one.id, expected=S.RECEIVED, to=S.RECOGNISED, at=noon, origin_key="C001|BP|202610")
        documents.insert(tx, [other], at=noon)
        kin = documents.kin_of(tx, [documents.get(tx, first.id)])
        assert [one.id for one in kin] == [first.id, copy.id, other.id]
        kin = documents.kin_of(tx, documents.get_many(tx, [other.id, elsewhere.id]))
        assert [one.id for one in kin] == [first.id, copy.id, elsewhere.id, other.id]
        assert documents.kin_of(tx, []) == []


def test_the_oldest_that_waits_for_us_is_known(database: Database, claim: Claim, noon: datetime.datetime) -> None:
    later = noon + datetime.timedelta(minutes=1)
    with database.transaction() as tx:
        assert documents.oldest_waiting(tx) is None
        documents.insert(tx, [claim("a.pdf")], at=noon)
        documents.insert(tx, [claim("b.pdf")], at=later)
        assert documents.oldest_waiting(tx) == noon
        documents.move(tx, claim("a.pdf").id, expected=S.RECEIVED, to=S.HELD, at=later)
        assert documents.oldest_waiting(tx) == later
