"""Errors: everything that can go wrong, sorted by who must act.

The class says the consequence (see `Disposition`) and the exit code; the message says what happened to which thing;
the hint says what to do. Both are written in French and English where they are raised, so that neither can be missing.

    JesignError
    ├── SettingsError        the operator mends a file                        exit 78
    ├── CredentialError      the operator mends a key; holds the queue        exit 78
    ├── DocumentError        the sender sends another file; REJECT            exit 7
    ├── DocumentHeld         somebody in the firm decides; HOLD               exit 7
    ├── NotAllowed           a delegation is missing; HOLD                    exit 5
    ├── CreditExhausted      the account is empty; HOLD                       exit 6
    ├── ServiceError         a machine elsewhere; RETRY, then HOLD            exit 75
    ├── VerificationFailed   us; holds the queue                              exit 70
    ├── PluginError          the plugin's author; HOLD, names the plugin      exit 70
    ├── NotFound             the caller named a thing that is not here        exit 4
    └── DaemonUnreachable    nobody runs                                      exit 69
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import ClassVar, NamedTuple


class Words(NamedTuple):
    """One sentence for people, in both languages; French first."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence in `fr` or `en`; French for any other language."""
        return self.en if language == "en" else self.fr


class Code(StrEnum):
    """Why a document was held or rejected, as written in return files and `NOM.erreur.txt`; stable."""

    NOT_A_PDF = "E01"
    TRUNCATED = "E02"
    ENCRYPTED = "E03"
    TOO_LARGE = "E04"
    UNKNOWN_CLIENT = "E05"
    UNKNOWN_KIND = "E06"
    AMBIGUOUS = "E07"
    CONTRADICTION = "E08"
    INDEX_ROW_INVALID = "E09"
    DIGEST_MISMATCH = "E10"
    ALREADY_SIGNED = "E11"
    SIGNATORY_INCOMPLETE = "E12"
    NOT_DELEGATED = "E13"
    WRONG_CLIENT_SUSPECTED = "E14"
    DELIVERY_FAILED = "E15"
    POISON = "E16"
    NO_CREDIT = "E17"
    RULE = "E18"
    """A rule says to hold, or no rule speaks of the document."""
    KEY = "E19"
    """The key, its certificate or our own check failed: the operator acts, the queue waits."""
    RE_EXPORT = "E20"
    """A document already sealed was exported again with other contents."""
    TWIN_NAMES = "E21"
    """Two names in one folder that only an accent's writing or a capital tells apart."""
    FORBIDDEN_FILE = "E22"
    """A symbolic link, a device, a hard link from elsewhere, or a name that could harm."""
    SERVICE = "E23"
    """A service elsewhere (trusted time, revocation) failed for a day."""
    NO_MANDATE = "E24"
    """The client's mandate, which this kind of document needs, has not been recorded."""


class Disposition(Enum):
    """What becomes of the document in hand when an error is raised."""

    STOP = "stop"
    """Nothing goes on until the operator has acted."""
    REJECT = "reject"
    """This document goes back to its sender."""
    HOLD = "hold"
    """This document waits for somebody in the firm."""
    RETRY = "retry"
    """This document is tried again later, by itself."""
    HOLD_QUEUE = "hold queue"
    """This document and those behind it wait: the next one would fail alike, or worse."""


class JesignError(Exception):
    """Base of all errors raised on purpose; carries words for people and, where there is one, the document's id."""

    exit_code: ClassVar[int] = 1
    disposition: ClassVar[Disposition] = Disposition.STOP

    def __init__(self, message: Words, *, hint: Words | None = None, document: str | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.hint = hint
        self.document = document


class SettingsError(JesignError):
    """The configuration cannot be used; every fault found is in `faults`, each with its place."""

    exit_code = 78

    def __init__(self, message: Words, *, hint: Words | None = None, faults: tuple[Words, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.faults = faults


class CredentialError(JesignError):
    """A key or certificate cannot be used (absent, weak, expired, locked)."""

    exit_code = 78
    disposition = Disposition.HOLD_QUEUE


class DocumentError(JesignError):
    """The file itself cannot be accepted; its sender must send another."""

    exit_code = 7
    disposition = Disposition.REJECT

    def __init__(self, code: Code, message: Words, *, hint: Words | None = None, document: str | None = None) -> None:
        super().__init__(message, hint=hint, document=document)
        self.code = code


class DocumentHeld(DocumentError):
    """The file may be right, but somebody in the firm must decide."""

    disposition = Disposition.HOLD


class NotAllowed(JesignError):
    """The acting person does not have the right at this instant."""

    exit_code = 5
    disposition = Disposition.HOLD


class CreditExhausted(JesignError):
    """The firm's account does not cover the act."""

    exit_code = 6
    disposition = Disposition.HOLD


class ServiceError(JesignError):
    """A service elsewhere (time-stamping authority, mail, document store, full disk) did not do its part."""

    exit_code = 75
    disposition = Disposition.RETRY


class VerificationFailed(JesignError):
    """What we made does not stand up to our own check; nothing was delivered."""

    exit_code = 70
    disposition = Disposition.HOLD_QUEUE


class PluginError(JesignError):
    """A plugin crashed, hung, lied or is not shaped as its contract says."""

    exit_code = 70
    disposition = Disposition.HOLD

    def __init__(self, plugin: str, message: Words, *, hint: Words | None = None, document: str | None = None) -> None:
        super().__init__(message, hint=hint, document=document)
        self.plugin = plugin


class NotFound(JesignError):
    """The thing named does not exist here."""

    exit_code = 4


class DaemonUnreachable(JesignError):
    """The command needs a running daemon, and none answers; or one runs where none may."""

    exit_code = 69
