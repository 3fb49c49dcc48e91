"""Where facts are from."""

from __future__ import annotations

from typing import TypeVar

from edc_core.api import Confidence, Sourced, TranslatedText

T = TypeVar("T")
AS_OF = "2026-11-22"

REGULATIONS = "Medicines for Human Use (Clinical Trials) (Amendment) Regulations, in force 28 Apr 2026"
PRIVACY = "UK GDPR Art. 5(1)(c) and Data Protection Act 2018"


def seen(value: T, source: str, *, may_change: bool = False) -> Sourced[T]:
    """A fact that was seen in public text."""
    return Sourced(value, source, AS_OF, Confidence.SEEN, may_change)


def held(
    value: T, source: str, confidence: Confidence = Confidence.MEDIUM, *, may_change: bool = False
) -> Sourced[T]:
    """A fact that is held to be so and was not looked up."""
    return Sourced(value, source, AS_OF, confidence, may_change)


def says(english: str) -> TranslatedText:
    """A text, in English."""
    return TranslatedText.of(english, "en")
