"""Sealing: one file through the safe ladder, in a confined child: look, place, seal, read back, compare.

The strictest rung that works is taken, and none is tried that could mislead: a signed or encrypted file is never
rewritten, and bytes are only ever appended to what was received, or to the one rewrite that was shown to look the same.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import os
from typing import NamedTuple

from jesignd.confined import Ask, Raised
from jesignd.domain.documents import Digest
from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import AlsoSeal, Mark, Rung, Sealed, SealRequest
from jesignd.errors import Code, DocumentError, JesignError, VerificationFailed, Words
from jesignd.flow.disk import disk_failed
from jesignd.pades.readback import read_back
from jesignd.pades.seal import CompiledProfile, compile_profile, seal
from jesignd.pdf.compare import require_unchanged
from jesignd.pdf.geometry import place
from jesignd.pdf.prepare import Prepared, prepare, rebuild
from jesignd.pdf.refusals import damaged_and_signed

_producers_compared: set[str] = set()
"""Producers of which this process has compared a file: a record of work done, lost with the process at no harm."""


class _Attempt(NamedTuple):
    """One rung climbed: what was sealed, the bytes of it, the checks they passed, and whether they were compared."""

    prepared: Prepared
    sealed: bytes
    checks: tuple[str, ...]
    compared: bool


def seal_documents(first: SealRequest, others: tuple[AlsoSeal, ...], ask: Ask) -> tuple[Sealed | Raised, ...]:
    """`seal_document` for several files in one call, the first one's first: what one of them raises is its answer."""
    like = functools.partial(dataclasses.replace, first)
    alike = [like(original=one.original, target=one.target, digest=one.digest) for one in others]
    answers: list[Sealed | Raised] = []
    for request in (first, *alike):
        try:
            answers.append(seal_document(request, ask))
        except JesignError as error:
            answers.append(Raised.of(error))
    return tuple(answers)


def seal_document(request: SealRequest, ask: Ask) -> Sealed:
    """Seal one file as asked and write it to the target, not yet synced; services used: `sign`, `timestamp`.

    Raises:
        DocumentError: the file cannot be accepted; nothing was written.
        ServiceError: the disk did not do its part.
        VerificationFailed: what was made does not stand up to our own check, or the original is no longer what it was.
    """
    data = _read(request)
    prepared = prepare(data, mark=request.profile.mark, max_bytes=request.max_bytes)
    compiled = compile_profile(request.profile, certificate=request.certificate, chain=request.chain)
    attempt = _climb(prepared, request=request, compiled=compiled, ask=ask)
    _write(request, attempt.sealed)
    placement = attempt.prepared.placement
    return Sealed(
        digest=Digest(hashlib.sha256(attempt.sealed).hexdigest()),
        size=len(attempt.sealed),
        inspection=attempt.prepared.inspection,
        sealed_at=request.at,
        level=request.profile.level,
        page=placement.page if placement else None,
        box=placement.shown if placement else None,
        compared=attempt.compared,
        checks=attempt.checks,
    )


def _climb(prepared: Prepared, *, request: SealRequest, compiled: CompiledProfile, ask: Ask) -> _Attempt:
    """Seal what was prepared; if the engine cannot read it, or it would look different, rewrite it where allowed.

    A rewritten file is read strictly first, like any other: only what qpdf itself could not mend is read past.
    """
    seal_on = functools.partial(_attempt, request=request, compiled=compiled, ask=ask)
    try:
        return seal_on(prepared, reading=prepared.inspection.rung)
    except DocumentError as error:
        if error.code is not Code.TRUNCATED:
            raise
        if prepared.inspection.signatures:
            raise damaged_and_signed() from error
    if prepared.inspection.rung is not Rung.REBUILT:
        prepared = _rewritten(prepared, request.profile.mark)
        with contextlib.suppress(DocumentError):
            return seal_on(prepared, reading=Rung.REBUILT)
    return seal_on(prepared, reading=Rung.TOLERANT)


def _rewritten(prepared: Prepared, mark: Mark | None) -> Prepared:
    rebuilt = rebuild(prepared.data)
    inspection = prepared.inspection
    found = (*inspection.findings, "rebuilt")
    again = dataclasses.replace(inspection, rung=Rung.REBUILT, findings=found)
    return Prepared(rebuilt, again, place(rebuilt, mark) if mark else None)


def _attempt(
    prepared: Prepared, *, reading: Rung, request: SealRequest, compiled: CompiledProfile, ask: Ask
) -> _Attempt:
    """Seal, read back, look after earlier signatures, compare."""
    timestamped = request.profile.level is not PadesLevel.B_B
    sealed = seal(
        prepared.data,
        compiled,
        placement=prepared.placement,
        rung=reading,
        at=request.at,
        sign=lambda payload: ask("sign", payload),
        timestamp=(lambda digest: ask("timestamp", digest)) if timestamped else None,
        revocation=request.revocation,
    )
    checks = read_back(prepared.data, sealed, certificate=request.certificate)
    if prepared.inspection.signatures:
        _require_earlier_intact(prepared.data, sealed)
        checks = (*checks, "earlier-signatures")
    compared = _must_compare(request, prepared)
    if compared:
        require_unchanged(prepared.data, sealed, placement=prepared.placement, rung=prepared.inspection.rung)
    return _Attempt(prepared, sealed, checks, compared)


def _require_earlier_intact(before: bytes, after: bytes) -> None:
    # Few files are signed already, and the verifier would take 12 MB in every child.
    from jesignd.pades.verify import spoilt_by

    reason = spoilt_by(before, after)
    if reason is not None:
        raise DocumentError(
            Code.ALREADY_SIGNED,
            reason,
            hint=Words(
                "Transmettez-le tel quel, ou scellez l’original avant qu’il ne soit signé.",
                "Pass it on as it is, or seal the original before it is signed.",
            ),
        )


def _must_compare(request: SealRequest, prepared: Prepared) -> bool:
    """Always off the strict rung; on it the first file of each producer and one file in so many, by its digest."""
    producer = prepared.inspection.producer
    first = producer not in _producers_compared
    _producers_compared.add(producer)
    drawn = int.from_bytes(hashlib.sha256(prepared.data).digest()[:8]) % max(1, request.compare_one_in) == 0
    return first or drawn or prepared.inspection.rung is not Rung.STRICT


def _read(request: SealRequest) -> bytes:
    try:
        data = request.original.read_bytes()
    except FileNotFoundError as error:
        raise _lost(request) from error
    except OSError as error:
        raise disk_failed(error) from error
    if request.digest is not None and hashlib.sha256(data).hexdigest() != request.digest:
        raise _lost(request)
    return data


def _write(request: SealRequest, sealed: bytes) -> None:
    """Failing to is no fault of the file: it must not be taken for one that makes its readers fail."""
    try:
        descriptor = os.open(request.target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
    except OSError as error:
        with contextlib.suppress(OSError):  # a dead disk refuses this too; whoever asked tries again
            request.target.unlink(missing_ok=True)
        raise disk_failed(error) from error


def _lost(request: SealRequest) -> VerificationFailed:
    name = request.original.name[:16]
    return VerificationFailed(
        Words(
            f"l’original gardé au coffre ({name}…) a disparu ou n’est plus celui qui a été reçu",
            f"the original in the vault ({name}…) is gone or no longer what was received",
        ),
        hint=Words(
            "vérifiez le disque, restaurez le coffre depuis la dernière sauvegarde, puis rechargez la configuration",
            "check the disk, restore the vault from the last backup, then reload the configuration",
        ),
    )
