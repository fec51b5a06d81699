"""Directory: `annuaire_quadra.csv`, who signs for each dossier, one line a person, in the order of signing."""

from __future__ import annotations

from functools import lru_cache

from jesignd.domain import tabular
from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.levels import FLOORS, Act
from jesignd.domain.recognition import Doubtful, Signatory
from jesignd.errors import Code, Words
from jesignd.plugin.conventions import Incomplete, incomplete, signatory
from jesignd_quadra.layout import dossier

FILE = "annuaire_quadra.csv"
_REQUIRED = frozenset({"CODE", "CIVILITE", "NOM", "PRENOM", "EMAIL", "PORTABLE", "ROLE", "ISCLIENT"})


def wants_signatories(kind: Kind) -> bool:
    """Whether this kind is signed unless a rule says otherwise; a contract's employee is in no directory."""
    return FLOORS[kind].default is Act.SIGN and kind is not Kind.EMPLOYMENT_CONTRACT


def signatories(data: bytes, client: str) -> tuple[Signatory, ...] | Doubtful:
    """The people of this dossier; doubtful when the list is unreadable or somebody cannot be reached."""
    try:
        table = _table(data)
    except ValueError as error:
        return Doubtful(
            Code.SIGNATORY_INCOMPLETE,
            Words(f"{FILE} illisible ({error})", f"{FILE} unreadable ({error})"),
            Words("Exporter l’annuaire de nouveau.", "Export the directory again."),
        )
    people: list[Signatory] = []
    for row in table.rows:
        if not _is_of(client, row.cells["CODE"]):
            continue
        try:
            people.append(_person(len(people) + 1, row))
        except Incomplete as error:
            return incomplete(error, f"{FILE}, ligne {row.line}")
    return tuple(people)


@lru_cache(maxsize=2)
def _table(data: bytes) -> tabular.Table:
    return tabular.read(data, required=_REQUIRED)


def _is_of(client: str, code: str) -> bool:
    try:
        return dossier(code) == client
    except ValueError:
        return False


def _person(order: int, row: tabular.Row) -> Signatory:
    cells = row.cells
    is_client = cells["ISCLIENT"].upper() in {"O", "OUI", "1", "TRUE", "VRAI"}
    return signatory(
        {
            "order": str(order),
            "role": cells["ROLE"] or ("client" if is_client else ""),
            "civility": cells["CIVILITE"],
            "last_name": cells["NOM"],
            "first_name": cells["PRENOM"],
            "email": cells["EMAIL"],
            "mobile": cells["PORTABLE"],
        }
    )
