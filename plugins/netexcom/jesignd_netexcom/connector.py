"""Connector: the neutral convention, and a word on the kind from the folders whose names the firm gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jesignd.domain import text
from jesignd.domain.documents import DocumentKind
from jesignd.domain.folders import Conventions
from jesignd.domain.recognition import Doubtful, Recognition, Source, Trait, Unusable
from jesignd.errors import Words
from jesignd.plugin import Bundle, Connector, Evidence, Manifest
from jesignd.plugin.conventions import Declared, clue, gather, pattern
from jesignd.plugin.neutral import Neutral, NeutralOptions, declared


@dataclass(frozen=True, slots=True)
class NetexcomOptions:
    """The settings of this connector: the neutral one's, and the names of folders."""

    folders: Mapping[str, str] = field(default_factory=dict)
    """Names of folders and the kind they hold, as `{"Bulletins de paie": "BP"}`; none is known beforehand."""
    names: tuple[str, ...] = ()
    sidecar_required: bool = False
    index_required: bool = False
    index_pattern: str = r"LOT_.+\.csv"

    def __post_init__(self) -> None:
        for code in self.folders.values():
            DocumentKind.from_code(code)
        for expression in (*self.names, self.index_pattern):
            pattern(expression)

    @property
    def neutral(self) -> NeutralOptions:
        """What the neutral convention is to be read with."""
        return NeutralOptions(self.names, self.sidecar_required, self.index_required, self.index_pattern)


class Netexcom(Connector[NetexcomOptions]):
    """Reads what the neutral connector reads, and holds what lies in a folder of another kind."""

    manifest = Manifest(
        name="netexcom",
        title=Words(
            "Convention neutre, sous les dossiers d’un export NETexcom",
            "Neutral convention, under a NETexcom export’s folders",
        ),
        kinds=frozenset(DocumentKind),
        evidence=Evidence.OUR_CONVENTION,
        docs="plugins/netexcom/README.md",
    )
    options_schema = NetexcomOptions

    def conventions(self, options: NetexcomOptions) -> Conventions:
        """The neutral connector's."""
        return Neutral().conventions(options.neutral)

    def recognise(self, bundle: Bundle, options: NetexcomOptions) -> Recognition:
        """Sidecar, index row, name and folders, gathered."""
        said = declared(bundle, options.neutral)
        if isinstance(said, Doubtful | Unusable):
            return said
        return gather(bundle, [*said, _folders(bundle, options.folders)])


def _folders(bundle: Bundle, known: Mapping[str, str]) -> Declared:
    """The kind of every folder above the file whose name was given."""
    kinds = {text.plain(name): code for name, code in known.items()}
    found = [(parent, kinds[text.plain(parent)]) for parent in bundle.parents if text.plain(parent) in kinds]
    return Declared(tuple(clue(Trait.KIND, code, Source.FOLDER, where=parent) for parent, code in found))
