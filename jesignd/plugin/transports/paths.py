"""Paths: where below a destination a sealed file goes, under a name every system can hold.

A value that was read in a foreign file never becomes a folder of its own choosing: each is one component, cleaned.
Names stay as they were where Windows, macOS and Linux all take them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jesignd.domain.folders import DeliveryMode
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jesignd.domain.documents import Claimed
    from jesignd.domain.folders import Destination
    from jesignd.domain.recognition import Recognised

FIELDS = ("client", "kind", "year", "month", "period", "employee", "number", "stem", "folder")
MAX_COMPONENT = 255
"""Bytes of UTF-8 in one name (ext4, XFS, NTFS over SMB)."""
_HASH_DIGITS = 8
_MAX_SUFFIX = 16
_FIELD = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?:\..*)?", re.IGNORECASE)


def target_path(destination: Destination, claimed: Claimed, recognised: Recognised) -> PurePosixPath:
    """The path of the sealed file below the destination's root; relative, without `..`, each name within its limit."""
    if destination.mode is DeliveryMode.TEMPLATE:
        return _from_template(destination.template, _values(claimed, recognised))
    *folders, name = claimed.relative_path.split("/")
    stem, suffix = split_name(name)
    renamed = component(f"{stem}{destination.suffix}{suffix}")
    if destination.mode is DeliveryMode.SUBFOLDER:
        # These folders exist, under the very bytes the listing gave: composing their accents would make twins.
        existing = claimed.listed_path.split("/")[:-1]
        return PurePosixPath(*existing, component(destination.subfolder), renamed)
    return PurePosixPath(*(component(folder) for folder in folders), renamed)


def template_fault(template: str) -> Words | None:
    """Why this template cannot be used; None when it can. For the configuration's check."""
    for field in _FIELD.findall(template):
        if field not in FIELDS:
            known = ", ".join(FIELDS)
            return Words(f"champ inconnu {{{field}}} (connus : {known})", f"unknown field {{{field}}} (known: {known})")
    if "{" in _FIELD.sub("", template) or "}" in _FIELD.sub("", template):
        return Words("accolade seule", "a brace alone")
    parts = template.split("/")
    if template.startswith("/") or any(part in {"", ".", ".."} for part in parts):
        return Words("il faut un chemin relatif, sans « .. »", "a relative path without “..” is needed")
    if "{stem}" not in parts[-1] and "{number}" not in parts[-1]:
        return Words(
            "le nom du fichier doit contenir {stem} ou {number}", "the file’s name must hold {stem} or {number}"
        )
    return None


def component(name: str) -> str:
    """One name: cleaned, and shortened with eight digits of its hash where it is too long."""
    cleaned = _clean(name)
    if len(cleaned.encode()) <= MAX_COMPONENT:
        return cleaned
    return _shortened(cleaned, hashed=name)


def versioned(name: str, version: int) -> str:
    """The name under which a further version stands beside the first: `NOM_V2.pdf`."""
    if version == 1:
        return name
    stem, suffix = split_name(name)
    whole = f"{stem}_V{version}{suffix}"
    if len(whole.encode()) <= MAX_COMPONENT:
        return whole
    return _shortened(name, hashed=name, ending=f"_V{version}")


def split_name(name: str) -> tuple[str, str]:
    """Stem and suffix; a name that only begins with a point has no suffix."""
    stem, point, suffix = name.rpartition(".")
    return (stem, point + suffix) if stem else (name, "")


def _shortened(name: str, *, hashed: str, ending: str = "") -> str:
    stem, suffix = split_name(name)
    if len(suffix) > _MAX_SUFFIX:
        stem, suffix = name, ""
    digits = hashlib.sha256(hashed.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    mark = f"~{digits}{ending}{suffix}"
    kept = stem.encode()[: MAX_COMPONENT - len(mark.encode())]
    return kept.decode(errors="ignore").rstrip(". ") + mark


def _from_template(template: str, values: Mapping[str, str]) -> PurePosixPath:
    """Folders whose fields are all empty (`{month}` of a yearly document) are left out."""
    *folders, name = template.split("/")
    made = [_fill(folder, values) for folder in folders]
    return PurePosixPath(*(component(folder) for folder in made if folder.strip()), component(_fill(name, values)))


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda match: _FORBIDDEN.sub("_", values[match[1]]), template)


def _values(claimed: Claimed, recognised: Recognised) -> Mapping[str, str]:
    period = recognised.period
    return {
        "client": recognised.client_code,
        "kind": recognised.kind.code,
        "year": f"{period.year:04d}",
        "month": "" if period.month is None else f"{period.month:02d}",
        "period": period.compact,
        "employee": recognised.employee or "",
        "number": recognised.number or "",
        "stem": split_name(claimed.relative_path.rsplit("/", 1)[-1])[0],
        "folder": claimed.folder,
    }


def _clean(name: str) -> str:
    """Without what a system forbids or what deceives the eye (control, direction marks); never hidden or empty."""
    composed = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    visible = "".join("_" if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} else letter for letter in composed)
    cleaned = _FORBIDDEN.sub("_", visible).strip(" ").rstrip(". ")
    if not cleaned.strip("."):
        return "_"
    if cleaned.startswith(".") or _RESERVED.fullmatch(cleaned):
        return f"_{cleaned}"
    return cleaned
