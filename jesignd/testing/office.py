"""Office: a small firm in a folder, with its own authority, and a real daemon one may start, kill and start again."""

from __future__ import annotations

import contextlib
import datetime
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.credit import Cents
from jesignd.domain.documents import DocumentState
from jesignd.store import documents, ledger
from jesignd.store.database import Database
from jesignd.testing.authority import Authority, PrivateKey, make_authority
from jesignd.testing.practice import open_practice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jesignd.store.documents import Document

_SETTLED = frozenset(DocumentState) - {
    DocumentState.RECEIVED,
    DocumentState.RECOGNISED,
    DocumentState.AUTHORISED,
    DocumentState.SEALED,
}


@dataclass
class Office:
    """Everything lies below `root`. The configuration is what `write_settings` last wrote."""

    root: Path
    command: tuple[str, ...] = (sys.executable, "-m", "jesignd")
    """How the daemon is started; a fault-injecting tracer may stand in front."""
    seal_key: PrivateKey | None = None
    """The firm's key, where ECDSA P-256 is not what is wanted."""
    daemon: subprocess.Popen[bytes] | None = field(default=None, init=False)
    authority: Authority | None = field(default=None, init=False, repr=False)
    """Who issued the keys; None in an office that was there before."""

    def __post_init__(self) -> None:
        for folder in (self.exports, self.delivered, self.rejects, self.returns, self.archive):
            folder.mkdir(parents=True, exist_ok=True)
        if not (self.root / "cachet.pem").exists():
            self._make_keys()
            with self.store() as database:
                open_practice(database, clock=_now)
        (self.exports / ".jesignd-root").write_text("exports\n", encoding="ascii")
        self.write_settings()

    @property
    def exports(self) -> Path:
        """The watched folder."""
        return self.root / "exports"

    @property
    def delivered(self) -> Path:
        """Where sealed files go."""
        return self.root / "ged"

    @property
    def rejects(self) -> Path:
        """Where rejected files go back."""
        return self.root / "rejets"

    @property
    def returns(self) -> Path:
        """Where return files are written."""
        return self.root / "retours"

    @property
    def archive(self) -> Path:
        """Where cleared sources go."""
        return self.root / "archives"

    @property
    def state(self) -> Path:
        """The daemon's own directory."""
        return self.root / "etat"

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.root / "jesignd.yaml"

    def write_settings(
        self,
        *,
        folder: str = "",
        level: str = "B-B",
        mark: str = "{page: last, corner: auto}",
        connector: str = "neutral",
        firm: str = "",
        extra: str = "",
    ) -> None:
        """Write the configuration; `folder`, `firm` and `extra` are more YAML for these and for the whole."""
        self.config.write_text(
            _SETTINGS.format(
                root=self.root,
                folder=folder,
                level=level,
                mark=mark,
                connector=connector,
                firm=firm,
                extra=extra,
            ),
            encoding="utf-8",
        )
        self.config.chmod(0o600)

    def drop(self, name: str, data: bytes, *, into: Path | None = None) -> Path:
        """Put a file into the watched folder as careful software does: written under a hidden name, then renamed."""
        target = (into or self.exports) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden = target.with_name(f".{target.name}.part")
        hidden.write_bytes(data)
        hidden.rename(target)
        return target

    def start(self, *, seconds: float = 60.0) -> None:
        """Start the daemon and wait until it says in its log that it has started."""
        log = (self.root / "journal.log").open("ab")
        told_before = log.tell()
        self.daemon = subprocess.Popen(
            [*self.command, "-c", str(self.config), "run"], stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        self.wait_for(lambda: self._has_started(told_before) or self._has_ended(), seconds=seconds)
        assert not self._has_ended(), self.last_words()

    def stop(self) -> int:
        """Ask the daemon to finish and stop; its exit code."""
        assert self.daemon is not None
        with contextlib.suppress(ProcessLookupError):
            self.daemon.send_signal(signal.SIGTERM)
        code = self.daemon.wait(timeout=100)
        self.daemon = None
        return code

    def kill(self) -> None:
        """Kill the daemon and its children as a power cut would."""
        assert self.daemon is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.daemon.pid, signal.SIGKILL)
        self.daemon.wait()
        self.daemon = None

    def reload(self) -> None:
        """Have the daemon read its configuration again."""
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGHUP)

    def now(self) -> datetime.datetime:
        """This instant."""
        return _now()

    def run_command(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `jesignd` on this office's configuration, with what somebody types."""
        return subprocess.run(
            [sys.executable, "-m", "jesignd", "-c", str(self.config), *arguments],
            capture_output=True,
            text=True,
            input=f"{typed}\n",
            check=False,
            timeout=60,
        )

    @contextlib.contextmanager
    def store(self) -> Iterator[Database]:
        """The office's store, beside the daemon."""
        self.state.mkdir(mode=0o700, exist_ok=True)
        database = Database.open(f"sqlite:///{self.state}/jesignd.db")
        try:
            yield database
        finally:
            database.close()

    def top_up(self, cents: int, reference: str = "test") -> None:
        """Put money on the firm's account."""
        with self.store() as database, database.transaction() as transaction:
            ledger.top_up(transaction, Cents(cents), reference=reference, at=_now())

    def balance(self) -> int:
        """What the account holds, in cents."""
        with self.store() as database, database.reading() as transaction:
            return ledger.balance(transaction)

    def documents(self) -> Sequence[Document]:
        """Every document, oldest first."""
        with self.store() as database, database.reading() as transaction:
            return list(reversed(documents.list_documents(transaction, limit=100_000)))

    def states(self) -> dict[str, DocumentState]:
        """The state of each document, by the name of its file."""
        return {Path(one.claimed.relative_path).name: one.state for one in self.documents()}

    def sealed_files(self) -> list[Path]:
        """What was delivered, by name."""
        return sorted(path for path in self.delivered.rglob("*.pdf") if not path.name.startswith("."))

    def wait_until_settled(self, count: int, *, seconds: float = 60.0) -> dict[str, DocumentState]:
        """Wait until so many documents were received and none is on its way any more; their states."""
        self.wait_for(lambda: self._are_settled(count), seconds=seconds)
        return self.states()

    def wait_for(self, condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
        """Wait until the condition holds; AssertionError, with the end of the log, when it never does."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s; the daemon's last words:\n{self.last_words()}")
            time.sleep(0.05)

    def last_words(self) -> str:
        """The end of the daemon's log."""
        log = self.root / "journal.log"
        return "\n".join(log.read_text(encoding="utf-8").splitlines()[-20:]) if log.exists() else ""

    def _are_settled(self, count: int) -> bool:
        states = [one.state for one in self.documents()]
        return len(states) >= count and all(state in _SETTLED for state in states)

    def _has_ended(self) -> bool:
        return self.daemon is not None and self.daemon.poll() is not None

    def _has_started(self, told_before: int) -> bool:
        """The store is left alone: after a crash, it is the daemon's to mend."""
        with (self.root / "journal.log").open("rb") as log:
            log.seek(told_before)
            return b"started folders=" in log.read()

    def _make_keys(self) -> None:
        authority = self.authority = make_authority(firm_name="Cabinet Équerre & Associés", seal_key=self.seal_key)
        chain = authority.seal.pem + authority.issuing.pem + authority.root.pem
        (self.root / "cachet.pem").write_bytes(chain)
        (self.root / "racine.pem").write_bytes(authority.root.pem)
        key = self.root / "cachet.key"
        key.touch(mode=0o600)
        key.write_bytes(authority.seal.key_pem())


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


_SETTINGS = """\
version: 1
firm: {{name: Cabinet Équerre & Associés, siren: "732829320", demonstration: true{firm}}}
storage: {{state: {root}/etat}}
keys:
  cachet: {{backend: pem, key: {root}/cachet.key, certificate: {root}/cachet.pem}}
trust: {{anchors: [{root}/racine.pem]}}
folders:
  - name: exports
    connector: {connector}
    path: {root}/exports
    acts_as: claire
    settle: 300ms
    companion_wait: 2s
    rescan_every: 1s
    rejects: {root}/rejets
    returns: {root}/retours
    {folder}
destinations:
  - {{name: ged, path: {root}/ged, mode: template, template: "{{client}}/{{kind}}/{{stem}}_scellé.pdf"}}
rules:
  - name: bulletins
    when: {{kind: [BP, NH, INV, RH]}}
    act: seal
    seal: {{key: cachet, level: {level}, mark: {mark}}}
    deliver: [ged]
  - {{name: lettres, when: {{kind: LDM}}, act: sign}}
  - {{name: reste, when: {{}}, act: hold}}
{extra}
"""
