"""Reasons: why intake leaves a file where it is, in words its sender can act on."""

from __future__ import annotations

from jesignd.errors import Words

SYMLINK = Words("c’est un lien symbolique : déposez le fichier lui-même", "it is a symbolic link: drop the file itself")
SPECIAL = Words("ce n’est pas un fichier ordinaire", "it is not a regular file")
HARD_LINK = Words(
    "le fichier porte plusieurs noms (lien physique) : déposez une copie",
    "the file has several names (hard link): drop a copy",
)
TWINS = Words(
    "un autre nom du même dossier ne diffère que par la casse ou les accents : renommez l’un des deux",
    "another name in the same folder differs only in case or accents: rename one of them",
)
NOT_A_PDF = Words("ce n’est pas un PDF", "it is not a PDF")
TRUNCATED = Words(
    "le PDF est incomplet : il s’arrête avant sa fin, exportez-le de nouveau",
    "the PDF is incomplete: it stops before its end, export it again",
)
PLACEHOLDER = Words(
    "son contenu n’est pas sur ce disque : faites-le toujours conserver ici par le logiciel de synchronisation",
    "its contents are not on this disk: ask the synchronising program to always keep the file here",
)
LOCKED = Words(
    "un autre programme garde le fichier ouvert ou en interdit la lecture",
    "another program holds the file or forbids reading it",
)
LATE_SIDECAR = Words(
    "arrivé après que son document a été pris : écrivez le fichier d’accompagnement avant le PDF",
    "came after its document had been taken: write the companion file before the PDF",
)
INDEX_END = Words(
    "l’empreinte écrite dans la fin de lot n’est pas celle de l’index",
    "the digest written in the end marker is not that of the index",
)
COMPANION_TOO_LARGE = Words("un fichier d’accompagnement est trop gros", "a companion file is too large")


def too_large(size: int, limit: int) -> Words:
    """The document is larger than its folder allows; sizes in bytes."""
    return Words(
        f"le fichier fait {size / 1e6:.1f} Mo, la limite du dossier est de {limit / 1e6:.1f} Mo".replace(".", ","),
        f"the file is {size / 1e6:.1f} MB, the folder’s limit is {limit / 1e6:.1f} MB",
    )


def unreadable_index(error: ValueError) -> Words:
    """The index cannot be followed at all; the reader's own words say where."""
    return Words(f"index de lot illisible ({error})", f"unreadable batch index ({error})")
