"""What is shown of an export that is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import MOST_NEWER, FileValue

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from edc_core.api import ExportLine, Job


@dataclass(frozen=True, slots=True)
class Made:
    """An export with what its manifest says.

    :param rows: records in all its files. :param cut: the state it was made of. :param digest: names its content, whatever
        wrote it; ``manifest_digest`` is that of the file ``manifest.json`` in it.
    :param absent: files that its data name and that were not there as they were given. :param infected: those that it has
        not because of a virus. :param unscanned: those that it has and no scanner had looked through.
    :param staying: how many subjects it has not because their data stay in their country.
    :param goes_on: what changed since can be asked for.
    :param newer: how many values were set since, in words; empty when none were, or it holds no data.
    :param analysis: the file of analysis datasets that came with the question; ``folder``: that of the server they lie in.
    """

    line: ExportLine
    rows: int
    cut: str
    digest: str
    manifest_digest: str
    absent: int
    infected: int
    unscanned: int
    staying: int
    goes_on: bool
    newer: str
    analysis: FileValue | None
    folder: str


def made(line: ExportLine, increments: Collection[str]) -> Made:
    """An export that is over; one that failed or was cancelled has no manifest.

    :param increments: names of formats that can be of what changed since an earlier state.
    """
    manifest: Mapping[str, Any] = line.job.result.get("manifest", {})
    return Made(
        line=line,
        rows=sum(int(facts.get("rows", 0)) for facts in manifest.get("files", {}).values()),
        cut=str(manifest.get("cut", "")),
        digest=str(manifest.get("content_sha256", "")),
        manifest_digest=str(line.job.result.get("manifest_sha256", "")),
        absent=len(manifest.get("missing_files", ())),
        infected=len(manifest.get("infected_files", ())),
        unscanned=len(manifest.get("unscanned_files", ())),
        staying=int(manifest.get("subjects_that_stay", 0)),
        goes_on=line.job.is_done and line.may_take and line.job.request.get("format") in increments,
        newer=_counted(line.newer),
        analysis=brought_with(line.job),
        folder=str(line.job.request.get("analysis_folder", "")),
    )


def brought_with(job: Job) -> FileValue | None:
    """What the sponsor has made, sent with the question for an export."""
    said = str(job.request.get("analysis", ""))
    return FileValue.parse(said) if said else None


def _counted(newer: int) -> str:
    if newer >= MOST_NEWER:
        return f"{MOST_NEWER:,} or more"
    return f"{newer:,}" if newer else ""
