"""Writes the package of one authority: what goes where, how it is written and what stops it says its country standard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.api import (
    CheckedStudy,
    ConformanceFinding,
    ConformanceReport,
    ExportRefused,
    RuleSet,
    check_all,
    collector_resting,
)
from edc_core_packages.analysis import brought_in
from edc_core_packages.asked import DISTRIBUTION, SITES, asked_by
from edc_core_packages.clinical_sites import clinical_sites
from edc_core_packages.guides import Guide, guide_files
from edc_core_packages.held import write_held
from edc_core_packages.labelled import in_english, labelled
from edc_core_packages.places import with_places
from edc_core_packages.readable import as_engines_read, file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from edc_core.api import ExportDataset, ExportSink, MakeTabulation, RuleFinding, WriteDatasets
    from edc_core_packages.asked import Asked

TABULATION, TRANSPORT = "sdtm", "xpt-v5"
REPORTS = "reports/"  #: beside the eCTD folders: for who makes the package, not for the authority
LINEAGE = f"{REPORTS}lineage.ndjson"
NOT_HERE = RuleSet(
    name="CDISC CORE", state="not run", why="No plugin that runs conformance engines is installed."
)
_MOST_SHOWN = 20


@collector_resting()
def write(authority: str, dataset: ExportDataset, sink: ExportSink) -> None:
    """Write a package.

    :param authority: name of its country standard.
    :raises ExportRefused: the study does not name the standard, a plugin that makes or writes datasets is missing, or findings
        stop the package: the message lists them.
    """
    asked = asked_by(authority, dataset)
    make, transport = _tools(dataset)
    read = 0

    def progress(subjects: int) -> None:
        nonlocal read
        read = subjects
        sink.progress(subjects)

    def tell(_done: int = 0, _of: int = 0) -> None:
        sink.progress(read)  # each word of progress is a moment in which the export can be stopped

    with brought_in(dataset.analysis, asked.profile) as brought, make(dataset, progress) as made:
        ours = tuple(labelled(one, asked.labels) for one in made.datasets)
        tables = {one.name: one for one in ours} | dict(brought.tables if brought else {})
        own = sorted(asked.standard.findings(tables), key=_order)
        require_open(asked, own)
        folder = asked.layout.folder("tabulations", dataset.study_oid)
        transport(dataset, ours, replace(asked.profile.transport, folder=folder), sink)
        made.write_define(sink, folder, file_of, asked.labels)
        if asked.wants_sites:
            place = asked.layout.folder(SITES, dataset.study_oid)
            sites = clinical_sites(dataset.study_oid, dataset.study_name, tables)
            transport(dataset, [sites], replace(asked.profile.transport, folder=place), sink)
        if brought:
            brought.write(
                sink, asked.folder("analysis", dataset.study_oid), asked.folder("programs", dataset.study_oid)
            )
        held = tuple(write_held(one, dataset, tables, sink, tell) for one in asked.holds)
        made.write_lineage(sink, LINEAGE)
        with as_engines_read(dataset, made, asked.profile.transport, sink.folder / folder) as files:
            report = checked(asked, own, dataset, files, tell)
        report = with_places(report, sink.folder / LINEAGE)
        with sink.open(f"{REPORTS}conformance.json") as file:
            file.write(report.as_json())
        guide = Guide(dataset, asked, made, ours, report, in_english(ours, asked.labels), held, brought)
        for name, content in guide_files(guide):
            with sink.open(name) as file:
                file.write(content)


def _tools(dataset: ExportDataset) -> tuple[MakeTabulation, WriteDatasets]:
    make, transport = dataset.tabulations.get(TABULATION), dataset.formats.get(TRANSPORT)
    if make is None or transport is None:
        raise ExportRefused(
            "A package needs the plugins edc-core-sdtm and edc-core-tabular. Install them and export again."
        )
    return make, transport


def require_open(asked: Asked, findings: Sequence[RuleFinding]) -> None:
    """:raises ExportRefused: findings that the authority does not take, or that want an explanation first (JP-B6)."""
    stops, unexplained = asked.layout.open_findings(findings, asked.explanations)
    if stops:
        raise ExportRefused(
            f"{asked.standard.name} does not take this package:\n{_listed(stops)}",
            findings=[_line(one) for one in stops],
        )
    if unexplained:
        rules = ", ".join(dict.fromkeys(one.rule for one in unexplained))
        raise ExportRefused(
            f"{asked.standard.name} wants an explanation of each error. Say why in study.yaml, plugins, {DISTRIBUTION}, "
            f"settings, by the name of the rule ({rules}):\n{_listed(unexplained)}",
            findings=[_line(one) for one in unexplained],
        )


def checked(
    asked: Asked,
    own: Iterable[RuleFinding],
    dataset: ExportDataset,
    folder: Path,
    progress: Callable[[int, int], None],
) -> ConformanceReport:
    """What engines and the authority's own rules say of the datasets in a folder of the package."""
    name = asked.standard.name
    ours = ConformanceReport(
        (RuleSet(name=name, version=asked.standard.country_profile.as_of, run=len(asked.standard.conformance_rules)),),
        tuple(
            ConformanceFinding(
                rule=one.rule, rule_set=name, text=one.text, dataset=one.dataset, record=one.record, variable=one.variable,
                severity=one.severity, agencies=(name,),
            )
            for one in own
        ),
    )  # fmt: skip
    if not dataset.engines:
        return ConformanceReport.joined([ours, ConformanceReport((NOT_HERE,))])
    theirs = check_all(dataset.engines, folder, CheckedStudy(dataset.study_oid), progress)
    return ConformanceReport.joined([ours, theirs])


def _order(one: RuleFinding) -> tuple[str, str, int, str, str]:
    return one.rule, one.dataset, one.record, one.variable, one.text


def _listed(findings: Sequence[RuleFinding]) -> str:
    lines = [_line(one) for one in findings[:_MOST_SHOWN]]
    if more := len(findings) - _MOST_SHOWN:
        counts = Counter(one.rule for one in findings)
        said = ", ".join(f"{rule}: {number}" for rule, number in sorted(counts.items()))
        lines += [f"... and {more} more ({said})"] if more > 0 else []
    return "\n".join(lines)


def _line(one: RuleFinding) -> str:
    place = ", ".join(filter(None, (one.dataset, f"record {one.record}" if one.record else "", one.variable)))
    return f"{one.rule} {one.severity} {place}: {one.text}"
