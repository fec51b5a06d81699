"""Conventions: the neutral ways of saying what a file is, which connectors share and override."""

from jesignd.plugin.conventions.batch_index import Columns, Found, file_key, find_row, orphan, read_row
from jesignd.plugin.conventions.declared import Declared, clue
from jesignd.plugin.conventions.filenames import Naming, misnamed, neutral, pattern, read_name
from jesignd.plugin.conventions.gathering import gather
from jesignd.plugin.conventions.people import Incomplete, incomplete, signatory
from jesignd.plugin.conventions.sidecars import read_sidecar

__all__ = [
    "Columns",
    "Declared",
    "Found",
    "Incomplete",
    "Naming",
    "clue",
    "file_key",
    "find_row",
    "gather",
    "incomplete",
    "misnamed",
    "neutral",
    "orphan",
    "pattern",
    "read_name",
    "read_row",
    "read_sidecar",
    "signatory",
]
