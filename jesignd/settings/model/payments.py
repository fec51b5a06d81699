"""Payments: how people may pay credit in by themselves; nothing of it, unless it is written."""

from __future__ import annotations

import json

from pydantic import Field, JsonValue

from jesignd.settings.model.keys import Secret
from jesignd.settings.section import Name, Section, WebAddress


class Card(Section):
    """Paiement par carte, par un plugin ; sans cette section, il n'y en a pas."""

    method: Name
    """Moyen de paiement offert par un plugin : `stripe`."""
    key: Secret
    """Clé secrète de l'interface du prestataire."""
    webhook: Secret
    """Secret avec lequel le prestataire signe ses avis de paiement."""
    return_to: WebAddress
    """Adresse où revient la personne qui a payé."""
    options: dict[str, JsonValue] = Field(default_factory=dict)
    """Options du plugin."""

    def written_options(self) -> tuple[tuple[str, str], ...]:
        """The options as plugins check them: each value as JSON."""
        return tuple((key, json.dumps(value, ensure_ascii=False)) for key, value in self.options.items())
