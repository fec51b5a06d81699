"""Kills its parent, or tries to."""

import os
import signal

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "murders", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        try:
            os.kill(os.getppid(), signal.SIGKILL)
        except PermissionError:
            return "refused"


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
