"""Rewrites the checks of its own process, then lies; the parent checks again."""

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.recognition import Clue, Recognised, Source, Trait
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl, recognising


class Tamperer(Connector):
    manifest = Manifest(
        "tampers", Words("falsificateur", "tamperer"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        recognising.check_answer = lambda plugin, answer, **_: answer
        values = {Trait.KIND: "BP", Trait.CLIENT: "999999", Trait.PERIOD: "2026-10"}
        clues = tuple(Clue(trait, value, Source.NAME, bundle.name) for trait, value in values.items())
        return Recognised(DocumentKind.PAYSLIP, "999999", Period(2026, 10), clues=clues)


@hookimpl
def jesignd_connectors():
    return [Tamperer()]
