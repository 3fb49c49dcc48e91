"""Verification and review of a value, the third axis of a form: one state machine for each group of reviewers.

A mark is bound to what the person saw: the value as its ledger entry has it, and the words it was read by. A change of
either drops it, whatever the door (domain model 4.3; REQ-QRY-04, REQ-QRY-05).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.values import split_codes
from edc_core.errors import NotFound, WrongState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.domain.casebook import ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath


#: The right that a mark of each group takes.
RIGHTS = {
    ReviewGroup.SDV: Action.VERIFY_SOURCE,
    ReviewGroup.DM: Action.REVIEW_DATA,
    ReviewGroup.MEDICAL: Action.REVIEW_MEDICAL,
    ReviewGroup.SAFETY: Action.REVIEW_SAFETY,
    ReviewGroup.STATISTICS: Action.REVIEW_STATISTICS,
}
GROUP_WORDS = {
    ReviewGroup.SDV: "Source data verification",
    ReviewGroup.DM: "Data review",
    ReviewGroup.MEDICAL: "Medical review",
    ReviewGroup.SAFETY: "Safety review",
    ReviewGroup.STATISTICS: "Statistical review",
}


class ReviewState(StrEnum):
    """Where a value stands. The first three follow from the data and the plan, the others from a mark."""

    NOT_APPLICABLE = "not_applicable"
    NOT_REQUIRED = "not_required"
    REQUIRED = "required"
    VERIFIED = "verified"
    DROPPED = "dropped"


class ReviewAction(StrEnum):
    VERIFY = "verify"
    DROP = "drop"
    TAKE_BACK = "take back"


_S, _A = ReviewState, ReviewAction
TRANSITIONS: dict[tuple[ReviewState, ReviewAction], ReviewState] = {
    (_S.REQUIRED, _A.VERIFY): _S.VERIFIED,
    (_S.DROPPED, _A.VERIFY): _S.VERIFIED,
    (_S.VERIFIED, _A.DROP): _S.DROPPED,
    (_S.VERIFIED, _A.TAKE_BACK): _S.REQUIRED,
}
_WHY_NOT = {
    _S.NOT_APPLICABLE: "There is nothing to review here yet: the form is not complete, or no answer was given.",
    _S.NOT_REQUIRED: "The study's review plan does not ask for a review here.",
    _S.REQUIRED: "This was not reviewed yet, so nothing can be taken back.",
    _S.DROPPED: "A change took this review away already.",
    _S.VERIFIED: "This is reviewed already.",
}


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """The mark of one group on one value, as the ledger has it last.

    :param state: VERIFIED; DROPPED by a change; REQUIRED where a person took it back.
    :param question: digest of the words the value was read by (``question_digest``).
    :param version: of the value that was seen; its entry in the ledger says the rest.
    :param cause: what took it away: ``value``, ``definition`` or ``person``.
    """

    path: ItemPath
    group: ReviewGroup
    state: ReviewState
    question: str
    version: int
    cause: str = ""
    at: str = ""
    actor: str = ""


def transition(state: ReviewState, action: ReviewAction) -> ReviewState:
    """The state after an action.

    :raises WrongState: when the action does not exist in this state.
    """
    after = TRANSITIONS.get((state, action))
    if after is None:
        raise WrongState(_WHY_NOT[state], status=state, action=action)
    return after


def state_of(mark: ReviewMark | None, *, is_there: bool, is_complete: bool, required: bool) -> ReviewState:
    """Where a value stands for one group.

    :param is_there: an answer or a reason why there is none, in no struck row and no removed form.
    :param is_complete: entry of its form is complete: before that nobody reviews; a mark given earlier stays.
    """
    if not is_there:
        return ReviewState.NOT_APPLICABLE
    if mark is not None and mark.state is ReviewState.VERIFIED:
        return ReviewState.VERIFIED
    if not is_complete:
        return ReviewState.NOT_APPLICABLE
    if not required:
        return ReviewState.NOT_REQUIRED
    return mark.state if mark is not None else ReviewState.REQUIRED


def question_digest(index: MetaDataIndex, path: ItemPath, data: ItemData) -> str:
    """SHA-256 of the words a value is read by, in the study's first language: question, unit, meaning of its codes.

    The value is not in it: a digest of a short value could be guessed after the value was redacted.

    :raises NotFound: the version has no such item.
    """
    item = index.place(path).item
    language = index.version.languages[0] if index.version.languages else "en"
    units = item.measurement_unit_oids
    unit = index.units.get(data.unit or (units[0] if len(units) == 1 else ""))
    codes = split_codes(data.value or "") if item.multiple else [data.value]
    terms = index.code_lists[item.code_list_oid].items if item.code_list_oid in index.code_lists else ()
    words = [
        item.question.in_language(language),
        (unit.symbol.in_language(language) or unit.name) if unit else "",
        [t.decode.in_language(language) if t.decode else "" for t in terms if t.coded_value in codes],
    ]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def marks_lost(
    marks: Iterable[ReviewMark], items: Mapping[ItemPath, ItemData], index: MetaDataIndex
) -> list[ReviewMark]:
    """Marks that a version of the study would drop: the same values are read by other words there.

    What the version does not ask any more keeps its mark: it was right, and is shown no more.
    """

    def is_lost(mark: ReviewMark) -> bool:
        try:
            return question_digest(index, mark.path, items[mark.path]) != mark.question
        except NotFound:
            return False

    return [
        mark for mark in marks if mark.state is ReviewState.VERIFIED and mark.path in items and is_lost(mark)
    ]
