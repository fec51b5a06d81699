"""Census tables: the census as rows of words, for a terminal and for spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.cli import names, output
from jesignd.domain import tabular
from jesignd.domain.census import Confidence
from jesignd.domain.census_people import Need
from jesignd.domain.credit import Prices, euros
from jesignd.domain.firm import Right
from jesignd.domain.levels import Act, LegalLevel
from jesignd.domain.people import Status
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jesignd.domain.census import Census, KindRow, Score
    from jesignd.domain.documents import DocumentKind
    from jesignd.domain.suggestions import Power


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the names of its columns and its rows, in one language. `file`: its name as a file, without suffix."""

    file: str
    title: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


ACTS: Mapping[Act | None, Words] = {
    Act.SEAL: Words("sceller", "seal"),
    Act.SIGN: Words("faire signer", "have signed"),
    None: Words("à choisir", "to be chosen"),
}
_LEVELS: Mapping[LegalLevel, Words] = {
    LegalLevel.SIMPLE: Words("simple", "simple"),
    LegalLevel.ADVANCED: Words("avancée", "advanced"),
    LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE: Words("certificat qualifié", "qualified certificate"),
    LegalLevel.QUALIFIED: Words("qualifiée", "qualified"),
}
_CONFIDENCE: Mapping[Confidence, Words] = {
    Confidence.ANNOUNCED: Words("annoncés", "announced"),
    Confidence.CORROBORATED: Words("recoupés", "corroborated"),
    Confidence.NAMED: Words("par le nom seul", "by name alone"),
}
_NEEDS: Mapping[Need, Words] = {
    Need.NOTHING: Words("rien : un lien et un code", "nothing: a link and a code"),
    Need.ENROLMENT: Words("compte, enregistrement, certificat", "account, enrolment, certificate"),
    Need.DELEGATION: Words("compte et délégation", "account and delegation"),
}
_RIGHTS: Mapping[Right, Words] = {
    Right.PREPARE: Words("préparer", "prepare"),
    Right.LAUNCH: Words("préparer et lancer", "prepare and launch"),
    Right.SEAL: Words("sceller", "seal"),
    Right.SIGN: Words("signer", "sign"),
}
_STATUSES: Mapping[Status, Words] = {
    Status.ACCOUNTANT: Words("expert-comptable", "accountant"),
    Status.STAFF: Words("collaborateur", "staff"),
}
EVIDENCE: Mapping[str, Words] = {
    "vendor-doc": Words("documentation de l’éditeur", "vendor's documentation"),
    "public-code": Words("code public", "public code"),
    "our-convention": Words("notre convention", "our convention"),
}


_ALWAYS = frozenset({"documents", "personnes", "logiciels"})
_NOBODY = Words("aucune", "none")


def tables(census: Census, lang: str, prices: Prices) -> tuple[Table, ...]:
    """The three tables of a census, and of the others those that have rows, in the order in which they are read."""
    made = (table(census, lang, prices) for table in _TABLES)
    return tuple(one for one in made if one.rows or one.file in _ALWAYS)


def text(census: Census, lang: str, prices: Prices) -> Iterator[str]:
    """The census for a terminal."""
    aside = census.files - census.recognised
    yield Words(
        f"{census.root} : {census.files} fichiers, {census.recognised} reconnus, {aside} à reprendre",
        f"{census.root}: {census.files} files, {census.recognised} recognised, {aside} to be looked at",
    ).in_language(lang)
    for table in tables(census, lang, prices):
        yield ""
        yield table.title
        yield from output.columns(table.rows, heading=table.heading) or [_NOBODY.in_language(lang)]


def csv(table: Table) -> str:
    """One table for a spreadsheet: `;`, a header line, no cell that is a formula."""
    lines = (";".join(tabular.write_cell(cell) for cell in row) for row in (table.heading, *table.rows))
    return "".join(f"{line}\r\n" for line in lines)


def _documents(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words(
        "nature|code|nombre|dossiers|acte d’usage|signature|texte|reconnus|exemple",
        "kind|code|count|clients|customary act|signature|law|recognised|sample",
    )
    return _table(
        ("documents", Words("1. Documents à signer et à sceller", "1. Documents to sign and to seal")),
        heading,
        [_kind_row(row, lang) for row in census.kinds],
        lang=lang,
    )


def _kind_row(row: KindRow, lang: str) -> tuple[str, ...]:
    surely = ", ".join(
        f"{count} {_CONFIDENCE[level].in_language(lang)}" for level, count in row.confidence.items() if count
    )
    level = "–" if row.act is Act.SEAL else _LEVELS[row.level].in_language(lang)
    return (
        names.KINDS[row.kind].in_language(lang),
        row.kind.code,
        str(row.count),
        str(row.clients),
        ACTS[row.act].in_language(lang),
        level,
        row.law.in_language(lang),
        surely,
        row.samples[0],
    )


def _volumes(census: Census, lang: str, prices: Prices) -> Table:
    heading = Words(
        "période|à sceller|à signer|à choisir|coût HT estimé", "period|to seal|to sign|to choose|estimated cost"
    )
    rows = [
        (row.period, str(row.seal), str(row.sign), str(row.choose), euros(row.cost(prices))) for row in census.volumes
    ]
    return _table(("volumes", Words("Volumes par mois", "Volumes by month")), heading, rows, lang=lang)


def _people(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words(
        "personne|rôle|courriel|mobile|documents|types|ce qu’il lui faut",
        "person|role|e-mail|mobile|documents|kinds|what they need",
    )
    yes, no = Words("oui", "yes").in_language(lang), Words("non", "no").in_language(lang)
    rows = [
        (
            row.name,
            row.role,
            row.email,
            yes if row.mobile else no,
            str(row.count),
            _codes(row.kinds),
            _NEEDS[row.need].in_language(lang),
        )
        for row in census.people
    ]
    return _table(
        ("personnes", Words("2. Personnes nommées dans les exports", "2. People named in the exports")),
        heading,
        rows,
        lang=lang,
    )


def _accounts(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words("personne|courriel|identifiant|qualité|à déléguer", "person|e-mail|login|status|to be delegated")
    rows = [
        (
            one.name,
            one.email,
            one.login,
            _STATUSES[one.status].in_language(lang),
            " ; ".join(f"{_RIGHTS[power.right].in_language(lang)} {_codes(power.kinds)}" for power in one.powers)
            or "–",
        )
        for one in census.accounts
    ]
    title = Words("Comptes à ouvrir, délégations à accorder", "Accounts to open, delegations to grant")
    return _table(("comptes", title), heading, rows, lang=lang)


def _power(power: Power, lang: str) -> str:
    return f"{_RIGHTS[power.right].in_language(lang)} {_codes(power.kinds)}"


def _rights(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words("dossier|droit à déléguer|documents|types|remarque", "folder|right to grant|documents|kinds|remark")
    qualified = Words("certificat qualifié exigé", "needs a qualified certificate").in_language(lang)
    own = Words("par un expert-comptable enregistré", "by an enrolled accountant").in_language(lang)
    rows = [
        (
            row.folder,
            _RIGHTS[row.right].in_language(lang),
            str(row.count),
            _codes(row.kinds),
            qualified if row.qualified else own if row.right is Right.SIGN else "",
        )
        for row in census.rights
    ]
    return _table(("droits", Words("Droits nécessaires", "Rights needed")), heading, rows, lang=lang)


def _software(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words(
        "dossier|connecteur|logiciel|preuve|reconnus|fiches|index|annuaires|essayés|chemin",
        "folder|connector|software|evidence|recognised|sidecars|indexes|directories|tried|path",
    )
    rows = [
        (
            row.folder,
            row.connector,
            row.title.in_language(lang),
            EVIDENCE[row.evidence].in_language(lang),
            f"{row.recognised}/{row.documents}",
            str(row.sidecars),
            str(row.indexes),
            str(row.directories),
            _tried(row.tried),
            row.path,
        )
        for row in census.software
    ]
    return _table(
        ("logiciels", Words("3. Logiciels et connecteurs", "3. Software and connectors")), heading, rows, lang=lang
    )


def _tried(tried: Mapping[str, Score]) -> str:
    return ", ".join(f"{name} {score.recognised}/{score.tried}" for name, score in tried.items()) or "–"


def _doubts(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words("code|nombre|motif (premier cas)|exemple", "code|count|reason (first case)|sample")
    rows = [(row.code.value, str(row.count), row.reason.in_language(lang), row.samples[0]) for row in census.doubts]
    return _table(("a-reprendre", Words("Fichiers à reprendre", "Files to be looked at")), heading, rows, lang=lang)


def _shapes(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words("forme du nom|nombre|exemple", "shape of the name|count|sample")
    rows = [(row.shape, str(row.count), row.sample) for row in census.shapes]
    return _table(("noms", Words("Noms que rien n’explique", "Names that nothing explains")), heading, rows, lang=lang)


def _gaps(census: Census, lang: str, prices: Prices) -> Table:
    del prices
    heading = Words("nature|code|nombre|pourquoi", "kind|code|count|why")
    rows = [
        (names.KINDS[row.kind].in_language(lang), row.kind.code, str(row.count), row.why.in_language(lang))
        for row in census.gaps
    ]
    return _table(("regles", Words("Règles qui manquent", "Rules that are missing")), heading, rows, lang=lang)


def _table(name: tuple[str, Words], heading: Words, rows: Sequence[tuple[str, ...]], *, lang: str) -> Table:
    file, title = name
    return Table(file, title.in_language(lang), tuple(heading.in_language(lang).split("|")), tuple(rows))


def _codes(kinds: Sequence[DocumentKind]) -> str:
    return ", ".join(kind.code for kind in kinds)


_TABLES: tuple[Callable[[Census, str, Prices], Table], ...] = (
    *(_documents, _volumes, _people, _accounts, _rights, _software, _doubts, _shapes, _gaps),
)
