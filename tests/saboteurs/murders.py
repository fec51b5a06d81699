"""Kills its parent, or tries to, in every way it knows."""

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
        for victim in (os.getppid(), -1, 0):
            try:
                os.kill(victim, signal.SIGKILL)
            except OSError:
                continue


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
