"""What a report says, in words that the page, the file and the command line share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from edc_core.api import NOT_RUN

if TYPE_CHECKING:
    from edc_core.api import ConformanceReport, RuleSet

UNGRADED = "ungraded"


def severity_words(severity: str) -> str:
    """A severity; CDISC CORE grades nothing."""
    return severity or UNGRADED


def coverage(report: ConformanceReport) -> list[tuple[str, str, str]]:
    """Of each set of rules its name, version and how far it was looked at."""
    return [(one.name, one.version or "-", checked(one)) for one in report.rule_sets]


def checked(one: RuleSet) -> str:
    """How far a set of rules was looked at."""
    if one.state == NOT_RUN:
        return f"Not run: {one.why}"
    if not (one.run or one.skipped or one.failed):
        return "There are no rules of its own"
    said = [f"{one.run} run"]
    if one.skipped:
        said.append(f"{len(one.skipped)} had nothing to look at")
    if one.failed:
        said.append(f"{len({failure.rule for failure in one.failed})} could not be carried out")
    return ", ".join(said)


def said_of(report: ConformanceReport) -> str:
    """One sentence or several: what was found, and what is not known."""
    return " ".join(filter(None, (_found(report), _open(report), _unknown(report))))


def _found(report: ConformanceReport) -> str:
    if not report.findings:
        return "No rule that was run has a finding."
    counts = Counter(severity_words(one.severity) for one in report.findings)
    order = ("reject", "error", "warning", UNGRADED)
    listed = ", ".join(f"{counts[one]:,} {_several(one, counts[one])}" for one in order if counts[one])
    number = len(report.findings)
    return f"{number:,} finding{'s' if number > 1 else ''} of {_rules(len(report.counts))}: {listed}."


def _several(severity: str, number: int) -> str:
    return severity if number == 1 or severity == UNGRADED else f"{severity}s"


def _open(report: ConformanceReport) -> str:
    if not report.findings:
        return ""
    rules = report.unexplained
    return f"Not explained: {', '.join(rules)}." if rules else "Each is explained."


def _unknown(report: ConformanceReport) -> str:
    said = []
    if report.not_run:
        said.append(f"Not run: {', '.join(one.name for one in report.not_run)}.")
    if report.errors:
        names = sorted({one.rule for one in report.errors})
        said.append(f"The engine broke on {_rules(len(names))}: {', '.join(names)}.")
    return " ".join(said)


def _rules(number: int) -> str:
    return f"{number} rule{'s' if number > 1 else ''}"
