"""Bought: keys that people bought from a trust provider and that are not here: on a card, or in its own service.

What is kept of them names a place in the configuration, never a library or an address: whoever writes in the database
makes nobody load a program or send a PIN elsewhere. What the provider claims of the certificate is its own statement
(F10): it is read from the certificate, and shown as the provider's.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.statements import PersonalSigner
from jesignd.errors import CredentialError, NotFound, Words
from jesignd.flow.keys import OPENERS, Opener, attach
from jesignd.pades.csc import RemoteKey, list_credentials, read_credential
from jesignd.pades.csc_service import Service
from jesignd.pades.token import Pkcs11Key, TokenKey, open_personal_token
from jesignd.settings.model.providers import CscProvider, DeviceProvider, Provider
from jesignd.settings.secrets import resolve

if TYPE_CHECKING:
    from jesignd.domain.people import AccountId
    from jesignd.store.database import Database
    from jesignd.store.personal_keys import PersonalKey

CSC = "csc"
PKCS11 = "pkcs11"
_PROBE = b"jesignd: does this key sign for its owner?"

AskCode = Callable[[str], str]
"""Asks the person for a one-time code, by the name the provider gives it."""


def openers(
    providers: Mapping[str, Provider],
    *,
    clock: Callable[[], datetime.datetime],
    ask_code: AskCode | None = None,
) -> Mapping[str, Opener]:
    """How each form of key is opened: those that are here, and those of these providers."""

    def remote(container: bytes, pin: bytes) -> PersonalSigner:
        place = _place(container)
        service = service_of(place.get("provider", ""), providers)
        return RemoteKey(service, read_credential(service, place.get("credential", "")), pin, ask_code=ask_code)

    def card(container: bytes, pin: bytes) -> PersonalSigner:
        place = _place(container)
        device = _device(place.get("provider", ""), providers)
        key = Pkcs11Key(Path(device.module), place.get("token", ""), place.get("label", ""), pin)
        return open_personal_token(key, now=clock())

    return {**OPENERS, CSC: remote, PKCS11: card}


def attach_remote(
    account: AccountId,
    place: tuple[str, str],
    pin: bytes,
    *,
    openers: Mapping[str, Opener],
    database: Database,
    clock: Callable[[], datetime.datetime],
    by: str,
) -> PersonalKey:
    """Attach a key that a provider keeps; `place` is the provider's name here and the key's name there.

    It signs once, to show that whoever attaches it may use it: the provider may count that signature.

    Raises:
        CredentialError: the provider refuses, or the certificate does not fit; see `keys.attach`.
        ServiceError: the provider did not answer.
        NotFound: no such provider is configured.
        NotAllowed: the account is closed, or the key is somebody else's.
    """
    container = _container(provider=place[0], credential=place[1])
    signer = openers[CSC](container, pin)
    signer.sign(_PROBE)
    return attach(account, CSC, container, signer, database=database, clock=clock, by=by)


def attach_card(
    account: AccountId,
    place: tuple[str, str, str],
    pin: bytes,
    *,
    openers: Mapping[str, Opener],
    database: Database,
    clock: Callable[[], datetime.datetime],
    by: str,
) -> PersonalKey:
    """Attach a key on a card; `place` is the device's name here, the card's label and the key's. Otherwise as above."""
    container = _container(provider=place[0], token=place[1], label=place[2])
    signer = openers[PKCS11](container, pin)
    try:
        return attach(account, PKCS11, container, signer, database=database, clock=clock, by=by)
    finally:
        let_go(signer)


def let_go(signer: PersonalSigner) -> None:
    """End the act: a card is free for the next one, and asks for its PIN again."""
    if isinstance(signer, TokenKey):
        signer.close()


def offered(provider: str, providers: Mapping[str, Provider]) -> list[str]:
    """The keys that the provider's service gives this firm access to."""
    return list_credentials(service_of(provider, providers))


def service_of(name: str, providers: Mapping[str, Provider]) -> Service:
    """The service of this provider.

    Raises:
        NotFound: none of that name is configured.
    """
    found = providers.get(name)
    if not isinstance(found, CscProvider):
        raise _unknown(name)
    anchor = None if found.anchor is None else Path(found.anchor)
    return Service(name, found.url, lambda: resolve(found.token), anchor, found.timeout)


def _device(name: str, providers: Mapping[str, Provider]) -> DeviceProvider:
    found = providers.get(name)
    if not isinstance(found, DeviceProvider):
        raise _unknown(name)
    return found


def _unknown(name: str) -> NotFound:
    return NotFound(
        Words(f"aucun prestataire « {name} » de cette nature", f"no provider “{name}” of this kind"),
        hint=Words("`providers` dans la configuration", "`providers` in the configuration"),
    )


def _container(**place: str) -> bytes:
    return json.dumps(place, sort_keys=True, ensure_ascii=True).encode("ascii")


def _place(container: bytes) -> dict[str, str]:
    try:
        read = json.loads(container)
    except ValueError as error:
        raise CredentialError(Words("clé mal enregistrée", "the key was recorded badly")) from error
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}
