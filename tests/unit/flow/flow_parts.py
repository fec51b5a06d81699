"""Parts of the line that a test holds in its hand: a queue, a key that counts, rules and papers."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind
from jesignd.domain.jobs import Batch, Transaction
from jesignd.domain.levels import Act
from jesignd.domain.routing import Rule, When
from jesignd.domain.sealing import Credential
from jesignd.plugin.installed import Installed
from jesignd.testing.exports import samples

if TYPE_CHECKING:
    from jesignd.errors import Words

SABOTEURS = Path(__file__).parents[2] / "saboteurs"
NEUTRAL = Installed("neutral", "jesignd.plugin.neutral", None, "jesignd")
MINUTE = datetime.timedelta(minutes=1)


class HandQueue:
    """Makes promises (see `Promiser`); whoever steps the line says which of them are kept, and which are lost."""

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        self.between_looks: Callable[[], None] | None = None
        """What goes on between reading what is overdue and asking which jobs live."""
        self._made = 0

    def enqueue(self, transaction: Transaction, batch: Batch, *, delay_seconds: float = 0.0) -> str:  # noqa: ARG002
        self._made += 1
        job = f"{batch.stage}-{batch.attempt}-{self._made}"
        self.waiting.add(job)
        return job

    def live(self, jobs: Sequence[str]) -> frozenset[str]:
        if self.between_looks is not None:
            self.between_looks()
        return self.waiting.intersection(jobs)

    def cancel(self, jobs: Sequence[str]) -> None:
        self.waiting.difference_update(jobs)


class CountingKey:
    """The firm's key, and how often it signed."""

    def __init__(self, key: Credential) -> None:
        self.key = key
        self.signed = 0
        self.meanwhile: Callable[[], None] | None = None

    @property
    def certificate(self) -> bytes:
        return self.key.certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        return self.key.chain

    def sign(self, data: bytes) -> bytes:
        self.signed += 1
        if self.meanwhile is not None:
            self.meanwhile()
        return self.key.sign(data)


def rule(
    name: str,
    act: Act,
    *,
    kinds: set[DocumentKind] | None = None,
    reason: Words | None = None,
) -> Rule:
    sealing = act is Act.SEAL
    return Rule(
        name,
        When(kinds=frozenset(kinds or ())),
        act,
        f"jesignd.yaml:{len(name)}",
        profile=name if sealing else None,
        destinations=("ged",) if sealing else (),
        reason=reason,
    )


def payslip(number: int = 0) -> bytes:
    """A payslip; each number gives other bytes that look alike."""
    return _printed() + b"%% %d\n" % number


@functools.cache
def _printed() -> bytes:
    return samples.carpenter_payslip()
