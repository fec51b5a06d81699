"""A small fork bomb: where nothing stops it, thirty-two processes."""

import os

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "forks", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        for _ in range(5):
            os.fork()


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
