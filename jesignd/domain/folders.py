"""Folders: what is watched, on what terms, and where results go."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class WatchMode(StrEnum):
    """`AUTO`: native events and rescans; `POLL`: rescans only (SMB and NFS give no events)."""

    AUTO = "auto"
    POLL = "poll"


class SourcePolicy(StrEnum):
    """What becomes of the source file once its document is delivered."""

    LEAVE = "leave"
    ARCHIVE = "archive"
    DELETE = "delete"


class FolderState(StrEnum):
    """A folder whose marker is not there is offline, never empty."""

    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class IndexConvention:
    """How a batch index announces its files (C§1.6). The end marker has the index's stem and `end_suffix`."""

    pattern: str
    """Regular expression on the file name, case-blind."""
    end_suffix: str | None
    """`.fin`, written last; None: the index is enough once still."""
    file_column: str
    size_column: str | None = None
    digest_column: str | None = None
    whole: bool = False
    """No document of a lot is taken before all the others are there, or the folder's waiting time is over."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """Which files belong together in an export folder; data, so that no plugin code runs while watching."""

    sidecar_suffixes: tuple[str, ...] = (".json",)
    """A file of the same stem that describes the document."""
    sidecar_required: bool = False
    marker_suffixes: tuple[str, ...] = ()
    """A file of the same stem that says « ready »; empty: none is waited for."""
    index: IndexConvention | None = None
    index_required: bool = False
    """A document no index names is held as an orphan."""
    directories: tuple[str, ...] = ()
    """Names of files at the root that serve every document (a list of people)."""
    never_below: tuple[str, ...] = ()
    """Names of directories (in any case) that hold a software's live data: a folder that is or lies below one is never
    looked into."""
    quiet_seconds: float | None = None
    """Only so long without a change proves a file whole, longer where the folder says so: hearing its writer close it
    proves nothing where a program that synchronises closes and writes again as it likes."""
    placeholders: bool = False
    """The folder is synchronised with a store elsewhere: a file without a block on this disk has not come down yet, and
    is not opened (that would fetch it)."""


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A hot folder and the terms on which files are taken from it. Paths are absolute."""

    name: str
    path: str
    connector: str
    acts_as: str
    """Login of the person whose rights the documents are treated under."""
    firm: str = ""
    """SIREN of the firm they are treated for; empty: the main one."""
    marker: str = ".jesignd-root"
    mode: WatchMode = WatchMode.AUTO
    poll_seconds: float = 10.0
    rescan_seconds: float = 60.0
    quiet_seconds: float = 5.0
    companion_seconds: float = 60.0
    """How long a document waits for a required companion or the rest of its lot, before it is reported."""
    include: tuple[str, ...] = ("*.pdf",)
    ignore: tuple[str, ...] = ()
    """Globs on names, added to the built-in ones."""
    skip_directories: tuple[str, ...] = ()
    """Relative paths below `path` that are never looked into (results written back into the tree)."""
    max_bytes: int = 10_000_000
    after: SourcePolicy = SourcePolicy.LEAVE
    archive: str | None = None
    rejects: str | None = None
    returns: str | None = None
    """Where return files (C§1.10) are written; None: none."""
    conventions: Conventions = field(default_factory=Conventions)
    options: tuple[tuple[str, str], ...] = ()
    """The connector's own settings, as (key, JSON value) pairs."""


class DeliveryMode(StrEnum):
    """Where below its destination a sealed file goes."""

    MIRROR = "mirror"
    """Same relative path as the source had."""
    SUBFOLDER = "subfolder"
    """A sub-folder beside the source file, in the watched tree itself."""
    TEMPLATE = "template"
    """A path made from what was recognised."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A place sealed files are delivered to."""

    name: str
    path: str
    mode: DeliveryMode = DeliveryMode.MIRROR
    template: str = "{folder}/{stem}_scellé.pdf"
    """For TEMPLATE: fields client, kind, year, month, period, employee, number, stem, folder."""
    subfolder: str = "Scellés"
    suffix: str = "_scellé"
    """Added to the stem by MIRROR and SUBFOLDER; may be empty in a mirror."""
