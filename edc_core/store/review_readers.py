"""Select functions: marks of verification and review, and how many values wait for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from edc_core.store.mark_rows import mark_of
from edc_core.store.readers import path_of
from edc_core.store.review_tables import review_mark

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from edc_core.domain.casebook import Subject
    from edc_core.domain.review import ReviewMark


def marks_at(connection: Connection, subject: Subject, paths: Collection[str]) -> list[ReviewMark]:
    """Marks on some items of a subject, by their paths' texts."""
    statement = select(review_mark).where(
        review_mark.c.study_id == subject.study_id,
        review_mark.c.subject_id == subject.subject_id,
        review_mark.c.path.in_(sorted(paths)),
    )
    return [mark_of(path_of(row["path"]), row) for row in connection.execute(statement).mappings()]
