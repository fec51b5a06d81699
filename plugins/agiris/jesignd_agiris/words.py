"""Words: which kinds the words of a label speak of; compared without accents, which the software's own exports drop."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jesignd.domain import text
from jesignd.domain.documents import DocumentKind as Kind

WORDS: Mapping[str, Kind] = {
    "bulletin": Kind.PAYSLIP,
    "bulletins": Kind.PAYSLIP,
    "fiche de paie": Kind.PAYSLIP,
    "fiches de paie": Kind.PAYSLIP,
    "contrat": Kind.EMPLOYMENT_CONTRACT,
    "contrat de travail": Kind.EMPLOYMENT_CONTRACT,
    "avenant": Kind.EMPLOYMENT_CONTRACT,
    "attestation": Kind.ATTESTATION,
    "certificat de travail": Kind.HR_DOCUMENT,
    "solde de tout compte": Kind.HR_DOCUMENT,
    "dpae": Kind.HR_DOCUMENT,
    "livre de paie": Kind.HR_DOCUMENT,
    "journal de paie": Kind.HR_DOCUMENT,
    "plaquette": Kind.ANNUAL_ACCOUNTS,
    "bilan": Kind.ANNUAL_ACCOUNTS,
    "comptes annuels": Kind.ANNUAL_ACCOUNTS,
    "inventaire": Kind.INVENTORY,
    "compte courant": Kind.CURRENT_ACCOUNT_STATEMENT,
    "comptes courants": Kind.CURRENT_ACCOUNT_STATEMENT,
    "honoraires": Kind.FEE_NOTE,
    "note d'honoraires": Kind.FEE_NOTE,
    "facture": Kind.FEE_NOTE,
    "lettre de mission": Kind.ENGAGEMENT_LETTER,
    "ldm": Kind.ENGAGEMENT_LETTER,
    "pv": Kind.MEETING_MINUTES,
    "proces verbal": Kind.MEETING_MINUTES,
    "statuts": Kind.LEGAL_DOCUMENT,
    "cession": Kind.LEGAL_DOCUMENT,
    "traite d'apport": Kind.LEGAL_DOCUMENT,
}
"""Ours. Words that different documents share (« assemblée », « rapport », « convention ») are left out on purpose."""

_BATCHES = ("bulletins", "fiches de paie")


def kinds_in(label: str, own: Mapping[str, str]) -> frozenset[Kind]:
    """Every kind the label speaks of; longer expressions first, and each word counts once. `own` are the firm's."""
    known = {_words(name): kind for name, kind in WORDS.items()}
    known |= {_words(name): Kind.from_code(code) for name, code in own.items()}
    left, found = _words(label), set()
    for expression in sorted(known, key=len, reverse=True):
        if expression in left:
            found.add(known[expression])
            left = left.replace(expression, " / ")
    return frozenset(found)


def is_batch(label: str) -> bool:
    """Whether the label speaks of several payslips."""
    return any(_words(name) in _words(label) for name in _BATCHES)


def _words(label: str) -> str:
    """The words between single spaces, so that one is never found inside another."""
    return f" {' '.join(re.split(r'[^0-9a-z]+', text.plain(label))).strip()} "
