"""Connector: what a file exported from Quadra is, from its index row, its name and its folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.folders import Conventions, IndexConvention
from jesignd.domain.recognition import Doubtful, Recognised, Recognition, Trait, Unusable
from jesignd.errors import Words
from jesignd.plugin import Bundle, Connector, Evidence, Lot, Manifest, ReturnFile
from jesignd.plugin.conventions import Declared, Naming, gather, neutral, orphan, pattern, read_name, read_sidecar
from jesignd_quadra.directory import FILE as DIRECTORY
from jesignd_quadra.directory import signatories, wants_signatories
from jesignd_quadra.index import read_index
from jesignd_quadra.layout import DATABASE, contradicts_chapter, read_folders, under_database, with_six_characters
from jesignd_quadra.returning import return_index

_IMAGE: Naming = pattern(r"(?P<client>[0-9A-Z]{1,6})_\d+")
"""`000354_1475`, as Quadra names attached images: the kind must come from the index."""


@dataclass(frozen=True, slots=True)
class QuadraOptions:
    """The settings of this connector."""

    index_required: bool = False
    """Hold a document that no `QUADRA_DOC_….csv` announces."""
    natures: Mapping[str, str] = field(default_factory=dict)
    """The firm's own natures and the kinds they stand for, as `{"Bulletin rectifié": "BP"}`."""

    def __post_init__(self) -> None:
        for code in self.natures.values():
            Kind.from_code(code)


class Quadra(Connector[QuadraOptions]):
    """Reads `<dossier>/<chapitre>/<année>/` trees, neutral and image-style names, and `QUADRA_DOC_….csv` lists."""

    manifest = Manifest(
        name="quadra",
        title=Words("Cegid Quadra (arborescence d’export)", "Cegid Quadra (export tree)"),
        kinds=frozenset(Kind),
        evidence=Evidence.OUR_CONVENTION,
        docs="plugins/quadra/README.md",
    )
    options_schema = QuadraOptions

    def conventions(self, options: QuadraOptions) -> Conventions:
        """A sidecar `.json`; lots `QUADRA_DOC_….csv` closed by a `.fin`; the directory of signatories at the root."""
        return Conventions(
            never_below=(DATABASE,),
            index=IndexConvention(r"QUADRA_DOC_.+\.csv", ".fin", "FICHIER"),
            index_required=options.index_required,
            directories=(DIRECTORY,),
        )

    def recognise(self, bundle: Bundle, options: QuadraOptions) -> Recognition:
        """Sidecar, index row, name and folders, gathered; the chapter's word; the people of the dossier."""
        forbidden = under_database(bundle)
        if forbidden is not None:
            return forbidden
        indexed = _indexed(bundle, options)
        beside = Declared() if bundle.sidecar is None else read_sidecar(bundle.sidecar, bundle.name)
        named = read_name(bundle.name, (_six_characters, _IMAGE))
        if isinstance(indexed, Doubtful | Unusable):
            return indexed
        if isinstance(beside, Doubtful):
            return beside
        if isinstance(named, Doubtful):
            return named
        row, cells = indexed
        sources = [with_six_characters(beside), row, with_six_characters(named), read_folders(bundle)]
        answer = gather(bundle, sources)
        if not isinstance(answer, Recognised):
            return answer
        return contradicts_chapter(answer, _chapters(bundle, cells)) or _with_people(answer, bundle)

    def return_rows(self, lot: Lot, options: QuadraOptions) -> ReturnFile | None:  # noqa: ARG002
        """`QUADRA_RETOUR_….csv`, for a lot that had an index."""
        return return_index(lot)


def _indexed(bundle: Bundle, options: QuadraOptions) -> tuple[Declared, Mapping[str, str]] | Doubtful | Unusable:
    if bundle.index is not None:
        return read_index(bundle.index, bundle, options.natures)
    return orphan(bundle) if options.index_required else (Declared(), {})


def _six_characters(stem: str) -> Mapping[Trait, str] | None:
    """The neutral writing, where the client's code is one that Quadra can have."""
    said = neutral(stem)
    return said if said is not None and len(said[Trait.CLIENT]) <= 6 else None


def _chapters(bundle: Bundle, cells: Mapping[str, str]) -> Mapping[str, str]:
    folders = bundle.parents
    found = {"/".join(folders[:2]): folders[1]} if len(folders) > 1 else {}
    return {**found, "index": cells["CHAPITRE"]} if cells.get("CHAPITRE") else found


def _with_people(answer: Recognised, bundle: Bundle) -> Recognition:
    listed = bundle.directories.get(DIRECTORY)
    if listed is None or answer.signatories or not wants_signatories(answer.kind):
        return answer
    people = signatories(listed, answer.client_code)
    return replace(people, clues=answer.clues) if isinstance(people, Doubtful) else replace(answer, signatories=people)
