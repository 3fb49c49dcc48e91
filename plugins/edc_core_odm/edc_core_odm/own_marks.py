"""The text form of our own aliases and flags: what ODM 1.3.2 has no word for, there and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from edc_core.api import TranslatedText

#: What XML 1.0 cannot hold.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("[\\\\\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"\\(\\|u[0-9a-f]{4})")


def escape(text: str) -> str:
    """Make any text fit for XML: a backslash doubled, an illegal character as a backslash and ``u0001``."""
    return _ESCAPE.sub(lambda m: "\\\\" if m[0] == "\\" else f"\\u{ord(m[0]):04x}", text)


def unescape(text: str) -> str:
    return _ESCAPED.sub(lambda m: "\\" if m[1] == "\\" else chr(int(m[1][1:], 16)), text)


def to_json(value: object) -> str:
    """One line of JSON; keys sorted, so that equal things have equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text_to_json(text: TranslatedText) -> str:
    return to_json([list(pair) for pair in text.texts])


def text_from_json(data: object) -> TranslatedText:
    """:raises TypeError: when it is not a list of pairs; ValueError when a pair is not of text."""
    if not isinstance(data, list):
        raise TypeError("A list of [language, text] is expected.")
    pairs: list[tuple[str, str]] = []
    for pair in data:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise ValueError("A list of [language, text] is expected.")
        pairs.append((pair[0], pair[1]))
    return TranslatedText(tuple(pairs))


def plain(value: Mapping[str, object]) -> dict[str, object]:
    """A mapping as plain JSON values, without what is empty."""
    return {key: part for key, part in value.items() if part not in ("", None, [], {})}
