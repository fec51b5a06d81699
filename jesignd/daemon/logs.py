"""Logs: one event a line on standard error; ids and counts, never names of people or files."""

from __future__ import annotations

import logging
import os
import sys

import structlog

_JOURNAL_LEVELS = {
    logging.CRITICAL: "<2>",
    logging.ERROR: "<3>",
    logging.WARNING: "<4>",
    logging.INFO: "<6>",
    logging.DEBUG: "<7>",
}


def set_up(form: str = "text") -> None:
    """Write logs as `text` (key=value) or `json`; under the service manager each line carries its severity."""
    handler = logging.StreamHandler(sys.stderr)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    shared: list[structlog.typing.Processor] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, stamp]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "logger", "event"])
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler.setFormatter(_Journal(formatter) if _under_journal() else formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("jesignd").setLevel(logging.INFO)


class _Journal(logging.Formatter):
    """Puts the severity in front, as sd-daemon(3) wants it."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return _JOURNAL_LEVELS.get(record.levelno, "<6>") + self._inner.format(record)


def _under_journal() -> bool:
    stream = os.environ.get("JOURNAL_STREAM", "")
    if ":" not in stream:
        return False
    found = os.fstat(sys.stderr.fileno())
    return stream == f"{found.st_dev}:{found.st_ino}"
