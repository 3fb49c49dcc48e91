"""Every query that a person may know of, as reports count it: three statements, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.query import UNFINISHED
from edc_core.domain.query_fact import QueryFact
from edc_core.services.query_list import days_between, query_rows
from edc_core.store import listing_queries

if TYPE_CHECKING:
    from datetime import datetime

    from edc_core.services.reading import StudyPicture


def query_facts(picture: StudyPicture, now: datetime) -> tuple[QueryFact, ...]:
    """Oldest first."""
    connection = picture.source.connection
    lines = listing_queries.query_lines(connection, picture.scope)
    changed = listing_queries.led_to_change(connection, picture.study.study_id)
    return tuple(
        QueryFact(
            query_id=row.line.query_id,
            subject_key=row.line.subject_key,
            site=row.site.number,
            where=", ".join(filter(None, (row.where.above, row.where.smallest))),
            form=row.line.path.form.oid if row.line.path.form else "",
            check_oid=row.line.check_oid,
            state=row.line.state,
            source=row.line.source,
            text=row.text,
            opened_at=row.line.opened_at,
            days=days_between(row.line.opened_at, now) if row.line.state in UNFINISHED else 0,
            who=row.who,
            modified_after_close=row.line.modified_after_close,
            led_to_change=row.line.query_id in changed,
        )
        for row in query_rows(picture, lines, now)
    )
