from __future__ import annotations

import base64
import io
import json
import os
import stat
import time
import urllib.parse
from pathlib import Path

import pytest
from cryptography import x509

from jesignd.__main__ import main
from jesignd.domain.people import Account
from jesignd.identity.codes import STEP_SECONDS, at_step
from jesignd.pades.request import certificate_request
from jesignd.settings.load import load
from jesignd.store import people
from jesignd.store.database import Database
from jesignd.testing.authority import make_authority

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"

PASSWORD = "cheval correct agrafe batterie"


class Firm:
    """A firm that sets jesignd up in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "etc" / "jesignd.yaml"
        self.exports = root / "exports"
        self.exports.mkdir()
        (self.exports / "BP_000123_202610_MAT-0042.pdf").write_bytes(PDF)

    def types(self, *arguments: str) -> int:
        return main(["-c", str(self.config), *arguments])

    def sets_up(self, *more: str) -> int:
        places = ("--state", str(self.root / "var"), "--results", str(self.root / "srv"))
        who = ("--firm", "Cabinet Ménard", "--siren", "123456782", "--accountant", "Inès Ménard")
        return self.types("init", "--yes", *who, *places, "--export", str(self.exports), *more)

    def accounts(self) -> list[Account]:
        database = Database.open(f"sqlite:///{self.root}/var/jesignd.db")
        with database.reading() as transaction:
            found = people.list_accounts(transaction)
        database.close()
        return found

    def steps(self, capsys) -> dict[int, dict[str, bool]]:
        capsys.readouterr()
        self.types("--format", "json", "init", "--status")
        return {
            one["step"]: {item["name"]["fr"]: item["done"] for item in one["items"]}
            for one in json.loads(capsys.readouterr().out)
        }


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


def everything_below(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_status_says_what_is_missing_and_makes_nothing(firm, capsys):
    before = sorted(firm.root.rglob("*"))
    assert firm.types("init", "--status") == 3
    told = capsys.readouterr().out
    for step in ("1. Enregistrer", "2. Recenser", "3. Déléguer", "4. Prévenir"):
        assert step in told
    assert f"jesignd -c {firm.config} init" in told
    assert sorted(firm.root.rglob("*")) == before


def test_it_makes_the_configuration_the_folders_the_markers_and_a_request_for_the_seal(firm, capsys):
    assert firm.sets_up() == 3
    settings = load(firm.config)
    assert settings.firm.name == "Cabinet Ménard"
    (folder,) = settings.folders
    assert (firm.exports / ".jesignd-root").read_text(encoding="utf-8") == f"{folder.name}\n"
    for place in (settings.state, Path(folder.rejects), firm.root / "srv" / "scelles"):
        assert place.is_dir()
    keys = firm.config.parent / "keys"
    request = x509.load_pem_x509_csr((keys / "cachet.csr").read_bytes())
    assert request.is_signature_valid
    assert "NTRFR-123456782" in request.subject.rfc4514_string()
    for private in ("cachet.key", "cachet.pass"):
        assert stat.S_IMODE((keys / private).stat().st_mode) == 0o600
    assert stat.S_IMODE(firm.config.stat().st_mode) & 0o027 == 0
    told = capsys.readouterr()
    assert f"envoyez {keys / 'cachet.csr'} à votre prestataire" in told.out
    assert (keys / "cachet.pass").read_text() not in told.out + told.err


def test_each_step_names_what_it_lacks(firm, capsys):
    firm.sets_up("--timestamping", "http://127.0.0.1:9/tsr")
    steps = firm.steps(capsys)
    assert [name for name, done in steps[1].items() if not done] == [
        "aucune valeur d’attente dans la configuration",
        "la clé et le certificat du cachet",
        "un expert-comptable du cabinet",
        "son mot de passe",
        "son téléphone mobile",
        "sa pièce d’identité",
        "son acceptation des conditions en vigueur",
        "un préposé à l’enregistrement, autre que lui",
        "l’approbation de son enregistrement",
        "son certificat personnel",
        "du crédit au compte du cabinet",
        "un essai : un document scellé et livré",
    ]
    assert all(steps[2].values())
    assert steps[3] == {"ines.menard peut sceller le dossier exports": False}
    assert steps[4] == {"le guide des clients": False, "l’invitation à la réunion de lancement": True}


def test_typed_again_it_replaces_nothing_and_makes_what_was_lost(firm, capsys):
    firm.sets_up()
    before = everything_below(firm.root)
    assert firm.sets_up("--demo-authority") == 3
    assert everything_below(firm.root) == before
    (firm.exports / ".jesignd-root").unlink()
    (firm.config.parent / "keys" / "cachet.csr").unlink()
    capsys.readouterr()
    firm.types("init")
    assert set(everything_below(firm.root)) == set(before)
    assert "créé" in capsys.readouterr().err
    key = firm.config.parent / "keys" / "cachet.key"
    assert key.read_bytes() == before[str(key)]


def test_a_certificate_put_in_its_place_ends_the_wait(firm, capsys):
    firm.sets_up()
    keys = firm.config.parent / "keys"
    certificate = keys / "cachet.pem"
    assert f"certificate: {json.dumps(str(certificate))}" in firm.config.read_text(encoding="utf-8")
    authority = make_authority(firm_name="Cabinet Ménard", siren="123456782")
    (keys / "cachet.key").write_bytes(authority.seal.key_pem((keys / "cachet.pass").read_bytes()))
    certificate.write_bytes(authority.seal.pem + authority.issuing.pem + authority.root.pem)
    assert firm.steps(capsys)[1]["la clé et le certificat du cachet"]


def test_with_a_demonstration_key_it_says_so_and_the_key_works_at_once(firm, capsys):
    firm.sets_up("--demo-authority", "--sender", "signature@cabinet.example", "--phone", "01 23 45 67 89")
    settings = load(firm.config)
    assert settings.firm.demonstration
    steps = firm.steps(capsys)
    assert steps[1]["la clé et le certificat du cachet"]
    assert all(steps[4].values())
    papers = firm.config.parent / "communication"
    assert "signature@cabinet.example" in (papers / "guide-clients.txt").read_text(encoding="utf-8")
    assert "- Inès Ménard" in (papers / "reunion-de-lancement.txt").read_text(encoding="utf-8")
    assert firm.types("config", "check") == 0


def test_scripts_must_say_who_the_firm_is(firm, capsys):
    assert firm.types("init", "--yes") == 78
    assert "--firm" in capsys.readouterr().err
    assert not firm.config.exists()


def test_a_wrong_answer_is_told_before_anything_is_written(firm, capsys):
    assert firm.types("init", "--yes", "--firm", "Cabinet", "--siren", "123456789") == 78
    assert "SIREN" in capsys.readouterr().err
    assert not firm.config.parent.exists()


def test_at_a_terminal_it_asks_and_a_wrong_siren_is_asked_again(firm, monkeypatch, capsys):
    answers = iter(
        [
            "Cabinet Ménard",
            "123456789",
            "123 456 782",
            "Inès Ménard",
            str(firm.root / "var"),
            str(firm.root / "srv"),
            str(firm.exports),
            "y",
            "",  # no authority of its own
            "ines.menard@cabinet.example",
            "06 12 34 56 78",
            "n",  # no one-time codes
        ]
    )
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert firm.types("init") == 3
    assert load(firm.config).firm.siren == "123456782"
    assert load(firm.config).firm.demonstration
    assert list(answers) == []
    told = capsys.readouterr()
    assert "compte ouvert : ines.menard – prénom Inès, nom Ménard" in told.err
    assert PASSWORD not in told.out + told.err
    done = [name for name, is_done in firm.steps(capsys)[1].items() if is_done]
    assert done[2:] == ["un expert-comptable du cabinet : Inès Ménard", "son mot de passe", "son téléphone mobile"]


def test_one_time_codes_are_given_as_the_address_a_telephone_takes_and_confirmed_by_one(firm, monkeypatch, capsys):
    """Who typed the secret over: the address is on the terminal, the code comes from what it says."""
    firm.sets_up("--demo-authority")
    answers = iter(["ines.menard@cabinet.example", "", "y"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    monkeypatch.setattr("jesignd.cli.asking.at_terminal", lambda: True)
    telephone = Telephone(capsys, PASSWORD)
    monkeypatch.setattr("sys.stdin", telephone)
    assert firm.types("init", "--accountant", "Inès Ménard") == 3
    assert "codes en service" in capsys.readouterr().err
    assert telephone.address.startswith("otpauth://totp/Cabinet%20M%C3%A9nard%3Aines.menard?secret=")


class Telephone(io.StringIO):
    """Answers first with the password, then with the code that the address shown calls for."""

    def __init__(self, capsys, password: str) -> None:
        super().__init__(f"{password}\n")
        self._capsys = capsys
        self.address = ""

    def readline(self, limit: int = -1, /) -> str:
        line = super().readline(limit)
        if line:
            return line
        told = self._capsys.readouterr().err
        self.address = next(one for one in told.splitlines() if one.startswith("otpauth:"))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.address).query)
        secret = base64.b32decode(query["secret"][0])
        return at_step(secret, int(time.time()) // STEP_SECONDS) + "\n"


WHO = ("--email", "ines.menard@cabinet.example", "--mobile", "0612345678")


def test_from_options_the_account_is_opened_once_and_the_second_time_nothing_changes(firm, tmp_path, capsys):
    secret = tmp_path / "mot-de-passe"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    assert firm.sets_up("--demo-authority", *WHO, "--password-file", str(secret)) == 3
    before = firm.accounts()
    assert [(one.login, one.profile.name, one.profile.email) for one in before] == [
        ("ines.menard", "Inès Ménard", "ines.menard@cabinet.example")
    ]
    assert load(firm.config).folders[0].acts_as == "ines.menard"
    steps = firm.steps(capsys)
    missing = [name for name, done in steps[1].items() if not done]
    assert missing[1:5] == [
        "sa pièce d’identité",
        "son acceptation des conditions en vigueur",
        "un préposé à l’enregistrement, autre que lui",
        "l’approbation de son enregistrement",
    ]
    assert firm.sets_up(*WHO, "--login", "autre", "--password-file", str(secret)) == 3
    assert firm.accounts() == before


def test_the_store_knows_the_firm_and_its_secrets_are_kept_from_others(firm):
    firm.sets_up("--authority-url", "http://pki.cabinet.example")
    keys = firm.config.parent / "keys"
    for name in ("enregistrement.secret", "emission.secret"):
        assert stat.S_IMODE((keys / name).stat().st_mode) == 0o600
        assert len((keys / name).read_text()) >= 32
    assert stat.S_IMODE((firm.root / "var-pki").stat().st_mode) == 0o700
    database = Database.open(f"sqlite:///{firm.root}/var/jesignd.db")
    with database.reading() as transaction:
        assert [(one.name, one.siren) for one in people.list_firms(transaction)] == [("Cabinet Ménard", "123456782")]
    database.close()


def test_a_secret_lost_after_the_beginning_is_not_replaced_by_another_one(firm):
    firm.sets_up()
    secret = firm.config.parent / "keys" / "enregistrement.secret"
    secret.unlink()
    firm.sets_up()
    assert not secret.exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--email", "pas une adresse"), "courriel refusé"),
        (("--email", "ines@cabinet.example", "--mobile", "12"), "mobile"),
        (("--email", "ines@cabinet.example", "--password-file", "/nowhere"), "illisible"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_told(firm, capsys, given, told):
    assert firm.sets_up(*given) in {5, 78}
    assert told in capsys.readouterr().err


def test_whose_name_is_given_in_one_word_is_asked_for_the_whole_of_it(firm, capsys):
    places = ("--state", str(firm.root / "var"), "--results", str(firm.root / "srv"))
    who = ("--firm", "Cabinet", "--siren", "123456782", "--accountant", "Ménard", "--email", "m@cabinet.example")
    assert firm.types("init", "--yes", *who, *places) == 78
    assert "--accountant" in capsys.readouterr().err
    assert firm.accounts() == []


def test_a_request_is_made_with_a_key_left_by_an_interrupted_set_up(firm):
    firm.sets_up()
    keys = firm.config.parent / "keys"
    made = x509.load_pem_x509_csr((keys / "cachet.csr").read_bytes())
    (keys / "cachet.csr").unlink()
    firm.types("init")
    again = x509.load_pem_x509_csr((keys / "cachet.csr").read_bytes())
    assert again.public_key() == made.public_key()
    secret = (keys / "cachet.pass").read_bytes()
    assert certificate_request((keys / "cachet.key").read_bytes(), secret, firm="X", siren="123456782")
    assert os.access(keys, os.R_OK)
