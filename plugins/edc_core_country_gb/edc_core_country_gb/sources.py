"""Where facts are from."""

from __future__ import annotations

from typing import TypeVar

from edc_core.api import Confidence, Sourced, TranslatedText

T = TypeVar("T")
AS_OF = "2026-11-22"

REGULATIONS = "Medicines for Human Use (Clinical Trials) (Amendment) Regulations, in force 28 Apr 2026"
PRIVACY = "UK GDPR Art. 5(1)(c) and Data Protection Act 2018"
#: The United Kingdom takes the countries of the European Economic Area and these as adequate, whoever gets the data there.
EEA = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV",
    "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
ADEQUATE = ("AD", "AR", "CH", "FO", "GG", "GI", "IL", "IM", "JE", "KR", "NZ", "UY")


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
