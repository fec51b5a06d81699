"""Place: the demonstration's folders, and the configuration that the real loader reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.errors import SettingsError, Words
from jesignd.testing.exports import LOTS, NEUTRAL, QUADRA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.testing.exports import Company

MARKER = ".jesignd-demo"
_CONNECTORS = {QUADRA: "quadra", NEUTRAL: "neutral", LOTS: "neutral"}
_WITH_INDEX = frozenset({QUADRA, LOTS})


@dataclass(frozen=True, slots=True)
class Place:
    """Everything the demonstration touches lies below `root`."""

    root: Path

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.root / "jesignd.yaml"

    @property
    def log(self) -> Path:
        """What the daemon writes."""
        return self.root / "jesignd.log"

    @property
    def exports(self) -> Path:
        """The watched trees, one a production system."""
        return self.root / "exports"

    @property
    def rejects(self) -> Path:
        """Rejected files, one folder a tree."""
        return self.root / "rejets"

    @property
    def delivered(self) -> Path:
        """Where sealed files are delivered: the document store, so to speak."""
        return self.root / "ged"

    @property
    def keys(self) -> Path:
        """The demonstration's authority and its certificates."""
        return self.root / "pki"

    @property
    def state(self) -> Path:
        """The daemon's own directory."""
        return self.root / "etat"

    def next_run(self) -> int:
        """Number of this run, from 1; remembered."""
        counter = self.root / MARKER
        before = counter.read_text(encoding="ascii").strip()
        run = int(before) + 1 if before.isdigit() else 1
        counter.write_text(f"{run}\n", encoding="ascii")
        return run


def trees() -> tuple[str, ...]:
    """The trees whose connector is installed."""
    installed = {entry.name for entry in entry_points(group="jesignd")}
    return tuple(tree for tree, connector in _CONNECTORS.items() if connector in installed)


def prepare(place: Place, watched: Sequence[str]) -> None:
    """Make the folders and their markers; what an earlier run left stays.

    Raises:
        SettingsError: the folder holds something else.
    """
    counter = place.root / MARKER
    if place.root.exists() and not counter.exists() and any(place.root.iterdir()):
        raise SettingsError(
            Words(f"{place.root} n’est pas vide", f"{place.root} is not empty"),
            hint=Words("choisissez un autre dossier avec --dir", "choose another folder with --dir"),
        )
    place.root.mkdir(parents=True, exist_ok=True)
    counter.touch()
    for folder in (place.keys, place.state):
        folder.mkdir(mode=0o700, exist_ok=True)
    for folder in (place.delivered, place.rejects, place.root / "archives", place.root / "retours"):
        folder.mkdir(exist_ok=True)
    for tree in watched:
        (place.exports / tree).mkdir(parents=True, exist_ok=True)
        (place.exports / tree / ".jesignd-root").write_text(f"{tree}\n", encoding="utf-8")
        for parent in (place.rejects, place.root / "retours", place.root / "archives"):
            (parent / tree).mkdir(exist_ok=True)


def configuration(place: Place, watched: Sequence[str], *, firm: Company, logo: Path, timestamp_url: str) -> str:
    """The text of `jesignd.yaml`."""
    values = {
        "firm": json.dumps(firm.name, ensure_ascii=False),
        "siren": firm.siren,
        "logo": _quoted(logo),
        "state": _quoted(place.state),
        "seal": _quoted(place.keys / "cachet.p12"),
        "passphrase": _quoted(place.keys / "cachet.pass"),
        "timestamp_url": timestamp_url,
        "root": _quoted(place.keys / "racine.pem"),
        "crl_root": _quoted(place.keys / "racine.crl"),
        "crl_issuing": _quoted(place.keys / "autorite.crl"),
        "delivered": _quoted(place.delivered),
        "folders": "".join(_folder(place, tree) for tree in watched),
    }
    return _TEMPLATE.format(**values)


def _folder(place: Place, tree: str) -> str:
    archive = f"after: archive\n    archive: {_quoted(place.root / 'archives' / tree)}"
    return _FOLDER.format(
        name=tree,
        connector=_CONNECTORS[tree],
        path=_quoted(place.exports / tree),
        after=archive if tree == NEUTRAL else "after: leave",
        index_required=str(tree in _WITH_INDEX).lower(),
        rejects=_quoted(place.rejects / tree),
        returns=_quoted(place.root / "retours" / tree),
    )


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)


_FOLDER = """\
  - name: {name}
    connector: {connector}
    path: {path}
    acts_as: i.menard
    settle: 1s
    rescan_every: 2s
    companion_wait: 3s
    {after}
    rejects: {rejects}
    returns: {returns}
    options: {{ index_required: {index_required} }}
"""

_TEMPLATE = """\
# Écrit par « jesignd demo », et réécrit à chaque fois. Rien ici ne prouve quoi que ce soit : autorité de démonstration.
version: 1
firm:
  name: {firm}
  siren: "{siren}"
  logo: {logo}
  demonstration: true
storage:
  state: {state}
keys:
  cachet:
    backend: pkcs12
    file: {seal}
    passphrase: {{ file: {passphrase} }}
timestamping:
  - name: locale
    url: {timestamp_url}
    timeout: 5s
    anchor: {root}
revocation:
  crls: [{crl_root}, {crl_issuing}]
trust:
  anchors: [{root}]
folders:
{folders}destinations:
  - name: ged
    path: {delivered}
    mode: template
    template: "{{client}}/{{year}}/{{kind}}/{{stem}}_scellé.pdf"
rules:
  - name: bulletins
    when: {{ kind: BP }}
    act: seal
    seal:
      key: cachet
      level: B-T
      mark: {{ page: first, corner: auto }}
    deliver: ged
  - name: honoraires
    when: {{ kind: NH }}
    act: seal
    seal:
      key: cachet
      level: B-LT
      mark: {{ page: last, corner: auto }}
    deliver: ged
  - name: chiffre-affaires          # une attestation n'a pas d'acte par défaut : la règle choisit
    when: {{ kind: ATT, name: "*chiffre d*affaires*" }}
    act: seal
    seal:
      key: cachet
      level: B-LT
      mark: {{ page: last, corner: auto, width: 70mm, height: 24mm }}
    deliver: ged
  - name: personnel
    when: {{ kind: RH }}
    act: seal
    seal:
      key: cachet
      level: B-T
      mark: none
    deliver: ged
  - name: inventaires
    when: {{ kind: INV }}
    act: seal
    seal:
      key: cachet
      level: B-B
      mark: {{ page: last, corner: auto }}
    deliver: ged
  - name: lettres-de-mission        # le client et l'expert-comptable signent ; jesignd jamais à leur place
    when: {{ kind: LDM }}
    act: sign
    sign:
      level: simple
  - name: reste
    act: hold
    reason: Aucune règle ne le prévoit
"""
