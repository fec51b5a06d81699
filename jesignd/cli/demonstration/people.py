"""People: the demonstration's accountant and her staff, made by the functions that make real ones.

Everything is written as if it had been done a month ago, with a clock set back: so one delegation has run out by
today, which nobody could grant today.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jesignd.cli.demonstration.authority import write_private
from jesignd.domain.delegations import Scope
from jesignd.domain.firm import Right
from jesignd.domain.granting import Wish, listed
from jesignd.domain.paris import day
from jesignd.domain.people import Profile, email
from jesignd.domain.terms import TermsKind
from jesignd.errors import SettingsError, Words
from jesignd.flow import delegate, enrol, keys, logins, people
from jesignd.flow.delegate import Order
from jesignd.settings.settings import Settings
from jesignd.store import delegations
from jesignd.store import people as known
from jesignd.store.database import Database
from jesignd.testing.authority import issue_person
from jesignd.testing.exports import ACCOUNTANT, STAFF
from jesignd.testing.exports.people import DISMISSED_DELEGATE, FORMER_DELEGATE, NARROW_DELEGATE
from jesignd.testing.practice import open_practice

if TYPE_CHECKING:
    from jesignd.cli.demonstration.place import Place
    from jesignd.domain.people import Account, Firm
    from jesignd.domain.statements import PersonalSigner
    from jesignd.testing.authority import Authority
    from jesignd.testing.exports import Member

AGO = datetime.timedelta(days=30)
YEAR = datetime.timedelta(days=365)
DOMAIN = "ml.example"

_OTHER_CLIENTS = "0004*"
"""What the narrow delegation is for."""
_DAY = datetime.timedelta(days=1)

Clock = Callable[[], datetime.datetime]


@dataclass(frozen=True, slots=True)
class _Making:
    """What every step of the making asks for."""

    database: Database
    settings: Settings
    now: Clock

    def then(self) -> datetime.datetime:
        """The instant as which it is written down."""
        return self.now() - AGO

    def on(self, clock: Clock) -> dict[str, Any]:
        """What functions of the flow ask for that know the texts in force."""
        return {"database": self.database, "clock": clock, "terms": self.settings.terms()}


def make_people(place: Place, database: Database, *, settings: Settings, authority: Authority, now: Clock) -> None:
    """Make everybody who is not there yet: the accountant with her key, and four members of the staff.

    Raises:
        SettingsError: some of them are there, without what they need.
    """
    making = _Making(database, settings, now)
    if _is_there(place, making):
        return
    firm, accountant = open_practice(
        database,
        clock=making.then,
        firm=settings.firm.name,
        siren=settings.firm.siren,
        login=ACCOUNTANT.login,
        name=(ACCOUNTANT.first_name, ACCOUNTANT.last_name),
        domain=DOMAIN,
    )
    signer = _key(place, accountant, authority, making=making)
    for one in STAFF:
        _employ(one, firm, making)
    _delegate(firm, accountant, signer, making=making)


def address_of(member: Member) -> str:
    """The e-mail address one delegates to."""
    return f"{member.login}@{DOMAIN}"


def _is_there(place: Place, making: _Making) -> bool:
    """Whether a former run made everybody."""
    with making.database.reading() as transaction:
        accountant = known.find_account(transaction, ACCOUNTANT.login)
        given = delegations.given_by(transaction, accountant.id) if accountant else []
    if accountant is not None and not given:
        raise SettingsError(
            Words(
                f"{place.root} vient d’une version antérieure, ou d’une démonstration interrompue",
                f"{place.root} was made by a former version, or in a run that was stopped",
            ),
            hint=Words(
                "supprimez-le, ou choisissez un autre dossier avec --dir", "remove it, or choose another: --dir"
            ),
        )
    return bool(given)


def _key(place: Place, accountant: Account, authority: Authority, *, making: _Making) -> PersonalSigner:
    """A certificate of the demonstration's authority, under a PIN drawn by lot; and a password."""
    pin, password = f"{secrets.randbelow(10**8):08d}".encode(), secrets.token_urlsafe(12)
    write_private(place.pin, pin)
    write_private(place.password, password.encode())
    person = issue_person(
        authority.issuing, first_name=ACCOUNTANT.first_name, last_name=ACCOUNTANT.last_name, at=making.then()
    )
    container = person.pkcs12(pin, (authority.issuing, authority.root))
    database, then = making.database, making.then
    keys.attach_pkcs12(accountant.id, container, pin, database=database, clock=then, by="demo")
    logins.set_password(accountant.id, password, database=database, clock=then, by="demo")
    return keys.open_key(accountant.id, pin, database=database, clock=then)


def _employ(member: Member, firm: Firm, making: _Making) -> None:
    profile = Profile(member.first_name, member.last_name, email(address_of(member)))
    newcomer = people.Newcomer(member.login, profile, firm=firm.id)
    account, _ = people.add_account(newcomer, database=making.database, clock=making.then, by="demo")
    enrol.accept(account.id, TermsKind.UNDERTAKING, **making.on(making.then))


def _delegate(firm: Firm, accountant: Account, signer: PersonalSigner, *, making: _Making) -> None:
    """One that ended yesterday, one taken back today, one for other clients; none to the first of the staff."""
    yesterday, in_a_year = day(making.now()) - _DAY, day(making.now()) + YEAR
    granted = {}
    for member, last_day, scope in (
        (FORMER_DELEGATE, yesterday, Scope()),
        (DISMISSED_DELEGATE, in_a_year, Scope()),
        (NARROW_DELEGATE, in_a_year, Scope(clients=(_OTHER_CLIENTS,))),
    ):
        wish = Wish(frozenset({Right.SEAL}), day(making.then()), last_day)
        order = Order(firm.id, accountant.id, listed([[address_of(member)]]), wish, scope)
        (granted[member],) = delegate.grant(order, signer, **making.on(making.then))
    taken_back = granted[DISMISSED_DELEGATE].delegation
    assert taken_back is not None
    delegate.revoke(taken_back, accountant.id, signer, **making.on(making.now))
