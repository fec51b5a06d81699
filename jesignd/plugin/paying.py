"""Paying: call a payment method: its page from the command line, its notices in a confined child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jesignd.confined import Crashed, Limits, Pool
from jesignd.errors import JesignError, NotAllowed, PluginError, Words
from jesignd.plugin.installed import Installed, installed_plugins
from jesignd.plugin.manager import Plugins
from jesignd.plugin.options import read_options
from jesignd.plugin.payments import PaymentMethod, PaymentPage, PaymentRequest, TopUp

_LIMITS = Limits(memory_bytes=768 << 20, cpu_seconds=5, wall_seconds=10.0, file_bytes=1 << 20)


@dataclass(frozen=True, slots=True)
class PaymentUse:
    """Which payment method, with which options."""

    method: str
    options: tuple[tuple[str, str], ...] = ()


def open_page(use: PaymentUse, request: PaymentRequest, *, key: str) -> PaymentPage:
    """The page on which this is paid; the method's code runs in this process and speaks to its service.

    Raises:
        NotFound, SettingsError: no such method, or an option it does not have.
        ServiceError: its service does not answer, or refuses.
        PluginError: the method itself fails.
    """
    plugin, method, options = _prepared(use, installed_plugins())
    try:
        page = method.open_page(request, options, key=key)
    except (JesignError, MemoryError):
        raise
    except (Exception, SystemExit) as error:  # foreign code is being run
        raise _failed(plugin, type(error).__name__) from error
    if not isinstance(page, PaymentPage):
        raise _failed(plugin, "PaymentPage")
    return page


def receive_webhook(use: PaymentUse, payload: bytes, signature_header: str, *, secret: str) -> TopUp | None:
    """What this notice says was paid, read in a confined child; None when it speaks of something else.

    Raises:
        NotAllowed: the signature is not the service's.
        PluginError: the method itself fails.
    """
    pool = Pool(workers=1, limits=_LIMITS, warm=("jesignd.plugin.paying",))
    try:
        said = pool.run(read_notice, use, payload, signature_header, secret)
    except Crashed as crash:
        raise _failed(use.method, crash.reason) from crash
    finally:
        pool.close()
    return said


def read_notice(use: PaymentUse, payload: bytes, signature_header: str, secret: str) -> TopUp | None:
    """The same in this process, which is to be a confined child."""
    plugin, method, options = _prepared(use, installed_plugins())
    try:
        said = method.receive_webhook(payload, signature_header, options, secret=secret)
    except (NotAllowed, MemoryError):
        raise
    except (Exception, SystemExit) as error:  # foreign code is being run
        raise _failed(plugin, type(error).__name__) from error
    if said is not None and not (isinstance(said, TopUp) and 0 < said.net <= said.gross):
        raise _failed(plugin, "TopUp")
    return said


def _prepared(use: PaymentUse, installed: tuple[Installed, ...]) -> tuple[str, PaymentMethod[Any], Any]:
    plugin, method = Plugins.load(installed).payment(use.method)
    return plugin, method, read_options(method, use.options)


def _failed(plugin: str, kind: str) -> PluginError:
    """By its class only: a message may quote what it was reading."""
    return PluginError(
        plugin,
        Words(f"le paiement {plugin} échoue ({kind})", f"the payment {plugin} fails ({kind})"),
        hint=Words("Rien n’a été compté ; voyez le prestataire.", "Nothing was counted; see the provider."),
    )
