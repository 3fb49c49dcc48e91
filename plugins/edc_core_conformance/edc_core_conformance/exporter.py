"""``conformance``: the tabulations of a study, and what every rule that can be run says of them, in one report.

Datasets are written as SAS transport and as Dataset-JSON, with Define-XML and lineage, so that every engine has the files that it
reads; they lie beside the report as what it is about. In UTF-8: whether an authority takes other letters than ASCII is for its own
rules and its package.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.api import (
    CheckedStudy,
    ConformanceReport,
    ExportRefused,
    RuleSet,
    TransportProfile,
    check_all,
    collector_resting,
    explained,
    graded,
    of_authority,
    placed,
    rows_of,
)
from edc_core_conformance.report_files import CSV, JSON, PAGE, as_csv, as_page
from edc_core_conformance.taken import of_packages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import (
        ConformanceFinding,
        ExportDataset,
        ExportSink,
        MakeTabulation,
        TabularDataset,
        WriteDatasets,
    )

FORMAT = "conformance"
TABULATION, DATASETS = "sdtm", "sdtm/"
#: What datasets are written with, and where a file is, by the lower-case name of its dataset. The first is what Define-XML names.
FORMATS = (("xpt-v5", "xpt/{}.xpt"), ("dataset-json-1.1", "json/{}.json"))
PACKAGES = "edc-core-packages"  #: whose settings in study.yaml explain findings, by rule
ENCODING = "utf-8"
STEPS = 1000  #: of the progress, for what comes after the subjects were read


@collector_resting()
def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the report of conformance.

    :raises ExportRefused: a plugin that makes or writes datasets is missing, or they cannot be made of this study.
    """
    make, formats = _tools(dataset)
    standards = dataset.standards()
    read = 0

    def subjects(done: int) -> None:
        nonlocal read
        read = done
        sink.progress(done)

    with make(dataset, subjects, ENCODING) as made:
        for (_, place), writer in zip(FORMATS, formats, strict=True):
            folder = f"{DATASETS}{place.partition('/')[0]}/"
            writer(dataset, made.datasets, TransportProfile(folder, ENCODING), sink)
        made.write_define(sink, DATASETS, lambda name: FORMATS[0][1].format(name.lower()))
        made.write_lineage(sink, f"{DATASETS}lineage.ndjson")
        tables = {one.name: one for one in made.datasets}
        own = [with_values(of_authority(one, one.findings(tables)), tables) for one in standards]
        # each word of progress is a moment in which the run can be cancelled
        theirs = check_all(
            dataset.engines,
            sink.folder / DATASETS,
            CheckedStudy(dataset.study_oid, standards, tables),
            lambda done, of: sink.progress(read + done * STEPS // of),
        )
        found = ConformanceReport.joined([*own, theirs, _authorities(bool(standards))])
        found = graded(of_packages(placed(found, made.places), standards, dataset), standards)
        report = explained(found, made.explanations, explanations_of(dataset))
    for name, digest in report.made_with:
        sink.made_with(name, digest)
    for name, content in ((JSON, report.as_json()), (CSV, as_csv(report)), (PAGE, as_page(report, dataset))):
        with sink.open(name) as file:
            file.write(content)
    if len(report.not_run) < len(
        report.rule_sets
    ):  # where no rule was asked, a 0 would read as if none was broken
        sink.rows(CSV, len(report.findings))


def _tools(dataset: ExportDataset) -> tuple[MakeTabulation, list[WriteDatasets]]:
    make = dataset.tabulations.get(TABULATION)
    formats = [dataset.formats.get(name) for name, _ in FORMATS]
    found = [one for one in formats if one is not None]
    if make is None or len(found) < len(formats):
        raise ExportRefused(
            "A check of conformance needs the plugins edc-core-sdtm and edc-core-tabular. Install them and run it again."
        )
    return make, found


def with_values(report: ConformanceReport, tables: Mapping[str, TabularDataset]) -> ConformanceReport:
    """What stands in the cells that findings are about, where whoever made them does not say it."""
    wanted: dict[str, dict[int, set[str]]] = {}
    for one in report.findings:
        if one.record and one.variable and not one.value:
            wanted.setdefault(one.dataset, {}).setdefault(one.record, set()).add(one.variable)
    cells = {
        (name, number, variable): row.get(variable, "")
        for name, records in wanted.items()
        for number, row in enumerate(rows_of(tables, name), 1)
        for variable in records.get(number, ())
    }

    def valued(one: ConformanceFinding) -> ConformanceFinding:
        return replace(one, value=one.value or cells.get((one.dataset, one.record, one.variable), ""))

    return replace(report, findings=tuple(sorted(map(valued, report.findings))))


def _authorities(named: bool) -> ConformanceReport:  # noqa: FBT001
    """Of a study that follows no authority it is said that nobody's own rules were asked."""
    why = "The study follows no authority. Name a plugin such as edc-core-country-us under 'plugins' in study.yaml, and publish."
    none = RuleSet(name="Rules of authorities", state="not run", why=why)
    return ConformanceReport(() if named else (none,))


def explanations_of(dataset: ExportDataset) -> Mapping[str, str]:
    """What the study says of findings, by rule: where packages have it from."""
    used = (use.settings for use in dataset.newest.version.plugins if use.name == PACKAGES)
    return {str(rule): str(text) for rule, text in next(used, ())}
