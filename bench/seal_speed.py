"""Seal speed: milliseconds of CPU per seal, beside plain pyHanko as its documentation shows it, same file, same run.

    python bench/seal_speed.py [rounds]

Rounds of ours and of theirs alternate, and medians are printed, so that a noisy machine troubles both alike.
"""

from __future__ import annotations

import datetime
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import typst
from cryptography.hazmat.primitives.asymmetric import rsa
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.stamp import TextStampStyle

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Mark, Placement, Rung, SealProfile
from jesignd.pades.credentials import Pkcs12Key, open_credential
from jesignd.pades.readback import read_back
from jesignd.pades.seal import compile_profile, seal
from jesignd.pades.verify import verify
from jesignd.testing.authority import make_authority

PLACE = Placement(1, (390.0, 30.0, 565.75, 92.36), 0, 1.0, (390.0, 30.0, 565.75, 92.36))
PER_ROUND = 50
VISIBLE = "visible seal with logo"
PLAIN = "plain pyHanko, visible"
PAYSLIP = b"""
#set page("a4"); #set text(lang: "fr")
= Bulletin de paie -- octobre 2026
#for line in range(38) [Rubrique #line #h(1fr) base #(1000 + 7 * line) #h(1fr) taux #(line / 4) #linebreak()]
#strong[Net a payer avant impot] #lorem(150) #emph[#lorem(60)]
"""


def payslip() -> bytes:
    """One page of about 25 KB with embedded fonts."""
    drawn = typst.compile(PAYSLIP, format="pdf", pdf_standards=["1.4"])
    assert isinstance(drawn, bytes)
    return drawn


def logo() -> bytes:
    """A small picture with transparency."""
    written = io.BytesIO()
    Image.linear_gradient("L").resize((200, 120)).convert("RGBA").save(written, "PNG")
    return written.getvalue()


def cpu_milliseconds(work: Callable[[], object], times: int) -> float:
    """CPU per call, of this process and all its threads."""
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) * 1000 / times


def plain(path: Path, data: bytes) -> Callable[[], object]:
    """pyHanko as documented: a PKCS#12 signer, a text stamp, PAdES."""
    signer = signers.SimpleSigner.load_pkcs12(str(path), passphrase=b"secret")
    assert signer is not None
    metadata = signers.PdfSignatureMetadata(
        field_name="Cachet1", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=True
    )
    box = tuple(int(edge) for edge in PLACE.rectangle)

    def work() -> object:
        return signers.PdfSigner(
            metadata,
            signer,
            stamp_style=TextStampStyle(stamp_text="Cabinet\n%(signer)s\n%(ts)s"),
            new_field_spec=fields.SigFieldSpec("Cachet1", box=box),
        ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)))

    return work


def ways(key: rsa.RSAPrivateKey | None, data: bytes) -> dict[str, tuple[Callable[[], object], int]]:
    """What is measured with a seal of this key (P-256 without one), and how often in a round."""
    authority = make_authority(seal_key=key)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.p12"
        path.write_bytes(authority.seal.pkcs12(b"secret", (authority.issuing, authority.root)))
        credential = open_credential(Pkcs12Key(path, b"secret"))
        theirs = plain(path, data)
    visible = SealProfile("bench", "Cabinet Éléonore & Associés", "cachet", PadesLevel.B_B, Mark(), logo())
    at = datetime.datetime.now(datetime.UTC)

    def ours(profile: SealProfile, placement: Placement | None) -> bytes:
        return seal(
            data,
            compile_profile(profile, certificate=credential.certificate, chain=credential.chain),
            placement=placement,
            rung=Rung.STRICT,
            at=at,
            sign=credential.sign,
            timestamp=None,
            revocation=None,
        )

    sealed = ours(visible, PLACE)
    print(f"{len(sealed) - len(data)} bytes added by a visible seal")
    invisible = replace(visible, mark=None)
    return {
        VISIBLE: (lambda: ours(visible, PLACE), PER_ROUND),
        "invisible seal": (lambda: ours(invisible, None), PER_ROUND),
        "reading back": (lambda: read_back(data, sealed, certificate=credential.certificate), PER_ROUND),
        "full verdict": (lambda: verify(sealed, anchors=(authority.root.der,), name=""), 5),
        PLAIN: (theirs, 3),
    }


def main(rounds: int) -> None:
    """Print one line per key kind and way of sealing."""
    data = payslip()
    print(f"payslip {len(data)} bytes, {rounds} rounds, medians of CPU milliseconds")
    for kind, key in (("P-256", None), ("RSA-3072", rsa.generate_private_key(65537, 3072))):
        tried = ways(key, data)
        measured: dict[str, list[float]] = {name: [] for name in tried}
        for _ in range(rounds):
            for name, (work, times) in tried.items():
                measured[name].append(cpu_milliseconds(work, times))
        medians = {name: statistics.median(values) for name, values in measured.items()}
        for name, value in medians.items():
            print(f"{kind:9} {name:24} {value:8.2f} ms")
        print(f"{kind:9} {'plain / ours':24} {medians[PLAIN] / medians[VISIBLE]:8.1f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
