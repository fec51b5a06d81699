"""Ends the process without a word."""

import os

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "vanishes", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        os._exit(0)


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
