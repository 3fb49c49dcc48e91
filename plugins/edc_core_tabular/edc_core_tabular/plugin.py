"""What this plugin registers. Who writes a format is loaded when it is asked for: numpy, pyarrow and polars take half a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import Any

from edc_core.api import (
    ExportDataset,
    Exporter,
    ExportGroup,
    ExportSink,
    TabularDataset,
    TransportProfile,
    WriteDatasets,
    hookimpl,
)

WriteStudy = Callable[[ExportDataset, ExportSink], None]
_AS_IS = TransportProfile()


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            "csv",
            "CSV",
            _later("csv.exporter", "write"),
            terms=True,
            increments=True,
            tables=_tables("csv.tables", "write_tables"),
            about="A file for each form, with data dictionary, queries, audit trail, and programs for R, SAS and Python",
            group=ExportGroup.TABLES,
        ),
        Exporter(
            "csv-with-removed",
            "CSV with removed data",
            _later("csv.exporter", "write_all"),
            removed=True,
            terms=True,
            increments=True,
            about="As CSV; struck rows and removed forms are in it, and flagged",
            group=ExportGroup.TABLES,
        ),
        _format(
            "dataset-json-1.1",
            "Dataset-JSON 1.1",
            "dataset_json.writer",
            "write_json",
            "A file for each form that programs for CDISC data open, with types, labels and keys",
            group=ExportGroup.CDISC,
        ),
        _format(
            "dataset-ndjson-1.1",
            "Dataset-JSON 1.1, lines",
            "dataset_json.writer",
            "write_ndjson",
            "The same with a row on each line (NDJSON), for large studies and pipelines",
            group=ExportGroup.CDISC,
        ),
        _format(
            "parquet",
            "Parquet",
            "parquet.writer",
            "write_tables",
            "Typed columns for pandas, polars, Spark and DuckDB",
        ),
        Exporter(
            "xpt-v5",
            "SAS transport (XPT 5)",
            _study("xpt.of_forms", "write_forms", then="write_program", encoding=_AS_IS.encoding),
            tables=_tables("xpt.writer", "write_datasets"),
            increments=True,
            about="For SAS and for authorities; texts in ASCII alone: items of other languages are left out, anything else is refused with its place",
            group=ExportGroup.TABLES,
        ),
        Exporter(
            "xpt-v5-utf-8",
            "SAS transport (XPT 5), UTF-8",
            _study("xpt.of_forms", "write_forms", TransportProfile(encoding="utf-8"), then="write_program"),
            increments=True,
            about="For SAS with a session in UTF-8; takes texts in every script",
            group=ExportGroup.TABLES,
        ),
        _format(
            "xlsx",
            "Excel",
            "xlsx.writer",
            "write_datasets",
            "One workbook with a sheet for each form, to look through",
            group=ExportGroup.PEOPLE,
            together=True,
        ),
        _format(
            "sav",
            "SPSS",
            "readstat.writer",
            "write_sav",
            "A file for each form with labels of variables and values",
        ),
        _format(
            "dta",
            "Stata",
            "readstat.writer",
            "write_dta",
            "A file for each form with labels of variables and values",
        ),
    ]


def _format(
    name: str,
    title: str,
    module: str,
    function: str,
    about: str,
    *,
    group: ExportGroup = ExportGroup.TABLES,
    together: bool = False,
) -> Exporter:
    tables, study = _tables(module, function), _study(module, function, together=together)
    return Exporter(name, title, study, tables=tables, increments=True, about=about, group=group)


def _study(
    module: str, function: str, profile: TransportProfile = _AS_IS, *, together: bool = False, then: str = "",
    encoding: str = "",
) -> WriteStudy:  # fmt: skip
    """What writes the tables of a whole study. :param together: into one file. :param then: what writes about all of them.

    :param encoding: see ``in_format``.
    """

    def write(dataset: ExportDataset, sink: ExportSink) -> None:
        from edc_core_tabular.forms.export import in_format

        about = _found(module, then) if then else None
        in_format(_tables(module, function), profile, together=together, encoding=encoding, then=about)(
            dataset, sink
        )

    return write


def _tables(module: str, function: str) -> WriteDatasets:
    """What writes any tables, its rows counted apart."""
    return partial(_write_tables, module, function)


def _write_tables(
    module: str, function: str, dataset: ExportDataset, tables: Iterable[TabularDataset],
    profile: TransportProfile, sink: ExportSink,
) -> Any:  # fmt: skip
    from edc_core_tabular.reconciled import reconciled

    return reconciled(_found(module, function))(dataset, tables, profile, sink)


def _later(module: str, function: str) -> WriteStudy:
    """What writes a whole study by itself."""

    def write(dataset: ExportDataset, sink: ExportSink) -> None:
        _found(module, function)(dataset, sink)

    return write


def _found(module: str, function: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"edc_core_tabular.formats.{module}"), function)
    return found
