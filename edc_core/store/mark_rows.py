"""Marks of verification and review as they come with the rows of a form or a casebook: in the same statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, cast, literal_column, null, select

from edc_core.domain.review import ReviewMark, ReviewState
from edc_core.domain.review_plan import ReviewGroup
from edc_core.store.review_tables import review_mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.item_path import ItemPath

MARK_ROWS = select(
    literal_column("'mark'", String),
    review_mark.c.path,
    review_mark.c.review,
    review_mark.c.state,
    review_mark.c.question,
    review_mark.c.version,
    literal_column("0", Integer),
    review_mark.c.cause,
    review_mark.c.at,
    review_mark.c.actor,
)


def with_marks(arms: Iterable[Any], marks: Any) -> tuple[Any, ...]:
    """Arms of one statement for state rows and marks: a mark has three columns more."""
    more = [cast(null(), String).label(name) for name in "def"]
    return (*(arm.add_columns(*more) for arm in arms), marks)


def mark_of_state(path: ItemPath, row: Any) -> ReviewMark:
    """A mark among the rows of a state."""
    _, _, review, state, question, version, _, cause, at, actor = row
    return ReviewMark(path, ReviewGroup(review), ReviewState(state), question, version, cause, at, actor)


def mark_of(path: ItemPath, row: Any) -> ReviewMark:
    """A mark from a row of its table."""
    facts = (row[name] for name in ("question", "version", "cause", "at", "actor"))
    return ReviewMark(path, ReviewGroup(row["review"]), ReviewState(row["state"]), *facts)
