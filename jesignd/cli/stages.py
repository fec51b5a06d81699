"""Stages: the four steps of a set-up, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jesignd.cli import output
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jesignd.domain.setup import Item, StepState


def record(states: Sequence[StepState]) -> list[dict[str, object]]:
    """For programs: each step with its items, and whether it is done."""
    return [
        {"step": state.step.value, "title": state.title, "done": state.is_done, "items": state.items}
        for state in states
    ]


def text(states: Sequence[StepState], lang: str) -> Iterator[str]:
    """Each step, what it has and what it lacks; then the commands to type next."""
    for state in states:
        done = sum(item.done for item in state.items)
        sign = click.style("✓", fg="green") if state.is_done else click.style("…", fg="yellow")
        yield f"{sign} {state.step.value}. {state.title.in_language(lang)} ({done}/{len(state.items)})"
        for item in state.items:
            yield from _item(item, lang)
    following = list(dict.fromkeys(command for state in states for command in _commands(state, lang)))
    if following:
        yield ""
        yield Words("À faire ensuite :", "To do next:").in_language(lang)
        yield from (f"  {command}" for command in following)


def _item(item: Item, lang: str) -> Iterator[str]:
    name = output.printable(item.name.in_language(lang))
    if item.done:
        yield f"    ✓ {name}"
        return
    why = f" – {output.printable(item.why.in_language(lang))}" if item.why is not None else ""
    yield f"    ✗ {name}{why}"


def _commands(state: StepState, lang: str) -> Iterator[str]:
    for item in state.missing:
        if item.remedy is not None:
            yield output.printable(item.remedy.in_language(lang))
