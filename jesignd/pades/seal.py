"""Seal: append a PAdES seal to a file, without holding the key and without talking to anybody.

The process that parses foreign files has neither key nor network: `sign` and `timestamp` reach the daemon by a pipe.
The file is parsed once, the size of the container is known before it is written, and nothing is signed as a trial.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Placement, RevocationMaterial, Rung, SealProfile
from jesignd.errors import SettingsError, Words
from jesignd.pades import appearance, certificates, cms, field
from jesignd.pades.security_store import embed
from jesignd.pades.update import Update, Written, readable

_NO_RANGE = b" " * 48
_FIRST_TOKEN_SIZE = 8192
_TOKEN_MARGIN = 1.25


@dataclass(frozen=True, slots=True)
class CompiledProfile:
    """A profile with everything that is the same for all its documents worked out."""

    profile: SealProfile
    template: cms.CmsTemplate
    validity: tuple[datetime.datetime, datetime.datetime]
    """The certificate's first and last instant."""


class _TokenRoom:
    """How many bytes the next gap leaves for a time-stamp token: what the last one took, and a quarter more."""

    size = _FIRST_TOKEN_SIZE


@functools.lru_cache(maxsize=64)
def compile_profile(profile: SealProfile, *, certificate: bytes, chain: tuple[bytes, ...]) -> CompiledProfile:
    """The profile ready to seal with this certificate (DER) and its chain.

    Raises:
        SettingsError: the logo cannot be used, or the level is not offered.
        CredentialError: the certificate's key may not seal.
    """
    if profile.level is PadesLevel.B_LTA:
        raise SettingsError(
            Words(
                f"profil {profile.name} : le niveau B-LTA n’est pas encore proposé",
                f"{profile.name}: B-LTA not offered",
            )
        )
    if profile.logo is not None:
        appearance.flatten_logo(profile.logo)
    return CompiledProfile(profile, cms.template(certificate, chain), certificates.validity(certificate))


def seal(
    data: bytes,
    compiled: CompiledProfile,
    *,
    placement: Placement | None,
    rung: Rung,
    at: datetime.datetime,
    sign: Callable[[bytes], bytes],
    timestamp: Callable[[bytes], bytes] | None,
    revocation: RevocationMaterial | None,
) -> bytes:
    """The sealed file, of which `data` is an exact prefix (PAdES B-B, B-T or B-LT, ETSI EN 319 142-1, clause 6).

    `at` is the claimed time, aware. A file without signature is certified against any later change, unless signatures
    are to follow; one that has signatures gets one more. `sign` gets the attributes to sign, `timestamp` the SHA-256 of
    the signature value.
    B-LT puts the revocation material into the sealed revision itself, so that the seal covers the whole file.

    Raises:
        DocumentError: the file cannot be parsed, is encrypted, or allows no further signature.
        CredentialError: the certificate is not valid at that time.
        SettingsError: the level asks for a time-stamp or for revocation material that was not given.
    """
    _require_means(compiled.profile, timestamp, revocation)
    certificates.require_within(compiled.validity, at)
    mark = appearance.draw(compiled.profile, at, placement)
    while True:
        room = _TokenRoom.size if timestamp is not None else None
        reserved = compiled.template.size(room)
        with readable():
            draft = _draft(
                data,
                compiled.profile,
                placement=placement,
                rung=rung,
                at=at,
                mark=mark,
                reserved=reserved,
                revocation=revocation,
            )
        attributes = compiled.template.signed_attributes(draft.digest())
        signature = sign(attributes)
        token = None if timestamp is None else timestamp(hashlib.sha256(signature).digest())
        if token is not None:
            _TokenRoom.size = int(len(token) * _TOKEN_MARGIN)
        if token is None or room is None or len(token) <= room:
            return draft.filled(compiled.template.package(attributes, signature, token))


@dataclass(frozen=True, slots=True)
class _Draft:
    """The grown file with its gap: `start` is where the gap's `<` stands, `end` just behind its `>`."""

    stream: io.BytesIO
    start: int
    end: int

    def digest(self) -> bytes:
        """SHA-256 of everything but the gap."""
        with self.stream.getbuffer() as grown:
            digest = hashlib.sha256(grown[: self.start])
            digest.update(grown[self.end :])
        return digest.digest()

    def filled(self, container: bytes) -> bytes:
        """The file with the container in its gap, in hexadecimal, padded with zeros."""
        written = container.hex().encode()
        assert len(written) <= self.end - self.start - 2
        with self.stream.getbuffer() as grown:
            grown[self.start + 1 : self.start + 1 + len(written)] = written
        return self.stream.getvalue()


class _SignatureDictionary(Written):
    """The signature dictionary, which remembers where its range and its gap were written."""

    def __init__(self, entries: bytes, reserved: int) -> None:
        super().__init__(b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached" + entries)
        self.reserved = reserved
        self.range_at = self.gap_at = -1

    def write_to_stream(self, stream: io.BytesIO, *_: object, **__: object) -> None:
        """Write the dictionary with blanks for the range and zeros in the gap."""
        stream.write(self.content + b"/ByteRange")
        self.range_at = stream.tell()
        stream.write(_NO_RANGE + b"/Contents")
        self.gap_at = stream.tell()
        stream.write(b"<" + b"0" * (2 * self.reserved) + b">>>")


def _draft(
    data: bytes,
    profile: SealProfile,
    *,
    placement: Placement | None,
    rung: Rung,
    at: datetime.datetime,
    mark: appearance.Appearance | None,
    reserved: int,
    revocation: RevocationMaterial | None,
) -> _Draft:
    update = Update(data, rung)
    field.require_signable(update)
    certifying = not profile.signatures_follow and not field.signed_before(update, data)
    entries = b"/M(D:%s)" % at.astimezone(datetime.UTC).strftime("%Y%m%d%H%M%SZ").encode()
    if profile.test:
        entries += b"/Reason(TEST - sans valeur)"
    if certifying:
        entries += field.NO_CHANGES_ALLOWED
    dictionary = _SignatureDictionary(entries, reserved)
    signature = update.add_object(dictionary)
    field.add_field(update, signature, placement=placement, appearance=mark)
    if certifying:
        field.certify(update, signature)
    if revocation is not None and profile.level is PadesLevel.B_LT:
        embed(update, revocation)
    stream = update.append_to()
    start, end = dictionary.gap_at, dictionary.gap_at + 2 * reserved + 2
    with stream.getbuffer() as grown:
        written = b"[0 %d %d %d]" % (start, end, len(grown) - end)
        grown[dictionary.range_at : dictionary.range_at + len(written)] = written
    return _Draft(stream, start, end)


def _require_means(
    profile: SealProfile, timestamp: Callable[[bytes], bytes] | None, revocation: RevocationMaterial | None
) -> None:
    if profile.level is not PadesLevel.B_B and timestamp is None:
        raise SettingsError(
            Words(
                f"profil {profile.name} : le niveau {profile.level} demande un service d’horodatage",
                f"profile {profile.name}: level {profile.level} needs a time-stamping authority",
            )
        )
    if profile.level is PadesLevel.B_LT and revocation is None:
        raise SettingsError(
            Words(
                f"profil {profile.name} : le niveau B-LT demande les preuves de non-révocation",
                f"profile {profile.name}: level B-LT needs proofs of non-revocation",
            )
        )
