"""Manager: load plugins and hold them to their contract; one that breaks it is listed with the reason, the rest live.

Only confined children and the command line load plugins: the daemon, which holds keys, never does.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from jesignd.domain.documents import DocumentKind
from jesignd.errors import NotFound, PluginError, Words
from jesignd.plugin import specs
from jesignd.plugin.contract import API, Connector, Manifest
from jesignd.plugin.payments import PaymentManifest, PaymentMethod

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jesignd.plugin.installed import Installed

_HOOKS = tuple(name for name in vars(specs) if name.startswith(specs.PREFIX))
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")


class Plugins:
    """The plugins loaded, what each offers, and those that are broken."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(specs.PROJECT)
        self._manager.add_hookspecs(specs)
        self._connectors: dict[str, Connector[Any]] = {}
        self._offers: dict[str, tuple[Connector[Any], ...]] = {}
        self._payments: dict[str, tuple[str, PaymentMethod[Any]]] = {}
        self._broken: dict[str, PluginError] = {}

    @classmethod
    def load(cls, installed: Iterable[Installed]) -> Plugins:
        """Load these plugins in this order; the first to take a connector's name keeps it."""
        plugins = cls()
        for each in installed:
            try:
                plugins._add(each)
            except PluginError as error:
                plugins._broken[each.name] = error
        return plugins

    @property
    def offers(self) -> Mapping[str, Sequence[Connector[Any]]]:
        """The connectors of each sound plugin."""
        return self._offers

    @property
    def broken(self) -> Mapping[str, PluginError]:
        """The plugins that cannot be used, and why."""
        return self._broken

    def connector(self, name: str) -> Connector[Any]:
        """The connector of this name.

        Raises:
            PluginError: its plugin is broken; this is why.
            NotFound: no plugin offers it.
        """
        if name in self._connectors:
            return self._connectors[name]
        if name in self._broken:
            raise self._broken[name]
        raise unknown_connector(name, self._connectors)

    def payment(self, name: str) -> tuple[str, PaymentMethod[Any]]:
        """The payment method of this name, and the plugin that offers it.

        Raises:
            NotFound: no sound plugin offers it.
        """
        if name not in self._payments:
            raise NotFound(
                Words(f"aucun plugin n’offre le paiement « {name} »", f"no plugin offers the payment “{name}”"),
                hint=Words("pip install jesignd-payment-card", "pip install jesignd-payment-card"),
            )
        return self._payments[name]

    def _add(self, plugin: Installed) -> None:
        if plugin.name in self._offers or plugin.name in self._broken:
            raise PluginError(
                plugin.name,
                Words(f"deux plugins se nomment « {plugin.name} »", f"two plugins are named “{plugin.name}”"),
            )
        module = _import(plugin)
        _check_spelling(plugin.name, module)
        offered = self._offered(plugin.name, module)
        connectors = tuple(one for one in offered if isinstance(one, Connector))
        methods = tuple(one for one in offered if isinstance(one, PaymentMethod))
        for name in [*(one.manifest.name for one in connectors), *(one.manifest.name for one in methods)]:
            if name in self._connectors or name in self._payments:
                raise PluginError(
                    plugin.name,
                    Words(
                        f"le plugin {plugin.name} offre « {name} », déjà offert par un autre",
                        f"plugin {plugin.name} offers “{name}”, which another offers already",
                    ),
                )
        self._connectors.update({connector.manifest.name: connector for connector in connectors})
        self._payments.update({method.manifest.name: (plugin.name, method) for method in methods})
        self._offers[plugin.name] = connectors

    def _offered(self, name: str, module: ModuleType) -> list[Connector[Any] | PaymentMethod[Any]]:
        """Everything the plugin's hooks return, checked; one hook at least must be there."""
        try:
            self._manager.register(module, name)
            self._manager.check_pending()
            said = {
                hook: implementation.function()
                for hook in _HOOKS
                for implementation in getattr(self._manager.hook, hook).get_hookimpls()
                if implementation.plugin is module
            }
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:  # a foreign hook may raise anything
            if self._manager.is_registered(module):
                self._manager.unregister(module)
            raise _crashed(name, error, Words("en s’enregistrant", "when registering")) from error
        for hook, offered in said.items() or [(_HOOKS[0], None)]:
            if not isinstance(offered, list | tuple):
                raise _malformed(name, Words(f"{hook} doit rendre une suite", f"{hook} must return a sequence"))
            for one in offered:
                _CHECKS[hook](name, one)
        return [one for offered in said.values() for one in offered]


def unknown_connector(name: str, known: Iterable[str]) -> NotFound:
    """No plugin offers this connector; the nearest name is suggested."""
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = Words(f"vouliez-vous « {near[0]} » ?", f"did you mean “{near[0]}”?") if near else None
    return NotFound(
        Words(f"aucun plugin n’offre le connecteur « {name} »", f"no plugin offers the connector “{name}”"), hint=hint
    )


def _import(plugin: Installed) -> ModuleType:
    try:
        if plugin.file is not None:
            return _import_file(plugin.name, plugin.file)
        return importlib.import_module(plugin.reference.partition(":")[0])
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # foreign code is being run
        raise _crashed(plugin.name, error, Words("à l’import", "at import")) from error


def _import_file(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_jesignd_plugin_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _check_spelling(plugin: str, module: ModuleType) -> None:
    """A function named like a hook that is none would never be called, and nobody would know."""
    for name, value in vars(module).items():
        if not name.startswith(specs.PREFIX) or isinstance(value, ModuleType) or not callable(value):
            continue
        if name not in _HOOKS:
            near = difflib.get_close_matches(name, _HOOKS, n=1, cutoff=0.0)[0]
            raise PluginError(
                plugin,
                Words(f"le plugin {plugin} définit « {name} », inconnu", f"plugin {plugin} defines “{name}”, unknown"),
                hint=Words(f"vouliez-vous « {near} » ?", f"did you mean “{near}”?"),
            )
        if not hasattr(value, f"{specs.PROJECT}_impl"):
            raise PluginError(
                plugin,
                Words(
                    f"le plugin {plugin} définit « {name} » sans @hookimpl",
                    f"plugin {plugin}: “{name}” lacks @hookimpl",
                ),
                hint=Words("from jesignd.plugin import hookimpl", "from jesignd.plugin import hookimpl"),
            )


def _check_connector(plugin: str, connector: object) -> None:
    if not isinstance(connector, Connector):
        raise _malformed(plugin, Words("un connecteur hérite de Connector", "a connector inherits from Connector"))
    manifest = getattr(connector, "manifest", None)
    if not isinstance(manifest, Manifest) or _NAME.fullmatch(manifest.name) is None:
        raise _malformed(plugin, Words("manifeste absent ou mal nommé", "manifest absent or badly named"))
    if manifest.api != API:
        raise _malformed(
            plugin,
            Words(f"écrit pour l’api {manifest.api}, celle-ci est {API}", f"for api {manifest.api}, this is {API}"),
        )
    if not manifest.kinds or not all(isinstance(kind, DocumentKind) for kind in manifest.kinds):
        raise _malformed(plugin, Words("le manifeste n’annonce aucun type", "the manifest announces no kind"))
    try:
        connector.options_schema()
    except (Exception, SystemExit) as error:  # foreign code is being run
        raise _malformed(plugin, Words("chaque option doit avoir un défaut", "every option needs a default")) from error


def _check_payment(plugin: str, method: object) -> None:
    if not isinstance(method, PaymentMethod):
        raise _malformed(
            plugin, Words("un paiement hérite de PaymentMethod", "a payment method inherits from PaymentMethod")
        )
    manifest = getattr(method, "manifest", None)
    if not isinstance(manifest, PaymentManifest) or _NAME.fullmatch(manifest.name) is None or manifest.api != API:
        raise _malformed(plugin, Words("manifeste absent ou mal nommé", "manifest absent or badly named"))


_CHECKS: Mapping[str, Callable[[str, object], None]] = {
    "jesignd_connectors": _check_connector,
    "jesignd_payments": _check_payment,
}


def _malformed(plugin: str, why: Words) -> PluginError:
    return PluginError(plugin, Words(f"plugin {plugin} : {why.fr}", f"plugin {plugin}: {why.en}"))


def _crashed(plugin: str, error: BaseException, when: Words) -> PluginError:
    """The class only: a message may quote what the plugin was reading."""
    kind = type(error).__name__
    return PluginError(
        plugin,
        Words(f"le plugin {plugin} échoue {when.fr} ({kind})", f"plugin {plugin} fails {when.en} ({kind})"),
        hint=Words("Le corriger ou le désinstaller.", "Mend or uninstall it."),
    )
