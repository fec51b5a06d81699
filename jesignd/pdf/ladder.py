"""Ladder: from what was seen of a file, decide how it may be sealed, or refuse it.

Blind repair is what damages documents in silence: a rewriting destroys every earlier signature and removes encryption,
and an append that believes a lying `/Size` overwrites objects. So each rung asks more of the file than the next one
does to it (strict → tolerant → rebuilt), and nothing signed ever reaches the last.
"""

from __future__ import annotations

from dataclasses import dataclass

from jesignd.domain.sealing import Rung
from jesignd.pdf import refusals
from jesignd.pdf.findings import Finding
from jesignd.pdf.xref import Oddity

HARMLESS = frozenset({Oddity.HYBRID, Oddity.NULL_ENTRY, Oddity.LOOSE_OFFSET, Oddity.JUNK_AFTER, Oddity.ODD_GENERATION})
"""Oddities every reader we know reads past in the same way; an update can be appended behind them."""

# The last one: harmless when `/Size` is too high; when it is too low, `Oddity.LYING_SIZE` says so.
_HARMLESS_WARNINGS = (
    "Resources is missing or invalid",
    "MediaBox is undefined",
    "xref entry for the xref stream itself is missing",
    "is not one plus the highest object number",
)
_FINDINGS = {
    Oddity.JUNK_BEFORE: Finding.JUNK_BEFORE,
    Oddity.JUNK_AFTER: Finding.JUNK_AFTER,
    Oddity.HYBRID: Finding.HYBRID,
    Oddity.LYING_SIZE: Finding.LYING_SIZE,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What three readers saw: our own of the cross-reference sections, qpdf and PDFium."""

    oddities: frozenset[Oddity] | None
    """None: the sections cannot be read as written."""
    warnings: tuple[str, ...]
    """What qpdf had to mend or overlook."""
    structure_pages: int
    viewer_pages: int
    protected: bool
    """A signature or usage rights would not survive a rewriting."""
    complete: bool
    """The bytes end as a PDF ends."""


def rung(facts: Facts) -> Rung:
    """The highest rung the file stands on.

    Raises:
        DocumentError: it stands on none.
    """
    if not facts.complete:
        raise refusals.truncated()
    if facts.structure_pages == 0:
        raise refusals.without_pages()
    if facts.structure_pages != facts.viewer_pages:
        raise refusals.ambiguous()
    if facts.oddities == frozenset() and not facts.warnings:
        return Rung.STRICT
    if facts.oddities is not None and facts.oddities <= HARMLESS and all(map(is_harmless, facts.warnings)):
        return Rung.TOLERANT
    if facts.protected:
        raise refusals.damaged_and_signed()
    return Rung.REBUILT


def is_harmless(warning: str) -> bool:
    """Whether readers agree on the document in spite of what qpdf warns of."""
    return any(words in warning for words in _HARMLESS_WARNINGS)


def findings(facts: Facts) -> set[Finding]:
    """What to tell a reader of the evidence about the file's form."""
    found = {Finding.DAMAGED_CROSS_REFERENCE} if facts.oddities is None else set()
    for oddity in facts.oddities or ():
        found.add(_FINDINGS.get(oddity, Finding.ODD_CROSS_REFERENCE))
    if any(not is_harmless(warning) for warning in facts.warnings):
        found.add(Finding.DAMAGED_STRUCTURE)
    elif facts.warnings:
        found.add(Finding.ODD_STRUCTURE)
    return found
