from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from jesignd.cli.config import config
from jesignd.cli.options import Options
from jesignd.errors import SettingsError
from jesignd.settings.load import load

BROKEN = Path(__file__).parent / "broken"

EXPECTED: dict[str, list[tuple[int, str]]] = {
    "a-list": [(1, "« clé: valeur »")],
    "alias-bomb": [(6, "les renvois « * » déplient trop de texte")],
    "archive-without-place": [(17, "« archive » demande la clé `archive`")],
    "attestation-without-act": [(20, "ATT, ECC : aucun acte n’est d’usage, la règle doit choisir")],
    "bare-duration": [(17, "une durée s’écrit 5s, 10m, 2h ou 15d")],
    "colon-in-text": [(3, "deux-points inattendus")],
    "control-character": [(3, "caractère de commande U+0007 interdit")],
    "database-password": [(7, "une adresse avec mot de passe se range dans un secret")],
    "deep-nesting": [(1, "plus de 24 niveaux")],
    "destination-in-folder": [(18, "recouvre /srv/essai/paie (un dossier surveillé)")],
    "duplicate-key": [(17, "clé déjà écrite ligne 15")],
    "empty": [(1, "le fichier est vide")],
    "faults-everywhere": [
        (1, "valeurs possibles : 1"),
        (3, "mettez-le entre guillemets"),
        (6, "chemin relatif"),
        (12, "vouliez-vous dire « JUR » ?"),
        (16, "un identifiant est fait de lettres sans accent"),
        (22, "PVAG ne peut pas être scellé (décret n° 2019-1118"),
        (24, "destination inconnue : « gad » ; vouliez-vous dire « ged » ?"),
    ],
    "firm-named-twice": [(12, "déjà nommée plus haut"), (13, "déjà nommée plus haut")],
    "huge-size": [(17, "valeurs admises : de 1kB à 2GB")],
    "indentation": [(4, "retrait de travers")],
    "latin-1": [(3, "octet 0xe9 : le fichier n’est pas en UTF-8")],
    "level-without-timestamping": [(21, "le niveau B-T demande une autorité d’horodatage")],
    "long-term-archive": [(23, "B-LTA n’est pas encore proposé")],
    "mandate-for-no-kind": [(12, "valeurs possibles : LDM, NH, BP")],
    "merge-key": [(16, "la fusion « << » n’est pas admise")],
    "minutes-signed-simply": [(20, "PVAG demande au moins le niveau « avancé » (décret n° 2019-1118")],
    "names-taken-twice": [(17, "nom déjà pris plus haut : « Paie »")],
    "only-comments": [(1, "le fichier est vide")],
    "open-bracket": [(12, "il manque une virgule, ou le crochet fermant")],
    "open-quote": [(10, "guillemet jamais refermé plus haut")],
    "payslip-to-sign": [(20, "BP ne peut pas être signé (art. L. 3243-2 du code du travail")],
    "people-in-the-file": [(11, "les personnes et leurs droits ne s’écrivent plus ici")],
    "price-below-a-cent": [(11, "un prix s’écrit en euros et centimes entiers")],
    "python-tag": [(3, "balise YAML « ! » non admise")],
    "quadra-database": [(15, "jamais sous Quadra/DATABASE")],
    "relative-path": [(6, "chemin relatif : écrivez-le en entier depuis « / »")],
    "seal-everything": [(21, "sans `kind`, la règle prendrait aussi CT, DEP, JUR, LDM, PC, PVAG")],
    "seal-without-how-nor-where": [(20, "dit comment"), (20, "dit où livrer")],
    "secret-in-clear": [(8, "un secret ne s’écrit pas ici")],
    "siren-without-quotes": [(4, "mettez-le entre guillemets")],
    "siren-wrong-check-digit": [(4, "ce n’est pas un SIREN")],
    "state-in-destination": [(18, "recouvre /srv/essai/ged/etat (l’état du service)")],
    "tab": [(6, "tabulation : le retrait s’écrit avec des espaces")],
    "template-field": [(18, "vouliez-vous dire « {client} » ?"), (18, "sans « .. »")],
    "two-documents": [(19, "un seul document par fichier")],
    "two-secrets": [(8, "un secret ne s’écrit pas ici")],
    "unknown-firm": [(17, "société d’exercice inconnue : « 732829302 » ; vouliez-vous dire « 732829320 » ?")],
    "unknown-key": [(14, "folders[0].path: clé obligatoire, absente"), (15, "vouliez-vous dire « path » ?")],
    "unknown-names": [
        (21, "dossier surveillé inconnu : « paies » ; vouliez-vous dire « paie » ?"),
        (23, "clé de cachet inconnue : « cachett » ; vouliez-vous dire « cachet » ?"),
        (24, "destination inconnue : « gedd » ; vouliez-vous dire « ged » ?"),
    ],
    "unknown-section": [
        (17, "clé inconnue ; clés possibles : card, destinations"),
        (24, "destination inconnue : « ged »"),
    ],
    "url-with-password": [(10, "sans identifiant ni mot de passe")],
    "yes-is-not-true": [(4, "true ou false est attendu")],
}


@pytest.fixture
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy whose permissions do not depend on how the sources were checked out."""
    path = tmp_path / f"{request.param}.yaml"
    shutil.copyfile(BROKEN / f"{request.param}.yaml", path)
    path.chmod(0o644)
    return path


def test_every_broken_file_is_expected_to_fail_somewhere() -> None:
    assert {path.stem for path in BROKEN.glob("*.yaml")} == set(EXPECTED)


@pytest.mark.parametrize("broken", EXPECTED, indirect=True)
def test_a_broken_file_is_refused_with_every_fault_at_its_line(broken: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load(broken)
    expected = EXPECTED[broken.stem]
    assert len(refused.value.faults) == len(expected)
    for fault, (line, fragment) in zip(refused.value.faults, expected, strict=True):
        assert fault.fr.startswith(f"{broken}:{line}:")
        assert fragment in fault.fr
        assert fault.en.startswith(f"{broken}:{line}:")


@pytest.mark.parametrize("broken", EXPECTED, indirect=True)
def test_checking_a_broken_file_prints_its_faults_and_exits_78(broken: Path) -> None:
    result = CliRunner().invoke(config, ["check"], obj=Options(broken))
    lines = result.stdout.splitlines()
    assert result.exit_code == 78
    assert len(lines) == len(EXPECTED[broken.stem])
    assert all(fragment in line for line, (_, fragment) in zip(lines, EXPECTED[broken.stem], strict=True))


@pytest.mark.parametrize("broken", ["faults-everywhere", "tab"], indirect=True)
def test_faults_come_as_json_for_other_software(broken: Path) -> None:
    result = CliRunner().invoke(config, ["check"], obj=Options(broken, format="json"))
    answer = json.loads(result.stdout)
    assert result.exit_code == 78
    assert answer["valid"] is False
    assert [found["line"] for found in answer["found"]] == [line for line, _ in EXPECTED[broken.stem]]
    assert all(found["message"]["fr"] and found["message"]["en"] for found in answer["found"])


@pytest.mark.parametrize("broken", ["secret-in-clear", "url-with-password", "database-password"], indirect=True)
def test_a_secret_in_the_wrong_place_is_never_repeated(broken: Path) -> None:
    for form in ("text", "json", "jsonl"):
        result = CliRunner().invoke(config, ["check"], obj=Options(broken, format=form))
        assert "esame" not in result.output
