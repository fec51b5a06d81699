"""Supervising: the parent's side of plugins; each runs in its own confined children, so that it can hurt no other.

Three crashes in a row (hang, death, memory, garbage) disable a plugin until the daemon reloads: its documents hold at
once instead of each costing a timeout. A plain exception is no strike: it hurts one document and costs nothing.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from jesignd.confined import Crashed, Limits, Pool
from jesignd.durable import digest_of
from jesignd.errors import JesignError, PluginError, SettingsError, VerificationFailed, Words
from jesignd.plugin import recognising
from jesignd.plugin.checking import check_claims
from jesignd.plugin.contract import Manifest
from jesignd.plugin.installed import Installed
from jesignd.plugin.manager import unknown_connector
from jesignd.plugin.recognising import Failed, RecogniseRequest, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jesignd.domain.folders import Conventions, WatchedFolder
    from jesignd.domain.recognition import Recognition
    from jesignd.plugin.contract import Lot, ReturnFile

log = logging.getLogger(__name__)

PLUGIN_LIMITS = Limits(memory_bytes=768 << 20, cpu_seconds=5, wall_seconds=10.0, file_bytes=1 << 20)
STRIKES = 3
_WARM = ("jesignd.plugin.recognising",)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Listed:
    """A plugin, as people see it in a list: what it offers, or why it cannot be used."""

    plugin: Installed
    manifests: tuple[Manifest, ...] = ()
    broken: PluginError | None = None


class Recogniser:
    """Asks connectors, safely. Safe to call from several threads."""

    def __init__(self, installed: Iterable[Installed], *, limits: Limits = PLUGIN_LIMITS, workers: int = 1) -> None:
        self._installed = tuple(installed)
        self._limits = limits
        self._workers = workers
        self._lock = threading.Lock()
        self._pools: dict[Installed, Pool] = {}
        self._strikes: dict[Installed, int] = {}
        self._listed: tuple[Listed, ...] | None = None

    def listed(self) -> Sequence[Listed]:
        """Every plugin installed, looked at once; a name already taken makes the later plugin a broken one."""
        with self._lock:
            if self._listed is None:
                self._listed = tuple(self._survey())
                self._rest()
            return self._listed

    def _rest(self) -> None:
        """End the children that only looked: a plugin no folder uses costs no memory, one in use starts its own."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def conventions(self, connector: str, options: tuple[tuple[str, str], ...] = ()) -> Conventions:
        """Which files of a folder belong together.

        Raises:
            SettingsError: an option is unknown or of another type.
            NotFound: no such connector; with the nearest one.
            PluginError: its plugin is broken or misbehaved.
        """
        use = self._use(connector, options)
        try:
            return self._call(use, lambda pool: pool.run(recognising.conventions_of, use))
        except PluginError as error:
            if isinstance(error.__cause__, SettingsError):
                raise error.__cause__ from None
            raise

    def recognise(self, folder: WatchedFolder, request: RecogniseRequest) -> Recognition:
        """What the folder's connector says of this document; PluginError (hold) when it misbehaves."""
        answer = self.recognise_many(folder, (request,))[0]
        if isinstance(answer, JesignError):
            raise answer
        return answer

    def recognise_many(
        self, folder: WatchedFolder, requests: Sequence[RecogniseRequest]
    ) -> tuple[Recognition | JesignError, ...]:
        """An answer or an error for each document, in order; a crash among many is narrowed down to its document."""
        use = self._use(folder.connector, folder.options)
        try:
            said = self._call(
                use, lambda pool: pool.run(recognising.recognise_documents, use, tuple(requests)), requests
            )
        except PluginError as error:
            if len(requests) == 1 or self._is_disabled(use.plugin):
                return (error,) * len(requests)
            return tuple(each for request in requests for each in self.recognise_many(folder, (request,)))
        except VerificationFailed as error:
            return (error,) * len(requests)
        if len(said) != len(requests):
            return (_misbehaved(use.plugin.name, "garbled"),) * len(requests)
        return tuple(self._believed(use, request, answer) for request, answer in zip(requests, said, strict=True))

    def return_file(self, folder: WatchedFolder, lot: Lot) -> ReturnFile | None:
        """The file in which the folder's software reads back what became of a lot; None where it has none."""
        use = self._use(folder.connector, folder.options)
        return self._call(use, lambda pool: pool.run(recognising.return_file_of, use, lot))

    def reload(self) -> None:
        """Forget strikes and children: plugins mended meanwhile are taken as they are now."""
        with self._lock:
            pools, self._pools = self._pools, {}
            self._strikes.clear()
            self._listed = None
        for pool in pools.values():
            pool.close()

    def close(self) -> None:
        """End every child."""
        self.reload()

    def _survey(self) -> Iterable[Listed]:
        owner: dict[str, str] = {}
        for plugin in self._installed:
            try:
                manifests = self._run(plugin, partial(_look_at, plugin))
            except Crashed as crash:
                log.warning("crashed plugin=%s reason=%s detail=%s", plugin.name, crash.reason, crash.detail)
                yield Listed(plugin, broken=_misbehaved(plugin.name, crash.reason))
                continue
            except JesignError as error:
                yield Listed(plugin, broken=_as_own(plugin.name, error))
                continue
            taken = [manifest.name for manifest in manifests if manifest.name in owner]
            if taken:
                yield Listed(plugin, broken=_taken(plugin.name, taken[0], owner[taken[0]]))
                continue
            owner.update({manifest.name: plugin.name for manifest in manifests})
            yield Listed(plugin, manifests)

    def _use(self, connector: str, options: tuple[tuple[str, str], ...]) -> Use:
        known: dict[str, Installed] = {}
        for listed in self.listed():
            if listed.broken is not None and listed.plugin.name == connector and connector not in known:
                raise listed.broken
            known.update({manifest.name: listed.plugin for manifest in listed.manifests})
        if connector not in known:
            raise unknown_connector(connector, known)
        return Use(known[connector], connector, options)

    def _manifests(self) -> Mapping[str, Manifest]:
        return {manifest.name: manifest for listed in self.listed() for manifest in listed.manifests}

    def _believed(
        self, use: Use, request: RecogniseRequest, answer: recognising.Answer | Failed
    ) -> Recognition | JesignError:
        if isinstance(answer, Failed):
            return PluginError(use.plugin.name, answer.message, hint=answer.hint, document=request.claimed.id)
        try:
            recognition = answer.recognition
            if answer.recognised is not None:
                kinds = self._manifests()[use.connector].kinds
                path = request.claimed.relative_path
                check_claims(use.plugin.name, answer.recognised, kinds=kinds, relative_path=path)
        except ValueError:
            return _misbehaved(use.plugin.name, "garbled", request.claimed.id)
        except PluginError as error:
            return PluginError(use.plugin.name, error.message, hint=error.hint, document=request.claimed.id)
        return recognition

    def _call(self, use: Use, call: Callable[[Pool], Result], requests: Sequence[RecogniseRequest] = ()) -> Result:
        if self._is_disabled(use.plugin):
            raise _disabled(use.plugin.name)
        document = requests[0].claimed.id if len(requests) == 1 else None
        try:
            result = self._run(use.plugin, call)
        except Crashed as crash:
            self._strike(use.plugin, crash, alone=len(requests) <= 1)
            raise _misbehaved(use.plugin.name, crash.reason, document) from crash
        except JesignError as error:
            if isinstance(error, VerificationFailed) and _vault_is_damaged(requests):
                raise
            raise _as_own(use.plugin.name, error) from error
        with self._lock:
            self._strikes.pop(use.plugin, None)
        return result

    def _run(self, plugin: Installed, call: Callable[[Pool], Result]) -> Result:
        pool = self._pools.get(plugin)
        if pool is None:
            pool = self._pools.setdefault(plugin, Pool(workers=self._workers, limits=self._limits, warm=_WARM))
        return call(pool)

    def _strike(self, plugin: Installed, crash: Crashed, *, alone: bool) -> None:
        """Count a crash; one among many documents is counted when it is found again alone."""
        log.warning("crashed plugin=%s reason=%s detail=%s", plugin.name, crash.reason, crash.detail)
        if not alone:
            return
        with self._lock:
            self._strikes[plugin] = self._strikes.get(plugin, 0) + 1
            if self._strikes[plugin] == STRIKES:
                log.error("disabled plugin=%s strikes=%d", plugin.name, STRIKES)

    def _is_disabled(self, plugin: Installed) -> bool:
        with self._lock:
            return self._strikes.get(plugin, 0) >= STRIKES


def _look_at(plugin: Installed, pool: Pool) -> tuple[Manifest, ...]:
    return pool.run(recognising.survey, plugin)


def _vault_is_damaged(requests: Sequence[RecogniseRequest]) -> bool:
    """Whether a companion really differs from its digest; a plugin's word is not enough to hold the whole queue."""
    for request in requests:
        for companion, path in zip(request.claimed.companions, request.companions, strict=False):
            with contextlib.suppress(OSError):
                if digest_of(path)[0] == companion.digest:
                    continue
            return True
    return False


def _as_own(plugin: str, error: JesignError) -> PluginError:
    """Whatever class a plugin's process names, it can only speak for itself."""
    return PluginError(plugin, error.message, hint=error.hint, document=error.document)


_REASONS = {
    "time": Words("ne répond pas", "does not answer"),
    "memory": Words("prend trop de mémoire", "takes too much memory"),
    "died": Words("s’arrête net", "dies"),
    "killed": Words("a été arrêté", "was ended"),
    "exception": Words("échoue", "fails"),
    "garbled": Words("répond n’importe quoi", "answers garbage"),
}


def _misbehaved(plugin: str, reason: str, document: str | None = None) -> PluginError:
    what = _REASONS.get(reason, _REASONS["garbled"])
    return PluginError(
        plugin,
        Words(f"le plugin {plugin} {what.fr}", f"plugin {plugin} {what.en}"),
        hint=Words(
            "Le document attend ; prévenir l’auteur du plugin.", "The document waits; tell the plugin's author."
        ),
        document=document,
    )


def _disabled(plugin: str) -> PluginError:
    return PluginError(
        plugin,
        Words(
            f"le plugin {plugin} est désactivé après {STRIKES} pannes",
            f"plugin {plugin} is disabled after {STRIKES} crashes",
        ),
        hint=Words("Le corriger, recharger jesignd, puis libérer les documents.", "Mend it, reload jesignd, release."),
    )


def _taken(plugin: str, connector: str, owner: str) -> PluginError:
    return PluginError(
        plugin,
        Words(
            f"le plugin {plugin} offre « {connector} », déjà offert par {owner}",
            f"plugin {plugin} offers “{connector}”, which {owner} offers already",
        ),
        hint=Words("Désinstaller l’un des deux.", "Uninstall one of the two."),
    )
