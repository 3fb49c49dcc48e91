"""Findings of authorities about texts that their packages do not hold: those that are meant for a language which the encoding lacks.

The datasets of a report are in UTF-8 and hold every text. An authority's own rules are about its package.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.api import holds, text_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import ConformanceReport, CountryStandard, ExportDataset


def of_packages(
    report: ConformanceReport, standards: Iterable[CountryStandard], dataset: ExportDataset
) -> ConformanceReport:
    """The report without them. :param report: whose findings name the item, see ``placed``."""
    languages = {
        item.oid: language
        for index in dataset.versions.values()
        for item in index.version.items
        if (language := text_language(item))
    }
    encodings = {
        one.name: one.export_profiles[0].value.transport.encoding for one in standards if one.export_profiles
    }
    kept = tuple(
        one
        for one in report.findings
        if (language := languages.get(one.item.rpartition("/")[2])) is None
        or one.rule_set not in encodings
        or holds(encodings[one.rule_set], language)
    )
    return replace(report, findings=kept)
