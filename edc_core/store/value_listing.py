"""Select functions for tables of values: rows of a form or of a repeating group, a page at a time by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, and_, case, cast, func, literal, not_, or_, select, tuple_, union

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import encode
from edc_core.store.base import same_subject
from edc_core.store.listing import Scope, is_covered
from edc_core.store.subject_tables import form_data, group_data, item_data, subject

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement, Connection, FromClause

LOWEST = -1.0e300  #: sorts before every number: a row without one


@dataclass(frozen=True, slots=True)
class Sorting:
    """:param item: path below the row; empty for the subject's number. :param numeric: its values are numbers."""

    item: str = ""
    numeric: bool = False
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows: ``group`` empty for forms as a whole. :param filters: (path below the row, words)."""

    form: str
    group: str = ""
    site_id: str = ""
    subject: str = ""
    filters: tuple[tuple[str, str], ...] = ()


def page(
    connection: Connection, scope: Scope, rows: Rows, sorting: Sorting, after: tuple[Any, ...], limit: int
) -> list[Any]:
    """``(sorted, subject_key, path, subject_id, site_id, form_path, meta_data_version)`` of the rows after a key."""
    base, source = _base(scope, rows)
    source, key = _sorted(source, base, sorting)
    order = (key, subject.c.subject_key, base.c.path)
    statement = select(
        key.label("sorted"), *order[1:], subject.c.subject_id, subject.c.site_id,
        form_data.c.path.label("form_path"), form_data.c.meta_data_version,
    ).select_from(source).where(_wanted(scope, rows, base))  # fmt: skip
    if after:
        here, there = tuple_(*order), tuple_(*(literal(part) for part in after))
        statement = statement.where(here < there if sorting.descending else here > there)
    directed = (part.desc() if sorting.descending else part for part in order)
    return list(connection.execute(statement.order_by(*directed).limit(limit)))


def total(connection: Connection, scope: Scope, rows: Rows) -> int:
    """How many rows there are on all pages."""
    base, source = _base(scope, rows)
    statement = select(func.count()).select_from(source).where(_wanted(scope, rows, base))
    return int(connection.execute(statement).scalar_one())


def values(
    connection: Connection, study_id: str, forms: Collection[tuple[str, str]], items: Collection[str]
) -> Mapping[tuple[str, str], Any]:
    """Rows of ``item_data`` by (subject id, path), of the forms named by (subject id, path) and the item OIDs."""
    statement = select(
        item_data.c.subject_id, item_data.c.path, item_data.c.raw, item_data.c.value, item_data.c.missing,
        item_data.c.unit,
    ).where(
        item_data.c.study_id == study_id,
        item_data.c.subject_id.in_(sorted({one for one, _ in forms})),
        item_data.c.form_path.in_(sorted({path for _, path in forms})),
        item_data.c.item_oid.in_([encode(oid) for oid in sorted(items)]),
    )  # fmt: skip
    return {(row.subject_id, row.path): row for row in connection.execute(statement)}


def _base(scope: Scope, rows: Rows) -> tuple[Any, FromClause]:
    """The table whose rows are listed, joined to their forms and subjects."""
    source = form_data.join(subject, same_subject(subject, form_data))
    if not rows.group:
        return form_data, source
    base = _rows_of(scope, rows)
    mine = and_(same_subject(base, form_data), base.c.form_path == form_data.c.path)
    return base, source.join(base, mine)


def _rows_of(scope: Scope, rows: Rows) -> Any:
    """Rows of a repeating group, added by a person or there because a value is (an import); without struck ones."""
    begins = encode(rows.group) + "["
    below = func.substr(group_data.c.path, func.length(group_data.c.form_path) + 2)
    added = select(
        group_data.c.study_id, group_data.c.subject_id, group_data.c.form_path, group_data.c.path
    ).where(
        group_data.c.study_id == scope.study_id,
        below.startswith(begins, autoescape=True),
        ~below.contains("/"),
        group_data.c.removed.is_(False),
    )  # fmt: skip
    path = item_data.c.form_path + literal("/") + item_data.c.group_path
    struck = select(1).where(
        same_subject(group_data, item_data),
        group_data.c.path == path,
        group_data.c.removed.is_(True),
    )  # fmt: skip
    filled = select(
        item_data.c.study_id, item_data.c.subject_id, item_data.c.form_path, path.label("path")
    ).where(
        item_data.c.study_id == scope.study_id,
        item_data.c.form_oid == rows.form,
        item_data.c.group_path.startswith(begins, autoescape=True),
        ~item_data.c.group_path.contains("/"),
        ~struck.correlate(item_data).exists(),
    )  # fmt: skip
    return union(added, filled).subquery()


def _wanted(scope: Scope, rows: Rows, base: Any) -> ColumnElement[bool]:
    conditions = [
        subject.c.study_id == scope.study_id,
        subject.c.site_id.in_([rows.site_id] if rows.site_id else sorted(scope.sites)),
        form_data.c.form_oid == rows.form,
        form_data.c.status != EntryStatus.REMOVED.value,
    ]
    if rows.subject:
        conditions.append(subject.c.subject_key.icontains(rows.subject, autoescape=True))
    if scope.covered:
        conditions.append(not_(is_covered(scope, form_data.c.subject_id, form_data.c.path)))
    conditions += [_has(base, item, words) for item, words in rows.filters]
    return and_(*conditions)


def _at(table: Any, base: Any, item: str) -> ColumnElement[bool]:
    return and_(same_subject(table, base), table.c.path == base.c.path + literal("/" + item))


def _has(base: Any, item: str, words: str) -> ColumnElement[bool]:
    one = item_data.alias()
    held = or_(
        func.coalesce(one.c.value, one.c.raw).icontains(words, autoescape=True), one.c.missing == words
    )
    return select(1).where(_at(one, base, item), held).correlate(base).exists()


def _sorted(source: FromClause, base: Any, sorting: Sorting) -> tuple[FromClause, ColumnElement[Any]]:
    if not sorting.item:
        return source, subject.c.subject_key
    one = item_data.alias()
    joined = source.outerjoin(one, _at(one, base, sorting.item))
    if sorting.numeric:
        limit = func.ltrim(one.c.value, "<>=")  # a censored result stands at its limit
        number = case((one.c.value.is_not(None), cast(limit, Float)), else_=LOWEST)
        return joined, func.coalesce(number, LOWEST)
    return joined, func.coalesce(one.c.value, one.c.raw, "")
