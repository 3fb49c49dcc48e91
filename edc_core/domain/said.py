"""What the checks of every form say, and the usual reasons for a change, in each language that we speak; in a file of
their own, for who translates them.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from edc_core.domain.translated_text import TranslatedText

#: Text by language, by what it is about. ``{...}`` holds a fact.
SAID: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))


@lru_cache(maxsize=4096)
def said(about: str, **facts: str | int | TranslatedText) -> TranslatedText:
    """A text in every language. A fact that is a ``TranslatedText`` is put in in that language.

    :raises KeyError: there is no such text, or it holds a fact that is not given.
    """
    return TranslatedText(
        tuple(
            (
                language,
                text.format_map(
                    {
                        name: fact.in_language(language) if isinstance(fact, TranslatedText) else fact
                        for name, fact in facts.items()
                    }
                ),
            )
            for language, text in SAID[about].items()
        )
    )
