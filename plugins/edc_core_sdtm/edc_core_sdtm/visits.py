"""The visits that a subject had: when they were, and their numbers (SDTMIG 3.4, sections 5.2 SV and 4.4.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from edc_core.api import ExportSubject, Step
from edc_core_sdtm.dates import is_whole
from edc_core_sdtm.record import Record
from edc_core_sdtm.schedule import Schedule
from edc_core_sdtm.standard import standard

_AT_VISITS = frozenset(
    {"EC", "EX", "PR"}
)  #: interventions that take place at a visit; logs tell of other days


@dataclass(slots=True)
class Visit:
    """:param number: VISITNUM as text. :param start: earliest and ``end`` latest day of it."""

    event: Step
    number: str = ""
    name: str = ""
    day: str = ""
    start: str = ""
    end: str = ""


def visits_of(subject: ExportSubject, records: Iterable[Record], schedule: Schedule) -> dict[Step, Visit]:
    """The visits for which forms were filled in, by event occurrence, in the order of their numbers."""
    dates = _dates(subject, records, schedule)
    found = {
        event: Visit(event, start=min(days, default=""), end=max(days, default=""))
        for event, days in dates.items()
    }
    planned = schedule.planned
    for event, visit in found.items():
        if event.oid in planned:
            plan = planned[event.oid]
            visit.number, visit.name, visit.day = str(plan.number), plan.name, plan.day
    _number_unplanned(found)
    return dict(sorted(found.items(), key=lambda pair: float(pair[1].number)))


def _dates(subject: ExportSubject, records: Iterable[Record], schedule: Schedule) -> dict[Step, set[str]]:
    dates: dict[Step, set[str]] = {}
    for form in subject.forms:
        event = form.path.event
        if event is None or form.path.form is None or not form.items or not schedule.is_visit(event.oid):
            continue
        days = dates.setdefault(event, set())
        dated_by = schedule.dates.get(event.oid)
        if dated_by is not None and dated_by[0] == form.path.form.oid:
            days |= {i.value for i in form.items if i.oid == dated_by[1] and i.value and is_whole(i.value)}
    for record in records:
        findings = standard().domains[record.domain].is_findings
        at_visit = record.event in dates and (findings or record.domain in _AT_VISITS)
        if at_visit and record.event is not None and is_whole(record.day):
            dates[record.event].add(record.day)
    return dates


def _number_unplanned(visits: Mapping[Step, Visit]) -> None:
    planned = sorted((v for v in visits.values() if v.number and v.start), key=lambda v: int(v.number))
    others = sorted(
        (v for v in visits.values() if not v.number), key=lambda v: (v.start, v.event.oid, v.event.rank)
    )
    used: dict[int, int] = {}
    for visit in others:
        before = (
            max((int(v.number) for v in planned if v.start[:10] <= visit.start[:10]), default=0)
            if visit.start
            else 0
        )
        used[before] = n = used.get(before, 0) + 1
        visit.number = f"{before}.{n:02d}" if n < 100 else f"{before}.{n:04d}"
        visit.name = f"UNSCHEDULED {visit.number}"


def visit_records(
    visits: Mapping[Step, Visit], subject: ExportSubject, schedule: Schedule
) -> Iterator[Record]:
    """SV: each visit that took place, and each that was said not to have."""
    missed = {path.event.oid: reason for path, reason in subject.not_done.items() if path.event is not None}
    for visit in visits.values():
        if visit.event.oid in missed:
            continue
        values = {"VISITNUM": visit.number, "VISIT": visit.name, "SVSTDTC": visit.start, "SVENDTC": visit.end}
        if visit.day:
            values["VISITDY"] = visit.day
        if visit.event.oid in schedule.planned:
            values |= {"SVPRESP": "Y", "SVOCCUR": "Y"}
        else:
            values["SVUPDES"] = visit.name
        yield Record("SV", {n: text for n, text in values.items() if text}, event=visit.event)
    for oid, reason in missed.items():
        plan = schedule.planned.get(oid)
        if plan is not None:
            values = {"VISITNUM": str(plan.number), "VISIT": plan.name, "SVPRESP": "Y", "SVOCCUR": "N"}
            values |= {"SVREASOC": reason, "VISITDY": plan.day}
            yield Record("SV", {n: text for n, text in values.items() if text}, event=Step(oid))
