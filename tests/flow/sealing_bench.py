"""Seal bytes with the whole sealing function, in this process, and look at what people will see."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Mark, Sealed, SealProfile, SealRequest
from jesignd.flow.sealing import seal_document
from jesignd.testing.authority import Authority, make_authority

if TYPE_CHECKING:
    from PIL import Image

AT = datetime.datetime(2026, 10, 31, 13, 5, tzinfo=datetime.UTC)


@functools.cache
def authority() -> Authority:
    return make_authority(firm_name="Cabinet Équerre & Associés", now=AT)


def profile(mark: Mark | None, logo: bytes | None = None) -> SealProfile:
    return SealProfile("essai", "Cabinet Équerre & Associés", "cachet", PadesLevel.B_B, mark, logo, demonstration=True)


@dataclass(frozen=True)
class Bench:
    """Where files are put to be sealed."""

    folder: Path
    logo: bytes | None = None

    def seal(self, data: bytes, mark: Mark | None, **more: object) -> tuple[Sealed, bytes]:
        """What the sealing function says, and the sealed file."""
        (self.folder / "original.pdf").write_bytes(data)
        (self.folder / "scellé.pdf").unlink(missing_ok=True)
        sealed = self.seal_where_it_lies(mark, **more)
        return sealed, (self.folder / "scellé.pdf").read_bytes()

    def seal_where_it_lies(self, mark: Mark | None, **more: object) -> Sealed:
        """Seal `original.pdf` of the folder into `scellé.pdf`."""
        request = SealRequest(
            original=self.folder / "original.pdf",
            target=self.folder / "scellé.pdf",
            profile=dataclasses.replace(profile(mark, self.logo), **more),
            certificate=authority().seal.der,
            chain=authority().chain,
            at=AT,
            max_bytes=50_000_000,
            compare_one_in=1,
        )
        return seal_document(request, _sign)


def _sign(_service: str, payload: bytes) -> bytes:
    key = authority().seal.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(payload, ec.ECDSA(hashes.SHA256()))


def picture(data: bytes, *, page: int = 1, scale: float = 2.0) -> Image.Image:
    """The page as a viewer shows it, in grey; `scale` in pixels per user unit."""
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        return document[page - 1].render(scale=scale).to_pil().convert("L")
    finally:
        document.close()
