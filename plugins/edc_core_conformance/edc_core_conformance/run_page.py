"""The findings of one run: filters, the list, what was looked at and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import NOT_RUN, Page
from edc_core_conformance.findings import Broken, Filter, Listed, Wanted, by_rule, filters, listed, narrowed
from edc_core_conformance.pages import EXPORT
from edc_core_conformance.report_files import table
from edc_core_conformance.report_of_run import find_run, report_of
from edc_core_conformance.words import checked, said_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Attachment, ExportLine, PageRequest, RuleFailure, Times

PAGE = 100  #: findings


@dataclass(frozen=True, slots=True)
class Covered:
    """A set of rules and how far it was looked at."""

    name: str
    version: str
    words: str
    is_run: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """:param total: findings of the run, ``fit`` those of the filters, ``findings`` those of the page.

    :param rules: those that the filters leave, where there are several.
    :param failed: rules that could not be carried out, errors of the engine first; ``broken`` is how many rules those are.
    :param left_out: reason and number of what the datasets do not hold. :param given: the filters as fields of an address.
    """

    study: str
    line: ExportLine
    said: str
    total: int
    fit: int
    rules: tuple[Broken, ...]
    findings: tuple[Listed, ...]
    filters: tuple[Filter, ...]
    given: Mapping[str, str]
    covered: tuple[Covered, ...]
    failed: tuple[RuleFailure, ...]
    broken: int
    left_out: tuple[tuple[str, int], ...]
    page: int
    pages: int
    times: Times


def look(asked: PageRequest) -> RunPage:
    """A page of the findings."""
    line = find_run(asked.study, asked.arguments["job_id"])
    report, wanted = report_of(asked.study, line), _wanted(asked)
    found = narrowed(report.findings, wanted)
    page, pages = asked.page_of(len(found), PAGE)
    failed = [one for sets in report.rule_sets for one in sets.failed]
    left_out = line.job.result["manifest"]["left_out"]
    rules = by_rule(found)
    return RunPage(
        study=asked.study.name,
        line=line,
        said=said_of(report),
        total=len(report.findings),
        fit=len(found),
        rules=rules if len(rules) > 1 else (),
        findings=tuple(listed(one) for one in found[(page - 1) * PAGE : page * PAGE]),
        filters=filters(report.findings, wanted),
        given=wanted.given,
        covered=tuple(
            Covered(one.name, one.version, checked(one), one.state != NOT_RUN) for one in report.rule_sets
        ),
        failed=tuple(sorted(failed, key=lambda one: (not one.is_error, one))),
        broken=len({one.rule for one in report.errors}),
        left_out=tuple(sorted(left_out.items())),
        page=page,
        pages=pages,
        times=asked.times,
    )


def as_csv(asked: PageRequest) -> Attachment:
    """The findings that the filters leave, each a line."""
    line = find_run(asked.study, asked.arguments["job_id"])
    return table(narrowed(report_of(asked.study, line).findings, _wanted(asked)))


def _wanted(asked: PageRequest) -> Wanted:
    return Wanted(*(asked.text(name) for name in ("severity", "agency", "dataset", "rule", "standing")))


RUN_PAGES = (
    Page(path="<job_id>", action=EXPORT, handler=look, template="run.html"),
    Page(path="<job_id>/findings.csv", action=EXPORT, handler=as_csv),
)
