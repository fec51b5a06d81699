"""Refusals: why a file cannot be taken, in words a secretary understands."""

from __future__ import annotations

from jesignd.errors import Code, DocumentError, DocumentHeld, Words

_AGAIN = Words(
    "Exportez de nouveau le document en PDF depuis le logiciel d’origine, puis redéposez-le.",
    "Export the document to PDF again from the software it comes from, then drop it again.",
)


def not_a_pdf(really: Words) -> DocumentError:
    """The file is something else (`really` says what)."""
    return DocumentError(
        Code.NOT_A_PDF,
        Words(f"Ce fichier n’est pas un PDF : {really.fr}.", f"This file is not a PDF: {really.en}."),
        hint=_AGAIN,
    )


def dynamic_form() -> DocumentError:
    """The file is an XFA form: what it shows depends on the program that opens it."""
    return DocumentError(
        Code.NOT_A_PDF,
        Words(
            "Ce PDF est un formulaire dynamique (XFA) : son contenu change selon le logiciel qui l’ouvre.",
            "This PDF is a dynamic form (XFA): what it shows depends on the program that opens it.",
        ),
        hint=Words(
            "Imprimez le formulaire rempli dans un nouveau PDF et déposez ce PDF.",
            "Print the filled form to a new PDF and drop that PDF.",
        ),
    )


def truncated() -> DocumentError:
    """The end of the file is missing."""
    return DocumentError(
        Code.TRUNCATED,
        Words("Ce PDF est incomplet : la fin du fichier manque.", "This PDF is incomplete: the end of it is missing."),
        hint=Words(
            "La copie a sans doute été interrompue : redéposez le fichier entier.",
            "Its copy was probably interrupted: drop the whole file again.",
        ),
    )


def unreadable() -> DocumentError:
    """The file is damaged beyond safe reading."""
    return DocumentError(
        Code.TRUNCATED,
        Words("Ce PDF est endommagé et ne peut pas être lu.", "This PDF is damaged and cannot be read."),
        hint=_AGAIN,
    )


def ambiguous() -> DocumentError:
    """Two readers do not see the same document in the file."""
    return DocumentError(
        Code.TRUNCATED,
        Words(
            "Ce PDF est endommagé : deux logiciels n’y lisent pas le même document.",
            "This PDF is damaged: two programs do not read the same document in it.",
        ),
        hint=_AGAIN,
    )


def damaged_and_signed() -> DocumentError:
    """The file would need mending, which would destroy the signature it carries."""
    return DocumentError(
        Code.TRUNCATED,
        Words(
            "Ce PDF est endommagé et porte déjà une signature, que toute réparation détruirait.",
            "This PDF is damaged and already carries a signature, which any repair would destroy.",
        ),
        hint=Words(
            "Demandez un exemplaire intact à la personne qui a signé ce document.",
            "Ask whoever signed this document for an intact copy.",
        ),
    )


def without_pages() -> DocumentError:
    """The document has no page at all."""
    return DocumentError(
        Code.TRUNCATED,
        Words("Ce PDF ne contient aucune page.", "This PDF has no pages."),
        hint=_AGAIN,
    )


def encrypted() -> DocumentError:
    """The file is encrypted, whether or not a password is needed to open it."""
    return DocumentError(
        Code.ENCRYPTED,
        Words(
            "Ce PDF est protégé (mot de passe ou restrictions) : il ne peut pas être scellé.",
            "This PDF is protected (password or restrictions): it cannot be sealed.",
        ),
        hint=Words(
            "Exportez-le sans mot de passe ni restriction, puis redéposez-le.",
            "Export it without password or restrictions, then drop it again.",
        ),
    )


def too_large(size: int, limit: int) -> DocumentError:
    """The file is above the limit; both in bytes."""
    return DocumentError(
        Code.TOO_LARGE,
        Words(
            f"Ce PDF est trop volumineux : {_megabytes(size)} Mo, pour {_megabytes(limit)} Mo admis.",
            f"This PDF is too large: {_megabytes(size)} MB where {_megabytes(limit)} MB are allowed.",
        ),
        hint=Words(
            "Réduisez la qualité des images numérisées, ou faites relever la limite.",
            "Lower the quality of scanned images, or have the limit raised.",
        ),
    )


def _megabytes(size: int) -> int:
    return -(-size // 1_000_000)


def inflated() -> DocumentError:
    """A small part of the file unpacks to a size that serves no reader, only to exhaust one."""
    return DocumentError(
        Code.POISON,
        Words(
            "Ce PDF contient des données démesurées, qui saturent les logiciels qui l’ouvrent.",
            "This PDF contains oversized data, which exhaust the programs that open it.",
        ),
        hint=_AGAIN,
    )


def endless_form() -> DocumentError:
    """The form's fields lead back to themselves, or double at each step: who follows them all never ends."""
    return DocumentError(
        Code.POISON,
        Words(
            "Le formulaire de ce PDF tourne en rond : les logiciels qui vérifient les signatures s’y perdraient.",
            "The form of this PDF goes round in circles: programs that check signatures would never be done.",
        ),
        hint=_AGAIN,
    )


def closed_by_its_author() -> DocumentError:
    """An earlier signature allows no change (DocMDP or field lock, P = 1; ISO 32000-2 §12.8.2.2, table 236)."""
    return DocumentError(
        Code.ALREADY_SIGNED,
        Words(
            "Ce PDF est déjà signé et certifié sans modification permise : y ajouter un cachet romprait la signature.",
            "This PDF is already signed and certified against any change: a seal would break that signature.",
        ),
        hint=Words(
            "Transmettez-le tel quel, ou demandez un exemplaire qui autorise d’autres signatures.",
            "Pass it on as it is, or ask for a copy that allows further signatures.",
        ),
    )


def changed_by_mending() -> DocumentError:
    """The file is damaged, and its repaired copy does not show the same."""
    return DocumentError(
        Code.TRUNCATED,
        Words(
            "Ce PDF est endommagé et sa réparation en changerait le contenu.",
            "This PDF is damaged and repairing it would change what it shows.",
        ),
        hint=_AGAIN,
    )


def changed_by_sealing(difference: Words) -> DocumentError:
    """The file is irregular: programs show it differently as soon as anything is added."""
    return DocumentError(
        Code.TRUNCATED,
        Words(
            f"Ce PDF est irrégulier : une fois scellé, il ne s’afficherait plus de même ({difference.fr}).",
            f"This PDF is irregular: once sealed, it would not look the same ({difference.en}).",
        ),
        hint=_AGAIN,
    )


def no_such_page(page: int, pages: int) -> DocumentError:
    """The rule asks for a page the document does not have."""
    return DocumentHeld(
        Code.AMBIGUOUS,
        Words(
            f"Le cachet est demandé en page {page}, mais ce document n’en a que {pages}.",
            f"The mark is asked for on page {page}, but this document has only {pages}.",
        ),
        hint=Words(
            "Corrigez la page dans la règle (-1 désigne la dernière), ou redéposez le document complet.",
            "Correct the page in the rule (-1 is the last one), or drop the complete document again.",
        ),
    )


def no_free_area(page: int) -> DocumentError:
    """Neither this page nor those near it have room for the mark, however low: it would hide text."""
    return DocumentHeld(
        Code.AMBIGUOUS,
        Words(
            f"Aucune place libre pour le cachet, ni en page {page} ni sur ses voisines : il recouvrirait du texte.",
            f"No free room for the mark, neither on page {page} nor near it: it would cover text.",
        ),
        hint=Words(
            "Choisissez dans la règle un coin précis, un cachet plus petit ou un cachet invisible.",
            "Choose in the rule a fixed corner, a smaller mark or an invisible seal.",
        ),
    )
