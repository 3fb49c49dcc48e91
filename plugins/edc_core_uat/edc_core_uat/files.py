"""The kinds of file that a report comes as, by their ending. Each is made of the report alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typst

from edc_core.api import Attachment
from edc_core_uat import report as reports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core_uat.report import Report

TEMPLATE = Path(__file__).with_name("report.typ")


def as_json(report: Report) -> Attachment:
    """The file whose SHA-256 is that of the report."""
    return Attachment(f"{report.name}.json", "application/json", report.text)


def as_pdf(report: Report) -> Attachment:
    """To file and to print: PDF/A-2b where the fonts have every character, else plain PDF.

    The same report, fonts and release of typst give the same bytes.
    """
    data = json.dumps(document(report))
    try:
        made = _compiled(data, "a-2b")
    except typst.TypstError:  # the fonts lack a character, which PDF/A forbids and a reader can do without
        made = _compiled(data, None)
    return Attachment(f"{report.name}.pdf", "application/pdf", made)


def _compiled(data: str, standard: Literal["a-2b"] | None) -> bytes:
    made = typst.compile(str(TEMPLATE), sys_inputs={"data": data}, format="pdf", pdf_standards=standard)
    assert isinstance(made, bytes)
    return made


def document(report: Report) -> dict[str, Any]:
    """What stands on the pages, as ``report.typ`` reads it. ``day`` is that of the last result, for there is no clock."""
    content = report.content
    times = [result["at"] for one in content["scripts"] for result in one["results"]]
    return {
        "title": report.title,
        "study": content["study"],
        "environment": content["environment"],
        "version": content["meta_data_version"],
        "day": max(times, default=content["published"]["at"])[:10],
        "sha256": report.sha256,
        "facts": list(reports.facts(report)),
        "parts": [
            {"heading": heading, "scripts": [_script(one) for one in report.scripts(status)]}
            for heading, status in reports.HEADINGS
        ],
    }


def _script(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": one["title"],
        "about": ", ".join(filter(None, (one["kind"], one["where"], one["script"]))),
        "steps": [[step["do"], step["expected"]] for step in one["steps"]],
        "results": [
            {"text": reports.told(result), "entry": f"entry {result['entry']}, {result['entry_sha256']}"}
            for result in one["results"]
        ],
    }


KINDS: Mapping[str, Callable[[Report], Attachment]] = {
    "json": as_json,
    "csv": reports.as_csv,
    "html": reports.as_html,
    "pdf": as_pdf,
}
