"""The deck's own example, typed: a firm, a list typed and imported, powers ticked, « Déléguer », the two views."""

from __future__ import annotations

import datetime
import importlib
import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest
import xlwt
from sqlalchemy.exc import IntegrityError

from jesignd.testing.authority import issue_person, make_authority

PIN = "135790"
PASSWORD = "cheval correct agrafe batterie"
MODULES = ("access", "delegation", "enrol", "firm", "mandate", "persons", "user")


@pytest.fixture
def types(office, monkeypatch):
    """Type a command on a given day; what is asked for is answered line by line."""

    def type_(*arguments: str, answers: tuple[str, ...] = (), at: datetime.datetime | None = None) -> int:
        instant = at or datetime.datetime(2018, 10, 25, 9, tzinfo=datetime.UTC)
        # All are imported before the first is changed: one imported afterwards would keep that instant for good.
        for module in [importlib.import_module(f"jesignd.cli.{module}") for module in MODULES]:
            monkeypatch.setattr(module, "now", lambda: instant)
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        return office.types(*arguments)

    return type_


@pytest.fixture
def firm(types, tmp_path):
    """JLM – Pont-Audemer and its accountant, who has a key."""
    assert types("firm", "add", "JLM – Pont-Audemer", "--siren", "732829320") == 0
    assert types("firm", "add", "JLM – Rouen", "--siren", "732829320") == 0
    person = ("--email", "jl.morel@jlm.example", "--first-name", "Jean-Luc", "--last-name", "Morel")
    assert types("user", "add", "jl.morel", *person, "--firm", "JLM – Pont-Audemer", "--status", "accountant") == 0
    began = datetime.datetime(2018, 10, 1, tzinfo=datetime.UTC)
    authority = make_authority(now=began)
    key = issue_person(authority.issuing, first_name="Jean-Luc", last_name="Morel", at=began)
    file = tmp_path / "morel.p12"
    file.write_bytes(key.pkcs12(PIN.encode(), (authority.issuing, authority.root)))
    (tmp_path / "racine.pem").write_bytes(authority.root.pem)
    assert types("user", "key", "jl.morel", str(file), answers=(PIN,)) == 0
    assert types("user", "passwd", "jl.morel", answers=(PASSWORD,)) == 0
    assert types("enrol", "accept", "jl.morel", answers=(PASSWORD,)) == 0
    return tmp_path


GRANT = ("--firm", "JLM – Pont-Audemer", "--by", "jl.morel")


def colleague(types, login: str) -> None:
    person = ("--email", f"{login}@jlm.example", "--first-name", login.capitalize(), "--last-name", "Petit")
    assert types("user", "add", login, *person) == 0


def test_the_example_of_the_deck_from_the_choice_of_the_firm_to_the_two_views(types, firm, capsys):
    colleague(types, "sophie")
    with zipfile.ZipFile(firm / "liste.xlsx", "w") as book:
        for name, text in xlsx(["sophie@jlm.example", "karim@jlm.example", "sophie@jlm.example"]).items():
            book.writestr(name, text)
    capsys.readouterr()

    ticked = ("--right", "sceller", "--until", "24/10/2019")
    assert (
        types("delegation", "import", str(firm / "liste.xlsx"), "lea@jlm.example", *GRANT, *ticked, answers=(PIN,)) == 0
    )

    told = capsys.readouterr()
    assert "Votre demande a bien été prise en compte." in told.err
    lines = [re.split(r" {2,}", line) for line in told.out.splitlines()]
    assert [(line[1], line[2]) for line in lines] == [
        ("sophie@jlm.example", "délégué"),
        ("karim@jlm.example", "en attente d’un compte"),
        ("sophie@jlm.example", "doublon"),
        ("lea@jlm.example", "en attente d’un compte"),
    ]
    assert types("delegation", "list", "--given", "jl.morel") == 0
    given = capsys.readouterr().out
    assert given.count("sceller") == 3
    assert "expire le 24/10/2019" in given
    assert "JLM – Pont-Audemer" in given
    assert types("delegation", "list", "--received", "sophie") == 0
    received = capsys.readouterr().out.splitlines()
    assert len(received) == 2
    assert re.search(r"Jean-Luc Morel .* sceller .* expire le 24/10/2019", received[1])


ADDRESSES = ("nadia@jlm.example", "karim@jlm.example")


def a_list(folder: Path, form: str) -> Path:
    """Two addresses in the first column, the first one twice, as spreadsheet programs and editors save them."""
    file = folder / f"Liste du cabinet.{form}"
    rows = [ADDRESSES[0], ADDRESSES[1], ADDRESSES[0].upper()]
    if form == "xls":
        book = xlwt.Workbook()
        sheet = book.add_sheet("Feuil1")
        for place, address in enumerate(rows):
            sheet.write(place, 0, address)
            sheet.write(place, 1, "Hubemploi ; Cap sur le numérique" if place == 0 else "")
        book.save(str(file))
    elif form == "xlsx":
        with zipfile.ZipFile(file, "w") as book:
            for name, text in xlsx(rows).items():
                book.writestr(name, text)
    elif form == "csv":
        file.write_bytes("".join(f"{address};\r\n" for address in rows).encode("cp1252"))
    else:
        file.write_bytes("\ufeff".encode("utf-8") + "\n".join(rows).encode())
    return file


@pytest.mark.parametrize("form", ["xls", "xlsx", "txt", "csv"])
def test_the_deck_is_replayed_with_each_form_of_list(types, firm, capsys, form):
    """F35-F39, F76g: firm, list typed and imported, powers ticked, « Déléguer », confirmation, the delegate's view."""
    colleague(types, "nadia")
    assert types("firm", "list") == 0
    assert "JLM – Pont-Audemer" in capsys.readouterr().out
    ticked = ("--right", "préparer", "--right", "signer", "--right", "sceller", "--until", "08/10/2019")
    file = a_list(firm, form)
    assert types("delegation", "import", str(file), "lea@jlm.example", *GRANT, *ticked, answers=(PIN,)) == 0
    told = capsys.readouterr()
    assert "Votre demande a bien été prise en compte." in told.err
    lines = [re.split(r" {2,}", line) for line in told.out.splitlines()]
    assert [(line[0], line[1].lower(), line[2]) for line in lines] == [
        ("1", "nadia@jlm.example", "délégué"),
        ("2", "karim@jlm.example", "en attente d’un compte"),
        ("3", "nadia@jlm.example", "doublon"),
        ("4", "lea@jlm.example", "en attente d’un compte"),
    ]
    if form == "xls":
        assert "droits ignorés : Hubemploi, Cap sur le numérique" in told.out
    assert types("delegation", "list", "--received", "nadia") == 0
    rows = [re.split(r" {2,}", line) for line in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[2], row[3], row[4]) for row in rows] == [
        ("Jean-Luc Morel", power, "JLM – Pont-Audemer", "expire le 08/10/2019")
        for power in ("sceller", "signer", "préparer")
    ]
    colleague(types, "karim")
    assert "délégations reçues : 1" in capsys.readouterr().err
    assert types("delegation", "list", "--received", "karim") == 0
    assert capsys.readouterr().out.count("expire le 08/10/2019") == 3


def test_a_list_is_granted_whole_or_not_at_all(types, firm, capsys, office):
    """The store refuses the third line: neither the first nor the second is granted."""
    database = sqlite3.connect(office.place.root / "etat" / "jesignd.db")
    with database:
        database.execute(
            "CREATE TRIGGER full AFTER INSERT ON delegations WHEN (SELECT count(*) FROM delegations) = 3 "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    (firm / "liste.txt").write_text("".join(f"n{n}@jlm.example\n" for n in range(5)), encoding="utf-8")
    ticked = ("--right", "sceller", "--until", "2019-10-24")
    with pytest.raises(IntegrityError, match="full"):
        types("delegation", "import", str(firm / "liste.txt"), *GRANT, *ticked, answers=(PIN,))
    assert "prise en compte" not in capsys.readouterr().err
    assert types("--format", "json", "delegation", "list", "--given", "jl.morel") == 0
    assert json.loads(capsys.readouterr().out) == []
    with database:
        database.execute("DROP TRIGGER full")
    database.close()
    assert types("delegation", "import", str(firm / "liste.txt"), *GRANT, *ticked, answers=(PIN,)) == 0
    assert capsys.readouterr().out.count("en attente d’un compte") == 5


def test_three_powers_received_from_one_delegator_are_three_lines_with_their_term(types, firm, capsys):
    colleague(types, "nadia")
    ticked = ("--right", "préparer", "--right", "signer", "--right", "sceller", "--until", "2019-10-08")
    assert types("delegation", "grant", "nadia@jlm.example", *GRANT, *ticked, answers=(PIN,)) == 0
    capsys.readouterr()
    assert types("delegation", "list", "--received", "nadia") == 0
    rows = [re.split(r" {2,}", line) for line in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("Jean-Luc Morel", power, "expire le 08/10/2019") for power in ("sceller", "signer", "préparer")
    ]
    later = datetime.datetime(2019, 10, 8, 22, tzinfo=datetime.UTC)
    assert types("delegation", "list", "--received", "nadia", at=later) == 0
    assert capsys.readouterr().out.count("expirée le 08/10/2019") == 3


def test_a_right_of_another_site_creates_no_power_and_is_told(types, firm, capsys):
    (firm / "liste.csv").write_text(
        "Courriel;Droits\nsophie@jlm.example;sceller, Bibliordre\nkarim@jlm.example;Hubemploi\n", encoding="cp1252"
    )
    capsys.readouterr()
    code = types("delegation", "import", str(firm / "liste.csv"), *GRANT, "--until", "2019-10-24", answers=(PIN,))
    told = capsys.readouterr().out
    assert code == 3
    assert re.search(r"sophie.* en attente d’un compte .*droits ignorés : Bibliordre", told)
    assert re.search(r"karim.* refusé .*aucun pouvoir coché ; droits ignorés : Hubemploi", told)


@pytest.mark.parametrize("name", ["liste.pdf", "liste.ods", "liste.xlsm", "liste.docx", "liste"])
def test_another_format_is_refused_by_its_name(types, firm, capsys, name):
    (firm / name).write_bytes(b"a@b.fr")
    code = types("delegation", "import", str(firm / name), *GRANT, "--right", "sceller", "--until", "2019-10-24")
    assert code == 7
    assert f"format « {name.removeprefix('liste') or name} » refusé" in capsys.readouterr().err


def test_a_wrong_pin_grants_nothing_and_the_third_locks_the_key(types, firm, capsys):
    typed = ("delegation", "grant", "x@jlm.example", *GRANT, "--right", "sceller", "--until", "2019-10-24")
    assert [types(*typed, answers=("0000",)) for _ in range(3)] == [78, 78, 78]
    assert "bloquée" in capsys.readouterr().err
    assert types(*typed, answers=(PIN,)) == 78
    assert types("delegation", "list", "--given", "jl.morel") == 0
    assert capsys.readouterr().out == ""


def test_a_revoked_delegation_says_so(types, firm, capsys):
    colleague(types, "sophie")
    typed = ("delegation", "grant", "sophie@jlm.example", *GRANT, "--right", "sceller", "--until", "2019-10-24")
    capsys.readouterr()
    assert types("--format", "json", *typed, answers=(PIN,)) == 0
    (granted,) = json.loads(capsys.readouterr().out)
    assert types("delegation", "revoke", granted["delegation"], "--by", "jl.morel", answers=(PIN,)) == 0
    assert types("delegation", "revoke", granted["delegation"], "--by", "jl.morel", answers=(PIN,)) == 0
    told = capsys.readouterr().out
    assert "révoquée" in told
    assert "déjà révoquée" in told
    assert types("delegation", "list", "--firm", "JLM – Pont-Audemer") == 0
    assert "révoquée" in capsys.readouterr().out


def test_a_client_is_refused_on_the_command_line(types, firm, capsys):
    assert types("firm", "client", "JLM – Pont-Audemer", "Gerant@PME.example") == 0
    typed = ("gerant@pme.example", *GRANT, "--right", "préparer", "--until", "2019-10-24")
    assert types("delegation", "grant", *typed, answers=(PIN,)) == 3
    assert "un client ne reçoit aucune délégation" in capsys.readouterr().out


def test_an_absence_is_declared_by_the_person_and_ended_by_their_return(types, firm, capsys):
    person = ("--email", "b@jlm.example", "--first-name", "Bruno", "--last-name", "Roy", "--status", "accountant")
    assert types("user", "add", "bruno", *person, "--firm", "JLM – Pont-Audemer") == 0
    away = ("--firm", "JLM – Pont-Audemer", "--stand-in", "bruno", "--from", "2018-11-01", "--until", "2018-11-10")
    assert types("delegation", "absence", "jl.morel", *away, answers=("faux",)) == 5
    assert types("delegation", "absence", "jl.morel", *away, answers=(PASSWORD,)) == 0
    back = ("--firm", "JLM – Pont-Audemer", "--back")
    assert types("delegation", "absence", "jl.morel", *back, answers=(PASSWORD,)) == 0
    assert "absences terminées : 1" in capsys.readouterr().out


def test_a_mandate_is_recorded_listed_and_ended(types, firm, capsys):
    typed = ("000424", "LDM 2018-014, art. 7", "--by", "jl.morel", "--firm", "JLM – Pont-Audemer", "--kind", "DEP")
    assert types("mandate", "add", *typed, answers=(PASSWORD,)) == 0
    assert types("mandate", "list", "--firm", "JLM – Pont-Audemer", "--client", "000424") == 0
    listed = capsys.readouterr().out
    assert "LDM 2018-014, art. 7" in listed
    assert types("mandate", "end", listed.split()[0]) == 0
    assert "terminé" in capsys.readouterr().out
    assert types("mandate", "end", listed.split()[0]) == 4


def xlsx(addresses: list[str]) -> dict[str, str]:
    """The smallest book spreadsheet programs open: one sheet, addresses in the first column."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types_ = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    rows = "".join(
        f'<row r="{place}"><c r="A{place}" t="inlineStr"><is><t>{address}</t></is></c></row>'
        for place, address in enumerate(addresses, 1)
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        f'ContentType="{relations}"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{types_}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{types_}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Feuil1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
