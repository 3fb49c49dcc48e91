"""Select functions: rows of the projections as the domain's frozen pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, bindparam, cast, func, literal_column, null, select, union_all

from edc_core.domain.casebook import (
    ITEM_FACTS,
    RECORD,
    Casebook,
    EventData,
    FormData,
    GroupData,
    ItemData,
    Subject,
)
from edc_core.domain.check_pause import silent_at
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.protection import Protection
from edc_core.errors import NotFound
from edc_core.store.base import same_subject
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.mark_rows import MARK_ROWS, mark_of_state, with_marks
from edc_core.store.query_readers import THREADS_OF_FORM, THREADS_OF_SUBJECT, read_threads
from edc_core.store.review_tables import review_mark
from edc_core.store.row_places import of_form, of_subject, path_of
from edc_core.store.study_tables import meta_data_version, site, study
from edc_core.store.subject_tables import event_data, form_data, group_data, item_data, protection, subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class StudyRow:
    study_id: str
    oid: str
    environment: str
    name: str
    meta_data_version: str
    upgraded_n: int = 0  #: entry of @study that approved a plugin version last
    permissions: str = "{}"  #: JSON of the study's ``MatrixChange``
    pauses: str = "[]"  #: JSON of its ``CheckPause``

    def __str__(self) -> str:
        return f"{self.oid}@{self.environment}"


@dataclass(frozen=True, slots=True)
class SiteRow:
    study_id: str
    site_id: str
    number: str
    name: str
    country: str
    zone: str
    meta_data_version: str
    closed_at: str
    risk: str
    pauses: str  #: of its study

    @property
    def silent(self) -> frozenset[str]:
        """OIDs of the checks that are switched off here."""
        return silent_at(self.pauses, self.number)


_STUDY = select(study)
_STUDIES = _STUDY.order_by(study.c.oid, study.c.environment)
_STUDY_BY_ID = _STUDY.where(study.c.study_id == bindparam("study"))
_SITES = (
    select(site, study.c.pauses)
    .join(study, study.c.study_id == site.c.study_id)
    .where(site.c.study_id == bindparam("study"))
    .order_by(site.c.number)
)


def _study_row(row: Any) -> StudyRow:
    return StudyRow(**row._mapping)


def studies(connection: Connection) -> list[StudyRow]:
    return [_study_row(row) for row in connection.execute(_STUDIES)]


def find_study(connection: Connection, name: str) -> StudyRow:
    """A study by ``OID`` or ``OID@environment``; without one, the only environment holding it, else live.

    :raises NotFound: when there is none, or several and none is live.
    """
    rows = connection.execute(_STUDY.where(study.c.oid == split_name(name)[0]))
    return study_named(name, [_study_row(row) for row in rows])


def split_name(name: str) -> tuple[str, str]:
    """OID and environment in a study's name; the environment may be left out."""
    oid, _, environment = name.rpartition("@")
    return (oid, environment) if environment in ("dev", "uat", "live") else (name, "")


def study_named(name: str, of_oid: Iterable[StudyRow]) -> StudyRow:
    """The study that a name means, among those of its OID; see ``find_study``."""
    environment = split_name(name)[1]
    found = [row for row in of_oid if environment in ("", row.environment)]
    if len(found) > 1:
        found = [row for row in found if row.environment == "live"]
    if not found:
        raise NotFound(f"There is no study '{name}' here. 'edc study list' shows what there is.")
    return found[0]


def versions(connection: Connection, study_id: str) -> dict[str, str]:
    """OID to SHA-256 of every published MetaDataVersion, oldest first."""
    rows = connection.execute(
        select(meta_data_version.c.oid, meta_data_version.c.sha256)
        .where(meta_data_version.c.study_id == study_id)
        .order_by(meta_data_version.c.seq)
    )
    return {row.oid: row.sha256 for row in rows}


def sites(connection: Connection, study_id: str) -> dict[str, SiteRow]:
    """Sites of a study by site id, in the order of their numbers."""
    rows = connection.execute(_SITES, {"study": study_id})
    return {row.site_id: SiteRow(**row._mapping) for row in rows}


_item_facts = attrgetter(*ITEM_FACTS)


def item_data_of(row: Any) -> ItemData:
    return ItemData(path_of(row.path), *_item_facts(row))


_SUBJECT = select(subject).where(subject.c.study_id == bindparam("study"))
_SUBJECT_BY_KEY = _SUBJECT.where(subject.c.subject_key == bindparam("key"))
_SUBJECT_BY_ID = _SUBJECT.where(subject.c.subject_id == bindparam("subject"))
_ITEMS = select(item_data).where(of_subject(item_data))
_FORM_ITEMS = select(item_data).where(of_form(item_data))
NO_TEXT, ZERO = cast(null(), String), literal_column("0", Integer)
_FORM_ROWS = select(
    literal_column("'form'", String).label("what"),
    form_data.c.path.label("path"),
    form_data.c.meta_data_version.label("a"),
    form_data.c.status.label("b"),
    form_data.c.reason.label("c"),
    cast(form_data.c.was_complete, Integer).label("flag"),
    form_data.c.n.label("n"),
).where(of_subject(form_data))
_PROTECTION_ROWS = select(
    literal_column("'protection'", String),
    protection.c.path,
    protection.c.state,
    protection.c.scope,
    protection.c.chain,
    ZERO,
    ZERO,
).where(
    protection.c.study_id == bindparam("study"),
    protection.c.chain.in_([bindparam("subject"), literal_column("'@study'", String)]),
)
_EVENT_ROWS = select(
    literal_column("'event'", String),
    event_data.c.path,
    event_data.c.status,
    NO_TEXT,
    event_data.c.reason,
    cast(event_data.c.removed, Integer),
    ZERO,
).where(of_subject(event_data))
_GROUP_ROWS = select(
    literal_column("'group'", String),
    group_data.c.path,
    group_data.c.reason,
    NO_TEXT,
    NO_TEXT,
    cast(group_data.c.removed, Integer),
    ZERO,
)
_ROWS_OF_FORM = _GROUP_ROWS.where(of_form(group_data))
#: Form rows and protections in one statement: what every write has to look at first.
FORM_STATE = (
    _FORM_ROWS.where(form_data.c.path == bindparam("form")),
    _PROTECTION_ROWS,
    _EVENT_ROWS,
    _ROWS_OF_FORM,
)
_FORM_STATE = Prepared(union_all(*FORM_STATE))
MARKS_OF_FORM = MARK_ROWS.where(of_form(review_mark))


#: The same with every form of the subject, and rows of one form or of all: what a page shows.
_WITHIN_FORM = (
    union_all(*with_marks((_FORM_ROWS, _PROTECTION_ROWS, _EVENT_ROWS, _ROWS_OF_FORM), MARKS_OF_FORM)),
    _FORM_ITEMS,
    THREADS_OF_FORM,
)
_WITHIN_SUBJECT = (
    union_all(
        *with_marks(
            (_FORM_ROWS, _PROTECTION_ROWS, _EVENT_ROWS, _GROUP_ROWS.where(of_subject(group_data))),
            MARK_ROWS.where(of_subject(review_mark)),
        )
    ),
    _ITEMS,
    THREADS_OF_SUBJECT,
)


def subject_by_key(connection: Connection, study_id: str, subject_key: str) -> Subject:
    """:raises NotFound: when the study has no subject with this key."""
    row = connection.execute(_SUBJECT_BY_KEY, {"study": study_id, "key": subject_key}).first()
    if row is None:
        raise NotFound(f"There is no subject '{subject_key}' in this study.")
    return Subject(row.study_id, row.subject_id, row.subject_key, row.site_id, row.status)


def all_subjects(connection: Connection, study_id: str) -> list[Subject]:
    """Every subject of a study, whatever became of it, in the order of their keys."""
    statement = select(subject).where(subject.c.study_id == study_id).order_by(subject.c.subject_key)
    return [
        Subject(row.study_id, row.subject_id, row.subject_key, row.site_id, row.status)
        for row in connection.execute(statement)
    ]


def subject_by_id(connection: Connection, study_id: str, subject_id: str) -> Subject:
    """:raises NotFound: when the study has no such subject."""
    row = connection.execute(_SUBJECT_BY_ID, {"study": study_id, "subject": subject_id}).first()
    if row is None:
        raise NotFound("There is no such subject in this study.")
    return Subject(row.study_id, row.subject_id, row.subject_key, row.site_id, row.status)


def has_forms_in(connection: Connection, subject_: Subject, event: Step) -> bool:
    """Whether any form of an event occurrence was begun (an import brings occurrences nobody added by hand)."""
    statement = select(form_data.c.path).where(
        form_data.c.study_id == subject_.study_id,
        form_data.c.subject_id == subject_.subject_id,
        form_data.c.event_oid == event.oid,
        form_data.c.event_key == event.key,
    )
    return connection.execute(statement.limit(1)).first() is not None


def subject_exists(connection: Connection, study_id: str, subject_key: str) -> bool:
    return connection.execute(_SUBJECT_BY_KEY, {"study": study_id, "key": subject_key}).first() is not None


def study_by_id(connection: Connection, study_id: str) -> StudyRow:
    """:raises NotFound: when there is no such study."""
    row = connection.execute(_STUDY_BY_ID, {"study": study_id}).first()
    if row is None:
        raise NotFound("There is no such study here.")
    return _study_row(row)


@dataclass(frozen=True, slots=True)
class FormState:
    """What decides whether a form may be written: its own row, protections, events removed or not done, its rows."""

    form: FormData | None
    protections: dict[ItemPath, Protection]
    above: tuple[Protection, ...]
    removed_events: frozenset[ItemPath]
    added_events: frozenset[ItemPath]
    events_not_done: frozenset[ItemPath]
    groups: dict[ItemPath, GroupData]


def form_state(connection: Connection, subject_: Subject, form: ItemPath) -> FormState:
    """One statement: the form's row and repeating rows, protections from subject to study, added events."""
    values = {"study": subject_.study_id, "subject": subject_.subject_id, "form": str(form)}
    return state_of(_FORM_STATE.rows(connection, values), subject_)


def state_of(rows: Iterable[Any], subject_: Subject) -> FormState:
    """The state that rows of ``FORM_STATE`` tell."""
    found: FormData | None = None
    own: dict[ItemPath, Protection] = {}
    above: list[Protection] = []
    removed: set[ItemPath] = set()
    added: set[ItemPath] = set()
    not_done: set[ItemPath] = set()
    groups: dict[ItemPath, GroupData] = {}
    for what, place, a, b, c, flag, n, *_ in rows:
        if what == "form":
            found = FormData(path_of(place), a, EntryStatus(b), bool(flag), c, n)
        elif what == "event":
            (removed if flag else added).add(path_of(place))
            if a == EntryStatus.NOT_DONE.value:
                not_done.add(path_of(place))
        elif what == "group":
            path = path_of(place)
            groups[path] = GroupData(path, bool(flag), a)
        elif c != "@study":
            own[path_of(place)] = Protection(a)
        elif b in ("", subject_.site_id):
            above.append(Protection(a))
    return FormState(
        found, own, tuple(above), frozenset(removed), frozenset(added), frozenset(not_done), groups
    )


def form_items(connection: Connection, subject_: Subject, form: ItemPath) -> dict[ItemPath, ItemData]:
    values = {"study": subject_.study_id, "subject": subject_.subject_id, "form": str(form)}
    return {(data := item_data_of(row)).path: data for row in connection.execute(_FORM_ITEMS, values)}


def casebook(source: Source, subject_: Subject, *, form: ItemPath | None = None) -> Casebook:
    """Everything of one subject as it is now: three statements, however much there is.

    :param form: read values, rows and queries of this form alone: what its page and the answer to a save need.
    """
    connection = source.connection
    values = {"study": subject_.study_id, "subject": subject_.subject_id, "form": str(form or "")}
    state, items, threads = _WITHIN_SUBJECT if form is None else _WITHIN_FORM
    book = Casebook(subject_)
    for row in connection.execute(state, values):
        _take_state(book, row)
    for row in connection.execute(items, values):
        item = item_data_of(row)
        book.items[item.path] = item
    book.queries = read_threads(connection, threads, values)
    return book


def _take_state(book: Casebook, row: Any) -> None:
    path = path_of(row.path)
    if row.what == "form":
        status = EntryStatus(row.b)
        book.forms[path] = FormData(path, row.a, status, bool(row.flag), row.c, row.n)
    elif row.what == "event":
        book.events[path] = EventData(path, bool(row.flag), row.a == EntryStatus.NOT_DONE.value, row.c)
    elif row.what == "group":
        book.groups[path] = GroupData(path, bool(row.flag), row.a)
    elif row.what == "mark":
        mark = mark_of_state(path, row)
        book.marks[mark.path, mark.group] = mark
    elif row.c != "@study":
        book.protections[path] = Protection(row.a)
    elif row.b in ("", book.subject.site_id):
        book.above = (*book.above, Protection(row.a))


def subject_keys(connection: Connection, study_id: str, site_ids: Iterable[str]) -> tuple[str, ...]:
    """Every subject key of some sites of a study, sorted; the study's own record is no subject."""
    rows = connection.execute(
        select(subject.c.subject_key).where(
            subject.c.study_id == study_id, subject.c.status != RECORD, subject.c.site_id.in_(site_ids)
        )
    )
    return tuple(sorted(rows.scalars()))


def count_subjects(connection: Connection, study_id: str) -> int:
    return connection.execute(
        select(func.count())
        .select_from(subject)
        .where(subject.c.study_id == study_id, subject.c.status != RECORD)
    ).scalar_one()


def values_of(connection: Connection, study_id: str, item_oid: str) -> Iterator[tuple[str, ItemPath, str]]:
    """(subject key, place, value) of one item throughout a study, in no order."""
    statement = (
        select(subject.c.subject_key, item_data.c.path, item_data.c.value)
        .join(subject, same_subject(item_data, subject))
        .where(
            item_data.c.study_id == study_id, item_data.c.item_oid == item_oid, item_data.c.value.is_not(None)
        )
    )
    for row in connection.execute(statement):
        yield row.subject_key, path_of(row.path), row.value


def failed_checks(connection: Connection, study_id: str, chain: str) -> set[tuple[str, str, str]]:
    """(check OID, plugin stamp, failure kind) of every failure a chain has an entry of."""
    rows = connection.execute(
        select(ledger_entry.c.payload).where(
            ledger_entry.c.study_id == study_id,
            ledger_entry.c.chain == chain,
            ledger_entry.c.kind == EntryKind.CHECK_FAILED.value,
        )
    ).scalars()
    known = set()
    for text_ in rows:
        payload = json.loads(text_)
        known.add((payload["check_oid"], payload["plugin"], payload["failure"]))
    return known
