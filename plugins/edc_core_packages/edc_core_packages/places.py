"""From a finding in a dataset to the place in the casebook that it comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from pathlib import Path

    from edc_core.api import ConformanceFinding, ConformanceReport


def with_places(report: ConformanceReport, lineage: Path) -> ConformanceReport:
    """The report, in which findings on a record name the subject and the row of the form behind it.

    :param lineage: ``lineage.ndjson`` of the SDTM plugin: of each record an array that begins with dataset, number from 1, subject, place.
    """
    wanted = {(one.dataset, one.record) for one in report.findings if one.record}
    places: dict[tuple[str, int], tuple[str, str]] = {}
    with lineage.open("rb") as file:
        for line in file:
            if line.startswith(b"["):
                dataset, number, subject, place, *_ = orjson.loads(line)
                if (dataset, number) in wanted:
                    places[dataset, number] = (subject or "", place or "")

    def placed(one: ConformanceFinding) -> ConformanceFinding:
        subject, place = places.get((one.dataset, one.record), ("", ""))
        return replace(one, subject=subject, item=place)

    return replace(report, findings=tuple(sorted(map(placed, report.findings))))
