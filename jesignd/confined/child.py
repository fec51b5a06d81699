"""Child: the loop of a confined process, spoken to on descriptor 3."""

from __future__ import annotations

import importlib
import socket
import traceback
from typing import TYPE_CHECKING, Any

from jesignd.confined import kernel, wire
from jesignd.confined.contract import Limits
from jesignd.errors import JesignError

if TYPE_CHECKING:
    from collections.abc import Callable

WIRE = 3


class ServiceRefused(Exception):
    """The parent could not do what was asked; it knows why, and will say so to its own caller."""


def main() -> None:
    """Import what is to be warm, give up rights, then answer calls until the parent is gone."""
    connection = socket.socket(fileno=WIRE)
    start = wire.receive(connection)
    for module in start["warm"]:
        importlib.import_module(module)
    filtered = kernel.surrender(Limits(**start["limits"]))
    wire.send(connection, {"ready": True, "filtered": filtered})
    while True:
        try:
            call = wire.receive(connection)
        except wire.Closed:
            return
        wire.send(connection, _answer(connection, call))


def _answer(connection: socket.socket, call: dict[str, Any]) -> dict[str, Any]:
    kernel.allow_cpu(int(call["cpu_seconds"]))
    try:
        return {"result": _call(connection, call)}
    except JesignError as error:
        return {"error": wire.dump_error(error)}
    except ServiceRefused:
        return {"refused": True}
    except wire.Closed:
        raise
    except MemoryError:
        return {"crash": {"reason": "memory", "detail": "MemoryError"}}
    except BaseException as error:  # noqa: BLE001  # whatever foreign code raises, even SystemExit, is its own failure
        return {"crash": {"reason": "exception", "detail": _where(error)}}


def _call(connection: socket.socket, call: dict[str, Any]) -> str:
    function = _function(call["function"])
    signature = wire.signature_of(function)
    arguments = signature.load_arguments(call["arguments"])
    services = {signature.ask: _asker(connection)} if signature.ask else {}
    return signature.dump_result(function(*arguments, **services))


def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return function


def _asker(connection: socket.socket) -> Callable[[str, bytes], bytes]:
    def ask(service: str, payload: bytes) -> bytes:
        wire.send(connection, {"ask": service, "payload": wire.pack(payload)})
        answer = wire.receive(connection)
        if "answer" not in answer:
            raise ServiceRefused(service)
        return wire.unpack(answer["answer"])

    return ask


def _where(error: BaseException) -> str:
    """Class and place of an exception; never its message, which may quote the document."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
