"""Functions that the tests of `confined` have a child call; real misbehaviour, no pretence."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from jesignd.confined import Ask
from jesignd.errors import Code, DocumentError, Words


@dataclass(frozen=True, slots=True)
class Parcel:
    label: str
    contents: bytes | None
    path: Path


def echo(parcel: Parcel, times: int) -> tuple[Parcel, ...]:
    return (parcel,) * times


def refuse() -> None:
    raise DocumentError(Code.ENCRYPTED, Words("protégé", "protected"), hint=Words("imprimez-le", "print it"))


def raise_something() -> None:
    raise KeyError("the customer's name")


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def eat() -> int:
    return len(bytearray(3 << 30))


def exit_silently() -> None:
    os._exit(0)


def crash() -> None:
    ctypes.string_at(0)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def lie() -> int:
    return "not a number"  # type: ignore[return-value]


def connect() -> str:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    except PermissionError:
        return "refused"
    return "allowed"


def fork() -> str:
    try:
        pid = os.fork()
    except PermissionError:
        return "refused"
    if pid == 0:
        os._exit(0)
    return "allowed"


def kill_parent() -> str:
    try:
        os.kill(os.getppid(), signal.SIGTERM)
    except PermissionError:
        return "refused"
    return "allowed"


def environment() -> tuple[str, ...]:
    return tuple(os.environ)


def double(payload: bytes, ask: Ask) -> bytes:
    return ask("twice", payload)


def process() -> int:
    return os.getpid()
