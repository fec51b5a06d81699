"""Recognising: the functions a confined child runs; the only place where a connector's code is called.

A child serves one plugin, so that a plugin that spoils its process spoils no other's answers.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jesignd.domain.documents import Claimed, Companion, CompanionRole
from jesignd.domain.folders import Conventions
from jesignd.domain.recognition import Doubtful, Recognised, Recognition, Unusable
from jesignd.errors import PluginError, VerificationFailed, Words
from jesignd.plugin.checking import check_answer
from jesignd.plugin.contract import MAX_HEAD, Attached, Bundle, Lot, Manifest, ReturnFile
from jesignd.plugin.installed import Installed
from jesignd.plugin.manager import Plugins
from jesignd.plugin.options import read_options

if TYPE_CHECKING:
    from jesignd.plugin.contract import Connector

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Use:
    """Which connector of which plugin, with which options."""

    plugin: Installed
    connector: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RecogniseRequest:
    """A claimed document and where the vault keeps its bytes; `companions` in the order of `claimed.companions`."""

    claimed: Claimed
    document: Path
    companions: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A recognition as it travels: one field is set, because on the wire a doubtful and an unusable look alike."""

    recognised: Recognised | None = None
    doubtful: Doubtful | None = None
    unusable: Unusable | None = None

    @classmethod
    def of(cls, recognition: Recognition) -> Answer:
        """Pack."""
        if isinstance(recognition, Recognised):
            return cls(recognised=recognition)
        return cls(doubtful=recognition) if isinstance(recognition, Doubtful) else cls(unusable=recognition)

    @property
    def recognition(self) -> Recognition:
        """Unpack; ValueError unless exactly one field is set."""
        said = [each for each in (self.recognised, self.doubtful, self.unusable) if each is not None]
        if len(said) != 1:
            raise ValueError("an answer says one thing")
        return said[0]


@dataclass(frozen=True, slots=True)
class Failed:
    """The connector failed on this document, and on this one only."""

    message: Words
    hint: Words | None = None


def survey(plugin: Installed) -> tuple[Manifest, ...]:
    """What this plugin offers; PluginError when it is broken."""
    plugins = _loaded(plugin)
    if plugin.name in plugins.broken:
        raise plugins.broken[plugin.name]
    return tuple(connector.manifest for connector in plugins.offers[plugin.name])


def conventions_of(use: Use) -> Conventions:
    """Which files belong together, with these options; SettingsError when an option is wrong."""
    connector, options = _prepared(use)
    said = _guarded(use.plugin.name, lambda: connector.conventions(options))
    if not isinstance(said, Conventions):
        raise _wrong_type(use.plugin.name, "conventions")
    return said


def recognise_document(use: Use, request: RecogniseRequest) -> Answer:
    """What the connector says of one document, checked."""
    connector, options = _prepared(use)
    bundle = _bundle(request)
    said = _guarded(use.plugin.name, lambda: connector.recognise(bundle, options))
    return Answer.of(check_answer(use.plugin.name, said, kinds=connector.manifest.kinds, bundle=bundle))


def recognise_documents(use: Use, requests: tuple[RecogniseRequest, ...]) -> tuple[Answer | Failed, ...]:
    """The same for many in one call: an exception hurts one document, a crash the whole call."""
    answers: list[Answer | Failed] = []
    for request in requests:
        try:
            answers.append(recognise_document(use, request))
        except PluginError as error:
            answers.append(Failed(error.message, error.hint))
    return tuple(answers)


def return_file_of(use: Use, lot: Lot) -> ReturnFile | None:
    """The file in which the connector's software reads back what became of a lot; None where it has none."""
    connector, options = _prepared(use)
    said = _guarded(use.plugin.name, lambda: connector.return_rows(lot, options))
    if said is not None and not (isinstance(said, ReturnFile) and _is_plain(said.name)):
        raise _wrong_type(use.plugin.name, "return_rows")
    return said


@functools.cache
def _loaded(plugin: Installed) -> Plugins:
    return Plugins.load((plugin,))


def _prepared(use: Use) -> tuple[Connector[Any], Any]:
    connector = _loaded(use.plugin).connector(use.connector)
    return connector, _options(use.plugin, use.connector, use.options)


@functools.lru_cache(maxsize=64)
def _options(plugin: Installed, name: str, pairs: tuple[tuple[str, str], ...]) -> Any:
    return read_options(_loaded(plugin).connector(name), pairs)


def _guarded(plugin: str, call: Callable[[], Result]) -> Result:
    """Call foreign code; whatever it raises is the plugin's failure, told by class only: messages quote documents."""
    try:
        return call()
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # foreign code is being run
        kind = type(error).__name__
        raise PluginError(
            plugin,
            Words(
                f"le plugin {plugin} échoue sur ce document ({kind})",
                f"plugin {plugin} fails on this document ({kind})",
            ),
            hint=Words(
                "Le document attend ; prévenir l’auteur du plugin.", "The document waits; tell the plugin’s author."
            ),
        ) from error


def _bundle(request: RecogniseRequest) -> Bundle:
    claimed = request.claimed
    kept = list(zip(claimed.companions, request.companions, strict=True))
    return Bundle(
        folder=claimed.folder,
        relative_path=claimed.relative_path,
        size=claimed.size,
        digest=claimed.digest,
        lot=claimed.lot,
        sidecar=_attached(kept, CompanionRole.SIDECAR),
        index=_attached(kept, CompanionRole.INDEX),
        directories={
            companion.relative_path.rsplit("/", 1)[-1]: _bytes(companion, path)
            for companion, path in kept
            if companion.role is CompanionRole.DIRECTORY
        },
        read=functools.partial(_head, request.document),
    )


def _attached(kept: list[tuple[Companion, Path]], role: CompanionRole) -> Attached | None:
    for companion, path in kept:
        if companion.role is role:
            return Attached(companion.relative_path, _bytes(companion, path))
    return None


def _bytes(companion: Companion, path: Path) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != companion.digest:
        raise VerificationFailed(
            Words(
                "un fichier du coffre ne correspond plus à son empreinte",
                "a file of the vault no longer has its digest",
            )
        )
    return data


def _head(document: Path, limit: int) -> bytes:
    with document.open("rb") as file:
        return file.read(max(0, min(limit, MAX_HEAD)))


def _is_plain(name: str) -> bool:
    return 0 < len(name.encode()) <= 200 and name[0] != "." and not any(char in name for char in "/\\\0\r\n")


def _wrong_type(plugin: str, method: str) -> PluginError:
    return PluginError(
        plugin,
        Words(f"plugin {plugin} : {method} rend un autre type", f"plugin {plugin}: {method} returns another type"),
    )
