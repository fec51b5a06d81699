"""Proposal: a commented configuration file for a firm that has none, from what is known of it.

It passes `config check` as it stands. What nobody could know yet is a valid stand-in on a line marked `À REMPLACER`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from jesignd.domain.documents import DocumentKind
from jesignd.domain.levels import FLOORS, Act, LegalLevel, PadesLevel

REPLACE = "À REMPLACER"
_BLANK_FIRM, _BLANK_SIREN = "Cabinet à nommer", "123456782"
_BLANK_TSA = "https://horodatage.example/tsr"


@dataclass(frozen=True, slots=True)
class Watch:
    """An export folder to be watched; `note` is what people read beside it."""

    name: str
    path: str
    connector: str = "neutral"
    note: str = ""


@dataclass(frozen=True, slots=True)
class SealKey:
    """Where the firm's key is: a PKCS#12 file, or a PEM key with its certificate, and the file with its passphrase."""

    passphrase: str
    pkcs12: str | None = None
    key: str | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class OwnAuthority:
    """The firm's own certificate authority: where its keys are, what opens the issuing one, its public address."""

    directory: str
    passphrase: str
    public_url: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known; None and empty stand for what is not. Directories are absolute."""

    state: str
    results: str
    """Sealed files go into `scelles` below it, rejects and return files into `retours`."""
    key: SealKey
    key_is_there: bool = False
    firm: str | None = None
    siren: str | None = None
    logo: str | None = None
    demonstration: bool = False
    timestamping: str | None = None
    """Address of the authority."""
    level: PadesLevel = PadesLevel.B_T
    anchors: tuple[str, ...] = ()
    acts_as: str | None = None
    """Login of whoever the documents are treated for."""
    commands: tuple[str, ...] = ()
    """Those that make the accounts and delegations: people are in the store, not in the file."""
    papers_secret: str | None = None
    """File of the secret that encrypts identity documents and one-time codes."""
    authority: OwnAuthority | None = None
    watches: tuple[Watch, ...] = ()
    kinds: frozenset[DocumentKind] = field(default=frozenset(DocumentKind))
    """The kinds for which rules are written; a last rule holds the others."""


def propose(draft: Draft) -> str:
    """The text of the file, in French, as all configuration files are."""
    parts = [
        _HEAD,
        _firm(draft),
        f"storage:\n  state: {_quoted(draft.state)}          # le seul répertoire à sauvegarder\n",
        _keys(draft),
        _timestamping(draft),
        *([_listed("trust:\n  anchors:", draft.anchors)] if draft.anchors else []),
        _enrolment(draft),
        *([_authority(draft.authority)] if draft.authority is not None else []),
        _people(draft.commands),
        _folders(draft),
        _destinations(draft),
        _rules(draft),
    ]
    return "\n".join(parts)


_HEAD = f"""\
# Configuration de jesignd.
# Chaque ligne marquée « {REPLACE} » porte une valeur d’attente : elle est valide, elle n’est pas la vôtre.
#   vérifier : jesignd -c CE_FICHIER config check       essayer : jesignd -c CE_FICHIER rules test FICHIER
version: 1
"""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _mark(*, known: bool, what: str = "") -> str:
    return "" if known else f"   # {REPLACE}{' : ' if what else ''}{what}"


def _firm(draft: Draft) -> str:
    lines = [
        "firm:",
        f"  name: {_quoted(draft.firm or _BLANK_FIRM)}{_mark(known=draft.firm is not None)}",
        f"  siren: {_quoted(draft.siren or _BLANK_SIREN)}{_mark(known=draft.siren is not None, what='neuf chiffres')}",
    ]
    lines.append(
        f"  logo: {_quoted(draft.logo)}" if draft.logo else "  # logo: /etc/jesignd/logo.svg     # PNG, JPEG ou SVG"
    )
    if draft.demonstration:
        lines.append("  demonstration: true        # la marque dit que le document ne prouve rien")
    return "\n".join(lines) + "\n"


def _keys(draft: Draft) -> str:
    key = draft.key
    mark = _mark(known=draft.key_is_there, what="clé et certificat du cachet, remis par votre prestataire")
    lines = [f"keys:{mark}", "  cachet:"]
    if key.pkcs12 is not None:
        lines += ["    backend: pkcs12", f"    file: {_quoted(key.pkcs12)}"]
    else:
        assert key.key is not None
        assert key.certificate is not None
        lines += [
            "    backend: pem",
            f"    key: {_quoted(key.key)}",
            f"    certificate: {_quoted(key.certificate)}",
        ]
    lines.append(f"    passphrase: {{file: {_quoted(key.passphrase)}}}")
    return "\n".join(lines) + "\n"


def _timestamping(draft: Draft) -> str:
    if draft.level is PadesLevel.B_B:
        return "# timestamping:                # B-B ne prouve pas l’heure ; B-T la prouve\n"
    known = draft.timestamping is not None
    address = _quoted(draft.timestamping or _BLANK_TSA)
    mark = _mark(known=known, what="autorité d’horodatage (RFC 3161)")
    return f"timestamping:{mark}\n  - {{name: principale, url: {address}, timeout: 5s}}\n"


def _listed(head: str, values: Sequence[str]) -> str:
    return f"{head} [{', '.join(map(_quoted, values))}]\n"


def _enrolment(draft: Draft) -> str:
    if draft.papers_secret is None:
        return (
            "# enrolment:                   # pièces d’identité et codes à usage unique, chiffrés par ce secret\n"
            "#   secret: {file: /etc/jesignd/keys/enregistrement.secret}\n"
        )
    kept = "   # chiffre pièces d’identité et codes à usage unique ; à garder aussi longtemps qu’eux"
    return f"enrolment:\n  secret: {{file: {_quoted(draft.papers_secret)}}}{kept}\n"


def _authority(authority: OwnAuthority) -> str:
    return "\n".join(
        [
            "pki:                           # autorité de certification du cabinet : jesignd authority init",
            f"  directory: {_quoted(authority.directory)}",
            f"  passphrase: {{file: {_quoted(authority.passphrase)}}}",
            f"  public_url: {_quoted(authority.public_url)}",
            "",
        ]
    )


_NOBODY = "expert-comptable-1"
_COMMANDS = (
    "jesignd user add IDENTIFIANT --email … --first-name … --last-name … --firm … --status accountant",
    "jesignd enrol accept IDENTIFIANT",
    "jesignd delegation grant COURRIEL… --by IDENTIFIANT --right sceller --until JOUR",
)


def _people(commands: Sequence[str]) -> str:
    """People are no part of the file: what makes their accounts is said beside it."""
    head = "# Personnes : des comptes de la base, que ces commandes ouvrent ; un dossier agit au nom de l’un d’eux."
    return "\n".join([head, *(f"#   {command}" for command in commands or _COMMANDS)]) + "\n"


def _folders(draft: Draft) -> str:
    if not draft.watches:
        return "folders: []                    # aucun dossier encore : jesignd census DOSSIER en propose\n"
    lines = ["folders:"]
    mark = _mark(known=draft.acts_as is not None, what="compte qui répond des documents")
    for watch in draft.watches:
        returns = str(PurePosixPath(draft.results, "retours", watch.name))
        lines += [
            f"  - name: {watch.name}" + (f"                 # {watch.note}" if watch.note else ""),
            f"    connector: {watch.connector}",
            f"    path: {_quoted(watch.path)}",
            f"    acts_as: {draft.acts_as or _NOBODY}{mark}",
            f"    rejects: {_quoted(returns + '/_rejets')}",
            f"    returns: {_quoted(returns)}",
            "    # mode: poll             # partage Windows ou NFS : aucun événement, on relit",
        ]
    return "\n".join(lines) + "\n"


def _destinations(draft: Draft) -> str:
    path = _quoted(str(PurePosixPath(draft.results, "scelles")))
    return "\n".join(
        [
            "destinations:",
            "  - name: ged",
            f"    path: {path}",
            "    mode: template",
            '    template: "{client}/{year}/{kind}/{stem}_scellé.pdf"',
            "",
        ]
    )


def _rules(draft: Draft) -> str:
    lines = ["rules:                         # la première qui correspond décide"]
    sealed = _codes(draft.kinds, Act.SEAL)
    if sealed:
        lines += [
            "  - name: a-sceller",
            f"    when: {{kind: [{sealed}]}}",
            "    act: seal",
            f"    seal: {{key: cachet, level: {draft.level}}}",
            "    deliver: [ged]",
        ]
    for level, name in _LEVELS.items():
        signed = _codes(draft.kinds, Act.SIGN, level)
        if signed:
            lines += [f"  - name: {name}", f"    when: {{kind: [{signed}]}}", "    act: sign"]
            if level is not LegalLevel.SIMPLE:
                lines.append(f"    sign: {{level: {_LEVEL_NAMES[level]}}}      # au moins, selon la loi")
    chosen = _codes(draft.kinds, None)
    if chosen:
        lines += [
            f"  - name: a-choisir              # {REPLACE} : `act: seal` ou `act: sign`, aucun n’est d’usage",
            f"    when: {{kind: [{chosen}]}}",
            "    act: hold",
            "    reason: Le cabinet n’a pas encore choisi entre sceller et faire signer ce type de document.",
        ]
    lines += ["  - name: reste", "    act: hold", "    reason: Aucune règle ne traite ce type de document.", ""]
    return "\n".join(lines)


_LEVELS = {
    LegalLevel.SIMPLE: "a-signer",
    LegalLevel.ADVANCED: "a-signer-avance",
    LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE: "a-signer-certificat-qualifie",
}
_LEVEL_NAMES = {
    LegalLevel.ADVANCED: "advanced",
    LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE: "advanced-qualified-certificate",
}


def _codes(kinds: frozenset[DocumentKind], act: Act | None, level: LegalLevel | None = None) -> str:
    """The kinds with this default act (and this floor of signature), as a list in the file."""
    chosen = [
        kind.code
        for kind in kinds
        if FLOORS[kind].default is act and (level is None or FLOORS[kind].signature is level)
    ]
    return ", ".join(sorted(chosen))
