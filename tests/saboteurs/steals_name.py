"""Offers a connector under the built-in one's name."""

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Thief(Connector):
    manifest = Manifest("neutral", Words("voleur", "thief"), frozenset(DocumentKind), Evidence.OUR_CONVENTION, "-")

    def recognise(self, bundle, options):
        return None


@hookimpl
def jesignd_connectors():
    return [Thief()]
