"""Visits that are due or overdue where a person enters data: a block of the home page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.domain.permission import Action
from edc_core.domain.visit_window import Standing, VisitTiming, is_timed
from edc_core.expressions.rules import rules_of
from edc_core.services.subject_list import columns_of, lines
from edc_core.store import listing, rule_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.domain.metadata import VisitWindow
    from edc_core.services.reading import StudyPicture
    from edc_core.services.subject_list import Column, Line
    from edc_core.store.listing import SubjectRow
    from edc_core.store.readers import SiteRow, StudyRow

LOOKED_AT = 500  #: subjects of a study, by their numbers; the list of subjects says it of all
_TOLD = (Standing.OVERDUE, Standing.DUE, Standing.COMING)


@dataclass(frozen=True, slots=True)
class VisitTask:
    """A visit that waits to take place, or to be entered.

    :param timing: with its window. :param more: how many other visits of the subject are overdue or due.
    """

    study: StudyRow
    subject_key: str
    site: str
    visit: Column
    timing: VisitTiming
    more: int = 0


@dataclass(frozen=True, slots=True)
class VisitsDue:
    """Of each subject the first visit that is overdue, else the first that is due, in the order in which they are over.

    :param total: how many subjects that are. :param mine: the person enters data where visits have windows.
    :param next: the first visit whose window has not begun. :param in_part: a study has more subjects than ``LOOKED_AT``.
    """

    tasks: tuple[VisitTask, ...] = ()
    total: int = 0
    mine: bool = False
    next: VisitTask | None = None
    in_part: bool = False


def visits_due(pictures: Iterable[StudyPicture], now: datetime, *, limit: int) -> VisitsDue:
    """At most sixteen statements for each study with windows at one site, however many subjects it has; none for others.

    What was reckoned of a subject is told again until something that it rests on changes: six where nothing has.
    """
    found: list[VisitTask] = []
    mine = in_part = False
    for picture in pictures:
        sites = [site for site in picture.sites_for(Action.ENTER_DATA) if _has_windows(picture, site)]
        if sites:
            scope, wanted = picture.scope_at(sites), listing.SubjectFilter()
            rows = listing.subjects(picture.source.connection, scope, wanted, limit=LOOKED_AT)
            mine, in_part = True, in_part or len(rows) == LOOKED_AT
            found += _tasks(picture, rows, now)
    found.sort(key=_urgency)
    tasks = [task for task in found if task.timing.standing is not Standing.COMING]
    coming = next((task for task in found if task.timing.standing is Standing.COMING), None)
    return VisitsDue(tuple(tasks[:limit]), len(tasks), mine, coming, in_part)


def _has_windows(picture: StudyPicture, site_id: str) -> bool:
    site = picture.sites.get(site_id)
    return site is not None and bool(site.meta_data_version) and bool(_windows(picture, site))


def _windows(picture: StudyPicture, site: SiteRow) -> list[VisitWindow]:
    timings = rules_of(picture.version(site.meta_data_version)).timings
    return [timing.window for timing in timings.values() if timing.window is not None]


def _tasks(picture: StudyPicture, rows: Sequence[SubjectRow], now: datetime) -> list[VisitTask]:
    """One for each subject that waits for a visit."""
    language, bases = picture.language(), _bases(picture, rows, now)
    hidden = {site_id: picture.hidden_at([site_id]) for site_id in {row.site_id for row in rows}}
    rooms = {row.subject_id: _room(row.subject_id, language, hidden[row.site_id]) for row in rows}
    told = {one: room[0][1] for one, room in rooms.items() if room and room[0][0] == bases[one]}
    changed = [row for row in rows if row.subject_id not in told]
    columns = columns_of(picture.index.version, language)
    for row, line in zip(changed, lines(picture, changed, now) if changed else (), strict=True):
        one = row.subject_id
        told[one] = _task(picture.study, line, columns)
        rooms[one][:] = [(bases[one], told[one])]
    return [task for task in told.values() if task is not None]


@lru_cache(maxsize=16_384)
def _room(*_of: object) -> list[tuple[object, VisitTask | None]]:
    """Where the last answer about a subject is kept; one that nobody has looked into for long is given up."""
    return []


def _bases(picture: StudyPicture, rows: Sequence[SubjectRow], now: datetime) -> dict[str, object]:
    """All that the visits of a subject rest on, by its id: the study; its row, the last entry of its chain and the last
    answer of a plugin's function to it; its site with the version in force, what is protected there, and the day. Where
    a window is counted in hours, the moment.
    """
    connection, study_id = picture.source.connection, picture.study.study_id
    ids = [row.subject_id for row in rows]
    heads, answered = listing.heads(connection, study_id, ids), rule_answers.last(connection, study_id, ids)
    above = listing.protections(connection, study_id, ())
    there: dict[str, object] = {}
    for site_id in {row.site_id for row in rows}:
        site = picture.sites[site_id]
        local = now.astimezone(ZoneInfo(site.zone or "UTC"))
        moment = local if any(map(is_timed, _windows(picture, site))) else local.date()
        there[site_id] = (picture.study, site, above, moment)
    return {
        row.subject_id: (row, heads[row.subject_id], answered.get(row.subject_id), there[row.site_id])
        for row in rows
    }


def _task(study: StudyRow, line: Line, columns: Sequence[Column]) -> VisitTask | None:
    """The visit that is overdue first, else due or coming, with how many more of them wait now."""
    waiting = [
        VisitTask(study, line.subject_key, line.site.number, visit, cell.timing)
        for visit, cell in zip(columns, line.cells, strict=True)
        if cell.timing.standing in _TOLD
    ]
    if not waiting:
        return None
    now_too = [task for task in waiting if task.timing.standing is not Standing.COMING]
    first = min(waiting, key=lambda task: _TOLD.index(task.timing.standing))
    return replace(first, more=max(0, len(now_too) - 1))


def _urgency(task: VisitTask) -> tuple[bool, datetime, str]:
    assert task.timing.due is not None, "a visit is awaited by its window"
    last = task.timing.due.latest.high
    if not isinstance(last, datetime):
        last = datetime(last.year, last.month, last.day, tzinfo=UTC)
    return task.timing.standing is not Standing.OVERDUE, last, task.subject_key
