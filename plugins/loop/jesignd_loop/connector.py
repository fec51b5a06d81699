"""Connector: what a file of a Loop tree is, from its sidecar, its name and its folders."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jesignd.domain.documents import DocumentKind
from jesignd.domain.folders import Conventions
from jesignd.domain.recognition import Doubtful, Recognised, Recognition, Source, Trait
from jesignd.errors import Words
from jesignd.plugin import Bundle, Connector, Evidence, Manifest
from jesignd.plugin.conventions import (
    Declared,
    Incomplete,
    clue,
    gather,
    incomplete,
    misnamed,
    neutral,
    pattern,
    read_name,
    read_sidecar,
)
from jesignd_loop.copies import conflict_copy
from jesignd_loop.layout import KINDS, contradicts_rubric, read_folders

QUIET_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """The settings of this connector."""

    rubrics: Mapping[str, str] = field(default_factory=dict)
    """The firm's own rubrics and the kinds they hold, as `{"Bilans définitifs": "PLQ"}`."""
    machines: tuple[str, ...] = ()
    """Names of the firm's computers: a file that ends with one is a copy born of a conflict."""
    names: tuple[str, ...] = ()
    """More ways of naming files: regular expressions with the groups kind, client, period, number, label."""
    mobile_required: bool = True
    """Hold a document one of whose signatories has no mobile number."""

    def __post_init__(self) -> None:
        for code in self.rubrics.values():
            if DocumentKind.from_code(code) not in KINDS:
                raise ValueError(f"rubrics: {code}")
        for expression in self.names:
            pattern(expression)


class Loop(Connector[LoopOptions]):
    """Reads `<code> - <raison sociale>/<exercice>/<rubrique>/` trees, JSON sidecars, neutral and free names."""

    manifest = Manifest(
        name="loop",
        title=Words("Cegid Loop (arborescence synchronisée)", "Cegid Loop (synchronised tree)"),
        kinds=KINDS,
        evidence=Evidence.OUR_CONVENTION,
        docs="plugins/loop/README.md",
    )
    options_schema = LoopOptions

    def conventions(self, options: LoopOptions) -> Conventions:  # noqa: ARG002
        """A sidecar `.json`; half a minute without a change; nothing that is not on the disk."""
        return Conventions(quiet_seconds=QUIET_SECONDS, placeholders=True)

    def recognise(self, bundle: Bundle, options: LoopOptions) -> Recognition:
        """Sidecar, name and folders, gathered; then the rubric's word, and whether each signatory can be reached."""
        doubt = conflict_copy(bundle, options.machines)
        if doubt is not None:
            return doubt
        beside = Declared() if bundle.sidecar is None else read_sidecar(bundle.sidecar, bundle.name)
        named = _name(bundle, options)
        if isinstance(beside, Doubtful):
            return beside
        if isinstance(named, Doubtful):
            return named
        answer = gather(bundle, [beside, named, read_folders(bundle, options.rubrics)])
        if not isinstance(answer, Recognised):
            return answer
        return (
            contradicts_rubric(answer, bundle, own=options.rubrics)
            or _unreachable(answer, bundle, options=options)
            or answer
        )


def _name(bundle: Bundle, options: LoopOptions) -> Declared | Doubtful:
    """A name in one of the known writings; any other is a label, unless it tried to be neutral."""
    read = read_name(bundle.name, (neutral, *(pattern(each) for each in options.names)))
    if isinstance(read, Doubtful) or read.clues:
        return read
    if (doubt := misnamed(bundle.name)) is not None:
        return doubt
    try:
        label = clue(Trait.LABEL, unicodedata.normalize("NFC", bundle.stem), Source.NAME, where=bundle.name)
    except ValueError:
        return Declared()
    return Declared((label,))


def _unreachable(answer: Recognised, bundle: Bundle, *, options: LoopOptions) -> Doubtful | None:
    """This software's own signing needs a mobile number for each signatory: a code is sent there."""
    if not options.mobile_required or all(person.mobile for person in answer.signatories):
        return None
    return replace(incomplete(Incomplete("mobile"), f"{bundle.stem}.json"), clues=answer.clues)
