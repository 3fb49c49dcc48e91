"""The page of how a study stands, and each of its tables as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Attachment, NotFound, collector_resting
from edc_core_dashboards import numbers as count
from edc_core_dashboards.charts import Chart, chart_of

if TYPE_CHECKING:
    from edc_core.api import PageRequest, StudyAccess, Times
    from edc_core_dashboards.numbers import Numbers


@dataclass(frozen=True, slots=True)
class StatusPage:
    """:param headline: (what, how many, what it means). :param at: UTC ISO 8601."""

    study: str
    headline: tuple[tuple[str, int, str], ...]
    charts: tuple[Chart, ...]
    at: str
    times: Times
    sites: tuple[str, ...]
    site: str


@collector_resting()
def status(asked: PageRequest) -> StatusPage:
    """How the study stands now, as far as the person sees it; for one site where that was chosen."""
    study, site = asked.study, asked.text("site")
    tables = _tables(study, site)
    by_name = {table.name: table for table in tables}
    missing = _all_of(by_name["forms"], "Missing")
    return StatusPage(
        study=study.name,
        headline=(
            ("Subjects", sum(int(row[1]) for row in by_name["sites"].rows), "added"),
            ("Complete forms", _all_of(by_name["forms"], "Complete"), "of all sites shown"),
            ("Missing pages", missing, "due and not begun"),
            ("Open queries", _column(by_name["queries"], 1), "wait for a site"),
            ("Answered", _column(by_name["queries"], 2), "wait for whoever asked"),
            ("Signed forms", _all_of(by_name["signatures"], "Signed"), "valid now"),
        ),
        charts=tuple(chart_of(table) for table in tables if table.rows),
        at=study.now,
        times=asked.times,
        sites=tuple(sorted({subject.site for subject in study.subjects()})),
        site=site,
    )


def as_csv(asked: PageRequest) -> Attachment:
    """The numbers of one chart.

    :raises NotFound: there is no such chart.
    """
    wanted = asked.arguments["name"]
    table = next((t for t in _tables(asked.study, asked.text("site")) if t.name == wanted), None)
    if table is None:
        raise NotFound("There is no such chart.")
    return Attachment.table(f"{table.name}.csv", table.header, table.rows)


def _tables(study: StudyAccess, site: str) -> tuple[Numbers, ...]:
    subjects = [one for one in study.subjects() if site in ("", one.site)]
    forms = [one for one in study.forms() if site in ("", one.site)]
    queries = [one for one in study.queries() if site in ("", one.site)]
    return (
        count.enrolment(subjects),
        count.queries_by_age(queries),
        count.forms_by_state(forms),
        count.subjects_by_site(subjects),
        count.signatures(forms),
        count.verification(forms),
        count.protection(forms),
    )


def _all_of(table: Numbers, word: str) -> int:
    place = table.header.index(word)
    return next((int(row[place]) for row in table.rows if row[0] == count.ALL), 0)


def _column(table: Numbers, place: int) -> int:
    return sum(int(row[place]) for row in table.rows)
