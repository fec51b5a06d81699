"""An authority of two levels, and certificates of it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from jesignd.pki import authority as pki
from jesignd.pki import keys
from jesignd.pki.profiles import Addresses, LegalPerson, NaturalPerson

if TYPE_CHECKING:
    from jesignd.pki.authority import Authority

NOW = datetime.datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=datetime.UTC)
ADDRESSES = Addresses("http://pki.cabinet-equerre.fr")


@pytest.fixture(scope="session")
def root() -> Authority:
    return pki.make_root(LegalPerson("Cabinet Équerre", "Autorité racine Cabinet Équerre", "732829320"), at=NOW)


@pytest.fixture(scope="session")
def issuing(root: Authority) -> Authority:
    name = LegalPerson("Cabinet Équerre", "Autorité d’émission Cabinet Équerre", "732829320")
    return pki.make_issuing(root, name, at=NOW, addresses=ADDRESSES)


@pytest.fixture(scope="session")
def person(issuing: Authority) -> bytes:
    claire = NaturalPerson("Claire", "Martin-Lefèvre", "0A1B2C")
    public = keys.public(keys.new_key())
    return pki.issue_person(issuing, claire, public, at=NOW, years=3, addresses=ADDRESSES)


@pytest.fixture(scope="session")
def firm(issuing: Authority) -> bytes:
    seal = LegalPerson("Cabinet Équerre", "Cachet Cabinet Équerre", "732829320")
    public = keys.public(keys.new_key())
    return pki.issue_firm(issuing, seal, public, at=NOW, years=3, addresses=ADDRESSES)
