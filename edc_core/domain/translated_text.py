"""Texts in several languages and names in other systems: what every kind of definition carries."""

from __future__ import annotations

from dataclasses import dataclass


#: Text by language tag (RFC 5646); the tag "" is text without a stated language.
@dataclass(frozen=True, slots=True)
class TranslatedText:
    texts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, text: str, language: str = "") -> TranslatedText:
        return cls(((language, text),)) if text else cls()

    def in_language(self, language: str) -> str:
        """The text in a language, else in its main language, else in English, else the first one."""
        return dict(self.texts).get(self.tag_for(language), "")

    def tag_for(self, language: str) -> str:
        """The language of the text that ``in_language`` answers."""
        known = dict(self.texts)
        for tag in (language, language.split("-", maxsplit=1)[0], "en", ""):
            if tag in known:
                return tag
        return self.texts[0][0] if self.texts else ""

    def __bool__(self) -> bool:
        return bool(self.texts)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another system's name for the same thing (ODM Alias)."""

    context: str
    name: str
