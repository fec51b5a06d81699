"""Token: a key that stays in a PKCS#11 device, used through one session that is kept warm.

A wrong PIN is tried once in the life of the process: three wrong tries lock most devices for good. Calls are
serialised, as PKCS#11 sessions are not to be shared by threads. The library is imported on first use only.
"""

from __future__ import annotations

import datetime
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils

from jesignd.domain.statements import PinRefused
from jesignd.errors import CredentialError, Words
from jesignd.pades import certificates

if TYPE_CHECKING:
    from cryptography import x509

_HINT = Words(
    "vérifiez que la carte ou le module est branché et que son code est le bon ; un code faux n’est essayé qu’une fois",
    "check that the card or module is plugged in and its PIN is right; a wrong PIN is tried only once",
)
_wrong_pins: set[bytes] = set()


@dataclass(frozen=True, slots=True)
class Pkcs11Key:
    """A key in a device: the library that speaks to it, the token's name, the key's label, the PIN."""

    module: Path
    token: str
    label: str
    pin: bytes = field(repr=False)


class TokenKey:
    """A credential whose key never leaves its device (see `Credential`)."""

    def __init__(self, session: Any, key: Any, *, certificate: x509.Certificate, chain: tuple[bytes, ...]) -> None:
        self._session = session
        self._key = key
        self._certificate = certificates.der(certificate)
        self._chain = chain
        self._elliptic = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "TokenKey()"

    @property
    def certificate(self) -> bytes:
        """The signing certificate, DER."""
        return self._certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above it that the token holds, DER, its issuer first."""
        return self._chain

    def sign(self, data: bytes) -> bytes:
        """The device's signature over the data's SHA-256.

        Raises:
            CredentialError: the device is gone, locked or refuses.
        """
        from pkcs11 import Mechanism, PKCS11Error

        try:
            with self._lock:
                if not self._elliptic:
                    return bytes(self._key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
                digest = hashlib.sha256(data).digest()
                raw = bytes(self._key.sign(digest, mechanism=Mechanism.ECDSA))
        except PKCS11Error as error:
            raise _failed(error) from error
        half = len(raw) // 2
        return utils.encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))

    def close(self) -> None:
        """End the session; nothing can be signed afterwards."""
        with self._lock:
            self._session.close()


def open_personal_token(source: Pkcs11Key, *, now: datetime.datetime) -> TokenKey:
    """As `open_token`, for one act of whoever types the PIN: a login that somebody else's act left open is not theirs.

    Raises:
        PinRefused: wrong PIN.
    """
    return _open(source, _own_session, now=now)


def open_token(source: Pkcs11Key, *, now: datetime.datetime) -> TokenKey:
    """The key of this token, its session open, checked once by signing with it.

    Raises:
        CredentialError: no such library, token, key or certificate; wrong PIN; or the certificate may not seal.
    """
    return _open(source, _session, now=now)


def _open(source: Pkcs11Key, open_session: Callable[[Any, str], Any], *, now: datetime.datetime) -> TokenKey:
    import pkcs11

    attempt = hashlib.sha256(f"{source.module}\0{source.token}\0".encode() + source.pin).digest()
    if attempt in _wrong_pins:
        raise _wrong_pin()
    try:
        token = pkcs11.lib(str(source.module)).get_token(token_label=source.token)
        session = open_session(token, source.pin.decode())
    except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinLenRange, pkcs11.exceptions.PinInvalid) as error:
        _wrong_pins.add(attempt)
        raise _wrong_pin() from error
    except (pkcs11.PKCS11Error, RuntimeError, OSError, UnicodeDecodeError) as error:
        raise _failed(error) from error
    try:
        return _checked(_parts(session, source), now=now)
    except CredentialError:
        session.close()
        raise


def _session(token: Any, pin: str) -> Any:
    """A session that may sign; the login is the process's, so one that holds already is used (a reload, say)."""
    from pkcs11.exceptions import UserAlreadyLoggedIn

    try:
        return token.open(user_pin=pin)
    except UserAlreadyLoggedIn:
        return token.open()


def _own_session(token: Any, pin: str) -> Any:
    from pkcs11.exceptions import UserAlreadyLoggedIn

    try:
        return token.open(user_pin=pin)
    except UserAlreadyLoggedIn as error:
        raise CredentialError(
            Words("cette carte sert déjà à un autre acte", "this card is being used for another act"),
            hint=Words("attendez qu’il finisse", "wait until it is done"),
        ) from error


def _parts(session: Any, source: Pkcs11Key) -> TokenParts:
    import pkcs11

    try:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=source.label)
        found = list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}))
        labelled = [(str(one[pkcs11.Attribute.LABEL]), bytes(one[pkcs11.Attribute.VALUE])) for one in found]
    except pkcs11.PKCS11Error as error:
        raise _failed(error) from error
    return TokenParts(source, session, key, labelled)


@dataclass(frozen=True, slots=True)
class TokenParts:
    """What was found on a token, before it is checked."""

    source: Pkcs11Key
    session: Any
    key: Any
    labelled: list[tuple[str, bytes]]


def _checked(parts: TokenParts, *, now: datetime.datetime) -> TokenKey:
    everything = [certificates.load(value) for _, value in parts.labelled]
    own = [certificates.load(value) for label, value in parts.labelled if label == parts.source.label]
    if len(own) != 1:
        raise CredentialError(
            Words(
                f"le jeton doit porter exactement un certificat nommé « {parts.source.label} » ; {len(own)} trouvés",
                f"the token must hold exactly one certificate labelled “{parts.source.label}”; {len(own)} found",
            )
        )
    chain = certificates.order_chain(own[0], everything)
    public = certificates.require_usable(own[0], chain, now=now)
    credential = TokenKey(
        parts.session, parts.key, certificate=own[0], chain=tuple(certificates.der(one) for one in chain)
    )
    probe = b"jesignd: is this key the certificate's?"
    try:
        certificates.verify_signature(public, signature=credential.sign(probe), data=probe)
    except InvalidSignature as error:
        raise CredentialError(
            Words("la clé du jeton n’est pas celle de son certificat", "the token’s key is not its certificate’s")
        ) from error
    return credential


def _wrong_pin() -> PinRefused:
    return PinRefused(
        Words(
            "le jeton refuse le code (PIN) ; il ne sera pas réessayé", "the token refuses the PIN; it is not retried"
        ),
        hint=_HINT,
    )


def _failed(error: Exception) -> CredentialError:
    reason = type(error).__name__
    return CredentialError(
        Words(
            f"le jeton PKCS#11 ne répond pas ou refuse ({reason})", f"the PKCS#11 token is gone or refuses ({reason})"
        ),
        hint=_HINT,
    )
