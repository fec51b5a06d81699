"""Canaries: secrets one recognises again, everything that was written or said, and where one is found in it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sqlite3
import threading
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf

SAMPLE_SECONDS = 0.05


def forms(secret: bytes) -> frozenset[bytes]:
    """The ways in which a secret may be written down without being hidden."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode(), base64.b32encode(secret).rstrip(b"=")}
    for before in range(3):
        # What base64 makes of these bytes wherever they begin in a longer text; letters that depend on others are cut.
        encoded = base64.b64encode(bytes(before) + secret)
        first, last = -(-before * 8 // 6), (before + len(secret)) * 8 // 6
        whole = encoded[first:last]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    with contextlib.suppress(UnicodeDecodeError):
        text = secret.decode()
        found |= {text.encode("utf-16-le"), text.encode("utf-16-be"), urllib.parse.quote_plus(text).encode()}
        found |= {urllib.parse.quote(text, safe=safe).encode() for safe in ("", "/")}
        found |= {json.dumps(text)[1:-1].encode(), repr(text)[1:-1].encode()}
    return frozenset(found)


def found_in(secret: bytes, places: Mapping[str, bytes]) -> set[str]:
    """The names of the places that hold it, in whatever form."""
    wanted = forms(secret)
    return {name for name, data in places.items() if any(form in data for form in wanted)}


def everything_below(root: Path) -> dict[str, bytes]:
    """Each file by its path, as it lies there; of databases the cells too, of PDFs the streams."""
    places: dict[str, bytes] = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
        name, data = str(path.relative_to(root)), path.read_bytes()
        places[name] = data
        if data.startswith(b"SQLite format 3\0"):
            places |= {f"{name}: {table}": cells for table, cells in _tables(path)}
        if data.startswith(b"%PDF-"):
            places[f"{name}: streams"] = b"\n".join(_streams(path))
    return places


def _tables(path: Path) -> Iterator[tuple[str, bytes]]:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - names from the file itself
            cells = (cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)
            yield table, b"\n".join(cells)


def _streams(path: Path) -> Iterator[bytes]:
    with contextlib.suppress(pikepdf.PdfError), pikepdf.open(path) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                with contextlib.suppress(pikepdf.PdfError):
                    yield item.read_bytes()


@dataclass
class Watched:
    """What the processes below this one showed of themselves, looked at twenty times a second."""

    shown: dict[str, bytes] = field(default_factory=dict)
    """Arguments and environment of each, by `cmdline` or `environ` and the process's number."""
    unseen: set[int] = field(default_factory=set)
    """Those that we might not look at."""

    def look(self, mine: set[int]) -> None:
        """One look; `mine` grows by whoever descends from them, or is of their session."""
        for pid, parent, session in _processes():
            if pid not in mine and (parent in mine or session in mine):
                mine.add(pid)
            if pid in mine and pid != os.getpid():
                self._read(pid)

    def _read(self, pid: int) -> None:
        for kind in ("cmdline", "environ"):
            try:
                data = Path(f"/proc/{pid}/{kind}").read_bytes()
            except PermissionError:
                self.unseen.add(pid)
            except OSError:
                continue
            else:
                before = self.shown.get(f"{kind} {pid}", b"")
                self.shown[f"{kind} {pid}"] = before if data in before else before + b"\n" + data


def _processes() -> Iterable[tuple[int, int, int]]:
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        with contextlib.suppress(OSError):
            fields = (path / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            yield int(path.name), int(fields[1]), int(fields[3])


@contextlib.contextmanager
def watching() -> Iterator[Watched]:
    """Looks at every process started meanwhile, and at theirs."""
    watched, over = Watched(), threading.Event()

    def go_on() -> None:
        mine = {os.getpid()}
        while not over.wait(SAMPLE_SECONDS):
            watched.look(mine)

    looker = threading.Thread(target=go_on)
    looker.start()
    try:
        yield watched
    finally:
        over.set()
        looker.join()
