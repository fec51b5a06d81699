"""Names: which names in a hot folder are nobody's document, and which ones could harm whoever handles them.

A name is kept twice: as listed (the bytes of the directory, to open it with) and as shown (NFC, printable, to store and
to print). Only the second ever leaves this room in a sentence.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from typing import TYPE_CHECKING

from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

IGNORED_FILES = (
    "~$*",
    ".*",
    "*.tmp",
    "*.temp",
    "*.part",
    "*.partial",
    "*.filepart",
    "*.crdownload",
    "*.download",
    "*.swp",
    "*.lock",
    "Thumbs.db",
    "desktop.ini",
)
"""Names under which programs write before they rename, and droppings of desktops; `.*` covers our own temporaries."""

IGNORED_DIRECTORIES = (
    ".*",
    "@eaDir",
    "#recycle",
    "$RECYCLE.BIN",
    "System Volume Information",
    "__MACOSX",
    "lost+found",
)

LONGEST_NAME = 240
"""In bytes of UTF-8: a file system stops at 255, and `_scellé` or `.erreur.txt` must still fit."""

_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|COM[0-9¹²³]|LPT[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿ_()',&+@=\[\]~#$!;%. -]+")
_FOREIGN = frozenset('<>"|?*\\:')
_HARMLESS_FORMAT = frozenset("\u00ad\u200c\u200d")
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """A test whether a name matches one of these globs, in any case and either Unicode form."""
    written = [fnmatch.translate(unicodedata.normalize("NFC", glob)) for glob in globs]
    if not written:
        return lambda _: False
    match = re.compile("|".join(written), re.IGNORECASE).match

    def matches(name: str) -> bool:
        return match(name if name.isascii() else unicodedata.normalize("NFC", name)) is not None

    return matches


def shown(listed: str) -> str:
    """The listed name or path as it may be stored and printed: NFC, what cannot be seen written as `\\x0a`."""
    if listed.isascii() and listed.isprintable():
        return listed
    composed = unicodedata.normalize("NFC", listed)
    return composed if _is_visible(composed) else "".join(map(_written_out, composed))


def fault(name: str) -> Words | None:
    """Why a file of this (listed) name may not be taken; None when it may.

    8.3 names (`BULLET~1.PDF`) are fine. One name at a time: a path has one for each of its components.
    """
    if len(name) * 2 > LONGEST_NAME and len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME:
        return Words(
            f"le nom est trop long : plus de {LONGEST_NAME} octets, il ne resterait pas la place d’un suffixe",
            f"the name is too long: over {LONGEST_NAME} bytes, a suffix would not fit",
        )
    if _PLAIN.fullmatch(name) is None and (words := _bad_character(name)) is not None:
        return words
    if name.endswith((".", " ")):
        return Words(
            "le nom finit par une espace ou un point : Windows ne peut pas l’ouvrir",
            "the name ends with a space or a dot: Windows cannot open it",
        )
    if _RESERVED.match(name):
        return Words(
            "le nom est réservé par Windows (CON, PRN, NUL…)", "the name is reserved by Windows (CON, PRN, NUL…)"
        )
    return None


def _bad_character(name: str) -> Words | None:
    for character in name:
        if "\ud800" <= character <= "\udfff":
            return Words(
                "le nom n’est pas écrit en UTF-8 : renommez le fichier ou montez le partage en UTF-8",
                "the name is not written in UTF-8: rename the file or mount the share as UTF-8",
            )
        if character in _FOREIGN:
            return Words(
                f"le nom contient « {character} », interdit sous Windows",
                f"the name contains “{character}”, forbidden on Windows",
            )
        if _is_unseen(character):
            return Words(
                f"le nom contient un caractère invisible ou de commande (U+{ord(character):04X})",
                f"the name contains an unseen or control character (U+{ord(character):04X})",
            )
    return None


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _HARMLESS_FORMAT


def _is_visible(composed: str) -> bool:
    return not any(_is_unseen(character) or "\ud800" <= character <= "\udfff" for character in composed)


def _written_out(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    if "\ud800" <= character <= "\udfff" or _is_unseen(character):
        return f"\\u{ord(character):04x}" if ord(character) > 0xFF else f"\\x{ord(character):02x}"
    return character
