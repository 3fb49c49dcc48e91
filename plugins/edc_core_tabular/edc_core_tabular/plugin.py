"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

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
from edc_core_tabular.formats.csv import tables as csv_tables
from edc_core_tabular.formats.csv.exporter import write, write_all
from edc_core_tabular.formats.dataset_json.writer import write_json, write_ndjson
from edc_core_tabular.forms.export import in_format
from edc_core_tabular.reconciled import reconciled


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            "csv",
            "CSV",
            write,
            terms=True,
            increments=True,
            tables=reconciled(csv_tables.write_tables),
            about="A file for each form, with data dictionary, queries, audit trail, and programs for R, SAS and Python",
            group=ExportGroup.TABLES,
        ),
        Exporter(
            "csv-with-removed",
            "CSV with removed data",
            write_all,
            removed=True,
            terms=True,
            increments=True,
            about="As CSV; struck rows and removed forms are in it, and flagged",
            group=ExportGroup.TABLES,
        ),
        _format(
            "dataset-json-1.1",
            "Dataset-JSON 1.1",
            write_json,
            "A file for each form that programs for CDISC data open, with types, labels and keys",
            group=ExportGroup.CDISC,
        ),
        _format(
            "dataset-ndjson-1.1",
            "Dataset-JSON 1.1, lines",
            write_ndjson,
            "The same with a row on each line (NDJSON), for large studies and pipelines",
            group=ExportGroup.CDISC,
        ),
        _format(
            "parquet",
            "Parquet",
            _later("parquet.writer", "write_tables"),
            "Typed columns for pandas, polars, Spark and DuckDB",
        ),
        Exporter(
            "xpt-v5",
            "SAS transport (XPT 5)",
            in_format(reconciled(_later("xpt.of_forms", "write_forms"))),
            tables=reconciled(_later("xpt.writer", "write_datasets")),
            increments=True,
            about="For SAS and for authorities; texts in ASCII alone, and anything else is refused with its place",
            group=ExportGroup.TABLES,
        ),
        Exporter(
            "xpt-v5-utf-8",
            "SAS transport (XPT 5), UTF-8",
            in_format(reconciled(_later("xpt.of_forms", "write_forms")), TransportProfile(encoding="utf-8")),
            increments=True,
            about="For SAS with a session in UTF-8; takes texts in every script",
            group=ExportGroup.TABLES,
        ),
        _format(
            "xlsx",
            "Excel",
            _later("xlsx.writer", "write_datasets"),
            "One workbook with a sheet for each form, to look through",
            group=ExportGroup.PEOPLE,
        ),
        _format(
            "sav",
            "SPSS",
            _later("readstat.writer", "write_sav"),
            "A file for each form with labels of variables and values",
        ),
        _format(
            "dta",
            "Stata",
            _later("readstat.writer", "write_dta"),
            "A file for each form with labels of variables and values",
        ),
    ]


def _format(
    name: str,
    title: str,
    write_tables: WriteDatasets,
    about: str,
    *,
    group: ExportGroup = ExportGroup.TABLES,
) -> Exporter:
    checked = reconciled(write_tables)
    return Exporter(
        name, title, in_format(checked), tables=checked, increments=True, about=about, group=group
    )


def _later(module: str, name: str) -> WriteDatasets:
    """What writes a format; its libraries are loaded when it is asked for, for that takes up to half a second."""

    def write_tables(
        dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
    ) -> None:
        write: WriteDatasets = getattr(import_module(f"edc_core_tabular.formats.{module}"), name)
        write(dataset, tables, profile, sink)

    return write_tables
