"""Prints a million lines on both outputs and on whatever descriptors are open."""

import os
import sys

from jesignd.domain.documents import DocumentKind
from jesignd.errors import Words
from jesignd.plugin import Connector, Evidence, Manifest, hookimpl


class Saboteur(Connector):
    manifest = Manifest(
        "chatters", Words("saboteur", "saboteur"), frozenset({DocumentKind.PAYSLIP}), Evidence.OUR_CONVENTION, "-"
    )

    def recognise(self, bundle, options):
        for stream in (sys.stdout, sys.stderr):
            stream.write("junk\n" * 1_000_000)
        for descriptor in range(3, 20):
            try:
                os.write(descriptor, b"\x00\x00\x00\x04junk")
            except OSError:
                continue


@hookimpl
def jesignd_connectors():
    return [Saboteur()]
