"""Connectors: what a connector's author tests with: a bundle made in memory, without a folder or a daemon."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from jesignd.domain.documents import Digest
from jesignd.plugin.contract import Attached, Bundle

SAMPLE = b"%PDF-1.7\n%%EOF\n"


def bundle(
    relative_path: str,
    *,
    content: bytes = SAMPLE,
    sidecar: Mapping[str, object] | bytes | None = None,
    index: bytes | None = None,
    index_name: str = "LOT_20261124_001.csv",
    directories: Mapping[str, bytes] | None = None,
) -> Bundle:
    """A document of folder `exports` as a connector is shown it; a sidecar given as a mapping is written as JSON."""
    beside = relative_path.rsplit(".", 1)[0] + ".json"
    written = sidecar if isinstance(sidecar, bytes | None) else json.dumps(sidecar, ensure_ascii=False).encode()
    return Bundle(
        folder="exports",
        relative_path=relative_path,
        size=len(content),
        digest=Digest(hashlib.sha256(content).hexdigest()),
        lot=index_name if index is not None else None,
        sidecar=None if written is None else Attached(beside, written),
        index=None if index is None else Attached(index_name, index),
        directories=directories or {},
        read=lambda limit: content[:limit],
    )


def index_bytes(header: str, rows: Sequence[str], encoding: str = "cp1252") -> bytes:
    """A batch index as French software writes it: CRLF, and the encoding asked for."""
    return "".join(f"{line}\r\n" for line in (header, *rows)).encode(encoding)
