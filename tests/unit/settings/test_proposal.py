from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.documents import DocumentKind
from jesignd.domain.levels import FLOORS, Act, PadesLevel
from jesignd.settings.load import examine_content
from jesignd.settings.proposal import REPLACE, Draft, OwnAuthority, SealKey, Watch, propose

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
    typed = tuple(f"jesignd user add ec{at} --last-name {name}" for at, name in enumerate(folders))
    settings = accepted(
        Draft(
            *("/var/lib/jesignd", "/srv/jesignd", KEY),
            firm=firm,
            acts_as="ec0" if folders else None,
            commands=typed,
            watches=watches,
            kinds=kinds,
        )
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
        acts_as="i.menard",
        kinds=frozenset({DocumentKind.ENGAGEMENT_LETTER}),
    )
    accepted(known)
    assert not [line for line in propose(known).splitlines() if REPLACE in line and not line.startswith("#")]


def test_an_authority_of_ones_own_and_the_secret_of_papers_are_written_where_they_are_wanted():
    wanted = Draft(
        *("/var/lib/jesignd", "/srv/jesignd", KEY),
        papers_secret="/etc/jesignd/keys/enregistrement.secret",
        authority=OwnAuthority(
            "/var/lib/jesignd-pki", "/etc/jesignd/keys/emission.secret", "http://pki.cabinet.example"
        ),
    )
    settings = accepted(wanted)
    assert settings.pki.public_url == "http://pki.cabinet.example"
    assert str(settings.configuration.enrolment.secret.file) == "/etc/jesignd/keys/enregistrement.secret"
    assert accepted(BARE).configuration.pki is None
    assert accepted(BARE).configuration.enrolment.secret is None


def test_the_folders_act_as_somebody_who_stays_to_be_named_until_somebody_is():
    watched = Draft("/var/lib/jesignd", "/srv/jesignd", KEY, watches=(Watch("paie", "/mnt/paie"),))
    (line,) = [line for line in propose(watched).splitlines() if "acts_as" in line]
    assert REPLACE in line
    assert accepted(watched).folders[0].acts_as == "expert-comptable-1"
