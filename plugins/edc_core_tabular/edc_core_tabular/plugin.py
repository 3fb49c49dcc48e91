"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from edc_core.api import (
    ExportDataset,
    Exporter,
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
            "CSV with data dictionary, queries and audit trail",
            write,
            terms=True,
            increments=True,
            tables=reconciled(csv_tables.write_tables),
        ),
        Exporter(
            "csv-with-removed",
            "CSV as above, with struck rows and removed forms flagged",
            write_all,
            removed=True,
            terms=True,
            increments=True,
        ),
        _format("dataset-json-1.1", "CDISC Dataset-JSON 1.1", write_json),
        _format(
            "dataset-ndjson-1.1", "CDISC Dataset-NDJSON 1.1: Dataset-JSON, a row on each line", write_ndjson
        ),
        _format("parquet", "Parquet with typed columns", _later("parquet.writer", "write_tables")),
        Exporter(
            "xpt-v5",
            "SAS transport files (XPT version 5) in ASCII, with a dictionary",
            in_format(reconciled(_later("xpt.of_forms", "write_forms"))),
            tables=reconciled(_later("xpt.writer", "write_datasets")),
        ),
        Exporter(
            "xpt-v5-utf-8",
            "SAS transport files (XPT version 5) in UTF-8, with a dictionary",
            in_format(reconciled(_later("xpt.of_forms", "write_forms")), TransportProfile(encoding="utf-8")),
        ),
        _format("xlsx", "Excel workbook", _later("xlsx.writer", "write_datasets")),
        _format("sav", "SPSS files", _later("readstat.writer", "write_sav")),
        _format("dta", "Stata files", _later("readstat.writer", "write_dta")),
    ]


def _format(name: str, title: str, write_tables: WriteDatasets) -> Exporter:
    checked = reconciled(write_tables)
    return Exporter(name, f"{title}, with a dictionary", in_format(checked), tables=checked)


def _later(module: str, name: str) -> WriteDatasets:
    """What writes a format; its libraries are loaded when it is asked for, for that takes up to half a second."""

    def write_tables(
        dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
    ) -> None:
        write: WriteDatasets = getattr(import_module(f"edc_core_tabular.formats.{module}"), name)
        write(dataset, tables, profile, sink)

    return write_tables
