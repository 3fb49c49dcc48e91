"""When steps of a roadmap are due: calendar or working days, each counted from the last step before it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import holidays

    from edc_core.api import RoadmapStep

START = "start"
WEEKEND = (calendar.SATURDAY, calendar.SUNDAY)


class Circle(ValueError):
    """Steps that wait for each other, or for one that is not there."""


@dataclass(frozen=True, slots=True)
class DatedStep:
    """:param begins: the day from which it is counted. :param due: the day by which it is. :param done: the day on which it was, if it was."""

    step: RoadmapStep
    begins: date
    due: date
    done: date | None = None

    @property
    def on(self) -> date:
        """The day from which later steps are counted."""
        return self.done or self.due

    def is_overdue(self, today: date) -> bool:
        return self.done is None and self.due < today


def dated(
    steps: Iterable[RoadmapStep], start: date, country: str, done: Mapping[str, date]
) -> tuple[DatedStep, ...]:
    """Every step with its days, in the order of these.

    :param country: whose holidays are no working days. :param done: days on which steps took place, by OID; they count from then on.
    :raises Circle: steps wait for each other.
    """
    waiting = {step.oid: step for step in steps}
    known = {START: start}
    found: list[DatedStep] = []
    while waiting:
        ready = [step for step in waiting.values() if known.keys() >= set(step.after)]
        if not ready:
            raise Circle(
                f"These steps wait for each other or for one that is not there: {', '.join(waiting)}."
            )
        for step in ready:
            begins = max(known[one] for one in step.after)
            one = DatedStep(step, begins, due_day(step, begins, country), done.get(step.oid))
            known[step.oid] = one.on
            found.append(one)
            del waiting[step.oid]
    found = [replace(one, due=min([one.due, *(known[oid] for oid in one.step.before)])) for one in found]
    return tuple(sorted(found, key=lambda one: (one.on, one.step.oid)))


def due_day(step: RoadmapStep, begins: date, country: str) -> date:
    """The day of a step that is counted from another day."""
    day = plus_months(begins, step.months)
    return plus_working_days(day, step.days, country) if step.working else day + timedelta(days=step.days)


def plus_months(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def plus_working_days(day: date, days: int, country: str) -> date:
    """So many working days later; neither weekends nor public holidays are, unless they are worked in place of others."""
    known = _holidays(country)
    while days:
        day += timedelta(days=1)
        days -= known.is_working_day(day)
    return day


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    import holidays  # with those of every country

    return holidays.country_holidays(country)
