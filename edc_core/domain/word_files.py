"""Words as data: a folder with one JSON file for each language, ``en.json``, ``ko.json``, for who translates them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Words:
    """The words of one language, English where it has none.

    :param folder: holds the files; each is a mapping of a key to a text, or to texts by the codes of a closed list.
    :param language: a BCP 47 tag; ``ko-KR`` is served by ``ko``.
    """

    def __init__(self, folder: Path, language: str) -> None:
        offered = {file.stem: file for file in folder.glob("*.json")}
        self._words: dict[str, Any] = {}
        for name in ("en", language.partition("-")[0], language):
            if name in offered:
                self._words |= json.loads(offered[name].read_text(encoding="utf-8"))

    def say(self, key: str, *values: object) -> str:
        """A text with its facts in place. :raises KeyError: there is none."""
        return str(self._words[key]).format(*values)

    def group(self, kind: str) -> dict[str, str]:
        """The words for the codes of a closed list, such as ``status``. :raises KeyError: there are none."""
        return dict(self._words[kind])

    def of(self, kind: str, code: str) -> str:
        """The word for a code of such a list; a code without one stands for itself."""
        return self.group(kind).get(code, code)

    @property
    def all(self) -> dict[str, str]:
        """The texts that stand alone, for a template."""
        return {key: text for key, text in self._words.items() if isinstance(text, str)}
