"""Sealing: what is asked of the sealing line and what it answers; the seam behind which engines can change.

An engine gets the bytes of an original and a profile, and returns the bytes of the sealed file. Committing, delivering
and debiting are somebody else's work.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from jesignd.domain.documents import Digest
from jesignd.domain.levels import PadesLevel


class Corner(StrEnum):
    """Where the mark goes, in the page as people see it.

    `AUTO`: the first free area from the bottom right; where there is none, on a page near by, then as a strip of two
    lines; never over text.
    """

    AUTO = "auto"
    BOTTOM_RIGHT = "bottom-right"
    BOTTOM_LEFT = "bottom-left"
    TOP_RIGHT = "top-right"
    TOP_LEFT = "top-left"


@dataclass(frozen=True, slots=True)
class Mark:
    """The visible mark: millimetres as shown on paper; page from 1, or -1 for the last."""

    page: int = -1
    corner: Corner = Corner.AUTO
    width_mm: float = 62.0
    height_mm: float = 22.0
    margin_mm: float = 10.0


@dataclass(frozen=True, slots=True)
class SealProfile:
    """One way of sealing, the same for every document of a rule. `mark` None: the seal is invisible."""

    name: str
    firm_name: str
    key: str
    level: PadesLevel
    mark: Mark | None = None
    logo: bytes | None = None
    """The firm's logo (PNG, JPEG or SVG), as read from the configuration's folder."""
    demonstration: bool = False
    """Write plainly in the mark that this proves nothing."""
    test: bool = False
    """The same, for one rule that is being tried out."""
    signatures_follow: bool = False
    """People sign after the seal: it does not forbid the fields that their signatures need."""


def profile_name(rule: str, siren: str) -> str:
    """The name of the profile of this rule for the firm with this SIREN; the main firm's, which has none here, is the
    rule's own.
    """
    return f"{rule}@{siren}" if siren else rule


class Credential(Protocol):
    """A key one may use but not see; it may live behind a socket. Safe to call from several threads."""

    @property
    def certificate(self) -> bytes:
        """The signing certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The other certificates up to the root, DER, leaf's issuer first."""

    def sign(self, data: bytes) -> bytes:
        """Sign the data (SHA-256; ECDSA with a DER-encoded value, or RSASSA-PKCS1-v1_5, by the key's kind).

        Raises:
            CredentialError: the token is gone, locked or refuses.
        """


class TimestampAuthority(Protocol):
    """Where trusted time comes from (RFC 3161)."""

    def timestamp(self, digest: bytes) -> bytes:
        """A DER `TimeStampToken` over this SHA-256 digest; imprint and nonce have been checked.

        Raises:
            ServiceError: no authority of the list answered properly.
        """


class RevocationSource(Protocol):
    """Where proof that a certificate was not revoked comes from."""

    def proofs(self, certificate: bytes, issuer: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """CRLs (DER `CertificateList`) and OCSP responses (DER `OCSPResponse`) that speak of this certificate.

        Raises:
            ServiceError: none could be had.
        """


@dataclass(frozen=True, slots=True)
class RevocationMaterial:
    """What a later reader needs to judge a seal without asking anybody: all DER."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SealRequest:
    """What a confined child needs to seal one file: no key and no address, only what it asks its parent for."""

    original: Path
    target: Path
    """Where the sealed bytes are written: a free name in the vault's temporary folder."""
    profile: SealProfile
    certificate: bytes
    chain: tuple[bytes, ...]
    at: datetime.datetime
    max_bytes: int
    compare_one_in: int = 50
    """On the strict rung, one file in so many is compared before and after; 1: all; the first of a producer always."""
    revocation: RevocationMaterial | None = None
    digest: Digest | None = None
    """What the original is known by; a disk that gives other bytes is not believed. None: whatever stands there."""


@dataclass(frozen=True, slots=True)
class AlsoSeal:
    """Another file to seal in the same call and in the same way; the fields mean what they mean in `SealRequest`."""

    original: Path
    target: Path
    digest: Digest | None = None


class Rung(StrEnum):
    """How the input was accepted: the safe ladder, strictest first."""

    STRICT = "strict"
    """Well-formed: the update was appended to the very bytes received."""
    TOLERANT = "tolerant"
    """Oddities that cannot mislead were read past; still appended to the very bytes received."""
    REBUILT = "rebuilt"
    """Neither signed nor encrypted, and broken: rewritten once, shown to look and read the same."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a file before anything was done to it."""

    rung: Rung
    pages: int
    producer: str
    signatures: int = 0
    pdfa: str | None = None
    """`1b`, `3a`…, as claimed."""
    attachments: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    """Things a reader of the evidence should know (JavaScript, hidden layers, junk before the header…)."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a mark goes on one page of one file, in both coordinate systems."""

    page: int
    """From 1."""
    rectangle: tuple[float, float, float, float]
    """Left, bottom, right, top in the page's own user space, as a widget's `/Rect` wants it."""
    rotation: int
    """Degrees (0, 90, 180, 270) by which a viewer turns the page clockwise; the mark turns the other way."""
    scale: float
    """Points per user-space unit (the page's UserUnit)."""
    shown: tuple[float, float, float, float]
    """The same rectangle in points, from the lower left of the page as people see it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file, read back and found good; its bytes lie at the path given by whoever asked."""

    digest: Digest
    size: int
    inspection: Inspection
    sealed_at: datetime.datetime
    """Claimed time of the seal, aware, UTC."""
    level: PadesLevel
    page: int | None = None
    """Page of the visible mark, from 1."""
    box: tuple[float, float, float, float] | None = None
    """Left, bottom, right, top of the mark in points, in the page as shown."""
    compared: bool = False
    """Text and rendering outside the mark were compared, before and after."""
    checks: tuple[str, ...] = field(default=())
    """Names of the checks passed when reading back."""
