"""Trial: what would become of a file, by the very steps the daemon takes, and without touching anything.

The file is looked at where it lies, with its companions, as if every waiting time had passed; its bytes are copied to a
temporary place. What was seen before and the credit left are read in the store, where there is one.
"""

from __future__ import annotations

import datetime
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.daemon.configured import office_of
from jesignd.domain.authorisation import Case, Outcome, authorise
from jesignd.domain.credit import Cents
from jesignd.domain.documents import Claimed, DocumentState, Refused
from jesignd.domain.folders import FolderState, WatchedFolder
from jesignd.domain.paris import PARIS
from jesignd.domain.people import Account, AccountId, Email, FirmId, Membership, Profile, Status
from jesignd.domain.recognition import Recognised, Recognition
from jesignd.domain.rights import Certified, Standing
from jesignd.domain.routing import Decision
from jesignd.errors import NotFound, ServiceError, Words
from jesignd.flow.authorise import facts_of, foresee
from jesignd.flow.firms import known
from jesignd.flow.records import plain_recognised
from jesignd.intake import claim, scan
from jesignd.intake.bundles import Bundle, Postponed, Role, Roles, stem
from jesignd.intake.survey import Shelf, settled
from jesignd.plugin.recognising import RecogniseRequest
from jesignd.settings.location import Location
from jesignd.store.documents import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.domain.jobs import Transaction
    from jesignd.plugin.supervising import Recogniser
    from jesignd.settings.settings import Settings

_PLENTY = Cents(100_000_00)
_ANY_FIRM = FirmId("")
_LONG_AGO, _FAR_AWAY = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (1900, 9000))
_ANY_CERTIFICATE = Certified(_LONG_AGO, _FAR_AWAY, qualified=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """How far a file came; a step that was not reached left None."""

    folder: str
    path: str
    refused: Refused | None = None
    recognition: Recognition | None = None
    decision: Decision | None = None
    outcome: Outcome | None = None
    against_store: bool = False
    """What was seen before, people's rights, mandates and the credit left were taken into account."""


def try_file(
    file: Path,
    *,
    folder: str | None,
    settings: Settings,
    recogniser: Recogniser,
    on: datetime.date,
    seen: Transaction | None = None,
) -> Trial:
    """Take the file through every step up to the decision, as on that day in Paris.

    `seen` is a reading of the store; None: nothing was seen before, nobody lacks a right, and there is credit.
    A file that lies in no watched folder is tried as if it lay at the root of the folder named.

    Raises:
        NotFound: no such file or folder, the folder is offline, or its terms pass over files of this name.
        JesignError: the folder's connector or its options cannot be used.
    """
    if not os.path.lexists(file) or file.is_dir():
        raise NotFound(Words(f"fichier introuvable : {file}", f"no such file: {file}"))
    with tempfile.TemporaryDirectory(prefix="jesignd-") as directory:
        shelf = Shelf(Path(directory))
        watched, listed = _watched(file, named=folder, settings=settings)
        watched = replace(watched, conventions=recogniser.conventions(watched.connector, watched.options))
        if listed is None:
            watched, listed = _staged(file, watched, Path(directory) / "folder")
        claimed = _claimed(watched, listed, shelf)
        if isinstance(claimed, Refused):
            return Trial(watched.name, listed, refused=claimed)
        companions = tuple(shelf.path(companion.digest) for companion in claimed.companions)
        request = RecogniseRequest(claimed, shelf.path(claimed.digest), companions)
        recognition = recogniser.recognise(watched, request)
    if not isinstance(recognition, Recognised):
        return Trial(watched.name, listed, recognition=recognition)
    document = _received(claimed, recognition, on)
    if seen is None:
        outcome, decision = authorise(_case(document, recognition, settings=settings))
    else:
        folders = {one.name: one for one in settings.folders}
        office = office_of(settings, folders, firms=known(seen, settings))
        outcome, decision = foresee(seen, document, office=office, at=document.received_at)
    return Trial(watched.name, listed, None, recognition, decision, outcome, against_store=seen is not None)


def _received(claimed: Claimed, recognised: Recognised, on: datetime.date) -> Document:
    """The file as the document it would be, the last received of all."""
    at = datetime.datetime.combine(on, datetime.time(12), PARIS).astimezone(datetime.UTC)
    return Document(
        sequence=sys.maxsize,
        claimed=claimed,
        state=DocumentState.RECOGNISED,
        received_at=at,
        changed_at=at,
        recognition=plain_recognised(recognised),
        origin_key=recognised.origin_key,
    )


def _watched(file: Path, *, named: str | None, settings: Settings) -> tuple[WatchedFolder, str | None]:
    """The folder, and the path below it under which the file lies there; None when it lies elsewhere."""
    # The last step stays as it is: a symbolic link is for the intake to refuse.
    real = Path(os.path.realpath(file.parent), file.name)
    there = Location.of(str(real.parent))
    for watched in settings.folders:
        if (named is None or watched.name == named) and there.inside(Location.of(watched.path)):
            return watched, str(real.relative_to(os.path.realpath(watched.path)))
    for watched in settings.folders:
        if watched.name == named:
            return watched, None
    names = ", ".join(watched.name for watched in settings.folders)
    if named is None:
        raise NotFound(
            Words(f"{file} n’est dans aucun dossier surveillé", f"{file} lies in no watched folder"),
            hint=Words(f"dites lequel : --folder NOM ({names})", f"say which: --folder NAME ({names})"),
        )
    raise NotFound(Words(f"dossier inconnu : {named} ({names})", f"unknown folder: {named} ({names})"))


def _staged(file: Path, watched: WatchedFolder, root: Path) -> tuple[WatchedFolder, str]:
    """The file and what goes with it, at the root of a folder of their own under the same terms."""
    root.mkdir()
    staged = replace(watched, path=str(root))
    roles = Roles(staged)
    for other in file.parent.iterdir():
        role = roles.of(other.name)
        beside = role is Role.BESIDE and stem(other.name) == stem(file.name)
        if other.name == file.name or beside or role in {Role.INDEX, Role.DIRECTORY}:
            shutil.copy2(other, root / other.name, follow_symlinks=False)
    scan.mark(staged)
    return staged, file.name


def _claimed(watched: WatchedFolder, listed: str, shelf: Shelf) -> Claimed | Refused:
    """The file as the intake takes it, or its reason not to."""
    listing = scan.look(watched, _neighbours(watched, listed))
    if listing.state is FolderState.OFFLINE:
        reason = listing.reason or Words("dossier hors ligne", "folder offline")
        raise NotFound(
            reason,
            hint=Words(
                f"le fichier {watched.marker} doit contenir « {watched.name} »",
                f"the file {watched.marker} must hold “{watched.name}”",
            ),
        )
    bundle = _settled(watched, listing, listed)
    if isinstance(bundle, Refused):
        return bundle
    outcome = claim.claim(watched, bundle, shelf)
    if isinstance(outcome, Postponed):
        raise ServiceError(
            Words(
                f"{listed} est en cours d’écriture, ou tenu par un autre programme",
                f"{listed} is being written or held",
            )
        )
    return outcome


def _neighbours(watched: WatchedFolder, listed: str) -> Iterator[str]:
    """What lies beside the file and in each directory above it: there its companions are."""
    above = Path(listed).parent
    for directory in (above, *above.parents):
        with os.scandir(Path(watched.path) / directory) as entries:
            yield from (str(directory / entry.name) for entry in entries if not entry.is_dir())


def _settled(watched: WatchedFolder, listing: scan.Listing, listed: str) -> Bundle | Refused:
    found = settled(watched, listing)
    ours = {entry.relative_path for entry in listing.entries if entry.listed_path == listed}
    for bundle in found.bundles:
        if bundle.primary.listed_path == listed:
            return bundle
    for refusal in found.refused:
        if refusal.relative_path in ours:
            return refusal
    raise NotFound(
        Words(f"« {listed} » n’est pas un fichier que ce dossier prend", f"“{listed}” is no file this folder takes"),
        hint=Words("voyez `include` et `ignore` du dossier", "see `include` and `ignore` of the folder"),
    )


def _case(document: Document, recognised: Recognised, *, settings: Settings) -> Case:
    """Without a store nobody is known, nor any mandate: as if the folder acted as an accountant of the firm."""
    acts_as = next(watched.acts_as for watched in settings.folders if watched.name == document.claimed.folder)
    at = document.received_at
    somebody = Account(AccountId(acts_as), acts_as, Profile("", acts_as, Email("")), at)
    stay = Membership(_ANY_FIRM, somebody.id, Status.ACCOUNTANT, at)
    here = Standing(somebody, [stay], certificates=[_ANY_CERTIFICATE], conditions_at=at)
    return Case(
        facts=facts_of(document, recognised),
        rules=settings.rules,
        firm=_ANY_FIRM,
        acts_as=acts_as,
        standing=here,
        at=at,
        balance=_PLENTY,
        prices=settings.prices,
    )
