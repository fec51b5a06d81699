"""Reference: `config/README.md`, every key of the file with its form, default and meaning, from the model itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jesignd.settings.anatomy import every_section
from jesignd.settings.model.configuration import Configuration
from jesignd.settings.schema import json_schema, written_default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

_HEAD = """\
# Configuration : toutes les clés

*Page écrite par `python -m jesignd.settings.reference` d'après le modèle ; un test vérifie qu'elle est à jour.*

Le fichier est en YAML 1.2, en UTF-8. Il se vérifie par `jesignd config check`, qui dit toutes les fautes à la fois,
chacune avec sa ligne et sa colonne. L'exemple commenté est [`jesignd.yaml`](jesignd.yaml).

- Une clé inconnue, une clé écrite deux fois, un chemin relatif, une balise « ! » sont des fautes.
- Durées : `500ms` `5s` `10m` `2h` `15d`. Tailles : `500kB` `10MB` `1GB` (et `Mo`, `MiB`…). Longueurs : `70mm` `7cm`.
- Un nom de liste au singulier s'écrit seul ou en liste : `kind: BP` ou `kind: [BP, NH]`.
- Un secret ne s'écrit jamais dans le fichier : `{credential: nom}`, `{env: NOM}` ou `{file: /chemin}`.
- Les dossiers surveillés, les sorties, les archives, l'état et les programmes ne se recouvrent jamais ; les sorties
  (destinations, rejets, retours) peuvent se partager un répertoire.
- Rien n'est lu ni écrit sous `Quadra/DATABASE`.
- Le fichier n'est modifiable que par son propriétaire.
"""


def markdown() -> str:
    """The whole page."""
    schema = json_schema()
    parts = [_HEAD]
    for section in every_section(Configuration):
        shape = schema if section is Configuration else schema["$defs"][section.__name__]
        parts.append("\n".join(_section(section, shape, schema["$defs"])))
    return "\n".join(parts)


def _section(section: type[BaseModel], shape: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    yield f"## {_title(section)}\n"
    yield f"{_one_line(section.__doc__)}\n"
    yield "| clé | forme | par défaut | sens |"
    yield "|---|---|---|---|"
    for name, field in section.model_fields.items():
        form = _form(shape["properties"][name], definitions)
        default = "**obligatoire**" if field.is_required() else _default(written_default(field))
        yield f"| `{name}` | {form} | {default} | {_one_line(field.description)} |"
    yield ""


_TITLES = {
    "Configuration": "Le fichier",
    "Firm": "firm",
    "FurtherFirm": "firms",
    "Storage": "storage",
    "Secret": "Un secret",
    "Pkcs12Key": "keys : PKCS#12",
    "PemKey": "keys : PEM",
    "Pkcs11Key": "keys : PKCS#11",
    "TimestampService": "timestamping",
    "Revocation": "revocation",
    "Trust": "trust",
    "Folder": "folders",
    "DestinationFolder": "destinations",
    "RuleEntry": "rules",
    "Conditions": "rules : when",
    "Seal": "rules : seal",
    "VisibleMark": "rules : seal : mark",
    "Sign": "rules : sign",
    "Mandates": "mandates",
    "Pricing": "pricing",
    "Card": "card",
    "Limits": "limits",
    "Enrolment": "enrolment",
    "Pki": "pki",
    "Web": "web",
    "CscProvider": "providers : CSC",
    "DeviceProvider": "providers : PKCS#11",
    "Mail": "mail",
}


def _title(section: type[BaseModel]) -> str:
    return _TITLES[section.__name__]


def _anchor(section: str) -> str:
    """As forges make it: lower case, spaces to hyphens, other signs dropped."""
    return re.sub(r"[^\w-]", "", _TITLES[section].lower().replace(" ", "-"))


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _default(value: object) -> str:
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, dict):
        return "ses défauts"
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{written}`"


def _form(shape: dict[str, Any], definitions: dict[str, Any]) -> str:
    for key in ("anyOf", "oneOf"):
        if key in shape:
            forms = [_form(choice, definitions) for choice in shape[key] if choice != {"type": "null"}]
            if len(forms) == 2 and forms[1] == f"liste de {forms[0]}":
                return f"{forms[0]}, seul ou en liste"
            return " ou ".join(dict.fromkeys(forms))
    if "$ref" in shape:
        return _referred(shape["$ref"].rpartition("/")[2], definitions)
    if "patternProperties" in shape:
        (inner,) = shape["patternProperties"].values()
        return f"nom → {_form(inner, definitions)}"
    if shape.get("type") == "array":
        return f"liste de {_form(shape['items'], definitions)}"
    return _plain(shape)


def _referred(name: str, definitions: dict[str, Any]) -> str:
    if name in _TITLES:
        return f"[{_TITLES[name]}](#{_anchor(name)})"
    return _plain(definitions[name])


def _plain(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return " ".join(f"`{value}`" for value in shape["enum"])
    if "const" in shape:
        return f"`{shape['const']}`"
    if shape.get("format") == "date":
        return "date"
    if "title" in shape and shape["title"] in _NAMED:
        return _NAMED[shape["title"]]
    named = {"string": "texte", "integer": "entier", "boolean": "`true` `false`", "object": "libre"}
    return named.get(shape.get("type", ""), "libre")


_NAMED = {
    "Durée": "durée",
    "Taille": "taille",
    "Longueur": "longueur",
    "Prix en euros HT": "prix",
    "Nom": "nom",
    "Identifiant": "identifiant",
    "Chemin absolu": "chemin",
    "Adresse": "adresse",
    "Machine": "machine",
    "Courriel": "courriel",
    "Écoute": "adresse:port",
    "Chemin ou adresse": "chemin ou adresse",
}


if __name__ == "__main__":
    Path("config/README.md").write_text(markdown(), encoding="utf-8")
