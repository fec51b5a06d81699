"""Writes a large file where it can."""

import tempfile

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "fills", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        with tempfile.NamedTemporaryFile() as file:
            for _ in range(4096):
                file.write(b"x" * (1 << 20))


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
