"""Why findings of conformance stand that the way our datasets are made brings about, in every study."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from edc_core.api import Explanation

FILE = Path(__file__).parent / "facts/explanations.toml"
LANGUAGES = ("ko", "zh", "ja")  #: of guides, beside English


@cache
def explanations() -> tuple[Explanation, ...]:
    """In their order; the first that holds for a finding counts."""
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))["explanation"]
    return tuple(
        Explanation(
            rule=one["rule"],
            text=one["text"],
            datasets=tuple(one.get("datasets", ())),
            values=tuple(one.get("values", ())),
            begins=one.get("begins", ""),
            translations={language: one[language] for language in LANGUAGES if language in one},
        )
        for one in said
    )
