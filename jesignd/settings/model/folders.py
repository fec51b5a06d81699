"""Folders: which export folders are watched, on what terms, and where results go."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from jesignd.domain.folders import DeliveryMode, Destination, SourcePolicy, WatchedFolder, WatchMode
from jesignd.errors import Words
from jesignd.settings import values
from jesignd.settings.section import (
    SEVERAL,
    AbsolutePath,
    Duration,
    Line,
    Name,
    PersonId,
    Section,
    Size,
    between,
    refusal,
)


def _file_name(text: str) -> str:
    if "/" in text or text in {"", ".", ".."} or len(text.encode()) > 200 or not text.isprintable():
        raise refusal(Words("un nom simple, sans « / »", "a plain name, without `/`"))
    return text


FileName = Annotated[str, AfterValidator(_file_name)]


class Folder(Section):
    """Un dossier surveillé."""

    name: Name
    """Nom du dossier, cité par les règles et les messages."""
    connector: Name = "neutral"
    """Connecteur qui reconnaît les fichiers (`jesignd plugin list`)."""
    path: AbsolutePath
    """Répertoire où le logiciel exporte."""
    acts_as: PersonId
    """Compte (`jesignd user list`) sur les droits de qui ses documents sont traités ; sans droit, ils attendent."""
    firm: str = Field(default="", max_length=20)
    """SIREN de la société d'exercice (`firms`) pour qui ses documents sont traités, et qui paie ; par défaut `firm`."""
    marker: FileName = ".jesignd-root"
    """Fichier qui contient le nom du dossier et prouve que le partage est monté ; sans lui, le dossier est tenu pour
    « hors ligne », jamais pour vide."""
    mode: WatchMode = WatchMode.AUTO
    """`auto` : événements du système et relectures ; `poll` : relectures seules (partages SMB et NFS)."""
    poll_every: Annotated[Duration, between("100ms", "1d", read=values.parse_duration)] = 10.0
    """Intervalle des relectures en mode `poll`."""
    rescan_every: Annotated[Duration, between("100ms", "1d", read=values.parse_duration)] = 60.0
    """Intervalle des relectures complètes en mode `auto`."""
    settle: Annotated[Duration, between("0s", "1h", read=values.parse_duration)] = 5.0
    """Temps sans changement au bout duquel un fichier est tenu pour fini."""
    companion_wait: Annotated[Duration, between("0s", "1d", read=values.parse_duration)] = 60.0
    """Attente d'un fichier compagnon exigé, ou du reste d'un lot, avant de le signaler."""
    include: Annotated[tuple[FileName, ...], SEVERAL] = Field(default=("*.pdf",), min_length=1)
    """Noms des fichiers pris (motifs `*` et `?`, sans égard à la casse)."""
    ignore: Annotated[tuple[FileName, ...], SEVERAL] = ()
    """Noms de fichiers et de sous-dossiers jamais pris, en plus de ceux qui ne le sont jamais (`~$*`, `*.tmp`…)."""
    max_size: Annotated[Size, between("1kB", "2GB", read=values.parse_size)] = 10_000_000
    """Taille au-delà de laquelle un fichier est refusé (E04)."""
    after: SourcePolicy = SourcePolicy.LEAVE
    """Une fois le document livré : `leave` (laisser le source), `archive` (le ranger), `delete` (l'effacer)."""
    archive: AbsolutePath | None = None
    """Répertoire où ranger les sources, si `after: archive` ; hors du dossier surveillé."""
    rejects: AbsolutePath | None = None
    """Répertoire des rejets (`NOM.pdf` et `NOM.erreur.txt`) ; hors du dossier surveillé."""
    returns: AbsolutePath | None = None
    """Répertoire des fichiers retour (CSV) que relit le logiciel de production ; hors du dossier surveillé."""
    options: dict[str, JsonValue] = Field(default_factory=dict)
    """Options propres au connecteur ; c'est lui qui les contrôle."""

    def watched(self, results: tuple[str, ...]) -> WatchedFolder:
        """The folder as the intake knows it; `results`: globs on the names of sub-folders we deliver into."""
        return WatchedFolder(
            name=self.name,
            path=self.path,
            connector=self.connector,
            acts_as=self.acts_as.lower(),
            firm=self.firm,
            marker=self.marker,
            mode=self.mode,
            poll_seconds=self.poll_every,
            rescan_seconds=self.rescan_every,
            quiet_seconds=self.settle,
            companion_seconds=self.companion_wait,
            include=self.include,
            ignore=(*self.ignore, *results),
            max_bytes=self.max_size,
            after=self.after,
            archive=self.archive,
            rejects=self.rejects,
            returns=self.returns,
            options=tuple((key, json.dumps(value, ensure_ascii=False)) for key, value in self.options.items()),
        )


class DestinationFolder(Section):
    """Un répertoire où les documents scellés sont livrés."""

    name: Name
    """Nom de la destination, cité par les règles."""
    kind: Literal["folder"] = "folder"
    """Nature de la destination : `folder`, un répertoire."""
    path: AbsolutePath | None = None
    """Répertoire de livraison ; sans objet si `mode: subfolder`, qui livre à côté du source."""
    mode: DeliveryMode = DeliveryMode.MIRROR
    """`mirror` : même chemin que le source ; `template` : chemin fait par `template` ; `subfolder` : à côté du source,
    dans un sous-dossier."""
    template: Line = "{folder}/{stem}_scellé.pdf"
    """Chemin sous `path`, si `mode: template` ; champs `{client}` `{kind}` `{year}` `{month}` `{period}` `{employee}`
    `{number}` `{stem}` `{folder}`."""
    subfolder: FileName = "Scellés"
    """Nom du sous-dossier, si `mode: subfolder` ; il n'est jamais relu."""
    suffix: str = Field(default="_scellé", max_length=40, pattern=r"^[^/\x00-\x1f]*$")
    """Ajout au nom du fichier (modes `mirror` et `subfolder`)."""

    def destination(self) -> Destination:
        """The destination as the line knows it; its path is empty when it lies in the source's own folder."""
        return Destination(
            name=self.name,
            path=self.path or "",
            mode=self.mode,
            template=self.template,
            subfolder=self.subfolder,
            suffix=self.suffix,
        )
