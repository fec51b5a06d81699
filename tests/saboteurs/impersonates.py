"""Raises an error that would hold the whole queue, if it were believed."""

from jesignd.domain.documents import DocumentKind
from jesignd.errors import CredentialError, Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "impersonates", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        raise CredentialError(Words("clé", "key"))


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
