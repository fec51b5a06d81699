"""Cabinet: a firm, an accountant with a key, a clock one may turn, and a store; for tests with people."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from jesignd.domain.delegations import DelegationId, Scope
from jesignd.domain.firm import Right
from jesignd.domain.granting import Listed, Wish, listed
from jesignd.domain.people import Account, AccountId, Firm, Profile, Role, Status, email
from jesignd.domain.statements import PersonalSigner
from jesignd.domain.terms import DEFAULT, TermsKind
from jesignd.flow import delegate, enrol, keys, people
from jesignd.flow.delegate import LineResult, Order
from jesignd.store.database import Database
from jesignd.testing.authority import Authority, issue_person
from jesignd.testing.practice import SIREN, open_practice

START = datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.UTC)
PIN = b"246813"
"""Of every key made here."""


@dataclass
class Clock:
    """Reads what it was set to."""

    at: datetime.datetime = START

    def __call__(self) -> datetime.datetime:
        """The instant."""
        return self.at

    def advance(self, **span: float) -> datetime.datetime:
        """Turn it on by `days=1`, `minutes=5`…; what it reads then."""
        self.at += datetime.timedelta(**span)
        return self.at


@dataclass
class Cabinet:
    """A firm and its people, as the flow sees them."""

    database: Database
    clock: Clock
    authority: Authority
    siren: str = SIREN
    login: str = "claire"
    """Of the accountant; one who is there already, in the firm with that SIREN, is taken."""
    firm: Firm = field(init=False)
    claire: Account = field(init=False)
    _signers: dict[AccountId, PersonalSigner] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.firm, self.claire = open_practice(
            self.database, clock=self.clock, firm="JLM – Pont-Audemer", siren=self.siren, login=self.login
        )
        self.enable(self.claire)

    def here(self, by: str = "test") -> dict[str, Any]:
        """What every function of the flow that changes people asks for."""
        return {"database": self.database, "clock": self.clock, "by": by}

    def timed(self) -> dict[str, Any]:
        """What functions ask for that only need a store and a clock."""
        return {"database": self.database, "clock": self.clock}

    def on(self) -> dict[str, Any]:
        """The same for those that know the texts in force."""
        return {"database": self.database, "clock": self.clock, "terms": DEFAULT}

    def newcomer(
        self,
        login: str,
        *,
        status: Status | None = Status.STAFF,
        firm: Firm | None = None,
        roles: tuple[Role, ...] = (),
    ) -> Account:
        """Open an account, in the firm unless `status` is None."""
        profile = Profile(login.capitalize(), "Martin", email(f"{login}@jlm.example"))
        joins = (firm or self.firm).id if status is not None else None
        wish = people.Newcomer(login, profile, frozenset(roles), joins, status or Status.STAFF)
        return people.add_account(wish, **self.here())[0]

    def enable(self, account: Account, statements: bytes = b"") -> None:
        """Give a key, whose certificate makes these QCStatements, and have every text accepted."""
        profile = account.profile
        person = issue_person(
            self.authority.issuing,
            first_name=profile.first_name,
            last_name=profile.last_name,
            at=self.clock(),
            statements=statements,
        )
        container = person.pkcs12(PIN, (self.authority.issuing, self.authority.root))
        keys.attach_pkcs12(account.id, container, PIN, **self.here())
        for kind in TermsKind:
            enrol.accept(account.id, kind, **self.on())

    def undertakes(self, account: Account) -> None:
        """Have the delegate's undertaking accepted."""
        enrol.accept(account.id, TermsKind.UNDERTAKING, **self.on())

    def signer(self, account: Account | None = None) -> PersonalSigner:
        """Opened once: deriving the key from the PIN is slow by design."""
        return self.signer_of((account or self.claire).id)

    def signer_of(self, who: AccountId) -> PersonalSigner:
        """The same, by account."""
        if who not in self._signers:
            self._signers[who] = keys.open_key(who, PIN, database=self.database, clock=self.clock)
        return self._signers[who]

    def grants(
        self,
        to: str | tuple[Listed, ...],
        *rights: Right,
        days: int = 30,
        first: int = 0,
        scope: Scope | None = None,
        by: Account | None = None,
    ) -> list[LineResult]:
        """Grant to these addresses, from today (or `first` days later) on for so many days."""
        lines = listed([[one] for one in to.split()]) if isinstance(to, str) else to
        today = self.clock().date() + datetime.timedelta(days=first)
        wish = Wish(frozenset(rights), today, today + datetime.timedelta(days=days))
        granter = by or self.claire
        order = Order(self.firm.id, granter.id, lines, wish, scope or Scope())
        return delegate.grant(order, self.signer(granter), **self.on())

    def revokes(self, delegation: DelegationId, by: Account | None = None) -> bool:
        """Take a delegation back."""
        who = by or self.claire
        return delegate.revoke(delegation, who.id, self.signer(who), **self.on())
