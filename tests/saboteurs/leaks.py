"""Opens descriptors and never closes them."""

import os

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "leaks", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        while True:
            os.open("/dev/null", os.O_RDONLY)


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
