"""The report as files: JSON for programs, CSV for spreadsheets, and a page that needs nothing but a browser."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from edc_core.api import Attachment
from edc_core_conformance.words import coverage, said_of, severity_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edc_core.api import ConformanceFinding, ConformanceReport, ExportDataset

JSON, CSV, PAGE = "report/conformance.json", "report/findings.csv", "report/conformance.html"
COLUMNS = (
    "Severity", "Rule", "Rule set", "Agencies", "Dataset", "Record", "Variable", "Value", "Text", "Subject", "Place",
    "Explanation",
)  # fmt: skip


def table(findings: Iterable[ConformanceFinding]) -> Attachment:
    """Findings as a CSV file."""
    return Attachment.table("findings.csv", COLUMNS, map(_cells, findings))


def as_csv(report: ConformanceReport) -> bytes:
    """Every finding, a line each."""
    content = table(report.findings).content
    assert isinstance(content, str)
    return content.encode()


def _cells(one: ConformanceFinding) -> tuple[str, ...]:
    return (
        one.severity, one.rule, one.rule_set, ", ".join(one.agencies), one.dataset, str(one.record or ""), one.variable,
        one.value, one.text, one.subject, one.item, one.explanation,
    )  # fmt: skip


def as_page(report: ConformanceReport, dataset: ExportDataset) -> bytes:
    """A page by itself: what was run, what could not be, and the findings."""
    title = f"Conformance of {dataset.study_oid}@{dataset.environment}"
    data = "all data, locked or not" if dataset.unlocked else "locked data alone"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>Data until {escape(dataset.created_at)}, {data}. State <code>{escape(dataset.cut)}</code>.</p>",
        f"<p>{escape(said_of(report))}</p>",
        *_section("What was checked", ("Rules", "Version", "Checked"), coverage(report)),
        *_section(
            "Rules that could not be carried out", ("Rules", "Rule", "Dataset", "Why"),
            [
                (sets.name, one.rule, one.dataset, ("Execution error: " if one.is_error else "") + one.why)
                for sets in report.rule_sets
                for one in sets.failed
            ],
        ),
        *_section("Findings", COLUMNS, [_worded(one) for one in report.findings]),
    ]  # fmt: skip
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n<style>{_LOOK}</style>'
        f"</head><body>\n{body}\n</body></html>\n"
    ).encode()


def _worded(one: ConformanceFinding) -> tuple[str, ...]:
    return (severity_words(one.severity), *_cells(one)[1:])


def _section(heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"<h2>{escape(heading)}</h2>"
    if not rows:
        yield "<p>None.</p>"
        return
    yield (
        "<table><thead><tr>" + "".join(f"<th>{escape(one)}</th>" for one in columns) + "</tr></thead><tbody>"
    )
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


_LOOK = (
    "body{font:14px/1.45 system-ui,sans-serif;margin:2rem;color:#1a1f2b}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{border:1px solid #cfd6e4;padding:4px 8px;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#eef1f7}"
)
