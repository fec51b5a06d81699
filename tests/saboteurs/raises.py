"""Raises on every document, with the document's name in the message."""

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "raises", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        raise KeyError(bundle.relative_path)


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
