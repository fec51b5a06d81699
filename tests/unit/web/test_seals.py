from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
import typst

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Rung, SealProfile
from jesignd.domain.verdict import Outcome
from jesignd.errors import CredentialError
from jesignd.pades.credentials import Pkcs12Key, open_credential
from jesignd.pades.revocation import RevocationClient, gather
from jesignd.pades.seal import compile_profile, seal
from jesignd.pades.trust import Endpoint, TimestampClient
from jesignd.pades.verify import verify
from jesignd.testing.authority import make_authority
from jesignd.testing.timestamp_server import timestamp_server

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import House

    from jesignd.domain.sealing import Credential
    from jesignd.flow.certificates import SealKey

PASSPHRASE = b"une phrase de passe pour les cachets"


def opened(key: SealKey, tmp_path: Path) -> Credential:
    path = tmp_path / "cachet.p12"
    path.write_bytes(key.file)
    return open_credential(Pkcs12Key(path, PASSPHRASE))


def test_a_long_term_seal_of_our_authority_is_valid_on_its_own_lists(house: House, tmp_path: Path) -> None:
    key = house.issues()
    house.publishes()
    credential = opened(key, tmp_path)
    profile = SealProfile("bulletins", "Cabinet Équerre", "cachet", PadesLevel.B_LT, None)
    compiled = compile_profile(profile, certificate=credential.certificate, chain=credential.chain)
    tsa = make_authority()
    lists = [tmp_path / f"{index}.crl" for index in range(len(tsa.crls))]
    for path, crl in zip(lists, tsa.crls, strict=True):
        path.write_bytes(crl)
    source = RevocationClient(files=lists, own_chain=(credential.certificate, *credential.chain))
    others = (tsa.timestamp.der, *tsa.chain)
    paper = typst.compile(b'#set page("a4")\nBulletin de paie')
    with timestamp_server(tsa.timestamp, (tsa.issuing,)) as server:
        client = TimestampClient([Endpoint("horodatage", server.url, 5.0, (tsa.root.der,))])
        sealed = seal(
            paper,
            compiled,
            placement=None,
            rung=Rung.STRICT,
            at=datetime.datetime.now(datetime.UTC),
            sign=credential.sign,
            timestamp=client.timestamp,
            revocation=gather(credential.certificate, credential.chain, others=others, source=source),
        )
        client.close()
    verdict = verify(sealed, anchors=(credential.chain[-1], tsa.root.der), name="bulletin.pdf")
    assert verdict.outcome is Outcome.VALID
    assert verdict.signatures[0].pades_level is PadesLevel.B_LT


def test_a_revoked_seal_is_stopped_by_its_own_list(house: House, tmp_path: Path) -> None:
    key = house.issues()
    credential = opened(key, tmp_path)
    house.revokes(key)
    house.publishes()
    source = RevocationClient(own_chain=(credential.certificate, *credential.chain))
    with pytest.raises(CredentialError, match="revoked"):
        gather(credential.certificate, credential.chain, source=source)
