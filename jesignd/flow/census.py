"""Census: look through an export folder, find the connector that fits it, and count; nothing is written there.

The files are judged, read and recognised by the very steps the daemon takes. A folder of folders, one a software, is
taken apart when that explains its files better than taking it as a whole.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain import census
from jesignd.domain.census import Census, Score, Seen, Software
from jesignd.domain.documents import Claimed, CompanionRole, Refused
from jesignd.domain.folders import FolderState, WatchedFolder
from jesignd.domain.recognition import Doubtful
from jesignd.domain.routing import Facts, decide
from jesignd.errors import Code, JesignError, NotFound, Words
from jesignd.intake import claim, survey
from jesignd.intake.survey import Settled, Shelf, Survey
from jesignd.plugin.recognising import RecogniseRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jesignd.domain.recognition import Recognition
    from jesignd.domain.routing import Rule
    from jesignd.intake.bundles import Bundle
    from jesignd.plugin.contract import Manifest
    from jesignd.plugin.supervising import Recogniser

SAMPLE = 48
"""Documents of a folder on which connectors are tried."""
BATCH = 64
MOST_PARTS = 12
"""More sub-folders than this are clients or years, not software."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One export folder, settled under the connector that fits it."""

    folder: WatchedFolder
    found: Settled
    tried: dict[str, Score]

    @property
    def score(self) -> Score:
        """That of the chosen connector; a name imposed is taken to fit."""
        return self.tried.get(self.folder.connector, Score(0, 0, 0))


class _Taking:
    """What one census goes by."""

    def __init__(self, recogniser: Recogniser, connector: str | None, shelf: Shelf) -> None:
        self.recogniser = recogniser
        self.shelf = shelf
        self.manifests = {one.name: one for listed in recogniser.listed() for one in listed.manifests}
        self.connectors = [connector] if connector is not None else sorted(self.manifests, key=_neutral_first)


def take_census(
    root: Path,
    *,
    recogniser: Recogniser,
    connector: str | None = None,
    rules: Sequence[Rule] | None = None,
    watched: Sequence[WatchedFolder] = (),
    progress: Callable[[], object] = lambda: None,
) -> Census:
    """The census of this folder; `rules` and `watched` are those of a configuration in force, if there is one.

    `progress` is called once a file.

    Raises:
        NotFound: no such directory, or no such connector.
        JesignError: the connector named cannot be used.
    """
    root = Path(os.path.realpath(root))
    if not root.is_dir():
        raise NotFound(Words(f"dossier introuvable : {root}", f"no such directory: {root}"))
    with tempfile.TemporaryDirectory(prefix="jesignd-") as directory:
        taking = _Taking(recogniser, connector, Shelf(Path(directory)))
        if connector is not None:  # refused by name, before anything is read
            recogniser.conventions(connector)
        seen: list[Seen] = []
        software: list[Software] = []
        for part in _parts(root, taking):
            named = _configured(part.folder, watched)
            ours = []
            for one in _look(part, taking, named.name):
                ours.append(_ruled(one, rules or ()))
                progress()
            seen += ours
            software.append(_software(part, ours, taking.manifests[part.folder.connector], named.name))
    return census.count(str(root), seen, software, ruled=rules is not None)


def _parts(root: Path, taking: _Taking) -> list[_Part]:
    """The export folders: the root itself, or the folders below it when they explain the files better."""
    bare = _bare(root, "exports" if root.name == "" else _name(root.name, frozenset()))
    below = () if survey.is_marked(bare) else survey.rooms(bare)
    if not 0 < len(below) <= MOST_PARTS:
        return [_part(bare, taking)]
    names: set[str] = set()
    divided: list[_Part] = []
    for room in below:
        name = _name(room, frozenset(names))
        names.add(name)
        divided.append(_part(_bare(root / room, name), taking))
    divided = [part for part in divided if part.found.bundles or part.found.refused]
    if any(survey.is_marked(part.folder) for part in divided):
        return divided
    whole = _part(bare, taking)
    total = sum((part.score for part in divided), Score(0, 0, 0))
    return divided if total.rank > whole.score.rank else [whole]


def _part(bare: WatchedFolder, taking: _Taking) -> _Part:
    """The folder under the connector that fits it best; the first one tried wins a tie."""
    found = Survey.of(bare)
    if found.listing.state is FolderState.OFFLINE:
        reason = found.listing.reason or Words("dossier illisible", "unreadable folder")
        raise NotFound(Words(f"{bare.path} : {reason.fr}", f"{bare.path}: {reason.en}"))
    settled: dict[str, tuple[WatchedFolder, Settled]] = {}
    tried: dict[str, Score] = {}
    for name in taking.connectors:
        try:
            conventions = taking.recogniser.conventions(name)
        except JesignError:
            if len(taking.connectors) == 1:
                raise
            continue
        folder = replace(bare, connector=name, conventions=conventions)
        settled[name] = folder, found.settle(folder)
        sample = _spread(settled[name][1].bundles)
        tried[name] = census.score(answer for _, answer in _recognised(folder, sample, taking))
    best = max(tried, key=lambda name: tried[name].rank)
    return _Part(*settled[best], tried if len(tried) > 1 else {})


def _look(part: _Part, taking: _Taking, name: str) -> Iterator[Seen]:
    for refused in part.found.refused:
        yield Seen(name, refused.relative_path, code=refused.code, reason=refused.reason)
    bundles = part.found.bundles
    for start in range(0, len(bundles), BATCH):
        for bundle, answer in _recognised(part.folder, bundles[start : start + BATCH], taking):
            yield census.seen(name, bundle.primary.relative_path, bundle.primary.size, answer)


def _recognised(
    folder: WatchedFolder, bundles: Sequence[Bundle], taking: _Taking
) -> Iterator[tuple[Bundle, Recognition]]:
    """What the connector says of each; what could not be read or crashed it is doubtful."""
    outcomes = claim.claim_many(folder, bundles, taking.shelf)
    taken = [outcome for outcome in outcomes if isinstance(outcome, Claimed)]
    requests = [
        RecogniseRequest(
            one, taking.shelf.path(one.digest), tuple(taking.shelf.path(each.digest) for each in one.companions)
        )
        for one in taken
    ]
    answers = iter(taking.recogniser.recognise_many(folder, requests) if requests else ())
    for bundle, outcome in zip(bundles, outcomes, strict=True):
        if isinstance(outcome, Refused):
            yield bundle, Doubtful(outcome.code, outcome.reason)
        elif isinstance(outcome, Claimed):
            answer = next(answers)
            yield (
                bundle,
                Doubtful(Code.POISON, answer.message, answer.hint) if isinstance(answer, JesignError) else answer,
            )
        else:
            yield bundle, Doubtful(Code.TRUNCATED, _BUSY)
    taking.shelf.sweep()


_BUSY = Words("le fichier est en cours d’écriture, ou tenu par un autre programme", "the file is being written or held")


def _spread(bundles: Sequence[Bundle]) -> Sequence[Bundle]:
    """A sample taken evenly over the whole folder, so that no year or client speaks for all."""
    step = max(1, -(-len(bundles) // SAMPLE))
    return bundles[::step]


def _software(part: _Part, seen: Sequence[Seen], manifest: Manifest, name: str) -> Software:
    companions = {piece for bundle in part.found.bundles for piece in bundle.companions}
    roles = [piece.role for piece in companions]
    return Software(
        folder=name,
        path=part.folder.path,
        connector=manifest.name,
        title=manifest.title,
        evidence=manifest.evidence.value,
        docs=manifest.docs,
        documents=len(seen),
        recognised=sum(one.kind is not None for one in seen),
        sidecars=roles.count(CompanionRole.SIDECAR),
        indexes=roles.count(CompanionRole.INDEX),
        directories=roles.count(CompanionRole.DIRECTORY),
        tried=part.tried,
    )


def _configured(folder: WatchedFolder, watched: Sequence[WatchedFolder]) -> WatchedFolder:
    """The same folder as the configuration in force calls it, if it does."""
    return next((one for one in watched if os.path.realpath(one.path) == folder.path), folder)


def _ruled(one: Seen, rules: Sequence[Rule]) -> Seen:
    if one.kind is None or one.period is None or not rules:
        return one
    found = decide(Facts(one.folder, one.path, one.kind, one.client, one.period), rules).rule
    return replace(one, rule=found.name if found is not None else None)


def _bare(path: Path, name: str) -> WatchedFolder:
    return WatchedFolder(name=name, path=str(path), connector="", acts_as="")


def _name(text: str, taken: frozenset[str]) -> str:
    """A name the configuration accepts, made from a directory's, and not taken yet."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "exports"
    return next(candidate for at in range(1, 10_000) if (candidate := name if at == 1 else f"{name}-{at}") not in taken)


def _neutral_first(name: str) -> tuple[bool, str]:
    return name != "neutral", name
