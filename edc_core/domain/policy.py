"""What a study decides about its conduct."""

from __future__ import annotations

from dataclasses import dataclass

from edc_core.domain.reason_for_change import USUAL_REASONS, ReasonForChange
from edc_core.domain.review_plan import draw


@dataclass(frozen=True, slots=True)
class Policy:
    """Choices a study makes about its conduct.

    :param reason_from: ``complete`` or ``first_save``: from when on a change needs a reason.
    :param subject_key_pattern: regular expression a new subject key matches; empty takes any.
    :param subject_key_hint: the format in words, shown beside the box.
    :param origin_of_collected: what items of origin ``collected`` are (see ``data_origin``).
    :param sign_queries: ``closed`` or ``answered``: how far queries must be before data are signed.
    :param reasons: for a change, in the order in which they are offered; without any, ``USUAL_REASONS``.
    :param review_first: OIDs of checks whose queries a data manager releases or drops; ``all`` for every check.
    :param scanners_off: names of identifier scanners that the study does without; those that ask, and those that block, there.
    :param double_entry: OIDs of forms that a second person enters again, of ``double_entry_share`` percent of the subjects.
    """

    reason_from: str = "complete"
    subject_key_pattern: str = ""
    subject_key_hint: str = ""
    origin_of_collected: str = ""
    sign_queries: str = "closed"
    scanners_off: tuple[str, ...] = ()
    scanners_ask: tuple[str, ...] = ()
    scanners_block: tuple[str, ...] = ()
    review_first: tuple[str, ...] = ()
    reasons: tuple[ReasonForChange, ...] = ()
    double_entry: tuple[str, ...] = ()
    double_entry_share: int = 100

    @property
    def offered_reasons(self) -> tuple[ReasonForChange, ...]:
        return self.reasons or USUAL_REASONS

    def words_of_reasons(self, language: str) -> dict[str, str]:
        """The reasons for a change that are offered: code to words."""
        return {one.code: one.text.in_language(language) for one in self.offered_reasons}

    def reason_in_words(self, reason: str, language: str) -> str:
        """A reason of an audit record (``code; text``, or one of both) as people read it."""
        code, _, text = reason.partition("; ")
        words = self.words_of_reasons(language).get(code)
        return ": ".join(filter(None, (words, text))) if words else reason

    def enters_twice(self, form_oid: str, subject_id: str) -> bool:
        """Whether a form of a subject is entered a second time. Subjects are drawn by their id, as for reviews."""
        drawn = self.double_entry_share >= 100 or draw("double entry", subject_id) < self.double_entry_share
        return form_oid in self.double_entry and drawn

    def proposes(self, check: str) -> bool:
        """Whether a data manager decides first if the site is asked what a check asks."""
        return check in self.review_first or "all" in self.review_first
