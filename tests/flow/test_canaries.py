"""Secrets: after a whole day of a real daemon, each lies in its vault, and nowhere else in any form."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import subprocess
import sys
import urllib.parse
from collections.abc import Iterable
from pathlib import Path

import pikepdf
import pytest
from canaries import everything_below, forms, found_in, watching
from canary_day import TYPED, VAULTS, Day, canary, cards, live
from sharing import once

from jesignd.errors import Code

pytest.importorskip("jesignd_stripe_card")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def a_day(place: Path) -> Day:
    with cards() as api, pytest.MonkeyPatch.context() as patch, watching() as watched:
        patch.setenv("TMPDIR", str(place / "cabinet" / "temporaire"))
        day = live(place, api)
    day.watched, day.places = watched, everything_below(day.root) | day.said
    return day


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Made up of every command that asks for a secret, and of a daemon that opens those it needs by itself."""
    return once(tmp_path_factory, "canaries", a_day)


def leaks(day: Day, names: Iterable[str]) -> dict[str, set[str]]:
    """The places that hold any of these secrets."""
    return {name: found for name in names if (found := found_in(day.secrets[name], day.places))}


def test_the_day_was_a_whole_one(day: Day):
    assert day.holds == [Code.NOT_DELEGATED, None, Code.NOT_DELEGATED]
    assert day.sealed == 1
    assert len(day.secrets) == len(VAULTS) + len(TYPED) + 6


def test_a_secret_that_the_daemon_opens_lies_in_its_vault_and_nowhere_else(day: Day):
    assert {name: found_in(day.secrets[name], day.places) for name in VAULTS} == {
        name: {file} for name, file in VAULTS.items()
    }


def test_a_secret_that_people_type_lies_nowhere(day: Day):
    assert leaks(day, TYPED) == {}


def test_no_private_key_lies_outside_its_container(day: Day):
    ours = [name for name in day.secrets if name.startswith("key of")]
    assert len(ours) == 4
    assert leaks(day, ours) == {}


def test_what_is_shown_once_is_kept_nowhere(day: Day):
    shown = found_in(day.secrets["revocation code"], day.places)
    assert [name.partition(": ")[2] for name in shown] == ["--format json certificate issue claire"]
    assert found_in(day.secrets["secret of one-time codes"], day.places) == set()


def test_no_process_shows_any_secret_in_its_arguments_or_environment(day: Day):
    shown, unseen = day.watched.shown, day.watched.unseen
    assert {f"cmdline {day.daemon}", f"environ {day.daemon}"} <= set(shown)
    assert len({name.partition(" ")[2] for name in shown}) > 15
    assert unseen == set() or os.geteuid() != 0
    assert {name: found for name, secret in day.secrets.items() if (found := found_in(secret, shown))} == {}


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode().hex().encode(),
        lambda text: base64.b64encode(f"x{text}y".encode()),
        lambda text: base64.b64encode(f"{{'pin': {text}}}".encode()),
        lambda text: base64.urlsafe_b64encode(f"??{text}>>".encode()),
        lambda text: base64.b32encode(text.encode()),
        lambda text: urllib.parse.urlencode({"pin": text}, quote_via=urllib.parse.quote).encode(),
        lambda text: json.dumps({"pin": text}).encode(),
    ],
    ids=["raw", "UTF-16", "hex", "base64 +1", "base64 +9", "base64 for addresses", "base32", "address", "JSON"],
)
@pytest.mark.parametrize("secret", ["C4nari-PIN-80451", "mot de passe « été »", "a+b/c?d=e&f"])
def test_a_secret_written_down_in_any_usual_way_would_be_found(write, secret):
    place = b"before " + write(secret) + b" after"
    assert found_in(secret.encode(), {"here": place, "there": b"nothing"}) == {"here"}
    assert all(len(form) >= 11 for form in forms(secret.encode()))


def test_a_secret_in_a_cell_that_spans_pages_or_in_a_packed_stream_would_be_found(tmp_path):
    secret = canary("long")
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE t (x BLOB)")
        database.execute("INSERT INTO t VALUES (?)", (b"." * 8180 + secret.encode(),))
    database.close()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].Contents = pdf.make_stream(b"BT " + secret.encode() + b" " * 4000 + b" ET")
        pdf.save(tmp_path / "b.pdf", compress_streams=True)
    assert secret.encode() not in (tmp_path / "b.pdf").read_bytes()

    found = found_in(secret.encode(), everything_below(tmp_path))

    assert {"a.db: t", "b.pdf: streams"} <= found


def test_a_process_is_seen_with_its_arguments_and_environment_while_it_lives():
    secret = canary("argument")
    with watching() as watched:
        subprocess.run(
            [sys.executable, "-c", "import time; time.sleep(0.5)", secret], env={"SEEN": secret[::-1]}, check=True
        )
    assert {name.partition(" ")[0] for name in found_in(secret.encode(), watched.shown)} == {"cmdline"}
    assert {name.partition(" ")[0] for name in found_in(secret[::-1].encode(), watched.shown)} == {"environ"}
