"""Names: what people call kinds and states of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind, DocumentState
from jesignd.domain.recognition import Source, Trait
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Mapping[DocumentKind, Words] = {
    DocumentKind.ENGAGEMENT_LETTER: Words("lettre de mission", "engagement letter"),
    DocumentKind.FEE_NOTE: Words("note d’honoraires", "fee note"),
    DocumentKind.PAYSLIP: Words("bulletin de paie", "payslip"),
    DocumentKind.ANNUAL_ACCOUNTS: Words("plaquette", "annual accounts"),
    DocumentKind.ATTESTATION: Words("attestation", "attestation"),
    DocumentKind.MEETING_MINUTES: Words("PV d’assemblée", "meeting minutes"),
    DocumentKind.EMPLOYMENT_CONTRACT: Words("contrat de travail", "employment contract"),
    DocumentKind.CURRENT_ACCOUNT_STATEMENT: Words("compte courant", "current account"),
    DocumentKind.INVENTORY: Words("inventaire", "inventory"),
    DocumentKind.HR_DOCUMENT: Words("document RH", "HR document"),
    DocumentKind.LEGAL_DOCUMENT: Words("acte juridique", "legal document"),
    DocumentKind.EXTRA_SERVICES: Words("prestations complémentaires", "extra services"),
    DocumentKind.REGISTRY_FILING: Words("dépôt au greffe", "registry filing"),
}

STATES: Mapping[DocumentState, Words] = {
    DocumentState.RECEIVED: Words("reçu", "received"),
    DocumentState.RECOGNISED: Words("reconnu", "recognised"),
    DocumentState.AUTHORISED: Words("autorisé", "authorised"),
    DocumentState.SEALED: Words("scellé", "sealed"),
    DocumentState.DELIVERED: Words("livré", "delivered"),
    DocumentState.DRAFT: Words("à signer", "to be signed"),
    DocumentState.HELD: Words("en attente", "held"),
    DocumentState.REJECTED: Words("rejeté", "rejected"),
    DocumentState.DUPLICATE: Words("doublon", "duplicate"),
    DocumentState.REPLACED: Words("remplacé", "replaced"),
}

SOURCES: Mapping[Source, Words] = {
    Source.SIDECAR: Words("fichier joint", "sidecar"),
    Source.INDEX: Words("index du lot", "batch index"),
    Source.NAME: Words("nom du fichier", "file name"),
    Source.FOLDER: Words("dossier", "folder"),
    Source.TEXT: Words("texte du document", "text of the document"),
}

TRAITS: Mapping[Trait, Words] = {
    Trait.KIND: Words("nature", "kind"),
    Trait.CLIENT: Words("dossier client", "client"),
    Trait.PERIOD: Words("période", "period"),
    Trait.EMPLOYEE: Words("matricule", "employee"),
    Trait.NUMBER: Words("numéro", "number"),
    Trait.LABEL: Words("libellé", "label"),
    Trait.VERSION: Words("version", "version"),
    Trait.ORIGIN: Words("identifiant d’origine", "original id"),
    Trait.SIREN: Words("SIREN", "SIREN"),
    Trait.CLIENT_NAME: Words("raison sociale", "company"),
    Trait.DIGEST: Words("empreinte", "digest"),
    Trait.SIZE: Words("taille", "size"),
    Trait.ACT: Words("opération demandée", "act asked for"),
}

CONDITIONS: Mapping[str, Words] = {
    "folder": Words("dossier surveillé", "watched folder"),
    "kind": Words("nature", "kind"),
    "client": Words("dossier client", "client"),
    "name": Words("nom du fichier", "file name"),
}


def kind_of(recognition: Mapping[str, object] | None, lang: str) -> str:
    """What the document was recognised as, or a dash."""
    code = (recognition or {}).get("kind")
    try:
        return KINDS[DocumentKind(code)].in_language(lang)
    except ValueError:
        return "–"


def counted(count: int, word: Words, lang: str) -> str:
    """`10 livrés`; in French, what ends in é or n takes the plural."""
    takes_plural = lang == "fr" and count > 1 and word.fr.endswith(("é", "n"))
    return f"{count} {word.in_language(lang)}{'s' if takes_plural else ''}"
