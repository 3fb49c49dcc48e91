"""Visits that are due or overdue where a person enters data: a block of the home page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from heapq import nsmallest
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.domain.permission import Action
from edc_core.domain.visit_window import Standing, VisitTiming, awaited
from edc_core.expressions.rules import rules_of
from edc_core.services.subject_list import columns_of, first_to_look_at, lines
from edc_core.services.told_again import told_again
from edc_core.store import listing, rule_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.services.reading import StudyPicture
    from edc_core.services.subject_list import Column, Line
    from edc_core.store.listing import SubjectRow
    from edc_core.store.readers import StudyRow

LOOKED_AT = 500  #: subjects of a study, by their numbers; the list of subjects says it of all
_TOLD = (Standing.OVERDUE, Standing.DUE, Standing.COMING)
_RANK: dict[Standing | None, int] = {standing: rank for rank, standing in enumerate(_TOLD)}


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


def visits_due(
    pictures: Iterable[StudyPicture], states: Mapping[str, str], now: datetime, *, limit: int
) -> VisitsDue:
    """At most sixteen statements for each study with windows at one site, however many subjects it has; none for others.

    What was reckoned is told again until something that it rests on changes: of a study, which takes one statement, and
    where it has changed, of each subject that has not.

    :param states: ``listing.state_of`` the studies.
    """
    found: list[VisitTask] = []
    mine = in_part = False
    for picture in pictures:
        sites = [site for site in picture.sites_for(Action.ENTER_DATA) if _has_windows(picture, site)]
        if sites:
            waiting = _waiting_at(picture, sites, states[picture.study.study_id], now)
            mine, in_part = True, in_part or len(waiting) == LOOKED_AT
            zones = {picture.sites[site].zone or "UTC" for site in sites}
            moments = {zone: now.astimezone(ZoneInfo(zone)) for zone in zones}
            each = (one.task(moments[picture.sites[site].zone or "UTC"]) for site, one in waiting)
            found += (task for task in each if task is not None)
    tasks = [task for task in found if task.timing.standing is not Standing.COMING]
    coming = (task for task in found if task.timing.standing is Standing.COMING)
    first = tuple(nsmallest(limit, tasks, key=_urgency))
    return VisitsDue(first, len(tasks), mine, min(coming, key=_urgency, default=None), in_part)


def _has_windows(picture: StudyPicture, site_id: str) -> bool:
    site = picture.sites.get(site_id)
    if site is None or not site.meta_data_version:
        return False
    timings = rules_of(picture.version(site.meta_data_version)).timings
    return any(timing.window is not None for timing in timings.values())


def _waiting_at(
    picture: StudyPicture, sites: Sequence[str], state: str, now: datetime
) -> tuple[tuple[str, _Waiting], ...]:
    """Each subject's site with the visits that are awaited of it."""
    connection, study_id = picture.source.connection, picture.study.study_id
    hidden = {site: picture.hidden_at([site]) for site in sites}
    seen = ("waiting", picture.language(), tuple(sorted(hidden.items())))
    there = tuple(picture.sites[site] for site in sorted(sites))
    rests_on = (picture.study, there, state, rule_answers.so_far(connection, study_id))

    def reckon(_: list[str]) -> dict[str, tuple[tuple[str, _Waiting], ...]]:
        wanted = listing.SubjectFilter()
        rows = listing.subjects(connection, picture.scope_at(sites), wanted, limit=LOOKED_AT)
        waiting = _of_each(picture, rows, hidden, now)
        return {study_id: tuple((row.site_id, waiting[row.subject_id]) for row in rows)}

    return told_again({study_id: seen}, {study_id: rests_on}, reckon)[study_id]


def _of_each(
    picture: StudyPicture, rows: Sequence[SubjectRow], hidden: Mapping[str, frozenset[str]], now: datetime
) -> dict[str, _Waiting]:
    """What is awaited of each subject, by its id; reckoned anew only of those that have changed."""
    language, of = picture.language(), {row.subject_id: row for row in rows}
    columns = columns_of(picture.index.version, language)

    def reckon(ids: list[str]) -> dict[str, _Waiting]:
        found = lines(picture, [of[one] for one in ids], now)
        return {one: _waiting(picture.study, line, columns) for one, line in zip(ids, found, strict=True)}

    seen = {row.subject_id: ("visits", language, hidden[row.site_id]) for row in rows}
    return told_again(seen, _bases(picture, rows), reckon)


def _bases(picture: StudyPicture, rows: Sequence[SubjectRow]) -> dict[str, object]:
    """All that the visits of a subject rest on, by its id: the study; its row, the last entry of its chain and the last
    answer of a plugin's function to it; its site with the version in force, and what is protected there. How a visit
    stands to its window is said anew each time, for that is the work of a comparison.
    """
    connection, study_id = picture.source.connection, picture.study.study_id
    ids = [row.subject_id for row in rows]
    heads, answered = listing.heads(connection, study_id, ids), rule_answers.last(connection, study_id, ids)
    above = listing.protections(connection, study_id, ())
    there = {row.site_id: (picture.study, picture.sites[row.site_id], above) for row in rows}
    return {
        row.subject_id: (row, heads[row.subject_id], answered.get(row.subject_id), there[row.site_id])
        for row in rows
    }


@dataclass(slots=True)
class _Waiting:
    """Visits of a subject that are awaited, each with the timings of its occurrences.

    :param last: what was told of them last: on which day, or where a window is counted in hours at which moment.
    """

    visits: tuple[tuple[VisitTask, tuple[VisitTiming, ...]], ...]
    timed: bool
    last: tuple[date | None, VisitTask | None] = (None, None)

    def task(self, moment: datetime) -> VisitTask | None:
        """The visit that is overdue first, else due or coming, with how many more of them wait now.

        :param moment: by the clock of the site.
        """
        asked = moment if self.timed else moment.date()
        day, told = self.last
        if day != asked:
            told = self._task(moment)
            self.last = (asked, told)
        return told

    def _task(self, moment: datetime) -> VisitTask | None:
        first, rank, now_too = None, len(_TOLD), 0
        for task, timings in self.visits:
            timing, standing = _now(timings, moment)
            if standing in _RANK:
                now_too += standing is not Standing.COMING
                if _RANK[standing] < rank:
                    first, rank = (task, timing, standing), _RANK[standing]
        if first is None:
            return None
        task, timing, standing = first
        return replace(task, timing=replace(timing, standing=standing), more=max(0, now_too - 1))


def _now(timings: tuple[VisitTiming, ...], moment: datetime) -> tuple[VisitTiming, Standing | None]:
    """The occurrence to look at first, and how it stands to its window now."""
    if len(timings) == 1 and timings[0].due is not None:
        return timings[0], awaited(timings[0].due, moment)
    found = first_to_look_at(
        [
            replace(one, standing=awaited(one.due, moment))
            if one.due is not None and one.standing in _RANK
            else one
            for one in timings
        ]
    )
    return found, found.standing


def _waiting(study: StudyRow, line: Line, columns: Sequence[Column]) -> _Waiting:
    visits = []
    for visit, cell in zip(columns, line.cells, strict=True):
        timings = cell.timings or (cell.timing,)
        if any(timing.standing in _TOLD for timing in timings):
            task = VisitTask(study, line.subject_key, line.site.number, visit, cell.timing)
            visits.append((task, timings))
    ends = (timing.due.latest.high for _, timings in visits for timing in timings if timing.due is not None)
    return _Waiting(tuple(visits), any(isinstance(end, datetime) for end in ends))


def _urgency(task: VisitTask) -> tuple[bool, datetime, str]:
    assert task.timing.due is not None, "a visit is awaited by its window"
    last = task.timing.due.latest.high
    if not isinstance(last, datetime):
        last = datetime(last.year, last.month, last.day, tzinfo=UTC)
    return task.timing.standing is not Standing.OVERDUE, last, task.subject_key
