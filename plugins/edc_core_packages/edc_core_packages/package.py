"""Writes the package of one authority: what goes where, how it is written and what stops it says its country standard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from edc_core.api import (
    TEXTS_LEFT_OUT,
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
from edc_core_packages.analysis import brought_in
from edc_core_packages.asked import DISTRIBUTION, SITES, asked_by, other_authority
from edc_core_packages.clinical_sites import clinical_sites
from edc_core_packages.guides import Guide, guide_files
from edc_core_packages.held import write_held
from edc_core_packages.labelled import in_english, labelled
from edc_core_packages.left_out import as_json
from edc_core_packages.naming_subjects import naming_subjects
from edc_core_packages.readable import as_engines_read, file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from edc_core.api import (
        ConformanceFinding,
        ExportDataset,
        ExportSink,
        MakeTabulation,
        PackageLayout,
        WriteDatasets,
    )
    from edc_core_packages.asked import Asked
    from edc_core_packages.kept_folders import KeptFolders

TABULATION, TRANSPORT = "sdtm", "xpt-v5"
REPORTS = "reports/"  #: beside the eCTD folders: for who makes the package, not for the authority
LINEAGE = f"{REPORTS}lineage.ndjson"
LEFT_OUT = f"{REPORTS}left-out.json"
NOT_HERE = RuleSet(
    name="CDISC CORE", state="not run", why="No plugin that runs conformance engines is installed."
)
#: Of the progress after the subjects were read: for what else the package holds, and for the engines.
HELD_STEPS, ENGINE_STEPS = 1000, 1000
STEPS = HELD_STEPS + ENGINE_STEPS
_MOST_SHOWN = 20


@collector_resting()
def write(authority: str, kept: KeptFolders | None, dataset: ExportDataset, sink: ExportSink) -> None:
    """Write a package.

    :param authority: name of its country standard. :param kept: folders of the server that may be asked for.
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

    def of_held(number: int, subjects: int) -> None:
        done = number * read + min(subjects, read)
        sink.progress(read + done * HELD_STEPS // max(1, len(asked.holds) * read))

    encoding = asked.profile.transport.encoding
    with brought_in(dataset, kept, asked.profile) as brought, make(dataset, progress, encoding) as made:
        ours = tuple(labelled(one, asked.labels) for one in made.datasets)
        tables = {one.name: one for one in ours} | dict(brought.tables if brought else {})
        said = of_authority(asked.standard, asked.standard.findings(tables))
        own = explained(said, made.explanations, asked.explanations)
        require_open(asked, placed(own, made.places))
        folder = asked.layout.folder("tabulations", dataset.study_oid)
        with naming_subjects(made.places):
            transport(dataset, ours, replace(asked.profile.transport, folder=folder), sink)
        texts = made.write_define(sink, folder, file_of, asked.labels)
        if asked.wants_sites:
            place = asked.layout.folder(SITES, dataset.study_oid)
            sites = clinical_sites(dataset.study_oid, dataset.study_name, tables)
            transport(dataset, [sites], replace(asked.profile.transport, folder=place), sink)
        if brought:
            brought.write(
                sink, asked.folder("analysis", dataset.study_oid), asked.folder("programs", dataset.study_oid)
            )
        held = tuple(
            write_held(one, dataset, tables, sink, partial(of_held, number))
            for number, one in enumerate(asked.holds)
        )
        made.write_lineage(sink, LINEAGE)
        sink.leave_out(TEXTS_LEFT_OUT, sum(made.left_out.values()))
        if made.left_out:
            with sink.open(LEFT_OUT) as file:
                file.write(as_json(made.left_out, encoding))
        with as_engines_read(dataset, made, asked.profile.transport, sink.folder / folder) as files:
            # each word of progress is a moment in which the export can be stopped, here and above
            said = looked_through(
                asked,
                dataset,
                files,
                lambda done, of: sink.progress(read + HELD_STEPS + done * ENGINE_STEPS // of),
            )
        theirs = explained(said, made.explanations, asked.explanations)
        require_open(asked, theirs)
        report = placed(ConformanceReport.joined([own, theirs]), made.places)
        for name, digest in report.made_with:
            sink.made_with(name, digest)
        with sink.open(f"{REPORTS}conformance.json") as file:
            file.write(report.as_json())
        in_words = explained(report, made.explanations, asked.explanations, asked.layout.language)
        guide = Guide(
            dataset, asked, made, ours, in_words, in_english(ours, asked.labels), texts, held, brought
        )
        for name, content in guide_files(guide):
            with sink.open(name) as file:
                file.write(content)


def write_other(
    known: Collection[str], kept: KeptFolders | None, dataset: ExportDataset, sink: ExportSink
) -> None:
    """Write the package of an authority that has no format of its own: that of a plugin from elsewhere.

    :param known: names of the standards that have one.
    :raises ExportRefused: the study names no such standard or several, or as in ``write``.
    """
    write(other_authority(known, dataset), kept, dataset, sink)


def _tools(dataset: ExportDataset) -> tuple[MakeTabulation, WriteDatasets]:
    make, transport = dataset.tabulations.get(TABULATION), dataset.formats.get(TRANSPORT)
    if make is None or transport is None:
        raise ExportRefused(
            "A package needs the plugins edc-core-sdtm and edc-core-tabular. Install them and export again."
        )
    return make, transport


def require_open(asked: Asked, report: ConformanceReport) -> None:
    """:raises ExportRefused: findings that the authority does not take, or that want an explanation first (JP-B6)."""
    stops, unexplained = open_findings(asked.layout, report.findings)
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


def open_findings(
    layout: PackageLayout, findings: Iterable[ConformanceFinding]
) -> tuple[list[ConformanceFinding], list[ConformanceFinding]]:
    """Those that stop a package, and those that still want an explanation."""
    every = list(findings)
    return (
        [one for one in every if one.severity in layout.stops_on],
        [one for one in every if one.severity in layout.explains and not one.explanation],
    )


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
    record = f"record {one.record}" if one.record else ""
    subject = f"subject {one.subject}" if one.subject else ""
    place = ", ".join(filter(None, (one.dataset, record, one.variable, subject, one.item)))
    return f"{one.rule} {one.severity} {place}: {one.text}"
