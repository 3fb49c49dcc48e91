"""Where facts are from, and words in two languages."""

from __future__ import annotations

from typing import TypeVar

from edc_core.api import Confidence, Sourced, TranslatedText

T = TypeVar("T")
AS_OF = "2026-11-22"

APPI = "Act on the Protection of Personal Information (JP)"
CATALOG = "PMDA data standards catalog and technical conformance guide"
GCP = "J-GCP, ministerial ordinance 28 of 1997"
MARKS = "Act on the Use of Numbers to Identify a Specific Individual (My Number)"


def seen(value: T, source: str, *, may_change: bool = False) -> Sourced[T]:
    """A fact that was seen in public text."""
    return Sourced(value, source, AS_OF, Confidence.SEEN, may_change)


def held(
    value: T, source: str, confidence: Confidence = Confidence.MEDIUM, *, may_change: bool = False
) -> Sourced[T]:
    """A fact that is held to be so and was not looked up."""
    return Sourced(value, source, AS_OF, confidence, may_change)


def says(english: str, japanese: str) -> TranslatedText:
    """A text in both languages."""
    return TranslatedText((("en", english), ("ja", japanese)))
