from __future__ import annotations

import json

from jesignd.daemon.lock import StateLock


def test_status_shows_what_stands_where_and_exits_69_without_a_daemon(office, held, capsys):
    assert office.types("status") == 69
    told = capsys.readouterr().out
    for part in ("ARRÊTÉ", "1 en attente", held[:12], "E13", "12,50\u202f€"):
        assert part in told


def test_status_exits_0_while_a_daemon_holds_the_state(office, held, capsys):
    lock = StateLock(office.place.state)
    assert office.types("--format", "json", "status") == 0
    lock.release()
    told = json.loads(capsys.readouterr().out)
    assert told["running"] is True
    assert told["folders"] == {"neutre": {"held": 1}}
    assert told["balance_cents"] == 1250
