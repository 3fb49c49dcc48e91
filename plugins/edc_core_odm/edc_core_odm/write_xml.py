"""XML as text: escaping and small elements. Building strings is twice as fast as lxml's incremental writer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from edc_core.api import Alias, FormalExpression, TranslatedText
from edc_core_odm.own_marks import escape, text_to_json, to_json
from edc_core_odm.vocabulary import ALIAS, LANGUAGE

#: What cannot stand as it is in an attribute or a text; lone tabs and line ends would be normalised by the reader.
_SPECIAL = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ILLEGAL = {code: chr(0x2400 + code) for code in range(0x20)}  # the symbol of each control character
_ATTRIBUTE: dict[str, str] = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
}  # fmt: skip
_TEXT = {**_ATTRIBUTE, '"': '"', "\t": "\t", "\n": "\n"}


def attribute(text: str) -> str:
    """Text as the inside of a double-quoted attribute."""
    return (
        text if _SPECIAL.search(text) is None else _SPECIAL.sub(lambda m: _replaced(m[0], _ATTRIBUTE), text)
    )


def body(text: str) -> str:
    """Text as the content of an element."""
    return text if _SPECIAL.search(text) is None else _SPECIAL.sub(lambda m: _replaced(m[0], _TEXT), text)


def _replaced(character: str, table: Mapping[str, str]) -> str:
    return table.get(character) or _ILLEGAL.get(ord(character), "\ufffd")


def element(name: str, attributes: Mapping[str, object], content: str = "") -> str:
    """An element; attributes that are ``None`` or empty are left out, ``True`` and ``False`` become Yes and No."""
    given = "".join(
        f' {key}="{attribute(_yes_no(value))}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return f"<{name}{given}>{content}</{name}>\n" if content else f"<{name}{given}/>\n"


def _yes_no(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)


def texts(name: str, text: TranslatedText, *, needed: bool = False) -> str:
    """A Description, Question and so on. Where ODM demands one and there is none, an empty text stands for it."""
    if not text and not needed:
        return ""
    pairs = text.texts or (("", ""),)
    parts = []
    for language, words in pairs:
        tag = f' xml:lang="{language}"' if LANGUAGE.fullmatch(language) else ""
        parts.append(f"<TranslatedText{tag}>{body(words)}</TranslatedText>")
    return f"<{name}>{''.join(parts)}</{name}>\n"


def expressions(found: Sequence[FormalExpression]) -> str:
    return "".join(
        f'<FormalExpression Context="{attribute(e.context)}">{body(e.code)}</FormalExpression>\n'
        for e in found
    )


class Extras:
    """Fields of one definition that ODM 1.3.2 has no word for, as aliases of ours."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def text(self, key: str, value: str, *, unless: str = "") -> None:
        if value != unless:
            self._values[key] = value

    def flag(self, key: str, value: bool) -> None:  # noqa: FBT001 - the value is what is written
        if value:
            self._values[key] = "Yes"

    def json(self, key: str, value: object, *, unless: object) -> None:
        if value != unless:
            self._values[key] = to_json(value)

    def texts(self, key: str, value: TranslatedText, *, unless: TranslatedText) -> None:
        if value != unless:
            self._values[key] = text_to_json(value)

    def aliases(self, others: Sequence[Alias]) -> str:
        """All aliases; ODM 1.3.2 takes each context once, so further ones of a context ride in one of ours."""
        first: dict[str, str] = {}
        more: list[list[str]] = []
        for alias in others:
            if alias.context in first or alias.context.startswith(ALIAS):
                more.append([alias.context, alias.name])
            else:
                first[alias.context] = alias.name
        self.json("aliases", more, unless=[])
        own = {ALIAS + key: escape(value) for key, value in sorted(self._values.items())}
        return "".join(
            f'<Alias Context="{attribute(context)}" Name="{attribute(name)}"/>\n'
            for context, name in (first | own).items()
        )


class Once:
    """Order numbers and keys that ODM 1.3.2 wants to be unique among siblings: a second one is left out."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def __call__(self, number: int | None) -> int | None:
        if number is None or number in self._seen:
            return None
        self._seen.add(number)
        return number
