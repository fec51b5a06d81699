"""Invitation: what the firm writes to its staff before the first day, with the people the configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.errors import Words
from jesignd.papers.typography import spaced

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEXT = Words(
    """\
Objet : réunion de lancement – sceller et signer nos documents

Bonjour,

{firm} scelle et fait signer désormais ses documents par voie électronique.
Une réunion d’une demi-heure présente ce qui change : date, heure et lieu à
compléter.

Au programme :
- ce qui est scellé tout seul, dès l’export (bulletins, notes d’honoraires…) ;
- ce qui se signe, et par qui ;
- qui a délégation, pour quoi et jusqu’à quand ;
- ce qu’il faut faire d’un document en attente ;
- le guide remis aux clients, et les questions qu’ils poseront.

Personnes concernées :
{people}

Avant la réunion : vérifiez que votre adresse électronique et votre mobile
sont à jour.
""",
    """\
Subject: launch meeting – sealing and signing our documents

Hello,

{firm} now seals its documents, and has them signed, electronically. A
meeting of half an hour shows what changes: date, time and place to be
filled in.

On the agenda:
- what is sealed by itself as soon as it is exported (payslips, fee notes…);
- what is signed, and by whom;
- who holds a delegation, for what and until when;
- what to do with a document that waits;
- the guide given to clients, and the questions they will ask.

People concerned:
{people}

Before the meeting: check that your address and mobile number are up to
date.
""",
)


def write_invitation(firm: str, people: Sequence[str], lang: str) -> str:
    """The text of the mail; people are listed as they are named."""
    listed = "\n".join(f"- {name}" for name in people) or Words("- à compléter", "- to be filled in").in_language(lang)
    return spaced(_TEXT.in_language(lang), lang).format(firm=firm, people=listed)
