from __future__ import annotations

import csv
import io
import json
import os
import shlex
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.__main__ import main
from jesignd.domain.census_people import Need, PersonRow
from jesignd.domain.documents import DocumentKind
from jesignd.domain.suggestions import commands, suggest
from jesignd.store import people
from jesignd.testing.exports import LOTS, NEUTRAL, QUADRA, exports, indexes, sidecar_of, write

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    """The sample exports of three production systems, side by side, as nobody has set them up."""
    root = tmp_path_factory.mktemp("recensement") / "exports"
    files = exports()
    for file in files:
        if (sidecar := sidecar_of(file)) is not None:
            write(root, sidecar)
        write(root, file)
    for companion in indexes(files, lot="20261124"):
        write(root, companion)
    return root


def take(directory: Path, *arguments: str, config: Path | None = None) -> int:
    config = config or directory.parent / "absent.yaml"
    return main(["-c", str(config), "census", str(directory), *arguments])


def as_json(directory: Path, capsys, *arguments: str, config: Path | None = None) -> dict:
    assert take(directory, "--format", "json", *arguments, config=config) == 0
    return json.loads(capsys.readouterr().out)


def everything_below(root: Path) -> dict[str, tuple[int, ...]]:
    """Whatever would change if a file or a directory were written, made, renamed or given other rights."""
    return {
        str(path): (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_nlink)
        for path in [root, *root.rglob("*")]
        for found in [path.lstat()]
    }


def test_each_software_of_the_demonstration_is_found_with_the_connector_that_fits(demo, capsys):
    found = as_json(demo, capsys)
    assert {one["folder"]: one["connector"] for one in found["software"]} == {
        QUADRA: "quadra",
        NEUTRAL: "neutral",
        LOTS: "neutral",
    }
    assert {one["folder"]: (one["recognised"], one["documents"]) for one in found["software"]} == {
        QUADRA: (6, 7),
        NEUTRAL: (5, 6),
        LOTS: (2, 2),
    }
    assert all(one["evidence"] == "our-convention" for one in found["software"])


def test_the_documents_of_the_demonstration_are_counted_with_their_customary_act(demo, capsys):
    found = as_json(demo, capsys)
    assert (found["files"], found["recognised"]) == (15, 13)
    assert {row["kind"]: (row["count"], row["act"]) for row in found["kinds"]} == {
        "BP": (4, "seal"),
        "INV": (3, "seal"),
        "NH": (3, "seal"),
        "ATT": (1, None),
        "LDM": (1, "sign"),
        "RH": (1, "seal"),
    }
    assert {row["code"]: row["samples"] for row in found["doubts"]} == {
        "E02": ["quadra/000517/Social/2026/BP_000517_202610_MAT-00005.pdf"],
        "E06": ["neutre/Scan du 3 novembre.pdf"],
    }
    assert [row["kind"] for row in found["gaps"]] == ["ATT"]


def test_the_folder_is_only_read(demo, capsys):
    for directory in [demo, *(path for path in demo.rglob("*") if path.is_dir())]:
        directory.chmod(stat.S_IRUSR | stat.S_IXUSR)
    before = everything_below(demo)
    try:
        assert take(demo) == 0
        assert everything_below(demo) == before
    finally:
        for directory in [demo, *(path for path in demo.rglob("*") if path.is_dir())]:
            directory.chmod(0o700)


def test_the_configuration_it_proposes_passes_the_check(demo, tmp_path, capsys):
    into = tmp_path / "resultat"
    assert take(demo, "-o", str(into)) == 0
    proposal = into / "jesignd.propose.yaml"
    capsys.readouterr()
    assert main(["-c", str(proposal), "config", "check"]) == 0
    assert "avertissement" not in capsys.readouterr().out
    assert "À REMPLACER" in proposal.read_text(encoding="utf-8")
    assert stat.S_IMODE(proposal.stat().st_mode) == 0o600


def test_the_tables_are_written_for_spreadsheets_and_nothing_is_replaced(demo, tmp_path, capsys):
    into = tmp_path / "resultat"
    assert take(demo, "-o", str(into)) == 0
    written = (into / "documents.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    assert rows[0][:4] == ["nature", "code", "nombre", "dossiers"]
    assert rows[1][:3] == ["bulletin de paie", "BP", "4"]
    assert {"personnes.csv", "logiciels.csv", "droits.csv", "recensement.json"} <= {one.name for one in into.iterdir()}
    capsys.readouterr()
    assert take(demo, "-o", str(into)) == 78
    assert "déjà là" in capsys.readouterr().err
    assert (into / "documents.csv").read_text(encoding="utf-8-sig") == written


def test_results_are_refused_a_place_inside_the_folder(demo, capsys):
    assert take(demo, "-o", str(demo / "resultat")) == 78
    assert "rien n’y est jamais écrit" in capsys.readouterr().err
    assert not (demo / "resultat").exists()


def test_the_text_shows_the_three_tables_in_the_language_asked_for(demo, capsys):
    assert take(demo) == 0
    told = capsys.readouterr().out
    titles = ["1. Documents à signer et à sceller", "2. Personnes nommées", "3. Logiciels et connecteurs"]
    assert [told.index(title) for title in titles] == sorted(told.index(title) for title in titles)
    assert "art. L. 3243-2 du code du travail" in told
    assert main(["--lang", "en", "-c", "/absent.yaml", "census", str(demo), "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("kind;code;count;clients;customary act;")


def test_a_connector_may_be_imposed_and_an_unknown_one_is_refused_by_name(demo, capsys):
    found = as_json(demo, capsys, "--connector", "neutral")
    assert {one["connector"] for one in found["software"]} == {"neutral"}
    assert take(demo, "--connector", "quadrat") == 4
    assert "quadra" in capsys.readouterr().err
    assert take(demo / "absent") == 4


def announced(root: Path, people: list[dict[str, object]], name: str = "LDM_T00752_2026") -> None:
    root.mkdir(exist_ok=True)
    (root / f"{name}.pdf").write_bytes(PDF)
    (root / f"{name}.json").write_text(json.dumps({"jesign": 1, "signataires": people}), encoding="utf-8")


CLIENT = {"ordre": 1, "role": "client", "nom": "Péan", "prenom": "Gaël", "email": "g.pean@exemple.fr"}
ACCOUNTANT = {
    "ordre": 2,
    "role": "expert-comptable",
    "nom": "Ménard",
    "prenom": "Inès",
    "email": "i.menard@exemple.fr",
}
STAFF = {"ordre": 3, "role": "collaborateur", "nom": "D’Argent", "prenom": "Léa", "email": "Lea.Dargent@exemple.fr"}


def test_people_named_in_a_sidecar_are_listed_and_those_of_the_firm_get_an_account(tmp_path, capsys):
    root = tmp_path / "exports"
    announced(root, [CLIENT, ACCOUNTANT, STAFF])
    announced(root, [CLIENT | {"ordre": 1}, STAFF | {"ordre": 2}], "BP_T00752_202610_MAT-0042")
    found = as_json(root, capsys)
    assert [(row["name"], row["need"]) for row in found["people"]] == [
        ("Inès Ménard", "enrolment"),
        ("Léa D’Argent", "delegation"),
        ("Gaël Péan", "nothing"),
    ]
    assert [(one["login"], one["status"], one["powers"]) for one in found["accounts"]] == [
        ("i.menard", "accountant", []),
        ("lea.dargent", "staff", [{"right": "seal", "kinds": ["BP"]}, {"right": "sign", "kinds": ["LDM"]}]),
    ]
    assert "    acts_as: i.menard\n" in found["proposal"]
    assert "people:" not in found["proposal"]
    assert "g.pean" not in found["proposal"]


def test_what_is_to_be_typed_is_shown_written_and_in_the_proposal_and_really_does_it(tmp_path, capsys, office):
    root = tmp_path / "exports"
    announced(root, [CLIENT, ACCOUNTANT, STAFF])
    into = tmp_path / "resultat"
    assert take(root, "-o", str(into)) == 0
    shown = capsys.readouterr().out
    typed = (into / "comptes-et-delegations.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split()[1:3] for line in typed] == [["user", "add"], ["user", "add"], ["delegation", "grant"]]
    proposal = (into / "jesignd.propose.yaml").read_text(encoding="utf-8")
    for line in typed:
        assert line in shown
        assert f"#   {line}\n" in proposal
    invitation = (into / "reunion-de-lancement.txt").read_text(encoding="utf-8")
    assert "- Inès Ménard\n- Léa D’Argent\n" in invitation
    assert "Péan" not in invitation
    assert main(["-c", str(into / "jesignd.propose.yaml"), "config", "check"]) == 0
    with office.database.reading() as transaction:
        (firm,) = people.list_firms(transaction)
    for line in typed[:2]:
        words = shlex.split(line.replace("CABINET", shlex.quote(firm.name)))
        assert office.types(*words[1:]) == (5 if "i.menard" in words else 0), "she has an account there already"
    (right,) = [words for words in typed[2].split(" --") if words.startswith("right")]
    assert (right, "--kind LDM" in typed[2], "--by i.menard" in typed[2]) == ("right signer", True, True)


def test_a_name_that_means_something_to_a_shell_or_to_yaml_is_only_a_name(tmp_path, capsys):
    root = tmp_path / "exports"
    hostile = "x'; rm -rf \u2028~ #\nrules: []\r: {a"
    announced(root, [CLIENT, ACCOUNTANT | {"nom": hostile}, STAFF | {"email": "-c/etc/passwd@exemple.fr"}])
    found = as_json(root, capsys)
    if not found["accounts"]:
        return
    typed = [
        line.removeprefix("#   ") for line in found["proposal"].splitlines() if line.startswith("#   jesignd user")
    ]
    for line in typed:
        words = shlex.split(line)
        assert words[:3] == ["jesignd", "user", "add"]
        assert not {"rm", "rules:", ";"} & set(words)
    path = tmp_path / "propose.yaml"
    path.write_text(found["proposal"], encoding="utf-8")
    path.chmod(0o600)
    assert main(["-c", str(path), "config", "check"]) == 0


@given(
    st.lists(
        st.tuples(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.sampled_from(Need)), max_size=6
    )
)
def test_whatever_the_exports_say_each_command_is_one_line_that_a_shell_takes_word_for_word(named):
    rows = [
        PersonRow(f"{first} {last}", first, last, "r", address, False, need, 1, (DocumentKind.PAYSLIP,))
        for first, last, address, need in named
    ]
    suggested = suggest(rows)
    assert len({one.login for one in suggested}) == len(suggested)
    for line in commands(suggested, firm="Cabinet d’Équerre"):
        assert line.isprintable()
        words = shlex.split(line)
        assert words[:3] in (["jesignd", "user", "add"], ["jesignd", "delegation", "grant"])
        assert words[words.index("--firm") + 1] == "Cabinet d’Équerre"


def test_the_rules_in_force_say_which_kinds_nobody_has_thought_of(tmp_path, capsys):
    root = tmp_path / "in"
    root.mkdir()
    for name in ("BP_000123_202610_MAT-0042.pdf", "NH_000123_20261031_NUM-1.pdf"):
        (root / name).write_bytes(PDF)
    config = tmp_path / "jesignd.yaml"
    config.write_text(
        f"""\
version: 1
firm: {{name: Cabinet, siren: "123456782"}}
storage: {{state: "{tmp_path}/state"}}
keys: {{cachet: {{backend: pkcs12, file: "{tmp_path}/keys/cachet.p12"}}}}
folders: [{{name: commun, path: "{root}", acts_as: martin}}]
destinations: [{{name: ged, path: "{tmp_path}/out"}}]
rules: [{{name: paie, when: {{kind: BP, folder: commun}}, seal: {{key: cachet, level: B-B}}, deliver: ged}}]
""",
        encoding="utf-8",
    )
    config.chmod(0o600)
    found = as_json(root, capsys, config=config)
    assert [one["folder"] for one in found["software"]] == ["commun"]
    assert [gap["kind"] for gap in found["gaps"]] == ["NH"]


def test_two_thousand_mixed_names_are_counted_right_in_ten_seconds(tmp_path, capsys):
    root = tmp_path / "melange"
    root.mkdir()
    expected = {"BP": 700, "NH": 500, "LDM": 300, "PVAG": 150, "ATT": 50}
    names = [
        *(f"BP_{number % 90:06d}_2026{1 + number % 12:02d}_MAT-{number:05d}.pdf" for number in range(700)),
        *(f"NH_{number % 90:06d}_20261031_NUM-F{number}.pdf" for number in range(500)),
        *(f"LDM_{number:06d}_2026.pdf" for number in range(300)),
        *(f"PVAG_{number:06d}_20260630.pdf" for number in range(150)),
        *(f"ATT_{number:06d}_20261102_Chiffre.pdf" for number in range(50)),
        *(f"Scan {number}.pdf" for number in range(200)),
        *(f"facture-fournisseur-{number}.pdf" for number in range(80)),
    ]
    for number, name in enumerate(names):
        directory = root / f"{number % 20:02d}"
        directory.mkdir(exist_ok=True)
        (directory / name).write_bytes(PDF + b"%%%d\n%%%%EOF\n" % number)
    for number in range(20):
        (root / f"{number:02d}" / "abime.pdf").write_bytes(PDF[:40])
        (root / f"{number:02d}" / "notes.txt").write_text("rien", encoding="utf-8")
    started, busy = time.monotonic(), os.times()
    found = as_json(root, capsys)
    elapsed, worked = time.monotonic() - started, os.times()
    spent = sum(worked[:4]) - sum(busy[:4])
    assert found["files"] == 2000
    assert {row["kind"]: row["count"] for row in found["kinds"]} == expected
    assert {row["shape"]: row["count"] for row in found["shapes"]} == {
        "Scan #.pdf": 200,
        "facture-fournisseur-#.pdf": 80,
    }
    assert {row["code"]: row["count"] for row in found["doubts"]} == {"E06": 280, "E02": 20}
    assert min(elapsed, spent) < 10, (elapsed, spent)
    print(f"2000 files: {elapsed:.1f} s, {spent:.1f} s of processor")
    proposal = tmp_path / "propose.yaml"
    proposal.write_text(found["proposal"], encoding="utf-8")
    proposal.chmod(0o600)
    assert main(["-c", str(proposal), "config", "check"]) == 0
