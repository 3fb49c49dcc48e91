"""Why a value changes: the reasons that a study offers, and those of one that lists none (REQ-AUD-03)."""

from __future__ import annotations

from dataclasses import dataclass

from edc_core.domain.said import said
from edc_core.domain.translated_text import TranslatedText


@dataclass(frozen=True, slots=True)
class ReasonForChange:
    """A reason that is offered where a value changes. :param code: kept with the change; ``other`` asks for words."""

    code: str
    text: TranslatedText

    def __str__(self) -> str:
        return f"{self.code} ({self.text.in_language('en')})"


#: The reasons of a study that lists none.
USUAL_REASONS = tuple(
    ReasonForChange(code, said(f"reason {code}"))
    for code in ("transcription", "new_source", "query", "other")
)
