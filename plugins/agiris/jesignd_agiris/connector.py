"""Connector: what a file exported from an Agiris module is, from its index row, its name and its folders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jesignd.domain.documents import DocumentKind
from jesignd.domain.folders import Conventions, IndexConvention
from jesignd.domain.recognition import Doubtful, Recognised, Recognition, Trait
from jesignd.errors import Code, Words
from jesignd.plugin import Bundle, Connector, Evidence, Manifest
from jesignd.plugin.conventions import Declared, gather, neutral, orphan, read_name, read_sidecar
from jesignd_agiris.index import as_payslip, read_index
from jesignd_agiris.layout import KINDS, PAYROLL, contradicts_module, module, read_folders
from jesignd_agiris.names import read_free
from jesignd_agiris.words import is_batch


@dataclass(frozen=True, slots=True)
class AgirisOptions:
    """The settings of this connector."""

    words: Mapping[str, str] = field(default_factory=dict)
    """The firm's own words for its documents, as `{"Solde de congés": "RH"}`."""
    batches: Literal["hold", "whole"] = "hold"
    """A PDF of several payslips: hold it, or treat it whole as one document."""
    index_pattern: str = r".+\.csv"
    """Regular expression on the name of the table that comes with a drop."""
    index_required: bool = False
    """Hold a document that no table announces."""

    def __post_init__(self) -> None:
        for code in self.words.values():
            if DocumentKind.from_code(code) not in KINDS:
                raise ValueError(f"words: {code}")
        try:
            re.compile(self.index_pattern)
        except re.error as error:
            raise ValueError(f"index_pattern: {error}") from error


class Agiris(Connector[AgirisOptions]):
    """Reads `<MODULE>/<dossier>/<période>/` trees, neutral names or labels in plain words, and tables of payslips."""

    manifest = Manifest(
        name="agiris",
        title=Words("Agiris Isacompta, Isapaye (arborescence d’export)", "Agiris Isacompta, Isapaye (export tree)"),
        kinds=KINDS,
        evidence=Evidence.OUR_CONVENTION,
        docs="plugins/agiris/README.md",
    )
    options_schema = AgirisOptions

    def conventions(self, options: AgirisOptions) -> Conventions:
        """A sidecar `.json`; one table a drop, without end marker: nothing of it goes before all of it is there."""
        return Conventions(
            index=IndexConvention(options.index_pattern, None, "FICHIER", whole=True),
            index_required=options.index_required,
        )

    def recognise(self, bundle: Bundle, options: AgirisOptions) -> Recognition:
        """Sidecar, index row, name and folders, gathered; the module's word; whether it is one payslip or many."""
        beside = Declared() if bundle.sidecar is None else read_sidecar(bundle.sidecar, bundle.name)
        row = orphan(bundle) if options.index_required and bundle.index is None else read_index(bundle)
        named = read_name(bundle.name, (neutral,))
        if isinstance(named, Declared) and not named.clues:
            named = read_free(bundle.name, options.words)
        if not isinstance(row, Declared):
            return row
        if isinstance(beside, Doubtful):
            return beside
        if isinstance(named, Doubtful):
            return named
        said = (*beside.clues, *named.clues)
        if module(bundle) == PAYROLL and not any(each.trait is Trait.KIND for each in said):
            row = as_payslip(row)
        doubt = contradicts_module((*row.clues, *said), bundle)
        if doubt is not None:
            return doubt
        answer = gather(bundle, [beside, row, named, read_folders(bundle)])
        return (_many(answer, options) or answer) if isinstance(answer, Recognised) else answer


def _many(answer: Recognised, options: AgirisOptions) -> Doubtful | None:
    """A month of payslips in one PDF is not one employee's: whoever receives it would read all the others."""
    if options.batches == "whole" or answer.kind is not DocumentKind.PAYSLIP or answer.employee is not None:
        return None
    if not is_batch(answer.label or ""):
        return None
    return Doubtful(
        Code.AMBIGUOUS,
        Words("ce PDF réunit plusieurs bulletins de paie", "this PDF holds several payslips"),
        Words(
            "Exporter un PDF par salarié, ou accepter les lots entiers (option « whole »).",
            "Export one PDF an employee, or accept whole batches (option “whole”).",
        ),
        answer.clues,
    )
