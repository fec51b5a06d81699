"""Remedies: the command that gives somebody the right they lack, as it is to be typed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.delegations import Why

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Lacking:
    """Who lacks a right, where, and who could give it. Names as they are, not yet as a shell takes them."""

    login: str
    email: str = "COURRIEL"
    granter: str = "EXPERT-COMPTABLE"
    firm: str = "CABINET"
    right: str = "sceller"


def command(why: Why, lacking: Lacking) -> str:
    """What follows `jesignd` on the line."""
    login, email, granter, firm = map(shlex.quote, (lacking.login, lacking.email, lacking.granter, lacking.firm))
    grant = f"delegation grant {email} --firm {firm} --by {granter} --right {lacking.right} --until JOUR"
    account = f"user add {login} --email {email} --first-name PRÉNOM --last-name NOM --firm {firm}"
    own: Mapping[Why, str] = {
        Why.NOBODY: account,
        Why.ROLE: f"user role {login}",
        Why.NOT_ENROLLED: f"enrol start {login} --phone MOBILE",
        Why.CONDITIONS: f"enrol accept {login}",
        Why.UNDERTAKING: f"delegation accept {login}",
    }
    return own.get(why, grant)
