"""Writes the package of one authority: what goes where, how it is written and what stops it says its country standard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.api import (
    CheckedStudy,
    ConformanceReport,
    ExportRefused,
    RuleSet,
    check_all,
    collector_resting,
    explained,
    graded,
    of_authority,
    placed,
)
from edc_core_packages.analysis import read_analysis
from edc_core_packages.clinical_sites import CLINSITE, clinical_sites
from edc_core_packages.guides import Guide, guide_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from edc_core.api import (
        ConformanceFinding,
        CountryStandard,
        ExportDataset,
        ExportProfile,
        ExportSink,
        MakeTabulation,
        PackageLayout,
        WriteDatasets,
    )

DISTRIBUTION = "edc-core-packages"
AUTHORITY = "authority"  #: the setting that names the standard of ``package-other``
TABULATION, TRANSPORT = "sdtm", "xpt-v5"
SITES = "sites"  #: what a layout calls the place of what is told of each site
REPORTS = "reports/"  #: beside the eCTD folders: for who makes the package, not for the authority
LINEAGE = f"{REPORTS}lineage.ndjson"
NOT_HERE = RuleSet(
    name="CDISC CORE", state="not run", why="No plugin that runs conformance engines is installed."
)
STEPS = 1000  #: of the progress, for the engines after the subjects were read
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a country standard says of a package. :param explanations: texts by rule, of the study."""

    standard: CountryStandard
    layout: PackageLayout
    profile: ExportProfile
    explanations: Mapping[str, str]

    def folder(self, what: str, study: str) -> str:
        """Where something goes: its own place, or where the layout has none that of what it belongs to."""
        named = dict(self.layout.folders)
        fallback = "analysis" if what == "programs" else "tabulations"
        return self.layout.folder(what if what in named else fallback, study)


@collector_resting()
def write(authority: str, dataset: ExportDataset, sink: ExportSink) -> None:
    """Write a package.

    :param authority: name of its country standard.
    :raises ExportRefused: the study does not name the standard, a plugin that makes or writes datasets is missing, or findings
        stop the package: the message lists them.
    """
    asked = asked_by(authority, dataset)
    make, transport = _tools(dataset)
    brought = read_analysis(dataset.analysis, asked.profile) if dataset.analysis else None
    read = 0

    def progress(subjects: int) -> None:
        nonlocal read
        read = subjects
        sink.progress(subjects)

    with make(dataset, progress) as made:
        tables = {one.name: one for one in made.datasets} | dict(brought.tables if brought else {})
        said = of_authority(asked.standard, asked.standard.findings(tables))
        own = explained(said, made.explanations, asked.explanations)
        require_open(asked, own)
        datasets = asked.layout.folder("tabulations", dataset.study_oid)
        transport(dataset, made.datasets, replace(asked.profile.transport, folder=datasets), sink)
        made.write_define(sink, datasets, lambda name: f"{name.lower()}.xpt")
        if asks_for_sites(asked):
            folder = asked.layout.folder(SITES, dataset.study_oid)
            sites = clinical_sites(dataset.study_oid, dataset.study_name, tables)
            transport(dataset, [sites], replace(asked.profile.transport, folder=folder), sink)
        if brought:
            brought.write(
                sink, asked.folder("analysis", dataset.study_oid), asked.folder("programs", dataset.study_oid)
            )
        made.write_lineage(sink, LINEAGE)
        # each word of progress is a moment in which the export can be stopped
        said = looked_through(
            asked, dataset, sink.folder / datasets, lambda done, of: sink.progress(read + done * STEPS // of)
        )
        theirs = explained(said, made.explanations, asked.explanations)
        require_open(asked, theirs)
        report = placed(ConformanceReport.joined([own, theirs]), made.places)
        with sink.open(f"{REPORTS}conformance.json") as file:
            file.write(report.as_json())
        guide = Guide(dataset, asked, made, report, CLINSITE if asks_for_sites(asked) else "", brought)
        for name, content in guide_files(guide):
            with sink.open(name) as file:
                file.write(content)


def write_other(known: Collection[str], dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the package of an authority that has no format of its own: that of a plugin from elsewhere.

    :param known: names of the standards that have one.
    :raises ExportRefused: the study names no such standard or several, or as in ``write``.
    """
    write(other_authority(known, dataset), dataset, sink)


def other_authority(known: Collection[str], dataset: ExportDataset) -> str:
    """The standard of the study that describes a package and has no format of its own; of several the setting says which.

    :raises ExportRefused: there is none, or it is not said which.
    """
    found = [one.name for one in dataset.standards() if _describes_package(one) and one.name not in known]
    said = _settings(dataset).get(AUTHORITY, "")
    if said in found:
        return said
    if said or len(found) != 1:
        raise ExportRefused(
            f"This package is for one of: {', '.join(found)}. Say which: under 'plugins' in study.yaml, as the setting "
            f"'{AUTHORITY}' of {DISTRIBUTION}, and publish."
            if found
            else "No country standard of this study describes a package of its own, beside those that have a format. Name the "
            "plugin that brings one under 'plugins' in study.yaml, and publish."
        )
    return found[0]


def _describes_package(standard: CountryStandard) -> bool:
    return bool(standard.package_layout and standard.export_profiles)


def _settings(dataset: ExportDataset) -> dict[str, str]:
    return next(
        (dict(use.settings) for use in dataset.newest.version.plugins if use.name == DISTRIBUTION), {}
    )


def asked_by(authority: str, dataset: ExportDataset) -> Asked:
    """:raises ExportRefused: the study does not name a plugin with this standard, or the standard describes no package."""
    standard = next((one for one in dataset.standards() if one.name == authority), None)
    if standard is None:
        raise ExportRefused(
            f"The study does not follow {authority}. Name the plugin that brings it (edc-core-country-"
            f"{authority.partition('-')[0].lower()}) under 'plugins' in study.yaml, and publish."
        )
    if not _describes_package(standard):
        raise ExportRefused(f"{authority} says nothing of packages.")
    layout, profile = standard.package_layout[0].value, standard.export_profiles[0].value
    return Asked(standard, layout, profile, _settings(dataset))


def _tools(dataset: ExportDataset) -> tuple[MakeTabulation, WriteDatasets]:
    make, transport = dataset.tabulations.get(TABULATION), dataset.formats.get(TRANSPORT)
    if make is None or transport is None:
        raise ExportRefused(
            "A package needs the plugins edc-core-sdtm and edc-core-tabular. Install them and export again."
        )
    return make, transport


def require_open(asked: Asked, report: ConformanceReport) -> None:
    """:raises ExportRefused: findings that the authority does not take, or that want an explanation first (JP-B6)."""
    stops, unexplained = asked.layout.open_findings(report.findings)
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


def asks_for_sites(asked: Asked) -> bool:
    """Whether the layout has a place for what is told of each site (US-B9)."""
    return SITES in dict(asked.layout.folders)


def looked_through(
    asked: Asked, dataset: ExportDataset, folder: Path, progress: Callable[[int, int], None]
) -> ConformanceReport:
    """What engines say of the datasets in a folder of the package, graded as the authority does."""
    if not dataset.engines:
        return ConformanceReport((NOT_HERE,))
    found = check_all(dataset.engines, folder, CheckedStudy(dataset.study_oid), progress)
    return graded(found, [asked.standard])


def _listed(findings: Sequence[ConformanceFinding]) -> str:
    lines = [_line(one) for one in findings[:_MOST_SHOWN]]
    if more := len(findings) - _MOST_SHOWN:
        counts = Counter(one.rule for one in findings)
        said = ", ".join(f"{rule}: {number}" for rule, number in sorted(counts.items()))
        lines += [f"... and {more} more ({said})"] if more > 0 else []
    return "\n".join(lines)


def _line(one: ConformanceFinding) -> str:
    place = ", ".join(filter(None, (one.dataset, f"record {one.record}" if one.record else "", one.variable)))
    return f"{one.rule} {one.severity} {place}: {one.text}"
