"""Visits that are due or overdue where a person enters data: a block of the home page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action
from edc_core.domain.visit_window import Standing, VisitTiming
from edc_core.expressions.rules import rules_of
from edc_core.services.subject_list import columns_of, lines
from edc_core.store import listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.services.reading import StudyPicture
    from edc_core.services.subject_list import Column
    from edc_core.store.readers import StudyRow

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
    """At most nine statements for each study with windows, however many subjects it has, and none for the others."""
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
    if site is None or not site.meta_data_version:
        return False
    timings = rules_of(picture.version(site.meta_data_version)).timings
    return any(timing.window is not None for timing in timings.values())


def _tasks(picture: StudyPicture, rows: list[listing.SubjectRow], now: datetime) -> Iterator[VisitTask]:
    """One for each subject that waits for a visit."""
    columns = columns_of(picture.index.version, picture.language())
    for line in lines(picture, rows, now):
        waiting = [
            VisitTask(picture.study, line.subject_key, line.site.number, visit, cell.timing)
            for visit, cell in zip(columns, line.cells, strict=True)
            if cell.timing.standing in _TOLD
        ]
        if waiting:
            first = min(waiting, key=lambda task: _TOLD.index(task.timing.standing))
            now_too = [task for task in waiting if task.timing.standing is not Standing.COMING]
            yield replace(first, more=max(0, len(now_too) - 1))


def _urgency(task: VisitTask) -> tuple[bool, datetime, str]:
    assert task.timing.due is not None, "a visit is awaited by its window"
    last = task.timing.due.latest.high
    if not isinstance(last, datetime):
        last = datetime(last.year, last.month, last.day, tzinfo=UTC)
    return task.timing.standing is not Standing.OVERDUE, last, task.subject_key
