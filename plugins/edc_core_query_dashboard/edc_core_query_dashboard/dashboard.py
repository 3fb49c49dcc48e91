"""Ages of unfinished queries by site, and what each check yields (REQ-QRY-03)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import AGE_BANDS, Action, Attachment, MenuEntry, Page, QueryState, age_band

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.api import PageRequest, QueryFact, StudyAccess, Times

UNFINISHED = (QueryState.CANDIDATE, QueryState.OPEN, QueryState.ANSWERED)
PERSONS = "asked by persons"


@dataclass(frozen=True, slots=True)
class AgeLine:
    """Unfinished queries of a site in each band, in their order. :param site: empty for the whole study."""

    site: str
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True, slots=True)
class Yield:
    """What became of a check's queries. :param changed: of all that fired, those after which the value was entered anew.

    :param says: what it says, or what should hold. :param resolved: the data conform now; ``closed`` by a person,
        ``cancelled`` likewise; ``open`` the rest.
    """

    check: str
    says: str
    fired: int
    changed: int
    resolved: int
    closed: int
    cancelled: int
    open: int

    @property
    def percent(self) -> int:
        """How many of a hundred led to a change."""
        return round(100 * self.changed / self.fired)


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """:param modified: queries whose value changed after they were closed."""

    study: str
    bands: tuple[str, ...]
    ages: tuple[AgeLine, ...]
    yields: tuple[Yield, ...]
    modified: int
    times: Times


def look(asked: PageRequest) -> DashboardPage:
    """Both tables."""
    queries = asked.study.queries()
    return DashboardPage(
        asked.study.name,
        tuple(AGE_BANDS),
        ages(queries),
        yields(queries, titles(asked.study)),
        sum(query.modified_after_close for query in queries),
        asked.times,
    )


def ages(queries: Iterable[QueryFact]) -> tuple[AgeLine, ...]:
    """The whole study first, then each site that has one."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for query in queries:
        if query.state in UNFINISHED:
            band = age_band(query.days)
            for site in ("", query.site):
                found[site][band] += 1
    return tuple(AgeLine(site, tuple(found[site][words] for words in AGE_BANDS)) for site in sorted(found))


def titles(study: StudyAccess) -> Mapping[str, str]:
    """What the checks of the newest version say, by OID."""
    return {check.oid: check.title for check in study.session()[1].checks}


def yields(queries: Iterable[QueryFact], titles: Mapping[str, str]) -> tuple[Yield, ...]:
    """By check, the busiest first; what persons asked is one line. A query not asked yet has not fired.

    :param titles: of checks; one that the newest version has no more says what it said last.
    """
    by_check: dict[str, list[QueryFact]] = defaultdict(list)
    for query in queries:
        if query.state is not QueryState.CANDIDATE:
            by_check[query.check_oid or PERSONS].append(query)
    found = [
        _yield(check, "" if check == PERSONS else titles.get(check) or own[-1].text, own)
        for check, own in by_check.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.fired, one.check)))


def _yield(check: str, says: str, queries: Sequence[QueryFact]) -> Yield:
    states = Counter(query.state for query in queries)
    return Yield(
        check,
        says,
        len(queries),
        sum(query.led_to_change for query in queries),
        states[QueryState.RESOLVED],
        states[QueryState.CLOSED],
        states[QueryState.CANCELLED],
        states[QueryState.OPEN] + states[QueryState.ANSWERED],
    )


def ages_csv(asked: PageRequest) -> Attachment:
    """Ages as a table."""
    rows = ((line.site or "all", *line.numbers, line.total) for line in ages(asked.study.queries()))
    return Attachment.table("query-ages.csv", ("site", *AGE_BANDS, "all"), rows)


def yields_csv(asked: PageRequest) -> Attachment:
    """Yields as a table."""
    columns = (
        "check",
        "says",
        "fired",
        "led to a change",
        "percent",
        "resolved",
        "closed",
        "cancelled",
        "open",
    )
    rows = (
        (
            one.check, one.says, one.fired, one.changed, one.percent, one.resolved, one.closed, one.cancelled,
            one.open,
        )
        for one in yields(asked.study.queries(), titles(asked.study))
    )  # fmt: skip
    return Attachment.table("query-yield.csv", columns, rows)


PAGES = (
    Page(
        path="",
        action=Action.CREATE_QUERY,
        handler=look,
        template="dashboard.html",
        menu=MenuEntry("Ages and yield", under="Queries"),
    ),
    Page(path="query-ages.csv", action=Action.CREATE_QUERY, handler=ages_csv),
    Page(path="query-yield.csv", action=Action.CREATE_QUERY, handler=yields_csv),
)
