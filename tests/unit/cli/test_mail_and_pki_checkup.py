"""What `doctor` says of mail, of the authority and of providers; what `user` does about passwords."""

from __future__ import annotations

import io
import json

import csc_server
import letter_box
import pytest

from jesignd.daemon.mailing import Mailing
from jesignd.settings.load import load
from jesignd.testing.authority import make_authority

PASSWORD, NEW = "cheval correct agrafe batterie", "lune verte papier musique"


@pytest.fixture
def types(office, monkeypatch, capsys):
    """Types a command, each secret it asks for on its own line; its code, what it printed, what it said."""

    def type_(*arguments: str, answers: tuple[str, ...] = ()):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        code = office.types("--format", "json", *arguments)
        shown = capsys.readouterr()
        return code, json.loads(shown.out) if shown.out.strip() else None, shown.err

    return type_


@pytest.fixture
def claire(types):
    named = ("--email", "claire@equerre.example", "--first-name", "Claire", "--last-name", "Martin")
    assert types("user", "add", "claire", *named)[0] == 0
    assert types("user", "passwd", "claire", answers=(PASSWORD,))[0] == 0
    return "claire"


@pytest.fixture
def box():
    with letter_box.opened() as opened:
        yield opened


@pytest.fixture
def mailed(office, box):
    """The office with a mail server."""
    with office.place.config.open("a", encoding="utf-8") as file:
        file.write(
            f"\nmail: {{host: 127.0.0.1, port: {box.port}, security: none, sender: ne-pas-repondre@equerre.example}}\n"
        )
    return office


def send(office) -> None:
    import datetime

    settings = load(office.place.config)
    mailing = Mailing(office.database, lambda: datetime.datetime.now(datetime.UTC))
    mailing.send(settings.configuration.mail, settings.firm.name)


def test_a_forgotten_password_is_chosen_anew_with_the_code_that_came_by_mail(mailed, types, claire, box):
    code, _, said = types("user", "password", claire, "--forgotten")
    assert (code, "si ce compte existe" in said) == (0, True)
    assert types("user", "password", "personne", "--forgotten")[2] == said, "nobody's login looks the same"
    send(mailed)
    sent = box.letters[0].get_body(("plain",)).get_content().split("Votre code : ")[1].split()[0]
    assert types("user", "password", claire, "--code", answers=(sent, NEW))[0] == 0
    assert types("user", "password", claire, "--code", answers=(sent, PASSWORD))[0] == 5
    assert types("user", "password", claire, answers=(NEW, PASSWORD))[0] == 0


def test_without_a_mail_server_the_letters_wait_and_the_status_says_so(office, types, claire, capsys):
    _, _, said = types("user", "password", claire, "--forgotten")
    assert "demandez à un administrateur" in said
    send(office)
    office.types("status")
    assert "messages retenus, sans `mail` : 1" in capsys.readouterr().out


def test_an_administrator_gives_a_password_that_must_be_changed_at_once(types, claire):
    named = ("--email", "adele@equerre.example", "--first-name", "Adèle", "--last-name", "Martin", "--role", "admin")
    types("user", "add", "adele", *named)
    types("user", "passwd", "adele", answers=(PASSWORD,))
    assert types("user", "password", claire, "--reset-by", claire, answers=(PASSWORD,))[0] == 5
    code, given, _ = types("user", "password", claire, "--reset-by", "adele", answers=(PASSWORD,))
    assert code == 0
    code, _, said = types("enrol", "accept", claire, answers=(given["password"],))
    assert (code, "jesignd user password claire" in said) == (5, True)
    assert types("user", "password", claire, answers=(given["password"], NEW))[0] == 0
    assert types("enrol", "accept", claire, answers=(NEW,))[0] == 0


def test_an_account_is_deleted_by_its_owner_under_their_password(types, claire):
    assert types("user", "delete", claire, answers=("faux mot de passe long",))[0] == 5
    assert types("user", "delete", claire, answers=(PASSWORD,))[0] == 0
    (kept,) = [one for one in types("user", "list")[1] if not one["name"]]
    assert kept["login"] == kept["id"]
    assert types("user", "delete", claire, answers=(PASSWORD,))[0] == 5


def test_a_mail_server_that_takes_us_is_in_order_and_gets_nothing(mailed, types, box):
    code, found, _ = types("doctor", "--only", "mail")
    assert (code, [one["grade"] for one in found], box.letters) == (0, ["ok"], [])


def test_a_mail_server_that_is_down_is_an_error_with_a_remedy(mailed, types, box):
    text = mailed.place.config.read_text(encoding="utf-8")
    mailed.place.config.write_text(text.replace(f"port: {box.port}", "port: 9"), encoding="utf-8")
    code, found, _ = types("doctor", "--only", "mail")
    assert (code, found[0]["grade"], "port" in found[0]["remedy"]["fr"]) == (3, "error", True)


def test_no_mail_server_is_a_warning(office, types):
    code, found, _ = types("doctor", "--only", "mail")
    assert (code, [one["grade"] for one in found]) == (0, ["warning"])


def test_the_authority_is_looked_at_from_its_key_to_its_published_list(office, types):
    root = office.place.root
    (root / "emission.secret").touch(mode=0o600)
    (root / "emission.secret").write_text("l'émission de tous les jours\n", encoding="utf-8")
    with office.place.config.open("a", encoding="utf-8") as file:
        file.write(
            f"\npki:\n  directory: {root}/pki\n  passphrase: {{file: {root}/emission.secret}}\n"
            f"  public_url: http://127.0.0.1:9\n"
        )
    assert [one["subject"] for one in types("doctor", "--only", "pki")[1]] == ["authority"]
    types("authority", "init", answers=("la racine est dans son coffre",))
    code, found, _ = types("doctor", "--only", "pki")
    assert (code, sorted(one["grade"] for one in found)) == (3, ["error", "ok", "ok", "warning"]), "no list yet"
    types("certificate", "publish")
    code, found, _ = types("doctor", "--only", "pki")
    assert (code, sorted(one["grade"] for one in found)) == (0, ["ok", "ok", "ok", "warning"]), "not reachable"
    (root / "emission.secret").write_text("une autre phrase, fausse\n", encoding="utf-8")
    code, found, _ = types("doctor", "--only", "pki")
    assert (code, found[0]["subject"], found[0]["grade"]) == (3, "key", "error")


def test_a_card_reader_whose_library_is_missing_is_an_error(office, types):
    with office.place.config.open("a", encoding="utf-8") as file:
        file.write("\nproviders: {cartes: {kind: pkcs11, module: /nowhere/lib.so}}\n")
    code, found, _ = types("doctor", "--only", "providers")
    assert (code, found[0]["grade"]) == (3, "error")


@pytest.fixture
def provider(office):
    """A trust provider that is configured, with one key."""
    token = office.place.root / "token"
    token.touch(mode=0o600)
    token.write_text(f"{csc_server.TOKEN}\n", encoding="utf-8")
    with csc_server.open_provider(make_authority()) as opened:
        opened.add("GX0112348")
        with office.place.config.open("a", encoding="utf-8") as file:
            place = f"{{kind: csc, url: '{opened.url}/csc/v2', token: {{file: {token}}}}}"
            file.write(f"\nproviders: {{prestataire: {place}}}\n")
        yield opened


def test_a_key_the_provider_keeps_is_attached_shown_and_used_no_more(types, claire, provider):
    assert types("enrol", "attach", claire, "prestataire")[1] == ["GX0112348"]
    assert types("enrol", "attach", claire, "prestataire", "GX0112348", answers=(PASSWORD, "9999"))[0] == 78
    code, attached, said = types(
        "enrol", "attach", claire, "prestataire", "GX0112348", answers=(PASSWORD, csc_server.PIN)
    )
    assert (code, attached["form"], attached["claims"]["qualified"]) == (0, "csc", False), said
    assert types("enrol", "detach", claire, attached["certificate"][:12], answers=(PASSWORD,))[0] == 0
    (held,) = types("enrol", "keys", claire)[1]
    assert (held["certificate"], held["counts"]) == (attached["certificate"], False)


def test_what_a_provider_claims_is_told_as_its_claim(office, types, claire, provider, capsys):
    types("enrol", "attach", claire, "prestataire", "GX0112348", answers=(PASSWORD, csc_server.PIN))
    office.types("enrol", "keys", claire)
    assert "DEMO jesignd ne le déclare pas qualifié" in capsys.readouterr().out


def test_a_provider_that_takes_our_token_is_in_order_and_another_is_not(office, types, provider):
    code, found, _ = types("doctor", "--only", "providers")
    assert (code, [one["grade"] for one in found]) == (0, ["ok"])
    (office.place.root / "token").write_text("another\n", encoding="utf-8")
    code, found, _ = types("doctor", "--only", "providers")
    assert (code, found[0]["grade"], "jeton" in found[0]["remedy"]["fr"]) == (3, "error", True)
