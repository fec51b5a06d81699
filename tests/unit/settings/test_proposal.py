from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.documents import DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.levels import FLOORS, Act, PadesLevel
from jesignd.settings.load import examine_content
from jesignd.settings.proposal import REPLACE, Draft, Member, SealKey, Watch, propose

PATH = Path("/etc/jesignd/jesignd.yaml")
KEY = SealKey("/etc/jesignd/keys/cachet.pass", pkcs12="/etc/jesignd/keys/cachet.p12")
BARE = Draft(state="/var/lib/jesignd", results="/srv/jesignd", key=KEY)
LINES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60)


def accepted(draft: Draft):
    found = examine_content(propose(draft).encode(), PATH)
    assert found.faults == (), [fault.words.en for fault in found.faults]
    assert found.settings is not None
    return found.settings


@given(st.frozensets(st.sampled_from(DocumentKind)), st.lists(LINES, max_size=3), LINES)
def test_whatever_is_known_the_file_always_passes_the_check(kinds, folders, firm):
    watches = tuple(Watch(f"d{at}", f"/mnt/exports/{at}", note="3 sur 4") for at, _ in enumerate(folders))
    people = tuple(Member(f"ec{at}", name, (Right.SEAL, Right.SIGN)) for at, name in enumerate(folders))
    settings = accepted(
        Draft("/var/lib/jesignd", "/srv/jesignd", KEY, firm=firm, people=people, watches=watches, kinds=kinds)
    )
    assert settings.firm.name == firm
    assert [folder.name for folder in settings.folders] == [watch.name for watch in watches]


def test_every_kind_gets_its_customary_act_and_the_rest_is_held():
    rules = accepted(BARE).rules
    acts = {kind: rule.act for rule in rules for kind in rule.when.kinds}
    assert acts == {kind: FLOORS[kind].default or Act.HOLD for kind in DocumentKind}
    assert (rules[-1].act, rules[-1].when.kinds) == (Act.HOLD, frozenset())


def test_what_nobody_knows_is_marked_and_what_is_known_is_not():
    marked = [line for line in propose(BARE).splitlines() if REPLACE in line and not line.startswith("#")]
    assert len(marked) == 5
    known = Draft(
        state="/var/lib/jesignd",
        results="/srv/jesignd",
        key=SealKey("/k/cachet.pass", key="/k/cachet.key", certificate="/k/cachet.pem"),
        key_is_there=True,
        firm="Cabinet",
        siren="123456782",
        level=PadesLevel.B_B,
        people=(Member("ec", "Inès Ménard", (Right.SIGN,)),),
        kinds=frozenset({DocumentKind.ENGAGEMENT_LETTER}),
    )
    accepted(known)
    assert not [line for line in propose(known).splitlines() if REPLACE in line and not line.startswith("#")]
