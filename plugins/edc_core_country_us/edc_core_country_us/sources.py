"""Where facts are from."""

from __future__ import annotations

from typing import TypeVar

from edc_core.api import Confidence, Sourced, TranslatedText

T = TypeVar("T")
AS_OF = "2026-11-22"

HIPAA = "45 CFR 164.514(b)(2): identifiers of the safe harbor"
IND = "21 CFR 312"
CATALOG = "FDA Study Data Technical Conformance Guide and Data Standards Catalog"
REJECTION = "FDA Technical Rejection Criteria for Study Data"


def seen(value: T, source: str, *, may_change: bool = False) -> Sourced[T]:
    """A fact that was seen in public text."""
    return Sourced(value, source, AS_OF, Confidence.SEEN, may_change)


def held(
    value: T, source: str, confidence: Confidence = Confidence.HIGH, *, may_change: bool = False
) -> Sourced[T]:
    """A fact that is held to be so and was not looked up."""
    return Sourced(value, source, AS_OF, confidence, may_change)


def says(english: str) -> TranslatedText:
    """A text, in English."""
    return TranslatedText.of(english, "en")
