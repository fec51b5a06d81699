"""The error tree: each class says who acts, each message speaks both languages."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jesignd import errors
from jesignd.errors import Code, Disposition, JesignError, PluginError, SettingsError, Words

GUIDE = Path(__file__).parents[2] / "docs" / "attente-et-rejets.md"


def kinds(base: type[JesignError] = JesignError) -> Iterator[type[JesignError]]:
    for kind in base.__subclasses__():
        if kind.__module__ == "jesignd.errors":
            yield kind
            yield from kinds(kind)


def promised() -> dict[str, int]:
    """Class and exit code, as the module's first page says."""
    found = re.findall(r"── (\w+) .*exit (\d+)", errors.__doc__ or "")
    return {name: int(code) for name, code in found}


def test_every_error_is_on_the_first_page_with_its_exit_code():
    assert {kind.__name__: kind.exit_code for kind in kinds()} == promised()


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_error_says_what_becomes_of_the_document_and_how_the_command_ends(kind):
    assert isinstance(kind.disposition, Disposition)
    assert kind.exit_code in {4, 5, 6, 7, 69, 70, 75, 78}


def test_what_may_be_retried_and_what_stops_the_queue_are_the_classes_the_design_names():
    by_disposition = {one: {kind.__name__ for kind in kinds() if kind.disposition is one} for one in Disposition}

    assert by_disposition[Disposition.RETRY] == {"ServiceError"}
    assert by_disposition[Disposition.HOLD_QUEUE] == {"CredentialError", "VerificationFailed"}
    assert by_disposition[Disposition.REJECT] == {"DocumentError"}
    assert by_disposition[Disposition.HOLD] == {"DocumentHeld", "NotAllowed", "CreditExhausted", "PluginError"}


def test_a_sentence_is_in_the_language_asked_for_and_french_otherwise():
    words = Words("bonjour", "good morning")

    assert [words.in_language(one) for one in ("fr", "en", "de")] == ["bonjour", "good morning", "bonjour"]


def test_an_error_carries_its_words_its_remedy_and_its_document():
    error = PluginError("quadra", Words("en panne", "broken"), hint=Words("voir", "see"), document="doc_1")

    assert (error.plugin, error.message.fr, error.hint and error.hint.en, error.document) == (
        "quadra",
        "en panne",
        "see",
        "doc_1",
    )
    assert str(error) == "broken"


def test_a_configuration_error_carries_every_fault():
    faults = (Words("ligne 3", "line 3"), Words("ligne 9", "line 9"))

    assert SettingsError(Words("refusée", "refused"), faults=faults).faults == faults


def test_no_two_codes_are_written_alike_and_each_is_explained_to_the_firm():
    written = [code.value for code in Code]

    assert len(set(written)) == len(written)
    assert all(re.fullmatch(r"E\d\d", code) for code in written)
    explained = set(re.findall(r"^\| (E\d\d) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == set(written)


def test_codes_survive_being_stored():
    assert all(Code(code.value) is code and pickle.loads(pickle.dumps(code)) is code for code in Code)  # noqa: S301
