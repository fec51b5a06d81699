"""Layout: what the folders say, `<MODULE>/<dossier>[ - raison sociale]/<AAAA ou AAAAMM>/`: all of it, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.recognition import Clue, Doubtful, Source, Trait
from jesignd.errors import Code, Words
from jesignd.plugin.conventions import Declared, clue

if TYPE_CHECKING:
    from jesignd.plugin import Bundle

PAYROLL = "ISAPAYE"
MODULES: Mapping[str, frozenset[Kind]] = {
    PAYROLL: frozenset({Kind.PAYSLIP, Kind.EMPLOYMENT_CONTRACT, Kind.HR_DOCUMENT, Kind.ATTESTATION}),
    "ISACOMPTA": frozenset({Kind.ANNUAL_ACCOUNTS, Kind.INVENTORY, Kind.CURRENT_ACCOUNT_STATEMENT, Kind.FEE_NOTE}),
    "ISAGI": frozenset({Kind.ENGAGEMENT_LETTER, Kind.FEE_NOTE}),
    "JURIDIQUE": frozenset({Kind.MEETING_MINUTES, Kind.LEGAL_DOCUMENT}),
}
KINDS = frozenset[Kind]().union(*MODULES.values())

_FOLDER = re.compile(
    rf"(?P<module>{'|'.join(MODULES)})/(?P<client>[0-9A-Z]{{1,10}})(?:\s-\s(?P<client_name>[^/]+))?"
    r"/(?P<period>[0-9]{4}(?:[0-9]{2})?)/",
    re.IGNORECASE | re.ASCII,
)


def module(bundle: Bundle) -> str | None:
    """The module whose root the file is below, where the folders are arranged so."""
    match = _match(bundle)
    return match["module"].upper() if match else None


def read_folders(bundle: Bundle) -> Declared:
    """The client, its name and the period."""
    match = _match(bundle)
    if match is None:
        return Declared()
    where = "/".join(bundle.parents[:3])
    values = {Trait.CLIENT: match["client"], Trait.PERIOD: match["period"], Trait.CLIENT_NAME: match["client_name"]}
    try:
        return Declared(
            tuple(clue(trait, value, Source.FOLDER, where=where) for trait, value in values.items() if value)
        )
    except ValueError:  # a thirteenth month
        return Declared()


def contradicts_module(clues: Sequence[Clue], bundle: Bundle) -> Doubtful | None:
    """The document holds when its module does not make its kind, or no module does; both sides are shown."""
    here = module(bundle)
    made = {kind.code for kind in (MODULES[here] if here else KINDS)}
    other = next((each for each in clues if each.trait is Trait.KIND and each.value not in made), None)
    if other is None:
        return None
    said, code = other.where, other.value
    if here is None:
        return Doubtful(
            Code.UNKNOWN_KIND,
            Words(f"{said} : aucun module ne fait de {code}", f"{said}: no module makes a {code}"),
            Words("L’exporter vers un dossier du connecteur neutre.", "Export it to a folder read as neutral."),
            tuple(clues),
        )
    return Doubtful(
        Code.CONTRADICTION,
        Words(f"le type {code} ({said}) n’est pas du module {here}", f"kind {code} ({said}) is not of module {here}"),
        Words("Ranger le fichier sous son module, ou corriger son type.", "Move the file, or mend its kind."),
        tuple(clues),
    )


def _match(bundle: Bundle) -> re.Match[str] | None:
    return _FOLDER.match("".join(f"{unicodedata.normalize('NFC', parent)}/" for parent in bundle.parents))
