"""Transcript: what the demonstration says, line by line; colours only on a terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from jesignd.cli import names
from jesignd.cli.output import pad, printable, shorten
from jesignd.domain.credit import Cents, euros
from jesignd.domain.documents import DocumentState
from jesignd.domain.paris import PARIS
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.cli.demonstration.checking import Checked
    from jesignd.cli.demonstration.watching import Fate

_FILE, _KIND, _FATE = 49, 17, 14
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


def step(words: Words, lang: str, *, seconds: float | None = None, where: str = "") -> None:
    """`✓ something was done   0,4 s   where`."""
    text = pad(words.in_language(lang), 74)
    took = f"{_seconds(seconds, lang):>8}" if seconds is not None else " " * 8
    click.echo(f"{click.style('✓', fg='green')} {text}{took}  {where}".rstrip())


def drop(words: Words, lang: str) -> None:
    """`→ something is being done`."""
    click.echo(f"{click.style('→', fg='cyan')} {words.in_language(lang)}")


def fate_line(fate: Fate, *, seconds: float, into: str, lang: str) -> str:
    """One file's fate: when, which, what it is, what became of it, where it went or why not, how long it took."""
    kind = names.kind_of(fate.document.recognition if fate.document else None, lang)
    state = pad(_fate(fate, lang), _FATE)
    return "  ".join(
        (
            f"  {fate.at.astimezone(PARIS):%H:%M:%S}",
            pad(shorten(printable(_file(fate)), _FILE), _FILE),
            pad(kind, _KIND),
            click.style(state, fg=_COLOURS.get(fate.state)),
            f"{_seconds(seconds, lang):>7}",
            _where(fate, into, lang),
        )
    ).rstrip()


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
    if fate.reason is not None:
        return printable(fate.reason.in_language(lang)).rstrip(".")
    if fate.state is DocumentState.DUPLICATE:
        return Words("déjà traité : ni rescellé ni refacturé", "treated before: not sealed nor charged again")[
            lang == "en"
        ]
    if fate.state is DocumentState.DRAFT:
        return Words("attend ses signataires", "waits for its signatories")[lang == "en"]
    return ""


def _file(fate: Fate) -> str:
    """Tree and name; the folders in between are where the connector looks, not people."""
    tree, path = fate.key
    folders, _, name = path.rpartition("/")
    return f"{tree}/…/{name}" if folders else f"{tree}/{name}"


def totals(tally: Tally, checked: Sequence[Checked], *, balance: Cents, lang: str) -> None:
    """The last lines: how many of what, who found them valid, what they cost."""
    parts = [
        names.counted(tally.states[state], word, lang) for state, word in _IN_ORDER.items() if state in tally.states
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


def problems(lines: Sequence[str]) -> None:
    """What did not go as it must."""
    for line in lines:
        click.echo(f"{click.style('✗', fg='red')} {line}")


def _seconds(seconds: float, lang: str) -> str:
    text = f"{seconds:.1f}" if seconds >= 10 else f"{seconds:.2f}"
    return (text if lang == "en" else text.replace(".", ",")) + "\u202fs"
