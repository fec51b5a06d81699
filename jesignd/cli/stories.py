"""Stories: what a document is, what was decided about it and why, as lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jesignd.cli import names
from jesignd.cli.output import columns, printable, shorten
from jesignd.domain.credit import Cents, euros
from jesignd.domain.documents import DocumentState
from jesignd.domain.events import Event
from jesignd.domain.paris import PARIS
from jesignd.domain.recognition import Source, Trait
from jesignd.errors import Words
from jesignd.store.deliveries import DeliveryState

if TYPE_CHECKING:
    import datetime

    from jesignd.store.deliveries import Delivery
    from jesignd.store.documents import Document
    from jesignd.store.journal import Recorded

ID_COLUMNS = len("doc_") + 8
"""As much of an id as is shown; any unambiguous beginning is accepted."""


def moment(instant: datetime.datetime) -> str:
    """`24/11/2026 10:31:07`, in Paris."""
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"


def table(documents: Sequence[Document], lang: str) -> list[str]:
    """One line per document: when, id, state, kind, where it came from, and why it waits."""
    heading = {
        "fr": ("reçu", "document", "état", "nature", "fichier", "motif"),
        "en": ("received", "document", "state", "kind", "file", "reason"),
    }[lang]
    rows = [
        (
            moment(one.received_at),
            one.id[:ID_COLUMNS],
            names.STATES[one.state].in_language(lang),
            names.kind_of(one.recognition, lang),
            shorten(f"{one.claimed.folder}/{one.claimed.relative_path}", 52),
            reason(one, lang),
        )
        for one in documents
    ]
    return columns(rows, heading=heading)


def reason(document: Document, lang: str) -> str:
    """Code and cause of a hold or reject; whose duplicate it is; nothing for the others."""
    if document.hold is not None:
        code = f"{document.hold.code.value} " if document.hold.code else ""
        return code + document.hold.reason.in_language(lang)
    original = (document.route or {}).get("duplicate_of")
    return f"= {str(original)[:ID_COLUMNS]}" if original else ""


def identity(document: Document, lang: str) -> list[str]:
    """The first lines of `show` and `why`: what it is and where it stands."""
    claimed = document.claimed
    rows = [
        (_("document", "document", lang), document.id),
        (_("fichier", "file", lang), f"{claimed.folder}/{claimed.relative_path}"),
        (_("reçu", "received", lang), moment(document.received_at)),
        (_("empreinte", "digest", lang), f"{claimed.digest} ({claimed.size} o)"),
        (_("état", "state", lang), names.STATES[document.state].in_language(lang)),
    ]
    if document.hold is not None:
        rows.append((_("cause", "cause", lang), reason(document, lang)))
        if document.hold.hint is not None:
            rows.append((_("remède", "remedy", lang), document.hold.hint.in_language(lang)))
    if document.state is DocumentState.DUPLICATE:
        rows.append((_("original", "original", lang), str((document.route or {}).get("duplicate_of", "?"))))
    return columns(rows)


def recognition(document: Document, lang: str) -> list[str]:
    """What was recognised, and every clue with the place it was read in."""
    found = document.recognition or {}
    lines = [_("Reconnu", "Recognised", lang) + f" : {names.kind_of(found, lang)}"]
    rows = [
        (
            "  " + names.TRAITS[Trait(clue["trait"])].in_language(lang),
            str(clue["value"]),
            names.SOURCES[Source(clue["source"])].in_language(lang),
            str(clue["where"]),
        )
        for clue in found.get("clues") or ()
    ]
    return lines + columns(rows)


def decision(journal: Sequence[Recorded], lang: str) -> list[str]:
    """Every rule looked at, what each failed on, and the one that spoke; from the last decision taken."""
    told = [one for one in journal if "considered" in one.data]
    if not told:
        return [_("Aucune décision encore.", "No decision yet.", lang)]
    lines = [_("Règles, dans l’ordre :", "Rules, in order:", lang)]
    for rule in told[-1].data["considered"]:
        lines += rule_lines(rule, lang)
    return [*lines, *_authority(told[-1].data, lang)]


def _authority(data: Mapping[str, Any], lang: str) -> list[str]:
    """The delegation and the mandate that the decision rests on, where it rests on any."""
    words = {
        "delegation": _("Au titre de la délégation", "Under delegation", lang),
        "mandate": _("Au titre du mandat", "Under mandate", lang),
    }
    return [f"{said} : {data[key]}" for key, said in words.items() if data.get(key)]


def rule_lines(rule: Mapping[str, Any], lang: str) -> list[str]:
    """One rule that was looked at, and each condition it failed on."""
    matched = not rule["failed"]
    lines = [f"  {'✓' if matched else '✗'} {printable(str(rule['rule']))}  ({printable(str(rule['place']))})"]
    for bad in rule["failed"]:
        condition = names.CONDITIONS.get(bad["on"], Words(bad["on"], bad["on"])).in_language(lang)
        template = _("    {} : demandé {}, trouvé {}", "    {}: wanted {}, found {}", lang)
        lines.append(printable(template.format(condition, bad["wanted"], bad["found"])))
    return lines


def seal(document: Document, person: str | None, lang: str) -> list[str]:
    """How it was sealed: level, ladder rung, what was compared, price."""
    if document.sealed is None:
        return []
    report = document.sealed.report
    route = document.route or {}
    price = euros(Cents(int(route.get("price", 0))))
    trial = _("  TEST – sans valeur", "  TEST – worth nothing", lang) if route.get("test") else ""
    found = report.get("inspection") or {}
    rows = [
        (
            _("  scellé", "  sealed", lang),
            f"{moment(document.sealed.at)}  PAdES {report.get('level', '?')}  {price} HT{trial}",
        ),
        (_("  règle", "  rule", lang), f"{document.rule or '?'}, {person or '?'}"),
        (_("  fichier", "  file", lang), f"{document.sealed.digest} ({document.sealed.size} o)"),
        (
            _("  lecture", "  reading", lang),
            f"{found.get('rung', '?')}, {found.get('pages', '?')} p., {_compared(report, lang)}",
        ),
    ]
    return [_("Sceau :", "Seal:", lang), *columns(rows)]


def _compared(report: Mapping[str, Any], lang: str) -> str:
    if report.get("compared"):
        return _("comparé avant et après", "compared before and after", lang)
    return _("non comparé (ajout strict)", "not compared (strict append)", lang)


def deliveries(found: Sequence[Delivery], lang: str) -> list[str]:
    """Where it was, or is to be, delivered."""
    if not found:
        return []
    words = {
        DeliveryState.PENDING: Words("à livrer", "pending"),
        DeliveryState.DELIVERED: Words("livré", "delivered"),
        DeliveryState.FAILED: Words("échec", "failed"),
    }
    rows = [
        (
            f"  {one.destination}",
            words[one.state].in_language(lang),
            moment(one.at),
            one.path or (one.reason.in_language(lang) if one.reason else ""),
        )
        for one in found
    ]
    return [_("Livraison :", "Delivery:", lang), *columns(rows)]


EVENTS: Mapping[Event, Words] = {
    Event.RECEIVED: Words("reçu", "received"),
    Event.REFUSED: Words("refusé", "refused"),
    Event.RECOGNISED: Words("reconnu", "recognised"),
    Event.AUTHORISED: Words("autorisé", "authorised"),
    Event.DRAFTED: Words("attend des signatures", "waits for signatures"),
    Event.HELD: Words("mis en attente", "held"),
    Event.RELEASED: Words("libéré", "released"),
    Event.REJECTED: Words("rejeté", "rejected"),
    Event.DUPLICATE: Words("doublon", "duplicate"),
    Event.REPLACED: Words("remplacé", "replaced"),
    Event.SEALED: Words("scellé", "sealed"),
    Event.DELIVERED: Words("livré", "delivered"),
    Event.DELIVERY_FAILED: Words("livraison échouée", "delivery failed"),
    Event.SOURCE_CLEARED: Words("source rangée", "source cleared"),
}


def history(journal: Sequence[Recorded], lang: str) -> list[str]:
    """What has happened, oldest first."""
    rows = [
        (
            f"  {moment(one.at)}",
            EVENTS.get(one.event, Words(one.event, one.event)).in_language(lang),
            ", ".join(f"{key}={value}" for key, value in one.data.items() if isinstance(value, str | int)),
        )
        for one in journal
    ]
    return [_("Journal :", "Journal:", lang), *columns(rows)]


def _(french: str, english: str, lang: str) -> str:
    return Words(french, english).in_language(lang)
