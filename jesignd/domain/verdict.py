"""Verdict: what a check of a file's signatures found, in the shape that `verify` prints."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from jesignd.domain.levels import LegalLevel, PadesLevel
from jesignd.errors import Words


class Outcome(StrEnum):
    """What may be said of a file or of one signature."""

    VALID = "valid"
    INVALID = "invalid"
    """Altered, forged, revoked: it must not be relied upon."""
    INDETERMINATE = "indeterminate"
    """Not shown to be wrong, but something needed to call it right is missing (a trusted root, for instance)."""
    UNSIGNED = "unsigned"


class SignatureKind(StrEnum):
    """Whose act it is."""

    SIGNATURE = "signature"
    """A natural person's."""
    SEAL = "seal"
    """A legal person's."""


class Modifications(StrEnum):
    """What was appended after a signature."""

    NONE = "none"
    VALIDATION_DATA = "validation-data"
    FORMS = "forms-and-signatures"
    ANNOTATIONS = "annotations"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    """What was appended cannot be analysed."""


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """One signature or seal, and what stands against it."""

    field: str
    subject: str
    kind: SignatureKind
    legal_level: LegalLevel
    pades_level: PadesLevel | None
    time: datetime.datetime | None
    time_is_proven: bool
    """The time comes from a time-stamp that was checked, not from the signer's clock."""
    covers_whole_file: bool
    modifications: Modifications
    outcome: Outcome
    reasons: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of the whole file."""

    file: str
    outcome: Outcome
    signatures: tuple[SignatureFound, ...] = ()
    reasons: tuple[Words, ...] = ()

    def as_json(self, language: str = "fr") -> dict[str, object]:
        """The object that `verify` prints; keys and codes are stable, sentences are in the language asked for."""
        return {
            "file": self.file,
            "verdict": self.outcome.value,
            "signatures": [_signature_as_json(one, language) for one in self.signatures],
            "reasons": [reason.in_language(language) for reason in self.reasons],
        }


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of a whole from those of its parts; none at all is `UNSIGNED`."""
    found = set(outcomes)
    for outcome in (Outcome.INVALID, Outcome.INDETERMINATE, Outcome.VALID):
        if outcome in found:
            return outcome
    return Outcome.UNSIGNED


def _signature_as_json(one: SignatureFound, language: str) -> dict[str, object]:
    return {
        "field": one.field,
        "subject": one.subject,
        "kind": one.kind.value,
        "legal_level": one.legal_level.name.lower(),
        "pades_level": None if one.pades_level is None else one.pades_level.value,
        "time": None if one.time is None else one.time.isoformat(),
        "time_is_proven": one.time_is_proven,
        "covers_whole_file": one.covers_whole_file,
        "modifications": one.modifications.value,
        "verdict": one.outcome.value,
        "reasons": [reason.in_language(language) for reason in one.reasons],
    }
