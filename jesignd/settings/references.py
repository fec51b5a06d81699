"""References: names said twice, names said nowhere, and parts that need another part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jesignd.domain.folders import DeliveryMode, SourcePolicy
from jesignd.domain.levels import Act, PadesLevel
from jesignd.domain.text import key as spelling
from jesignd.errors import Words
from jesignd.settings.anatomy import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jesignd.settings.draft import Draft
    from jesignd.settings.fault import KeyPath
    from jesignd.settings.model.folders import DestinationFolder, Folder
    from jesignd.settings.model.rules import RuleEntry

Found = tuple["KeyPath", Words]
"""Where, and what is wrong there."""

TEMPLATE_FIELDS = ("client", "kind", "year", "month", "period", "employee", "number", "stem", "folder")


def check(draft: Draft) -> Iterator[Found]:
    """Everything wrong between the parts, and within a part once its form is right."""
    yield from _twins(draft)
    for position, folder in draft.folders.items():
        yield from _folder(draft, ("folders", position), folder)
    for position, destination in draft.destinations.items():
        yield from _destination(("destinations", position), destination)
    for position, rule in draft.rules.items():
        yield from _rule(draft, ("rules", position), rule)


def _twins(draft: Draft) -> Iterator[Found]:
    sections: dict[str, list[tuple[KeyPath, str]]] = {
        "folders": [(("folders", at, "name"), item.name) for at, item in draft.folders.items()],
        "destinations": [(("destinations", at, "name"), item.name) for at, item in draft.destinations.items()],
        "rules": [(("rules", at, "name"), item.name) for at, item in draft.rules.items()],
        "timestamping": [(("timestamping", at, "name"), item.name) for at, item in draft.timestamping.items()],
    }
    yield from _twin_firms(draft)
    for named in sections.values():
        seen: set[str] = set()
        for path, name in named:
            if spelling(name) in seen:
                yield path, Words(f"nom déjà pris plus haut : « {name} »", f"name already taken above: `{name}`")
            seen.add(spelling(name))


def _twin_firms(draft: Draft) -> Iterator[Found]:
    """Names, too, are one firm's in the store."""
    seen = {draft.firm.siren, spelling(draft.firm.name)} if draft.firm is not None else set()
    for position, firm in draft.firms.items():
        for key, written in (("siren", firm.siren), ("name", spelling(firm.name))):
            if written in seen:
                yield (
                    ("firms", position, key),
                    Words("cette société est déjà nommée plus haut", "this firm is named above already"),
                )
            seen.add(written)


def _known(draft: Draft, section: str, *, name: str, path: KeyPath) -> Iterator[Found]:
    written = _sirens(draft) if section == "firms" else draft.written[section]
    if name in written:
        return
    labels = {
        "keys": ("clé de cachet inconnue", "unknown key"),
        "folders": ("dossier surveillé inconnu", "unknown folder"),
        "destinations": ("destination inconnue", "unknown destination"),
        "firms": ("société d’exercice inconnue", "unknown firm"),
    }
    fr, en = (f"{label} : « {name} »" if at == 0 else f"{label}: `{name}`" for at, label in enumerate(labels[section]))
    if meant := closest(name, written):
        fr, en = f"{fr} ; vouliez-vous dire « {meant} » ?", f"{en}; did you mean `{meant}`?"
    yield path, Words(fr, en)


def _folder(draft: Draft, path: KeyPath, folder: Folder) -> Iterator[Found]:
    if folder.after is SourcePolicy.ARCHIVE and folder.archive is None:
        yield (*path, "after"), Words("« archive » demande la clé `archive`", "`archive` needs the key `archive`")
    if folder.after is not SourcePolicy.ARCHIVE and folder.archive is not None:
        yield (*path, "archive"), Words("sans effet : écrivez `after: archive`", "no effect: write `after: archive`")
    if folder.firm:
        yield from _known(draft, "firms", name=folder.firm, path=(*path, "firm"))


def _sirens(draft: Draft) -> frozenset[str]:
    return draft.written["firms"] | ({draft.firm.siren} if draft.firm is not None else set())


def _destination(path: KeyPath, destination: DestinationFolder) -> Iterator[Found]:
    if destination.mode is DeliveryMode.SUBFOLDER:
        if destination.path is not None:
            yield (
                (*path, "path"),
                Words(
                    "sans objet : `subfolder` livre à côté du source", "no use: `subfolder` delivers beside the source"
                ),
            )
    elif destination.path is None:
        yield (*path, "path"), Words("clé obligatoire, absente", "required key, missing")
    if destination.mode is DeliveryMode.TEMPLATE:
        yield from _template((*path, "template"), destination.template)


def _template(path: KeyPath, template: str) -> Iterator[Found]:
    for name in re.findall(r"\{([^{}]*)\}", template):
        if name not in TEMPLATE_FIELDS:
            meant = closest(name, TEMPLATE_FIELDS)
            fr, en = f"champ inconnu « {{{name}}} »", f"unknown field `{{{name}}}`"
            choices = ", ".join(TEMPLATE_FIELDS)
            yield (
                path,
                Words(f"{fr} ; vouliez-vous dire « {{{meant}}} » ?", f"{en}; did you mean `{{{meant}}}`?")
                if meant
                else Words(f"{fr} ; champs possibles : {choices}", f"{en}; fields allowed: {choices}"),
            )
    bare = re.sub(r"\{[^{}]*\}", "", template)
    if "{" in bare or "}" in bare:
        yield path, Words("accolade ouverte ou fermée de trop", "unbalanced brace")
    steps = template.split("/")
    if "\\" in template or any(step.strip() in {"", ".", ".."} for step in steps):
        yield (
            path,
            Words("le modèle reste sous `path`, sans « .. » ni « // »", "stay below `path`: no `..`, no `//`"),
        )
    if "{stem}" not in steps[-1] and "{number}" not in steps[-1]:
        yield path, Words("le nom du fichier contient {stem} ou {number}", "the file's name holds {stem} or {number}")
    if not template.casefold().endswith(".pdf"):
        yield path, Words("le modèle finit par « .pdf »", "it ends in `.pdf`")


def _rule(draft: Draft, path: KeyPath, rule: RuleEntry) -> Iterator[Found]:
    for position, name in enumerate(rule.when.folder):
        yield from _known(draft, "folders", name=name, path=(*path, "when", "folder", position))
    for position, name in enumerate(rule.deliver):
        yield from _known(draft, "destinations", name=name, path=(*path, "deliver", position))
        if name in rule.deliver[:position]:
            yield (
                (*path, "deliver", position),
                Words(f"destination répétée : « {name} »", f"destination repeated: `{name}`"),
            )
    if rule.seal is not None:
        yield from _known(draft, "keys", name=rule.seal.key, path=(*path, "seal", "key"))
        yield from _level(draft, (*path, "seal", "level"), rule.seal.level)


def _level(draft: Draft, path: KeyPath, level: PadesLevel) -> Iterator[Found]:
    if level is PadesLevel.B_LTA:
        yield path, Words("B-LTA n’est pas encore proposé : prenez B-LT", "B-LTA is not offered yet: take B-LT")
    elif level is not PadesLevel.B_B and not draft.written["timestamping"]:
        yield (
            path,
            Words(
                f"le niveau {level} demande une autorité d’horodatage : remplissez `timestamping`",
                f"level {level} needs a time-stamping authority: fill in `timestamping`",
            ),
        )


def parts_for(act: Act, rule: RuleEntry) -> Sequence[tuple[str, Words]]:
    """The keys a rule with this act lacks, or has without use."""
    found: list[tuple[str, Words]] = []
    for name, owner, present in (
        ("seal", Act.SEAL, rule.seal is not None),
        ("sign", Act.SIGN, rule.sign is not None),
        ("reason", Act.HOLD, rule.reason is not None),
    ):
        if present and act is not owner:
            found.append(
                (name, Words(f"sans objet pour une règle `act: {act}`", f"no use in a rule with `act: {act}`"))
            )
    if act is Act.SEAL and rule.seal is None:
        found.append(
            (
                "",
                Words(
                    "une règle qui scelle dit comment : `seal: {key, level}`", "say how to seal: `seal: {key, level}`"
                ),
            )
        )
    if act is Act.SEAL and not rule.deliver:
        found.append(
            ("", Words("une règle qui scelle dit où livrer : `deliver: […]`", "say where to deliver: `deliver: […]`"))
        )
    if rule.test:
        found += _faults_of_test(act, rule)
    if act is Act.HOLD and rule.deliver:
        found.append(
            ("deliver", Words("une règle qui met en attente ne livre rien", "a rule that holds delivers nothing"))
        )
    return found


def _faults_of_test(act: Act, rule: RuleEntry) -> list[tuple[str, Words]]:
    """A trial is told from the real thing by its mark, which nothing may hide."""
    if act is not Act.SEAL:
        return [("test", Words("sans objet : seule une règle qui scelle s’essaie", "no use: only seals are tried out"))]
    if rule.seal is not None and rule.seal.mark == "none":
        return [
            (
                "test",
                Words(
                    "un essai porte une marque visible : retirez `mark: none`", "a trial is marked: remove `mark: none`"
                ),
            )
        ]
    return []


def unused(draft: Draft) -> Iterator[Found]:
    """Keys and destinations no rule names: nothing wrong, but probably not meant."""
    keys = {rule.seal.key for rule in draft.rules.values() if rule.seal is not None}
    places = {name for rule in draft.rules.values() for name in rule.deliver}
    yield from _unused("keys", ((name, name) for name in draft.keys), keys)
    yield from _unused("destinations", ((at, item.name) for at, item in draft.destinations.items()), places)


def _unused(section: str, named: Iterable[tuple[str | int, str]], used: set[str]) -> Iterator[Found]:
    for step, name in named:
        if name not in used:
            yield (section, step), Words(f"« {name} » ne sert à aucune règle", f"no rule uses `{name}`")
