"""Notify: tell the service manager how we are (sd_notify(3)); silent where there is none."""

from __future__ import annotations

import contextlib
import os
import socket
import time

_PATIENCE_SECONDS = 1.0
"""A manager that does not listen must not keep the daemon from its signals."""


class Notifier:
    """Speaks to the socket named by `NOTIFY_SOCKET`; does nothing without it."""

    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    @property
    def watchdog_seconds(self) -> float | None:
        """How often to say that we live: half of what the manager waits; None: it does not watch."""
        microseconds = os.environ.get("WATCHDOG_USEC", "")
        return int(microseconds) / 2_000_000 if microseconds.isdigit() else None

    def ready(self, status: str) -> None:
        """Started, or reloaded: working."""
        self._send(f"READY=1\nSTATUS={status}")

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={status}")

    def alive(self) -> None:
        """Feed the watchdog; only after a round in which everything answered."""
        self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """Reading the configuration again."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Finishing what is in hand."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender,
        ):
            sender.settimeout(_PATIENCE_SECONDS)
            sender.sendto(message.encode(), self._address)
