"""The way to an approval in each country of the study: days counted from a start, what is overdue, a chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from edc_core.api import Action, AddNote, BadRequest, Refused, SeeOther
from edc_core_countries.chart import Gantt, gantt
from edc_core_countries.dates import START, DatedStep, dated
from edc_core_countries.seen import standards_seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import CountryStandard, PageRequest, StudyAccess

TOPIC = "countries.roadmap"


@dataclass(frozen=True, slots=True)
class Road:
    """The way in one country. :param start: none until somebody has said it. :param titles: of the steps, by OID; ``sources`` likewise."""

    standard: str
    start: date | None
    steps: tuple[DatedStep, ...]
    chart: Gantt
    titles: Mapping[str, str]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RoadmapPage:
    """:param message: why no day was kept."""

    study: str
    roads: tuple[Road, ...]
    today: date
    may_record: bool
    op: str
    message: str = ""


def roadmap(asked: PageRequest) -> RoadmapPage:
    """Every country of the person's part of the study."""
    return _page(asked)


def record_day(asked: PageRequest) -> SeeOther | Refused:
    """Keep the day of the start, or the day on which a step took place; an empty one takes it back."""
    standard, step, text = (
        asked.text("standard", required=True),
        asked.text("step", required=True),
        asked.text("day"),
    )
    try:
        _require_step(asked.study, standard, step)
        content = {"on": _day(text).isoformat() if text else ""}
    except BadRequest as refused:
        return Refused(_page(asked, message=refused.message))
    asked.study.submit(
        AddNote(
            study_id=asked.study.study_id, op=asked.text("op", required=True), topic=TOPIC,
            name=f"{standard}/{step}", content=content, shared=True,
        )
    )  # fmt: skip
    return SeeOther("roadmap", anchor=standard)


def _page(asked: PageRequest, *, message: str = "") -> RoadmapPage:
    study, today = asked.study, date.fromisoformat(asked.study.now[:10])
    days = _recorded(study)
    roads = tuple(
        _road(standard, days, today, asked.language)
        for standard in standards_seen(study)
        if standard.milestones
    )
    may = study.may(Action.RECORD_EVIDENCE)
    return RoadmapPage(study.name, roads, today, may, asked.op, message)


def _road(standard: CountryStandard, days: Mapping[str, date], today: date, language: str) -> Road:
    start = days.get(f"{standard.name}/{START}")
    steps: tuple[DatedStep, ...] = ()
    if start is not None:
        facts = [fact.value for fact in standard.milestones]
        done = {one.oid: days[name] for one in facts if (name := f"{standard.name}/{one.oid}") in days}
        steps = dated(facts, start, standard.countries[0], done)
    titles = {fact.value.oid: fact.value.title.in_language(language) for fact in standard.milestones}
    sources = {fact.value.oid: fact.source for fact in standard.milestones}
    return Road(
        standard.name,
        start,
        steps,
        gantt(steps, today, language),
        titles | {START: "The trial is submitted"},
        sources,
    )


def _recorded(study: StudyAccess) -> dict[str, date]:
    """The newest day of each step, whoever kept it."""
    newest = {}
    for note in sorted(study.notes(TOPIC), key=lambda one: one.n):
        newest[note.name] = str(note.content.get("on", ""))
    return {name: date.fromisoformat(text) for name, text in newest.items() if text}


def _require_step(study: StudyAccess, name: str, step: str) -> None:
    steps = {
        standard.name: {START, *(fact.value.oid for fact in standard.milestones)}
        for standard in standards_seen(study)
    }
    if name not in steps:
        raise BadRequest(f"This study has no country standard '{name}'.")
    if step not in steps[name]:
        raise BadRequest(f"{name} has no step '{step}'.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("Write the day as 2026-03-04.") from error
