"""A made-up subject: where, when its visits are, and its share of chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from edc_core.api import StudySite
from edc_core_simulate.chance import Chance, Draws

ENROLMENT_DAYS = 240  #: the first visits of all subjects lie within this time from the base date
VISIT_DAYS = 21
LATE = 0.06  #: visits that come a week late
BASE_DATE = date(2024, 1, 8)  #: so early that no visit lies ahead
NEXT_CYCLE = 18  #: visits at least so many days apart may come a day or two off


@dataclass(frozen=True, slots=True)
class Case:
    """One subject of a simulation.

    :param number: from 0, in the order of the simulation.
    :param scenarios: planted stories this subject tells, for example ``S9``.
    """

    chance: Chance
    number: int
    site: StudySite
    base: date
    visits: dict[str, date] = field(default_factory=dict)
    scenarios: frozenset[str] = frozenset()

    def at(self, *place: object) -> Draws:
        """This subject's draws at a place."""
        return self.chance.at(self.number, *place)

    def day(self, event_oid: str) -> date:
        """The day of a visit; of an event outside the schedule, the day of the first visit."""
        return self.visits.get(event_oid) or next(iter(self.visits.values()), self.base)


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a form that is being filled in; names, not OIDs, except of the event.

    :param row: from 1. :param rows: how many rows the group gets.
    """

    event: str
    form: str
    group: str
    row: int = 1
    rows: int = 1
    occurrence: str = "1"


def make_case(
    chance: Chance,
    number: int,
    site: StudySite,
    schedule: tuple[str, ...],
    base: date,
    scenarios: frozenset[str],
    days_to: Callable[[str], int | None] = lambda _: None,
    enrolled: int | None = None,
) -> Case:
    """A subject whose scheduled visits follow each other every three weeks, a day or two off.

    :param enrolled: days from the base to the first visit; by chance when left out.
    :param days_to: days from the visit before to a visit, where they are others; a few days are kept to the day.
    """
    draws = chance.at(number, "visits")
    by_chance = draws.whole(0, ENROLMENT_DAYS)
    day = base + timedelta(days=by_chance if enrolled is None else enrolled)
    visits: dict[str, date] = {}
    for position, event_oid in enumerate(schedule):
        if position:
            apart = days_to(event_oid) or VISIT_DAYS
            late = draws.whole(5, 9) if draws.happens(LATE) else 0
            off = draws.whole(-1, 1)
            day += timedelta(days=apart + (late + off if apart >= NEXT_CYCLE else 0))
        visits[event_oid] = day
    return Case(chance, number, site, base, visits, scenarios)
