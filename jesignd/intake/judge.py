"""Judge: whether one file, as last seen, may be taken, must be refused, or is to be waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jesignd.domain import text
from jesignd.domain.documents import CompanionRole
from jesignd.errors import Code, Words
from jesignd.intake import lots, names, reasons
from jesignd.intake.bundles import Bundle, Part, Proof, Roles, stem
from jesignd.intake.scan import Kind
from jesignd.intake.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jesignd.domain.folders import WatchedFolder
    from jesignd.intake.lotbook import Announcement, LotBook
    from jesignd.intake.register import Register, Tracked
    from jesignd.intake.scan import Entry


class Refusal(NamedTuple):
    """The file may not be taken as it is."""

    code: Code
    reason: Words


class Wait(NamedTuple):
    """The file is to be looked at again at `until` (monotonic seconds); None: when something else comes."""

    until: float | None
    locked: bool = False


class _Company(NamedTuple):
    """The companions there are, which required ones are not, and until when one is still being written."""

    parts: tuple[Part, ...]
    missing: tuple[CompanionRole, ...]
    unsettled_until: float | None


class Judge:
    """Applies one folder's terms to what its register holds; changes nothing."""

    def __init__(
        self,
        folder: WatchedFolder,
        roles: Roles,
        files: Register,
        *,
        lots: LotBook | None,
        shape: Callable[[Entry], Shape],
        read: Callable[[Entry], bytes | None],
    ) -> None:
        self._folder = folder
        self._rules = folder.conventions
        self._roles = roles
        self._files = files
        self._lots = lots
        self._shape = shape
        self._read = read

    def document(self, tracked: Tracked, now: float) -> Bundle | Refusal | Wait:
        """What is to be done with a document now."""
        if (refusal := self._at_sight(tracked)) is not None:
            return refusal
        if (verdict := self._by_presence(tracked, now)) is not None:
            return verdict
        proof = self._proof(tracked)
        if proof is None:
            return self._wait_for_quiet(tracked)
        if tracked.entry.nlink > 1:
            # A careful writer links the final name before it drops the temporary one: two names for an instant.
            return (
                Refusal(Code.FORBIDDEN_FILE, reasons.HARD_LINK)
                if self._is_still(tracked)
                else self._wait_for_quiet(tracked)
            )
        verdict = self._by_shape(tracked, now)
        return self._bundle(tracked, proof, now) if verdict is None else verdict

    def index(self, tracked: Tracked, now: float) -> bytes | Refusal | Wait:
        """The bytes of a batch index once it is complete."""
        if (refusal := self._at_sight(tracked)) is not None:
            return refusal
        if (verdict := self._by_presence(tracked, now)) is not None:
            return verdict
        if tracked.entry.size > lots.LARGEST_INDEX:
            return Refusal(Code.TOO_LARGE, reasons.COMPANION_TOO_LARGE)
        end: Tracked | None = None
        if self._roles.index_end is not None:
            end = self._only(stem(tracked.key) + self._roles.index_end)
            if end is None:
                return Wait(None)
        elif not tracked.finished and not self._is_still(tracked):
            return self._wait_for_quiet(tracked)
        data = self._read(tracked.entry)
        said = b"" if end is None else self._read(end.entry)
        if data is None or said is None:
            return Wait(None, locked=True)
        if lots.seals(said, data):
            return data
        deadline = max(tracked.since, end.since if end else 0.0) + self._folder.companion_seconds
        return Wait(deadline) if now < deadline else Refusal(Code.DIGEST_MISMATCH, reasons.INDEX_END)

    def companions_seen(self, tracked: Tracked) -> list[Part]:
        """The companions a document (or an index) has at present, whatever their state."""
        found: list[Part] = []
        for role, keys in (
            (CompanionRole.SIDECAR, self._roles.sidecar_keys(tracked.key)),
            (CompanionRole.MARKER, self._roles.marker_keys(tracked.key)),
            (CompanionRole.DIRECTORY, map(text.key, self._rules.directories)),
        ):
            found += [Part(role, there.entry) for key in keys if (there := self._only(key)) is not None]
        if self._roles.index_end and (end := self._only(stem(tracked.key) + self._roles.index_end)) is not None:
            found.append(Part(CompanionRole.MARKER, end.entry))
        if (announced := self._announced(tracked)) is not None:
            found.append(Part(CompanionRole.INDEX, announced.by.entry))
        return found

    @staticmethod
    def key(relative_path: str) -> str:
        """The key under which the register holds this path."""
        return text.key(relative_path)

    def _at_sight(self, tracked: Tracked) -> Refusal | None:
        entry = tracked.entry
        if entry.kind in {Kind.SYMLINK, Kind.SPECIAL}:
            return Refusal(Code.FORBIDDEN_FILE, reasons.SYMLINK if entry.kind is Kind.SYMLINK else reasons.SPECIAL)
        for part in entry.listed_path.split("/"):
            if (fault := names.fault(part)) is not None:
                return Refusal(Code.FORBIDDEN_FILE, fault)
        if len(self._files.with_key(tracked.key)) > 1:
            return Refusal(Code.TWIN_NAMES, reasons.TWINS)
        return None

    def _by_presence(self, tracked: Tracked, now: float) -> Refusal | Wait | None:
        """A file whose contents, or those of its sidecar, are elsewhere is waited for, then told; it is not opened."""
        beside = (there for key in self._roles.sidecar_keys(tracked.key) for there in self._files.with_key(key))
        absent = [one for one in (tracked, *beside) if one.entry.kind is Kind.PLACEHOLDER]
        if not absent:
            return None
        deadline = max(one.since for one in absent) + self._folder.companion_seconds
        return Wait(deadline) if now < deadline else Refusal(Code.TRUNCATED, reasons.PLACEHOLDER)

    def _proof(self, tracked: Tracked) -> Proof | None:
        if self._first(self._roles.marker_keys(tracked.key)) is not None:
            return Proof.MARKER
        row = announced.row if (announced := self._announced(tracked)) is not None else None
        if row is not None and row.digest and row.size in {None, tracked.entry.size} and not tracked.wary:
            return Proof.INDEX
        if tracked.finished:
            return Proof.FINISHED
        return Proof.QUIET if self._is_still(tracked) else None

    def _by_shape(self, tracked: Tracked, now: float) -> Refusal | Wait | None:
        shape = self._shape(tracked.entry)
        if shape is Shape.WHOLE:
            return None
        if shape is Shape.UNREADABLE:
            return Wait(None, locked=True)
        if not self._is_still(tracked):
            return self._wait_for_quiet(tracked)
        if shape is Shape.NOT_A_PDF:
            return Refusal(Code.NOT_A_PDF, reasons.NOT_A_PDF)
        deadline = tracked.since + self._folder.companion_seconds
        return Wait(deadline) if now < deadline else Refusal(Code.TRUNCATED, reasons.TRUNCATED)

    def _bundle(self, tracked: Tracked, proof: Proof, now: float) -> Bundle | Refusal | Wait:
        if any(len(self._files.with_key(key)) > 1 for key in self._roles.sidecar_keys(tracked.key)):
            return Refusal(Code.TWIN_NAMES, reasons.TWINS)
        company = self._company(tracked, proof)
        deadline = tracked.since + self._folder.companion_seconds
        if self._rules.placeholders and company.unsettled_until is not None:
            return Wait(company.unsettled_until)  # it may come down long after its document
        if now < deadline:
            if self._lots is not None and self._lots.holds_back(tracked.key):
                return Wait(deadline)
            if company.unsettled_until is not None:
                return Wait(min(company.unsettled_until, deadline))
            if company.missing:
                return Wait(deadline)
        announced = self._announced(tracked)
        return Bundle(
            tracked.entry,
            company.parts,
            proof,
            missing=company.missing,
            lot=announced.by.entry.relative_path if announced else None,
            digest=announced.row.digest if announced and proof is Proof.INDEX else None,
        )

    def _company(self, tracked: Tracked, proof: Proof) -> _Company:
        parts: list[Part] = []
        missing: list[CompanionRole] = []
        unsettled_until: float | None = None
        sidecar = self._first(self._roles.sidecar_keys(tracked.key))
        if sidecar is not None and not (sidecar.finished or proof is Proof.MARKER or self._is_still(sidecar)):
            unsettled_until, sidecar = sidecar.since + self._folder.quiet_seconds, None
        if sidecar is not None:
            parts.append(Part(CompanionRole.SIDECAR, sidecar.entry))
        elif self._rules.sidecar_required:
            missing.append(CompanionRole.SIDECAR)
        marker = self._first(self._roles.marker_keys(tracked.key))
        if marker is not None:
            parts.append(Part(CompanionRole.MARKER, marker.entry))
        elif self._rules.marker_suffixes:
            missing.append(CompanionRole.MARKER)
        if (announced := self._announced(tracked)) is not None:
            parts.append(Part(CompanionRole.INDEX, announced.by.entry))
        elif self._rules.index_required:
            missing.append(CompanionRole.INDEX)
        lists = (self._only(text.key(name)) for name in self._rules.directories)
        parts += [Part(CompanionRole.DIRECTORY, there.entry) for there in lists if there is not None]
        return _Company(tuple(parts), tuple(missing), unsettled_until)

    def _announced(self, tracked: Tracked) -> Announcement | None:
        return self._lots.announced(tracked.key) if self._lots is not None else None

    def _first(self, keys: Iterable[str]) -> Tracked | None:
        return next((there for key in keys if (there := self._only(key)) is not None), None)

    def _only(self, key: str) -> Tracked | None:
        """The one regular file of this key; none when there are twins."""
        there = self._files.with_key(key)
        return there[0] if len(there) == 1 and there[0].entry.kind is Kind.FILE else None

    def _is_still(self, tracked: Tracked) -> bool:
        return tracked.has_been_still(self._folder.quiet_seconds)

    def _wait_for_quiet(self, tracked: Tracked) -> Wait:
        return Wait(tracked.since + self._folder.quiet_seconds)
