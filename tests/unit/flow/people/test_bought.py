"""Keys bought from a trust provider that keeps them: attached, used, withdrawn; through a provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import csc_server
import pytest
from csc_server import PIN, TOKEN, Provider

from jesignd.domain.delegations import Operation, Subject
from jesignd.domain.firm import Right
from jesignd.domain.granting import Wish, listed
from jesignd.domain.people import Account, Status
from jesignd.domain.statements import PinRefused, Withdrawn
from jesignd.domain.terms import DEFAULT, TermsKind
from jesignd.errors import CredentialError, NotAllowed, NotFound
from jesignd.flow import bought, delegate, enrol, keys
from jesignd.flow.acting import demand
from jesignd.pades.claims import claims
from jesignd.settings.model.keys import Secret
from jesignd.settings.model.providers import CscProvider
from jesignd.store import personal_keys
from jesignd.testing.authority import make_authority

if TYPE_CHECKING:
    from jesignd.flow.keys import Opener
    from jesignd.store.personal_keys import PersonalKey
    from jesignd.testing.cabinet import Cabinet

AT = ("prestataire", "GX0112348")


@pytest.fixture
def provider(cabinet: Cabinet) -> Iterator[Provider]:
    import datetime

    cabinet.clock.at = datetime.datetime.now(datetime.UTC)
    with csc_server.open_provider(make_authority()) as opened:
        opened.add(AT[1])
        yield opened


@pytest.fixture
def openers(cabinet: Cabinet, provider: Provider, tmp_path: Path) -> Mapping[str, Opener]:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    configured = CscProvider(kind="csc", url=f"{provider.url}/csc/v2", token=Secret(file=str(token)))
    return bought.openers({AT[0]: configured}, clock=cabinet.clock)


@pytest.fixture
def sophie(cabinet: Cabinet) -> Account:
    account = cabinet.newcomer("sophie", status=Status.ACCOUNTANT)
    enrol.accept(account.id, TermsKind.CONDITIONS, **cabinet.on())
    return account


@pytest.fixture
def attached(cabinet: Cabinet, openers: Mapping[str, Opener], sophie: Account) -> PersonalKey:
    return bought.attach_remote(sophie.id, AT, PIN.encode(), openers=openers, **cabinet.here())


def delegate_to_paul(cabinet: Cabinet, sophie: Account, signer: object) -> list[delegate.LineResult]:
    today = cabinet.clock().date()
    wish = Wish(frozenset({Right.SEAL}), today, today)
    order = delegate.Order(cabinet.firm.id, sophie.id, listed([["paul@jlm.example"]]), wish)
    return delegate.grant(order, signer, **cabinet.on())  # type: ignore[arg-type]


def may_sign(cabinet: Cabinet, sophie: Account) -> bool:
    with cabinet.database.reading() as transaction:
        try:
            demand(
                transaction,
                sophie.id,
                Operation.SIGN,
                subject=Subject(cabinet.firm.id),
                terms=DEFAULT,
                at=cabinet.clock(),
            )
        except NotAllowed:
            return False
    return True


def test_a_key_kept_by_a_provider_signs_a_delegation_that_verifies(
    cabinet: Cabinet, openers: Mapping[str, Opener], sophie: Account, attached: PersonalKey
) -> None:
    cabinet.newcomer("paul")
    signer = keys.open_key(sophie.id, PIN.encode(), openers=openers, **cabinet.timed())
    (line,) = delegate_to_paul(cabinet, sophie, signer)
    assert line.outcome is delegate.Outcome.GRANTED


def test_what_is_kept_names_a_place_and_holds_no_secret_and_no_address(attached: PersonalKey) -> None:
    assert attached.container == b'{"credential": "GX0112348", "provider": "prestataire"}'
    assert "C4N4RY" not in repr(attached)


def test_a_wrong_pin_attaches_nothing(
    cabinet: Cabinet, openers: Mapping[str, Opener], sophie: Account, provider: Provider
) -> None:
    with pytest.raises(PinRefused):
        bought.attach_remote(sophie.id, AT, b"9999", openers=openers, **cabinet.here())
    with cabinet.database.reading() as transaction:
        assert personal_keys.of_people(transaction, [sophie.id]) == []


def test_a_key_is_one_persons(cabinet: Cabinet, openers: Mapping[str, Opener], attached: PersonalKey) -> None:
    with pytest.raises(NotAllowed):
        bought.attach_remote(cabinet.claire.id, AT, PIN.encode(), openers=openers, **cabinet.here())


def test_what_the_provider_withdraws_counts_no_longer_here(
    cabinet: Cabinet, openers: Mapping[str, Opener], sophie: Account, attached: PersonalKey, provider: Provider
) -> None:
    assert may_sign(cabinet, sophie)
    provider.keys[AT[1]].status = "revoked"
    with pytest.raises(Withdrawn):
        keys.open_key(sophie.id, PIN.encode(), openers=openers, **cabinet.timed())
    assert not may_sign(cabinet, sophie)
    with pytest.raises(NotFound):
        keys.open_key(sophie.id, PIN.encode(), openers=openers, **cabinet.timed())


def test_its_owner_uses_a_key_no_more_from_that_instant(
    cabinet: Cabinet, openers: Mapping[str, Opener], sophie: Account, attached: PersonalKey
) -> None:
    signer = keys.open_key(sophie.id, PIN.encode(), openers=openers, **cabinet.timed())
    keys.detach(sophie.id, attached.certificate, **cabinet.here())
    assert not may_sign(cabinet, sophie)
    with pytest.raises(NotAllowed):
        delegate_to_paul(cabinet, sophie, signer)
    with pytest.raises(NotFound):
        keys.detach(cabinet.claire.id, attached.certificate, **cabinet.here())


def test_another_certificate_at_the_same_place_does_not_open(
    cabinet: Cabinet, openers: Mapping[str, Opener], sophie: Account, attached: PersonalKey, provider: Provider
) -> None:
    provider.keys[AT[1]] = provider.add("renewed")
    with pytest.raises(CredentialError, match="no longer the one attached"):
        keys.open_key(sophie.id, PIN.encode(), openers=openers, **cabinet.timed())


def test_a_place_that_is_not_configured_opens_nothing(cabinet: Cabinet, sophie: Account, attached: PersonalKey) -> None:
    with pytest.raises(CredentialError):
        keys.open_key(sophie.id, PIN.encode(), **cabinet.timed())
    with pytest.raises(NotFound):
        keys.open_key(sophie.id, PIN.encode(), openers=bought.openers({}, clock=cabinet.clock), **cabinet.timed())


def test_a_companys_certificate_is_no_persons(
    cabinet: Cabinet, openers: Mapping[str, Opener], sophie: Account, provider: Provider
) -> None:
    provider.add("seal").owner = provider.authority.seal
    with pytest.raises(CredentialError, match="company"):
        bought.attach_remote(sophie.id, (AT[0], "seal"), PIN.encode(), openers=openers, **cabinet.here())


def test_what_the_provider_claims_is_read_from_the_certificate_and_attributed(attached: PersonalKey) -> None:
    assert attached.der is not None
    said = claims(attached.der)
    assert (said.issuer, said.qualified, said.on_device) == ("DEMO jesignd", False, False)
