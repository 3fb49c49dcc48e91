"""The words of the frame by their English, one file for each language in ``words/``; English where there is none."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).with_name("words")


def words_in(language: str) -> dict[str, str]:
    """:param language: a BCP 47 tag; ``ko-KR`` is served by ``ko``."""
    offered = {file.stem: file for file in FOLDER.glob("*.json")}
    found: dict[str, str] = {}
    for name in (language.partition("-")[0], language):
        if name in offered:
            found |= json.loads(offered[name].read_text(encoding="utf-8"))
    return found
