"""Rivals: the same files sealed by plain pyHanko as its documentation shows, and by a loop that does nothing but
read, hash, sign, write and sync; each in as many processes as there are cores."""

from __future__ import annotations

import io
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Measured:
    """How a rival did."""

    documents: int
    seconds: float
    cpu_seconds: float
    spans: tuple[float, ...]
    """Of each file, seconds, in order."""

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.seconds


@dataclass(frozen=True, slots=True)
class Tools:
    """What both are given."""

    key: Path
    certificate: Path
    chain: Path
    font: Path
    logo: Path
    into: Path


def plain_pyhanko(tools: Tools, source: Path) -> None:
    """Seal one file with a text stamp (TrueType) and a logo, as pyHanko's own examples do."""
    from pyhanko import stamp
    from pyhanko.pdf_utils import images, text
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer = _signer(tools)
    style = stamp.TextStampStyle(
        stamp_text="Cabinet Équerre & Associés\nDocument scellé électroniquement\n%(ts)s",
        text_box_style=text.TextBoxStyle(font_size=9, **_font(tools)),
        background=images.PdfImage(str(tools.logo)),
    )
    with source.open("rb") as read:
        writer = IncrementalPdfFileWriter(io.BytesIO(read.read()))
    fields.append_signature_field(writer, fields.SigFieldSpec("Cachet", box=(390, 30, 565, 92)))
    metadata = signers.PdfSignatureMetadata(field_name="Cachet", subfilter=fields.SigSeedSubFilter.PADES)
    with (tools.into / source.name).open("wb") as written:
        signers.PdfSigner(metadata, signer=signer, stamp_style=style).sign_pdf(writer, output=written)
        written.flush()
        os.fsync(written.fileno())


def has_truetype() -> bool:
    """Whether pyHanko can embed a font here: that is an extra of it, which jesignd does without."""
    return find_spec("uharfbuzz") is not None and find_spec("fontTools") is not None


def _font(tools: Tools) -> dict[str, object]:
    if not has_truetype():
        return {}
    from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory

    return {"font": GlyphAccumulatorFactory(str(tools.font))}


def bare_loop(tools: Tools, source: Path) -> None:
    """Read, SHA-256, sign, write, fsync, rename: what no sealing service can do without."""
    import hashlib

    data = source.read_bytes()
    signature = _key(tools)(hashlib.sha256(data).digest())
    hidden = tools.into / f".{source.name}"
    with hidden.open("wb") as written:
        written.write(data + signature)
        written.flush()
        os.fsync(written.fileno())
    hidden.rename(tools.into / source.name)


@cache
def _signer(tools: Tools) -> object:
    from pyhanko.sign import signers

    return signers.SimpleSigner.load(str(tools.key), str(tools.certificate), ca_chain_files=(str(tools.chain),))


@cache
def _key(tools: Tools) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    key = serialization.load_pem_private_key(tools.key.read_bytes(), None)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return partial(key.sign, signature_algorithm=ec.ECDSA(hashes.SHA256()))
    return partial(key.sign, padding=padding.PKCS1v15(), algorithm=hashes.SHA256())


def _share(job: tuple[Callable[[Tools, Path], None], Tools, Sequence[Path]]) -> tuple[float, float, float, list[float]]:
    act, tools, sources = job
    act(tools, sources[0])  # imports, key and font are warm before the clock runs
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.time()
    spans = []
    for source in sources[1:]:
        start = time.perf_counter()
        act(tools, source)
        spans.append(time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return began, time.time(), cpu, spans


def measured(act: Callable[[Tools, Path], None], tools: Tools, sources: Sequence[Path], *, processes: int) -> Measured:
    """Have this many processes do these files."""
    tools.into.mkdir()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        shares = list(pool.map(_share, [(act, tools, sources[start::processes]) for start in range(processes)]))
    spans = [span for share in shares for span in share[3]]
    seconds = max(share[1] for share in shares) - min(share[0] for share in shares)
    return Measured(len(spans), seconds, sum(share[2] for share in shares), tuple(sorted(spans)))
