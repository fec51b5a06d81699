"""Authorisation: what is done with a recognised document, from everything that bears on it at this instant."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from jesignd.domain.credit import Cents, Prices, euros
from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.firm import Person, Right, may
from jesignd.domain.levels import Act, floor_violation
from jesignd.domain.routing import Decision, Facts, Rule, decide
from jesignd.errors import Code, Words

_TREATED = frozenset({DocumentState.SEALED, DocumentState.DELIVERED})


@dataclass(frozen=True, slots=True)
class Prior:
    """Another document, seen before, that shares contents or origin with the one in hand."""

    id: DocumentId
    state: DocumentState
    same_content: bool
    same_origin: bool


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the decision rests on."""

    facts: Facts
    rules: Sequence[Rule]
    person: Person | None
    on: datetime.date
    """The day in Paris."""
    balance: Cents
    prices: Prices
    priors: Sequence[Prior] = ()
    waived: frozenset[Code] = frozenset()
    """Reasons to hold that somebody in the firm has set aside for this document."""


@dataclass(frozen=True, slots=True)
class Authorised:
    """The act may be done, under this rule, for this price."""

    rule: Rule
    price: Cents
    replaces: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """The rule asks for signatures: the document waits for its envelope."""

    rule: Rule
    replaces: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Nothing is to be done: it was treated before, under this id."""

    of: DocumentId


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody must act first; the hint says how."""

    code: Code
    reason: Words
    hint: Words


Outcome = Authorised | Drafted | Duplicate | Hold


def authorise(case: Case) -> tuple[Outcome, Decision]:
    """Decide; first what was seen before, then the rule, the law, the person's right, the credit. Deny by default."""
    decision = decide(case.facts, case.rules)
    seen = _seen_before(case)
    if seen is not None:
        return seen, decision
    rule = decision.rule
    if rule is None:
        return _no_rule(case), decision
    held = _held_by_rule(rule) or _held_by_law(rule, case)
    if held is not None:
        return held, decision
    replaces = tuple(prior.id for prior in case.priors if prior.same_origin and not prior.same_content)
    if rule.act is Act.SIGN:
        return Drafted(rule, _replaceable(case, replaces)), decision
    held = _held_by_right(case) or _held_by_credit(rule, case)
    if held is not None:
        return held, decision
    return Authorised(rule, price_of(rule, case.prices), _replaceable(case, replaces)), decision


def price_of(rule: Rule, prices: Prices) -> Cents:
    """What an act under this rule costs; a test costs nothing."""
    return Cents(0) if rule.test else prices.of(rule.act)


def _seen_before(case: Case) -> Outcome | None:
    """The table of C§1.9."""
    for prior in case.priors:
        if prior.same_content and prior.same_origin:
            return Duplicate(prior.id)
    for prior in case.priors:
        if prior.same_content and Code.WRONG_CLIENT_SUSPECTED not in case.waived:
            return Hold(
                Code.WRONG_CLIENT_SUSPECTED,
                Words(
                    f"le même fichier a déjà été reçu sous une autre identité ({prior.id})",
                    f"the same file was received before under another identity ({prior.id})",
                ),
                Words(
                    "vérifiez à quel client il appartient ; s’il est bien nommé : jesignd document release",
                    "check which client it belongs to; if its name is right: jesignd document release",
                ),
            )
    for prior in case.priors:
        if prior.same_origin and prior.state in _TREATED and Code.RE_EXPORT not in case.waived:
            return Hold(
                Code.RE_EXPORT,
                Words(
                    f"ce document a déjà été scellé avec un autre contenu ({prior.id})",
                    f"this document was sealed before with other contents ({prior.id})",
                ),
                Words(
                    "pour livrer aussi cette version, la première étant conservée : jesignd document release",
                    "to deliver this version too, the first being kept: jesignd document release",
                ),
            )
    return None


def _replaceable(case: Case, ids: tuple[DocumentId, ...]) -> tuple[DocumentId, ...]:
    return tuple(prior.id for prior in case.priors if prior.id in ids and prior.state not in _TREATED)


def _no_rule(case: Case) -> Hold:
    code = case.facts.kind.code
    return Hold(
        Code.RULE,
        Words(f"aucune règle ne s’applique à ce document ({code})", f"no rule speaks of this document ({code})"),
        Words(
            "ajoutez une règle, rechargez la configuration : le document repartira",
            "add a rule and reload the configuration: the document goes on",
        ),
    )


def _held_by_rule(rule: Rule) -> Hold | None:
    if rule.act is not Act.HOLD:
        return None
    reason = rule.reason or Words(f"la règle « {rule.name} » le met en attente", f"rule “{rule.name}” holds it")
    return Hold(
        Code.RULE,
        reason,
        Words(
            f"pour qu’il parte, changez la règle « {rule.name} » ({rule.place}), puis rechargez la configuration",
            f"to let it go, change rule “{rule.name}” ({rule.place}), then reload the configuration",
        ),
    )


def _held_by_law(rule: Rule, case: Case) -> Hold | None:
    violation = floor_violation(case.facts.kind, rule.act)
    if violation is None:
        return None
    return Hold(
        Code.RULE,
        violation,
        Words(
            f"corrigez la règle « {rule.name} » ({rule.place}), puis rechargez la configuration",
            f"mend rule “{rule.name}” ({rule.place}), then reload the configuration",
        ),
    )


def _held_by_right(case: Case) -> Hold | None:
    if case.person is not None and may(case.person, Right.SEAL, case.on):
        return None
    if case.person is None:
        reason = Words(
            f"le dossier « {case.facts.folder} » n’agit au nom de personne de connu",
            f"folder “{case.facts.folder}” acts as nobody who is known",
        )
    else:
        reason = Words(
            f"« {case.person.id} » n’a pas, ou n’a plus, le droit de sceller au {case.on:%d/%m/%Y}",
            f"“{case.person.id}” does not, or no longer, have the right to seal on {case.on.isoformat()}",
        )
    return Hold(
        Code.NOT_DELEGATED,
        reason,
        Words(
            "accordez-lui le droit « seal » (people), rechargez la configuration : le document repartira",
            "grant the right “seal” (people) and reload the configuration: the document goes on",
        ),
    )


def _held_by_credit(rule: Rule, case: Case) -> Hold | None:
    price = price_of(rule, case.prices)
    if price <= case.balance:
        return None
    return Hold(
        Code.NO_CREDIT,
        Words(
            f"crédit insuffisant : {euros(case.balance)} pour un acte à {euros(price)} HT",
            f"not enough credit: {euros(case.balance)} for an act at {euros(price)} before tax",
        ),
        Words(
            "créditez le compte (jesignd credit topup) : le document repartira de lui-même",
            "top up the account (jesignd credit topup): the document goes on by itself",
        ),
    )
