"""Authorisation: what is done with a recognised document, from everything that bears on it at this instant."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from jesignd.domain import mandates
from jesignd.domain.credit import Cents, Prices, euros
from jesignd.domain.delegations import Allowed, Answer, Delegation, Denied, Operation, Subject
from jesignd.domain.documents import DocumentId, DocumentKind, DocumentState
from jesignd.domain.levels import FLOORS, Act, LegalLevel, floor_violation
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.domain.people import FirmId
from jesignd.domain.rights import Standing, has_qualified_certificate, may
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
    firm: FirmId
    acts_as: str
    """Login of whoever the folder acts as."""
    standing: Standing | None
    """Theirs; None: nobody has that login."""
    at: datetime.datetime
    balance: Cents
    prices: Prices
    mandates_for: frozenset[DocumentKind] = frozenset()
    """Kinds that need a client's mandate."""
    mandates: Sequence[Mandate] = ()
    """Those known of the client."""
    priors: Sequence[Prior] = ()
    waived: frozenset[Code] = frozenset()
    """Reasons to hold that somebody in the firm has set aside for this document."""


@dataclass(frozen=True, slots=True)
class Authorised:
    """The act may be done, under this rule, for this price."""

    rule: Rule
    price: Cents
    replaces: tuple[DocumentId, ...] = ()
    under: Delegation | None = None
    """The delegation it rests on; None: an accountant's own right."""
    mandate: MandateId | None = None
    """The client's mandate, for a kind that needs one."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The rule asks for signatures: the document waits for its envelope; the fields mean what they mean above."""

    rule: Rule
    replaces: tuple[DocumentId, ...] = ()
    under: Delegation | None = None
    mandate: MandateId | None = None


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
    """Decide: what was seen before, then the rule, the law, the right, the mandate, the credit. Deny by default."""
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
    answer = may(case.standing, _OPERATIONS[rule.act], subject=subject_of(rule, case), at=case.at)
    if isinstance(answer, Denied):
        return Hold(Code.NOT_DELEGATED, named(case.acts_as, answer.reason), answer.hint), decision
    held = _held_by_filing(rule, case) or _held_by_mandate(case) or _held_by_credit(rule, case)
    return held or _let_go(rule, case, answer), decision


def _let_go(rule: Rule, case: Case, answer: Allowed) -> Authorised | Drafted:
    replaced = tuple(
        prior.id
        for prior in case.priors
        if prior.same_origin and not prior.same_content and prior.state not in _TREATED
    )
    mandate = _mandate(case)
    known = mandate.id if mandate is not None else None
    if rule.act is Act.SIGN:
        return Drafted(rule, replaced, answer.under, known)
    return Authorised(rule, price_of(rule, case.prices), replaced, answer.under, known)


def price_of(rule: Rule, prices: Prices) -> Cents:
    """What an act under this rule costs; a test costs nothing."""
    return Cents(0) if rule.test else prices.of(rule.act)


def subject_of(rule: Rule, case: Case) -> Subject:
    """What the person's right must cover; only the seal itself is paid for here."""
    price = price_of(rule, case.prices) if rule.act is Act.SEAL else Cents(0)
    return Subject(case.firm, case.facts.kind, case.facts.client_code, price)


def named(login: str, reason: Words) -> Words:
    """The reason, and whom it speaks of."""
    return Words(f"« {login} » : {reason.fr}", f"“{login}”: {reason.en}")


_OPERATIONS = {Act.SEAL: Operation.LAUNCH_SEALING, Act.SIGN: Operation.PREPARE_SIGNING}


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


def _held_by_filing(rule: Rule, case: Case) -> Hold | None:
    """What the law has signed on a qualified certificate waits for somebody who has one, and may sign (F43, F59)."""
    floor = FLOORS[case.facts.kind]
    if rule.act is not Act.SIGN or floor.signature < LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE:
        return None
    answer: Answer = may(case.standing, Operation.SIGN, subject=subject_of(rule, case), at=case.at)
    if isinstance(answer, Denied):
        reason, hint = answer.reason, answer.hint
    elif has_qualified_certificate(case.standing, case.at):
        return None
    else:
        reason = Words("aucun certificat personnel qualifié", "no qualified personal certificate")
        hint = Words(
            "attachez un certificat qualifié, obtenu d’un prestataire : jesignd user key",
            "attach a qualified certificate, bought from a trust provider: jesignd user key",
        )
    told = named(case.acts_as, reason)
    return Hold(Code.NOT_DELEGATED, Words(f"{told.fr} ({floor.article.fr})", f"{told.en} ({floor.article.en})"), hint)


def _held_by_mandate(case: Case) -> Hold | None:
    if case.facts.kind not in case.mandates_for or _mandate(case) is not None:
        return None
    reason, hint = mandates.missing(case.facts.kind, case.facts.client_code)
    return Hold(Code.NO_MANDATE, reason, hint)


def _mandate(case: Case) -> Mandate | None:
    """The mandate under which the document goes on; None, too, where its kind needs none."""
    if case.facts.kind not in case.mandates_for:
        return None
    facts = case.facts
    return mandates.found(case.mandates, firm=case.firm, kind=facts.kind, client_code=facts.client_code, at=case.at)


def _held_by_credit(rule: Rule, case: Case) -> Hold | None:
    price = price_of(rule, case.prices)
    if rule.act is not Act.SEAL or price <= case.balance:
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
