"""Setting up: what an installation has to be told, asked where it is not given, and the configuration made of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from jesignd.domain.documents import DocumentKind
from jesignd.domain.levels import PadesLevel
from jesignd.domain.suggestions import commands, login_of
from jesignd.domain.text import is_siren
from jesignd.errors import Words
from jesignd.flow.census import take_census
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.supervising import Recogniser
from jesignd.settings.proposal import Draft, OwnAuthority, SealKey, Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.cli.options import Options
    from jesignd.domain.census import Census

STATE, RESULTS = Path("/var/lib/jesignd"), Path("/srv/jesignd")


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said; None stands for nothing. Paths are absolute."""

    firm: str | None = None
    siren: str | None = None
    logo: Path | None = None
    accountant: str | None = None
    exports: tuple[Path, ...] = ()
    state: Path | None = None
    results: Path | None = None
    timestamping: str | None = None
    demo_authority: bool = False
    authority_url: str | None = None
    """Public address of the firm's own certificate authority; None: it has none."""
    login: str | None = None
    """Of the accountant's account; by default made of their name."""
    email: str | None = None
    mobile: str | None = None
    password_file: Path | None = None

    @property
    def acts_as(self) -> str | None:
        """The login of whoever the documents are treated for."""
        return self.login or (login_of(self.accountant) or None if self.accountant else None)

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Answers:
        """The answers that the options of the command line give."""
        values = {name: _absolute(value) for name, value in given.items()}
        return cls(**values)  # type: ignore[arg-type]


def _absolute(value: object) -> object:
    """A path below the working directory as the configuration wants it; a link stays one."""
    if isinstance(value, Path):
        return Path(os.path.abspath(value))  # noqa: PTH100
    return tuple(_absolute(one) for one in value) if isinstance(value, tuple) else value


def ask(given: Answers, options: Options) -> Answers:
    """The same with every question that was still open put to whoever types."""

    def said(fr: str, en: str, default: str | None = None) -> str:
        return question(Words(fr, en), options, default=default)

    firm = given.firm or said("Nom du cabinet", "Name of the firm")
    siren = given.siren or _siren(said)
    accountant = given.accountant or said("Expert-comptable responsable", "Accountant in charge")
    state = given.state or Path(said("Répertoire du service", "Directory of the service", str(STATE)))
    results = given.results or Path(said("Répertoire des scellés et retours", "Directory for results", str(RESULTS)))
    exports = given.exports or _exports(said("Dossiers d’export, séparés par « ; »", "Export folders, `;` between", ""))
    demo = given.demo_authority or _wants_demonstration(options)
    timestamping = given.timestamping
    if timestamping is None and not demo:
        timestamping = said("Adresse de l’autorité d’horodatage", "Address of the time-stamping authority", "") or None
    return replace(
        given,
        firm=firm,
        siren=siren,
        accountant=accountant,
        state=state,
        results=results,
        exports=exports,
        demo_authority=demo,
        timestamping=timestamping,
        authority_url=given.authority_url or _authority_url(said),
    )


def question(words: Words, options: Options, *, default: str | None = None) -> str:
    """What is answered at the terminal, without the spaces around it."""
    asked = words.in_language(options.lang)
    return str(click.prompt(asked, default=default, err=True, show_default=bool(default))).strip()


def _authority_url(said: _Question) -> str | None:
    return (
        said(
            "Adresse publique (http://…) de votre autorité de certification ; vide : certificats achetés ailleurs",
            "Public address (http://…) of your own certificate authority; empty: certificates are bought elsewhere",
            "",
        )
        or None
    )


class _Question(Protocol):
    def __call__(self, fr: str, en: str, default: str | None = None) -> str: ...


def _siren(said: _Question) -> str:
    """A number whose check digit is right; asked until it is."""
    number = ""
    while not is_siren(number):
        again = "" if not number else " – "
        number = re.sub(
            r"\s",
            "",
            said(
                f"SIREN{again and ' (la clé de contrôle est fausse)'}",
                f"SIREN{again and ' (its check digit is wrong)'}",
            ),
        )
    return number


def _exports(listed: str) -> tuple[Path, ...]:
    return tuple(Path(os.path.abspath(one.strip())) for one in listed.split(";") if one.strip())  # noqa: PTH100


def _wants_demonstration(options: Options) -> bool:
    question = Words(
        "Essayer d’abord avec une clé de démonstration, qui ne prouve rien ? (sinon, une demande de certificat)",
        "Try with a demonstration key first, which proves nothing? (otherwise: a certificate request)",
    )
    return click.confirm(question.in_language(options.lang), default=False, err=True)


def take_stock(exports: Sequence[Path]) -> tuple[Census, ...]:
    """The census of each export folder; nothing is written there."""
    if not exports:
        return ()
    recogniser = Recogniser(installed_plugins())
    try:
        return tuple(take_census(export, recogniser=recogniser) for export in exports)
    finally:
        recogniser.close()


def draft(answers: Answers, found: Sequence[Census], keys: Path) -> Draft:
    """The configuration that was described; for kinds nobody has met yet the customary rules are written too."""
    demo = answers.demo_authority
    passphrase = str(keys / "cachet.pass")
    own = SealKey(passphrase, key=str(keys / "cachet.key"), certificate=str(keys / "cachet.pem"))
    shown = SealKey(passphrase, pkcs12=str(keys / "cachet.p12"))
    return Draft(
        state=str(answers.state or STATE),
        results=str(answers.results or RESULTS),
        key=shown if demo else own,
        key_is_there=True,
        firm=answers.firm,
        siren=answers.siren,
        logo=str(answers.logo) if answers.logo is not None else None,
        demonstration=demo,
        timestamping=answers.timestamping,
        level=PadesLevel.B_B if demo and answers.timestamping is None else PadesLevel.B_T,
        anchors=(str(keys / "racine.pem"),) if demo else (),
        acts_as=answers.acts_as,
        commands=commands(
            (one for census in found for one in census.accounts if one.login != answers.acts_as), firm=answers.firm
        ),
        papers_secret=str(keys / "enregistrement.secret"),
        authority=_authority(answers, keys),
        watches=_watches(found),
        kinds=frozenset(DocumentKind),
    )


def _authority(answers: Answers, keys: Path) -> OwnAuthority | None:
    if answers.authority_url is None:
        return None
    directory = f"{answers.state or STATE}-pki"
    return OwnAuthority(directory, str(keys / "emission.secret"), answers.authority_url)


def _watches(found: Sequence[Census]) -> tuple[Watch, ...]:
    watches: list[Watch] = []
    taken: set[str] = set()
    for one in (software for census in found for software in census.software):
        name = next(
            candidate
            for at in range(1, 1000)
            if (candidate := one.folder if at == 1 else f"{one.folder}-{at}") not in taken
        )
        taken.add(name)
        watches.append(Watch(name, one.path, one.connector, f"{one.recognised} documents reconnus sur {one.documents}"))
    return tuple(watches)
