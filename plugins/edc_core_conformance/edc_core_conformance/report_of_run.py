"""The report in the archive of a finished run."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.api import ConformanceReport, NotFound
from edc_core_conformance.exporter import FORMAT
from edc_core_conformance.report_files import CSV, JSON

if TYPE_CHECKING:
    from edc_core.api import ExportLine, StudyAccess


def runs_of(study: StudyAccess) -> tuple[ExportLine, ...]:
    """Runs of a study, newest first. :raises NotAllowed: the person exports nothing of it."""
    return tuple(one for one in study.exports().lines if one.job.request.get("format") == FORMAT)


def find_run(study: StudyAccess, job_id: str) -> ExportLine:
    """:raises NotFound: no finished run of this study that is for the person."""
    for line in runs_of(study):
        if line.job.job_id == job_id and line.job.is_done and line.may_take:
            return line
    raise NotFound("There is no finished check of this name for you in this study.")


def number_of_findings(line: ExportLine) -> int | None:
    """How many a run has found; ``None`` for one that is not done, and for one in which no rule could be asked."""
    found: int | None = line.job.result.get("manifest", {}).get("files", {}).get(CSV, {}).get("rows")
    return found


def report_of(study: StudyAccess, line: ExportLine) -> ConformanceReport:
    """What a run has found; the access log has who looked.

    :raises NotFound: its file is not kept any more. :raises NotAllowed: it holds more than the person exports or sees.
    """
    archive = study.take_export(line.job.job_id, why="read").content
    assert isinstance(archive, Path), "an export is a file"
    with zipfile.ZipFile(archive) as opened:
        return ConformanceReport.of_json(opened.read(JSON))
