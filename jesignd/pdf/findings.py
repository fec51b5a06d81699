"""Findings: what a reader of the evidence should know of a file that was accepted nevertheless."""

from __future__ import annotations

from enum import StrEnum

from jesignd.errors import Words


class Finding(StrEnum):
    """One thing found; the value is stable and goes into the evidence."""

    JAVASCRIPT = "javascript"
    LAUNCH = "launch-action"
    SUBMIT_FORM = "submit-form-action"
    IMPORT_DATA = "import-data-action"
    MULTIMEDIA = "multimedia"
    FORM_DRAWN_BY_VIEWER = "form-drawn-by-viewer"
    EMBEDDED_FILES = "embedded-files"
    HIDDEN_LAYERS = "hidden-layers"
    USAGE_RIGHTS = "usage-rights"
    SIGNED_EARLIER = "signed-earlier"
    EMPTY_SIGNATURE_FIELD = "empty-signature-field"
    JUNK_BEFORE = "junk-before-header"
    JUNK_AFTER = "junk-after-end"
    HYBRID = "hybrid-cross-reference"
    LYING_SIZE = "lying-size"
    ODD_CROSS_REFERENCE = "odd-cross-reference"
    DAMAGED_CROSS_REFERENCE = "damaged-cross-reference"
    DAMAGED_STRUCTURE = "damaged-structure"
    ODD_STRUCTURE = "odd-structure"
    NOT_SEARCHED = "too-many-objects-to-search"

    @property
    def words(self) -> Words:
        """What it means, for people."""
        return _WORDS[self]


_WORDS = {
    Finding.JAVASCRIPT: Words("contient du JavaScript", "contains JavaScript"),
    Finding.LAUNCH: Words("peut lancer un programme", "can launch a program"),
    Finding.SUBMIT_FORM: Words("peut envoyer ses champs sur Internet", "can send its fields over the Internet"),
    Finding.IMPORT_DATA: Words("peut charger des données externes", "can load data from outside"),
    Finding.MULTIMEDIA: Words("contient du son, de la vidéo ou de la 3D", "contains sound, video or 3D"),
    Finding.FORM_DRAWN_BY_VIEWER: Words(
        "laisse au logiciel de lecture le soin de dessiner son formulaire",
        "leaves it to the program that opens it to draw its form",
    ),
    Finding.EMBEDDED_FILES: Words("contient des fichiers joints", "contains embedded files"),
    Finding.HIDDEN_LAYERS: Words("contient des calques masqués", "contains hidden layers"),
    Finding.USAGE_RIGHTS: Words("porte des droits d’usage Adobe Reader", "carries Adobe Reader usage rights"),
    Finding.SIGNED_EARLIER: Words("portait déjà une signature", "already carried a signature"),
    Finding.EMPTY_SIGNATURE_FIELD: Words("prévoit un champ de signature vide", "has an empty signature field"),
    Finding.JUNK_BEFORE: Words("contient des données avant son début", "has data before its beginning"),
    Finding.JUNK_AFTER: Words("contient des données après sa fin", "has data after its end"),
    Finding.HYBRID: Words("a une double table d’objets", "has a double table of objects"),
    Finding.LYING_SIZE: Words("annonce moins d’objets qu’il n’en contient", "announces fewer objects than it holds"),
    Finding.ODD_CROSS_REFERENCE: Words("a une table d’objets irrégulière", "has an irregular table of objects"),
    Finding.DAMAGED_CROSS_REFERENCE: Words("avait une table d’objets abîmée", "had a damaged table of objects"),
    Finding.DAMAGED_STRUCTURE: Words("avait une structure abîmée", "had a damaged structure"),
    Finding.ODD_STRUCTURE: Words("a une structure irrégulière", "has an irregular structure"),
    Finding.NOT_SEARCHED: Words("compte trop d’objets pour être tous examinés", "has too many objects to search all"),
}
