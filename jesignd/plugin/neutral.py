"""Neutral: the built-in connector, for any software that can write our own names, sidecars or batch indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jesignd.domain.documents import DocumentKind
from jesignd.domain.folders import Conventions, IndexConvention
from jesignd.domain.recognition import Doubtful, Recognition, Unusable
from jesignd.errors import Code, Words
from jesignd.plugin.contract import Bundle, Connector, Evidence, Manifest
from jesignd.plugin.conventions import batch_index
from jesignd.plugin.conventions.batch_index import find_row, orphan, read_row
from jesignd.plugin.conventions.declared import Declared
from jesignd.plugin.conventions.filenames import neutral, pattern, read_name
from jesignd.plugin.conventions.gathering import gather
from jesignd.plugin.conventions.sidecars import read_sidecar
from jesignd.plugin.specs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class NeutralOptions:
    """The settings of the neutral connector."""

    names: tuple[str, ...] = ()
    """More ways of naming files: regular expressions with the groups kind, client, period, employee, number, label."""
    sidecar_required: bool = False
    index_required: bool = False
    index_pattern: str = r"LOT_.+\.csv"


class Neutral(Connector[NeutralOptions]):
    """Reads C§1.4 names, C§1.5 sidecars, C§1.6 indexes."""

    manifest = Manifest(
        name="neutral",
        title=Words("Convention neutre de jesignd", "jesignd’s neutral convention"),
        kinds=frozenset(DocumentKind),
        evidence=Evidence.OUR_CONVENTION,
        docs="docs/connecteurs/neutre.md",
    )
    options_schema = NeutralOptions

    def conventions(self, options: NeutralOptions) -> Conventions:
        """A sidecar `.json`, and lots `LOT_….csv` closed by `LOT_….fin`."""
        return Conventions(
            sidecar_suffixes=(".json",),
            sidecar_required=options.sidecar_required,
            index=IndexConvention(options.index_pattern, ".fin", "FICHIER", "TAILLE", "SHA256"),
            index_required=options.index_required,
        )

    def recognise(self, bundle: Bundle, options: NeutralOptions) -> Recognition:
        """Sidecar, index row and name, gathered."""
        said = declared(bundle, options)
        return said if isinstance(said, Doubtful | Unusable) else gather(bundle, said)


def declared(bundle: Bundle, options: NeutralOptions) -> tuple[Declared, ...] | Doubtful | Unusable:
    """What sidecar, index row and name say, in this order; for connectors that add to the neutral convention."""
    sources: list[Declared] = []
    for read in (_sidecar(bundle, options), _index(bundle, options), _name(bundle, options)):
        if not isinstance(read, Declared):
            return read
        sources.append(read)
    return tuple(sources)


def _sidecar(bundle: Bundle, options: NeutralOptions) -> Declared | Doubtful:
    if bundle.sidecar is not None:
        return read_sidecar(bundle.sidecar, bundle.name)
    return missing_sidecar(bundle) if options.sidecar_required else Declared()


def _index(bundle: Bundle, options: NeutralOptions) -> Declared | Doubtful | Unusable:
    if bundle.index is None:
        return orphan(bundle) if options.index_required else Declared()
    found = find_row(bundle.index, bundle, batch_index.NEUTRAL)
    return read_row(found, batch_index.NEUTRAL) if isinstance(found, batch_index.Found) else found


def _name(bundle: Bundle, options: NeutralOptions) -> Declared | Doubtful:
    return read_name(bundle.name, (neutral, *(pattern(each) for each in options.names)))


def missing_sidecar(bundle: Bundle) -> Doubtful:
    """The document holds: its folder asks for a sidecar, and none came."""
    return Doubtful(
        Code.AMBIGUOUS,
        Words(f"« {bundle.stem}.json » manque", f"“{bundle.stem}.json” is missing"),
        Words("Exporter aussi le fichier d’accompagnement.", "Export the sidecar too."),
    )


@hookimpl
def jesignd_connectors() -> Sequence[Connector[Any]]:
    """The neutral connector."""
    return (Neutral(),)
