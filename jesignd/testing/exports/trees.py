"""Trees: the sample exports as two production systems leave them, and what must become of each file.

One tree is laid out as the Quadra profile expects it, with an index for each lot; the two others follow the neutral
convention, one with loose files, one with lots. These profiles are our own: no vendor has documented its export folder.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jesignd.domain import tabular
from jesignd.domain.documents import DocumentState
from jesignd.errors import Code
from jesignd.testing.exports import samples
from jesignd.testing.exports.people import PROPERTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

QUADRA = "quadra"
NEUTRAL = "neutre"
LOTS = "lots"


class Wave(Enum):
    """When a file is dropped: some only make sense once the others have been treated."""

    FIRST = 1
    SECOND = 2


@dataclass(frozen=True, slots=True)
class Export:
    """One sample file: where it is dropped, its bytes, and its one right fate."""

    tree: str
    path: str
    data: bytes
    fate: DocumentState
    code: Code | None = None
    wave: Wave = Wave.FIRST


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that speaks of exports: an index, its end marker or a sidecar."""

    tree: str
    path: str
    data: bytes


def exports(run: int = 1) -> tuple[Export, ...]:
    """The sample files of the n-th run; only one fee note differs from those of the run before."""
    sealed, note = DocumentState.DELIVERED, f"F2026-{200 + run}"
    inventory = samples.garage_inventory()
    return (
        _quadra("000424/Social/2026/BP_000424_202610_MAT-00012.pdf", samples.carpenter_payslip),
        _quadra("000424/Social/2026/BP_000424_202610_MAT-00013.pdf", samples.surveyor_payslip),
        _quadra("000424/Facturation/2026/NH_000424_20261031_NUM-F2026-118.pdf", samples.joinery_fee_note),
        _quadra("000517/Social/2026/BP_000517_202610_MAT-00004.pdf", samples.baker_payslip),
        Export(
            QUADRA,
            "000517/Social/2026/BP_000517_202610_MAT-00005.pdf",
            samples.truncated_payslip(),
            DocumentState.REJECTED,
            Code.TRUNCATED,
        ),
        _quadra("000517/Social/2026/RH_000517_20261102_Horaires d’hiver.pdf", samples.winter_hours_note),
        _quadra("000517/Compta/2026/INV_000517_20260930.pdf", samples.bakery_inventory),
        Export(NEUTRAL, "NH_T00752_20261031_NUM-F2026-121.pdf", samples.property_fee_note(), sealed),
        Export(NEUTRAL, "INV_000627_20261031.pdf", inventory, sealed),
        Export(LOTS, "ATT_000627_20261102_Chiffre d’affaires.pdf", samples.turnover_attestation(), sealed),
        Export(LOTS, f"NH_000627_20261031_NUM-{note}.pdf", samples.garage_fee_note(note), sealed),
        Export(
            NEUTRAL, "LDM_T00752_2026_Mission de présentation.pdf", samples.engagement_letter(), DocumentState.DRAFT
        ),
        Export(
            NEUTRAL,
            "BP_000627_202610_MAT-00021.pdf",
            samples.encrypted_payslip(),
            DocumentState.REJECTED,
            Code.ENCRYPTED,
        ),
        Export(NEUTRAL, "Scan du 3 novembre.pdf", samples.unreadable_scan(), DocumentState.HELD, Code.UNKNOWN_KIND),
        Export(NEUTRAL, "Réédition/INV_000627_20261031.pdf", inventory, DocumentState.DUPLICATE, wave=Wave.SECOND),
    )


def sidecar_of(file: Export) -> Companion | None:
    """The file that describes this one, to be written before it; None: it has none."""
    if file.tree != NEUTRAL or not file.path.startswith("NH_"):
        return None
    return Companion(file.tree, file.path.replace(".pdf", ".json"), _sidecar(file))


def indexes(files: Sequence[Export], *, lot: str) -> tuple[Companion, ...]:
    """The index of each tree's lot and its end marker, in the order to write them: after the files, marker last."""
    return (
        Companion(LOTS, f"LOT_{lot}.csv", _neutral_index(file for file in files if file.tree == LOTS)),
        Companion(LOTS, f"LOT_{lot}.fin", b""),
        Companion(QUADRA, f"QUADRA_DOC_{lot}.csv", _quadra_index(file for file in files if file.tree == QUADRA)),
        Companion(QUADRA, f"QUADRA_DOC_{lot}.fin", b""),
    )


def write(root: Path, item: Export | Companion) -> Path:
    """Put the file below `root/<tree>` as careful software does: under a working name first, then renamed."""
    final = root / item.tree / item.path
    final.parent.mkdir(parents=True, exist_ok=True)
    working = final.with_name(f".{final.name}.part")
    working.write_bytes(item.data)
    return working.replace(final)


def _quadra(path: str, draw: Callable[[], bytes]) -> Export:
    return Export(QUADRA, path, draw(), DocumentState.DELIVERED)


def _neutral_index(files: Iterable[Export]) -> bytes:
    rows = ["VERSION;DOSSIER;TYPE;PERIODE;MATRICULE;NUMERO;LIBELLE;FICHIER;TAILLE;SHA256;ID_ORIGINE;SIGNATAIRES"]
    for file in files:
        kind, client, period, *rest = file.path.removesuffix(".pdf").split("_")
        cells = ["1", client, kind, period, "", "", "".join(rest), file.path, str(len(file.data)), _sha256(file.data)]
        rows.append(";".join([*map(tabular.write_cell, cells), f"GI-{client}-{period}-{kind}", ""]))
    return _lines(rows)


def _quadra_index(files: Iterable[Export]) -> bytes:
    natures = {"BP": "BULLETIN", "NH": "NOTE D'HONORAIRES", "INV": "INVENTAIRE", "RH": "NOTE DE SERVICE"}
    rows = [
        (
            "DOSSIER;ETABLISSEMENT;CHAPITRE;NATURE;ANNEE;PERIODE;NUMEMPLOYE;INDICEBULLETIN;LIBELLE;FICHIER;AUTEUR;CHRONO;"
            "PUBLIERWEB"
        )
    ]
    for chrono, file in enumerate(files, start=317):
        client, chapter, year, name = file.path.split("/")
        kind, _, period, *rest = name.removesuffix(".pdf").split("_")
        employee = next((part.removeprefix("MAT-") for part in rest if part.startswith("MAT-")), "")
        cells = (client, "000", chapter, natures[kind], year, period, employee, "1" if employee else "", _label(kind))
        rows.append(";".join([*cells, tabular.write_cell(file.path), "IM", f"{chrono:05d}", "N"]))
    return _lines(rows)


def _label(kind: str) -> str:
    return {"BP": "Bulletin octobre 2026", "NH": "Note d’honoraires", "INV": "Inventaire", "RH": "Note de service"}[
        kind
    ]


def _sidecar(file: Export) -> bytes:
    return json.dumps(
        {
            "jesign": 1,
            "origine": {"systeme": "gestion interne", "id": "GI-T00752-2026-00121"},
            "dossier": {"code": PROPERTY.code, "siren": PROPERTY.siren, "raison_sociale": PROPERTY.name},
            "type": "NH",
            "periode": "2026-10-31",
            "numero": "F2026-121",
            "fichier": file.path,
            "taille": len(file.data),
            "sha256": _sha256(file.data),
            "operation": "cachet",
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def _lines(rows: Iterable[str]) -> bytes:
    return ("\r\n".join(rows) + "\r\n").encode("cp1252")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
