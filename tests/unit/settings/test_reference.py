from __future__ import annotations

import re
from pathlib import Path

from jesignd.settings.anatomy import every_section
from jesignd.settings.model.configuration import Configuration
from jesignd.settings.reference import markdown

README = Path(__file__).parents[3] / "config" / "README.md"


def test_the_page_of_all_keys_is_current() -> None:
    assert README.read_text(encoding="utf-8") == markdown(), "run: python -m jesignd.settings.reference"


def test_every_key_has_its_line() -> None:
    keys = sum(len(section.model_fields) for section in every_section(Configuration))
    assert len(re.findall(r"^\| `\w+` \|", markdown(), re.MULTILINE)) == keys


def test_every_link_of_the_page_leads_to_a_heading() -> None:
    page = markdown()
    headings = {
        re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in re.findall(r"^## (.*)$", page, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= headings
