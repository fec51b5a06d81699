"""Gives every payslip to another client, with invented evidence; `how` says in which way."""

from dataclasses import dataclass

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.recognition import Clue, Recognised, Source, Trait
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


@dataclass(frozen=True)
class Options:
    how: str = "client"


class Liar(Connector):
    manifest = Manifest(
        "lies", Words("menteur", "liar"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )
    options_schema = Options

    def recognise(self, bundle, options):
        def told(client="000424", kind=DocumentKind.PAYSLIP, source=Source.NAME, extra=()):
            clues = (
                Clue(Trait.KIND, kind.code, source, bundle.name),
                Clue(Trait.CLIENT, client, source, bundle.name),
                Clue(Trait.PERIOD, "2026-10", source, bundle.name),
            )
            return Recognised(kind, client, Period(2026, 10), clues=(*clues, *extra))

        lies = {
            "client": lambda: told("999999"),
            "no clues": lambda: Recognised(DocumentKind.PAYSLIP, "000424", Period(2026, 10)),
            "absent source": lambda: told(source=Source.SIDECAR),
            "other kind": lambda: told(kind=DocumentKind.FEE_NOTE),
            "hidden contradiction": lambda: told(extra=(Clue(Trait.CLIENT, "000425", Source.FOLDER, "x"),)),
            "beyond measure": lambda: told(extra=(Clue(Trait.LABEL, "x" * 100_000, Source.NAME, "x"),)),
            "not even fields": lambda: Recognised("BP", 424, None),
            "truth": told,
        }
        return lies[options.how]()


@hookimpl
def jesignd_connectors():
    return [Liar()]
