"""Wire: frames of JSON between parent and child, and the types on both ends.

A frame is four bytes of length and that many bytes of UTF-8 JSON. Values are encoded by the annotations of the function
called, and checked against them on arrival; they travel as a text of JSON within the frame's, so as to be read once.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import inspect
import json
import struct
import typing
from collections.abc import Callable
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from jesignd import errors
from jesignd.confined.contract import Ask

if typing.TYPE_CHECKING:
    import socket

MAX_FRAME = 64 << 20
_LENGTH = struct.Struct(">I")
_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", arbitrary_types_allowed=False)


class Closed(Exception):
    """The other end is gone."""


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Send one frame."""
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=True).encode()
    try:
        connection.sendall(_LENGTH.pack(len(body)) + body)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Closed from error


def receive(connection: socket.socket) -> dict[str, Any]:
    """Wait for one frame.

    Raises:
        Closed: the other end is gone.
        TimeoutError: the socket's timeout passed.
        ValueError: what came is not a frame of ours.
    """
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > MAX_FRAME:
        raise ValueError(f"a frame of {length} bytes")
    message = json.loads(_exactly(connection, length))
    if not isinstance(message, dict):
        raise ValueError("a frame that is not an object")  # one failure: garbled
    return message


def _exactly(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        try:
            part = connection.recv(min(size - len(parts), 1 << 20))
        except ConnectionResetError as error:
            raise Closed from error
        if not part:
            raise Closed
        parts += part
    return bytes(parts)


def pack(payload: bytes) -> str:
    """Bytes as they travel in JSON."""
    return base64.b64encode(payload).decode()


def unpack(text: str) -> bytes:
    """Bytes as they were before `pack`; ValueError when it was not."""
    return base64.b64decode(text, validate=True)


class Signature(typing.NamedTuple):
    """How the arguments and the result of a function travel; `ask` names the parameter that gets the services."""

    arguments: TypeAdapter[Any]
    result: TypeAdapter[Any]
    ask: str | None

    def dump_arguments(self, arguments: tuple[Any, ...]) -> str:
        return self.arguments.dump_json(arguments).decode()

    def load_arguments(self, text: str) -> tuple[Any, ...]:
        return typing.cast("tuple[Any, ...]", self.arguments.validate_json(text))

    def dump_result(self, value: Any) -> str:
        return self.result.dump_json((value,)).decode()

    def load_result(self, text: object) -> Any:
        (result,) = self.result.validate_json(text if isinstance(text, str) else "null")
        return result


@functools.cache
def signature_of(function: Callable[..., Any]) -> Signature:
    """Read a module-level function's annotations; every parameter and the result need one."""
    hints = typing.get_type_hints(function)
    names = list(inspect.signature(function).parameters)
    ask = next((name for name in names if hints[name] == Ask), None)
    types = tuple(hints[name] for name in names if name != ask)
    return Signature(_adapter(types), _adapter((hints["return"],)), ask)


def _adapter(types: tuple[Any, ...]) -> TypeAdapter[Any]:
    """One adapter for a row of values; inside a row, our settings hold for dataclasses too (bytes travel as base64)."""
    row: Any = tuple[types] if types else tuple[()]  # type: ignore[valid-type]
    return TypeAdapter(row, config=_CONFIG)


@dataclasses.dataclass(frozen=True, slots=True)
class Raised:
    """An error of our tree as a value: how a call that does many things tells which of them failed, and why."""

    told: str

    @classmethod
    def of(cls, error: errors.JesignError) -> Raised:
        """Pack."""
        return cls(json.dumps(dump_error(error)))

    def error(self) -> errors.JesignError:
        """Unpack; ValueError when it is none of ours."""
        try:
            return load_error(json.loads(self.told))
        except (KeyError, TypeError) as error:
            raise ValueError("an error that is none of ours") from error


def dump_error(error: errors.JesignError) -> dict[str, Any]:
    """An error of our tree as it travels: its class and its words."""
    return {
        "class": type(error).__name__,
        "message": list(error.message),
        "hint": list(error.hint) if error.hint else None,
        "document": error.document,
        "code": error.code.value if isinstance(error, errors.DocumentError) else None,
        "plugin": error.plugin if isinstance(error, errors.PluginError) else None,
    }


def load_error(value: dict[str, Any]) -> errors.JesignError:
    """The error again; ValueError when the child names a class that is not of our tree."""
    kind = getattr(errors, str(value["class"]), None)
    if not (isinstance(kind, type) and issubclass(kind, errors.JesignError)):
        raise ValueError("an error of no known class")
    message = errors.Words(*map(str, value["message"]))
    hint = errors.Words(*map(str, value["hint"])) if value["hint"] else None
    document = str(value["document"]) if value["document"] else None
    if issubclass(kind, errors.DocumentError):
        return kind(errors.Code(value["code"]), message, hint=hint, document=document)
    if issubclass(kind, errors.PluginError):
        return kind(str(value["plugin"]), message, hint=hint, document=document)
    if issubclass(kind, errors.SettingsError):
        return kind(message, hint=hint)
    return kind(message, hint=hint, document=document)
