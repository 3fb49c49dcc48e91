"""Facts with their source: what is so, by which law or guidance, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from edc_core.domain.translated_text import TranslatedText

T = TypeVar("T")


class Confidence(StrEnum):
    """How sure a fact is, from seen in public text to uncertain."""

    SEEN = "seen"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """Something that is so by a source.

    :param source: law or guidance with its clause. :param as_of: ISO date on which it was looked at.
    :param may_change: a newer text is announced or likely.
    :raises ValueError: it has no source, or no day.
    """

    value: T
    source: str
    as_of: str
    confidence: Confidence
    may_change: bool = False

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise ValueError(f"A fact has no source: {self.value!r}")
        date.fromisoformat(self.as_of)


@dataclass(frozen=True, slots=True)
class Facts:
    """Writes the facts of a standard: all were looked at on one day, and are told in English and one more language.

    :param as_of: ISO date. :param language: RFC 5646, of the second text of ``says``; empty for English alone.
    :param confidence: of facts that are held to be so.
    """

    as_of: str
    language: str = ""
    confidence: Confidence = Confidence.MEDIUM

    def seen(self, value: T, source: str, *, may_change: bool = False) -> Sourced[T]:
        """A fact that was seen in public text."""
        return Sourced(value, source, self.as_of, Confidence.SEEN, may_change)

    def held(
        self, value: T, source: str, confidence: Confidence | None = None, *, may_change: bool = False
    ) -> Sourced[T]:
        """A fact that is held to be so and was not looked up."""
        return Sourced(value, source, self.as_of, confidence or self.confidence, may_change)

    def says(self, english: str, local: str = "", **more: str) -> TranslatedText:
        """A text in English, in the language of the country, and in others by their tags: what sites elsewhere read, too."""
        return TranslatedText(tuple(t for t in {"en": english, self.language: local, **more}.items() if t[1]))
