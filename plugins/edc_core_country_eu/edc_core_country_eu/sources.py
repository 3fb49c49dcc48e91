"""Where facts are from."""

from __future__ import annotations

from typing import TypeVar

from edc_core.api import Confidence, Sourced, TranslatedText

T = TypeVar("T")
AS_OF = "2026-11-22"

CTR = "Regulation (EU) 536/2014"
GDPR = "Regulation (EU) 2016/679"
MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
#: Of the European Economic Area besides the Union: the regulation holds there as well (EEA Joint Committee 154/2018).
EEA = (*MEMBERS, "IS", "LI", "NO")
#: Countries of which the Commission has decided that they protect data adequately, whoever gets them there (Art. 45), and the day
#: on which a decision ends. Canada and the United States are adequate for some recipients: for these a basis is put on record.
ADEQUATE = ("AD", "AR", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "UY")
ENDS = (("GB", "2031-12-27"),)


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
