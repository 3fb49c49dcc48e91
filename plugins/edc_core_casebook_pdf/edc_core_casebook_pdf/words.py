"""The words around questions and values, as data: one file for each language in ``words/``, English where it has none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("words")


class Words:
    """The words of one language.

    :param language: a BCP 47 tag; ``ko-KR`` is served by ``ko``.
    """

    def __init__(self, language: str) -> None:
        self._words = _read("en")
        for name in (language.split("-", maxsplit=1)[0], language):
            self._words |= _read(name)

    def say(self, key: str, *values: object) -> str:
        return str(self._words[key]).format(*values)

    def of(self, kind: str, code: str) -> str:
        """The word for a code of a closed list, such as ``status``; a code without one stands for itself."""
        return str(self._words[kind].get(code, code))

    @property
    def all(self) -> Mapping[str, str]:
        """Those that stand alone, for the template."""
        return {key: text for key, text in self._words.items() if isinstance(text, str)}


def _read(name: str) -> dict[str, Any]:
    offered = {file.stem: file for file in FOLDER.glob("*.json")}
    if name not in offered:
        return {}
    found: dict[str, Any] = json.loads(offered[name].read_text(encoding="utf-8"))
    return found
