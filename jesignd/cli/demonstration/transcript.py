"""Transcript: what the demonstration says, line by line; colours only on a terminal."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import names
from jesignd.cli.output import pad, printable, shorten
from jesignd.domain.credit import Cents, euros
from jesignd.domain.documents import DocumentState
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.cli.demonstration.checking import Checked
    from jesignd.cli.demonstration.watching import Fate

WIDTH = 100
"""Columns of a projector."""
_FILE, _KIND, _FATE, _TAKEN = 35, 17, 11, 7
_STEP = 70
_COLOURS = {
    DocumentState.DELIVERED: "green",
    DocumentState.REJECTED: "red",
    DocumentState.HELD: "yellow",
    DocumentState.DRAFT: "cyan",
}


_IN_ORDER = {DocumentState.DELIVERED: names.STATES[DocumentState.DELIVERED], **names.STATES}
"""What people hope for comes first."""

_REFUSED = Words("refusé", "refused")
"""Of a file that was not even taken: it stays where it is."""


@dataclass(slots=True)
class Tally:
    """What happened in this run, for the last lines."""

    expected: int = 0
    surprises: list[str] = field(default_factory=list)
    states: dict[DocumentState, int] = field(default_factory=dict)
    refused: int = 0
    spent: Cents = field(default=Cents(0))

    def count(self, fate: Fate) -> None:
        """Add one file's fate."""
        if fate.document is None:
            self.refused += 1
            return
        self.states[fate.state] = self.states.get(fate.state, 0) + 1
        if fate.state is DocumentState.DELIVERED:
            self.spent = Cents(self.spent + int((fate.document.route or {}).get("price", 0)))

    def forget_held(self) -> None:
        """One that was held is about to have another fate."""
        self.states[DocumentState.HELD] -= 1


def step(words: Words, lang: str, *, seconds: float | None = None, where: str = "") -> None:
    """`✓ something was done   0,4 s   where`."""
    text = pad(words.in_language(lang), _STEP)
    took = f"{_seconds(seconds, lang):>{_TAKEN}}" if seconds is not None else " " * _TAKEN
    click.echo(f"{click.style('✓', fg='green')} {text}{took}  {where}".rstrip())


def drop(words: Words, lang: str) -> None:
    """`→ something is being done`."""
    click.echo(f"{click.style('→', fg='cyan')} {words.in_language(lang)}")


def command(lines: Sequence[str]) -> None:
    """`$ what somebody types`."""
    for prompt, line in zip(["$", *" " * len(lines)], lines, strict=False):
        click.echo(f"  {prompt} {click.style(line, bold=True)}")


def remark(words: Words, lang: str) -> None:
    """What there is to say of the line above."""
    click.echo(f"  {click.style('→', fg='cyan')} {words.in_language(lang)}")


def fate_lines(fate: Fate, *, seconds: float, into: str, lang: str) -> list[str]:
    """One file's fate: which, what it is, how long it took, what became of it, where it went; below, why not."""
    kind = names.kind_of(fate.document.recognition if fate.document else None, lang)
    state, where = _fate(fate, lang), _where(fate, into, lang)
    cells = (
        f"  {pad(shorten(printable(_file(fate)), _FILE), _FILE)}",
        f"{pad(kind, _KIND)}{_seconds(seconds, lang):>{_TAKEN}}",
        click.style(pad(state, _FATE if where else 0), fg=_COLOURS.get(fate.state)),
        *([where] if where else []),
    )
    return ["  ".join(cells), *(f"      {part}" for part in _why(fate, lang))]


def _why(fate: Fate, lang: str) -> list[str]:
    """The reason, in as many lines as it takes; delegations are named by the beginning of their id."""
    if fate.reason is None:
        return []
    reason = re.sub(r"(del_[0-9a-f]{8})[0-9a-f]{24}", r"\1", printable(fate.reason.in_language(lang)).rstrip("."))
    return textwrap.wrap(reason, WIDTH - 6, break_long_words=False, break_on_hyphens=False)


def _fate(fate: Fate, lang: str) -> str:
    if fate.state is DocumentState.DELIVERED and fate.document and fate.document.sealed:
        level = fate.document.sealed.report.get("level", "")
        return f"{names.STATES[DocumentState.SEALED].in_language(lang)} {level}"
    code = f" {fate.code.value}" if fate.code else ""
    state = names.STATES[fate.state] if fate.document else _REFUSED
    return state.in_language(lang) + code


def _where(fate: Fate, into: str, lang: str) -> str:
    if fate.delivered_to:
        return "→ " + ", ".join(f"{into}/{path.rpartition('/')[0]}/" for path in fate.delivered_to)
    if fate.state is DocumentState.DUPLICATE:
        return Words("déjà traité, 0,00\u202f€", "seen before, 0,00\u202f€")[lang == "en"]
    if fate.state is DocumentState.DRAFT:
        return Words("attend ses signataires", "awaits signatories")[lang == "en"]
    return ""


def _file(fate: Fate) -> str:
    """Tree and name; the folders in between are where the connector looks, not people."""
    tree, path = fate.key
    folders, _, name = path.removesuffix(".pdf").rpartition("/")
    return f"{tree}/…/{name}" if folders else f"{tree}/{name}"


def totals(tally: Tally, checked: Sequence[Checked], *, balance: Cents, lang: str) -> None:
    """The last lines: how many of what, who found them valid, what they cost."""
    parts = [
        names.counted(tally.states[state], word, lang) for state, word in _IN_ORDER.items() if tally.states.get(state)
    ]
    parts += [names.counted(tally.refused, _REFUSED, lang)] if tally.refused else []
    step(Words(", ".join(parts), ", ".join(parts)), lang)
    good = sum(one.verdict == "valid" for one in checked)
    asked = [one for one in checked if one.second_opinion is not None]
    agreeing = sum(one.second_opinion is True for one in asked)
    verified = Words(
        f"vérifiés : {good} sur {len(checked)} par jesignd", f"verified: {good} of {len(checked)} by jesignd"
    )
    if asked:
        verified = Words(
            f"{verified.fr}, {agreeing} sur {len(asked)} par pdfsig",
            f"{verified.en}, {agreeing} of {len(asked)} by pdfsig",
        )
    step(verified, lang)
    if checked and not asked:
        drop(
            Words(
                "pdfsig (poppler-utils) n’est pas installé : pas de second avis",
                "pdfsig (poppler-utils) is absent: no second opinion",
            ),
            lang,
        )
    sealed = tally.states.get(DocumentState.DELIVERED, 0)
    spent, left = euros(tally.spent), euros(balance)
    step(
        Words(
            f"scellements : {sealed}, soit {spent} HT ; solde {left}",
            f"seals: {sealed}, {spent} before tax; balance {left}",
        ),
        lang,
    )


def short(path: Path) -> str:
    """The path from here, where that is shorter."""
    try:
        return f"{path.relative_to(Path.cwd())}{'/' if path.is_dir() else ''}"
    except ValueError:
        return str(path)


def problems(lines: Sequence[str]) -> None:
    """What did not go as it must."""
    for line in lines:
        click.echo(f"{click.style('✗', fg='red')} {line}")


def _seconds(seconds: float, lang: str) -> str:
    text = f"{seconds:.1f}" if seconds >= 10 else f"{seconds:.2f}"
    return (text if lang == "en" else text.replace(".", ",")) + "\u202fs"
