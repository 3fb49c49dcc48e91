"""Select functions: marks of verification and review, and how many values wait for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import String, and_, case, func, literal_column, not_, or_, select, true

from edc_core.domain.casebook import RECORD
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import encode
from edc_core.domain.review import ReviewState
from edc_core.store.base import same_subject
from edc_core.store.listing import lies_in
from edc_core.store.mark_rows import mark_of
from edc_core.store.review_tables import review_mark
from edc_core.store.row_places import path_of
from edc_core.store.subject_tables import event_data, form_data, group_data, item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from edc_core.domain.casebook import Subject
    from edc_core.domain.review import ReviewMark
    from edc_core.domain.review_plan import ReviewGroup, ReviewRule
    from edc_core.store.listing import Scope


def marks_at(connection: Connection, of: Subject, paths: Collection[str]) -> list[ReviewMark]:
    """Marks on some items of a subject, by their paths' texts."""
    statement = select(review_mark).where(
        review_mark.c.study_id == of.study_id,
        review_mark.c.subject_id == of.subject_id,
        review_mark.c.path.in_(sorted(paths)),
    )
    return [mark_of(path_of(row["path"]), row) for row in connection.execute(statement).mappings()]


class Counted(NamedTuple):
    """Values of a subject that the same rules of a plan name and that have the same state.

    :param named: for each rule asked about, whether it names the values.
    :param state: of the group's mark; empty where there is none.
    :param form: the path's text, where forms are told apart.
    """

    subject_id: str
    subject_key: str
    site_id: str
    form: str
    named: tuple[bool, ...]
    state: str
    values: int


def counts(
    connection: Connection,
    scope: Scope,
    group: ReviewGroup,
    rules: Sequence[ReviewRule],
    ids: Collection[str] | None = None,
) -> Iterator[Counted]:
    """Answers that may be reviewed, by subject: of Complete forms, and of others what is marked already.

    :param ids: of these subjects, by form; ``None`` for every subject in scope, each as a whole.
    """
    named = [case((_names(rule), 1), else_=0).label(f"rule_{n}") for n, rule in enumerate(rules)]
    state = func.coalesce(review_mark.c.state, "").label("state")
    who = (subject.c.subject_id, subject.c.subject_key, subject.c.site_id)
    forms = () if ids is None else (item_data.c.form_path,)
    where = forms or (literal_column("''", String),)
    statement = (
        select(*who, *where, *named, state, func.count())
        .select_from(item_data)
        .join(form_data, and_(same_subject(form_data, item_data), form_data.c.path == item_data.c.form_path))
        .join(subject, same_subject(subject, item_data))
        .outerjoin(
            review_mark,
            and_(
                same_subject(review_mark, item_data),
                review_mark.c.path == item_data.c.path,
                review_mark.c.review == group.value,
            ),
        )
        .where(
            item_data.c.study_id == scope.study_id,
            subject.c.site_id.in_(sorted(scope.sites)),
            subject.c.status != RECORD,
            item_data.c.item_oid.not_in([encode(oid) for oid in sorted(scope.hidden)]),
            or_(item_data.c.raw != "", item_data.c.missing != "", item_data.c.value.is_not(None)),
            or_(
                form_data.c.status == EntryStatus.COMPLETE.value,
                and_(
                    review_mark.c.state == ReviewState.VERIFIED.value,
                    form_data.c.status != EntryStatus.REMOVED.value,
                ),
            ),
            not_(is_struck()),
            not_(_is_in_removed_event()),
        )
        .group_by(*who, *forms, *named, state)
    )
    if ids is not None:
        statement = statement.where(item_data.c.subject_id.in_(sorted(ids)))
    for subject_id, key, site_id, form, *flags, mark, number in connection.execute(statement):
        yield Counted(subject_id, key, site_id, form, tuple(map(bool, flags)), mark, number)


def _names(rule: ReviewRule) -> ColumnElement[bool]:
    """``ReviewRule.names`` in SQL."""
    if not (rule.forms or rule.items):
        return true()
    return or_(
        item_data.c.form_oid.in_(rule.forms), item_data.c.item_oid.in_([encode(oid) for oid in rule.items])
    )


def is_struck() -> ColumnElement[bool]:
    """Whether an item stands in a struck row: the row's path begins the item's."""
    begins = func.substr(item_data.c.path, 1, func.length(group_data.c.path) + 1) == group_data.c.path + "/"
    row = select(1).where(
        same_subject(group_data, item_data),
        group_data.c.form_path == item_data.c.form_path,
        group_data.c.removed,
        begins,
    )
    return row.correlate(item_data).exists()


def _is_in_removed_event() -> ColumnElement[bool]:
    return lies_in(item_data, or_(event_data.c.removed, event_data.c.status == EntryStatus.NOT_DONE.value))
