"""SAS, Excel, SPSS and Stata files of the example trial hold the cells of its CSV files, as readers of others find them."""

import csv
import datetime as dt
import re

import openpyxl
import pyreadstat
import pytest

from edc_core.errors import ExportRefused
from tests.databases import on_sqlite

OF_CSV_ALONE = {"codelists", "data_origin", "dictionary"}


@pytest.fixture
def tables(export):
    """Names and records of each table, as the csv module reads them."""
    found = {}
    for file in export("csv").folder.glob("*.csv"):
        if file.stem not in OF_CSV_ALONE:
            with file.open(encoding="utf-8", newline="") as stream:
                header, *rows = csv.reader(stream)
            found[file.stem] = header, rows
    return found


def same(cell, found):
    """Whether a cell of CSV is what a reader of numbers, dates and texts found. Blanks at the end of a text are lost."""
    if cell == "" or found in {None, ""}:
        return cell.rstrip(" ") == (found or "")
    if isinstance(found, bool):
        return cell in ({"1", "true"} if found else {"0", "false"})
    if isinstance(found, dt.date):
        return cell == found.isoformat()
    if isinstance(found, float | int):
        return cell in {"true", "false"} or float(cell) == found
    return cell.rstrip(" ") == found.rstrip(" ")


def differing(rows, found):
    assert len(rows) == len(found)
    return [
        (cell, other)
        for row, one in zip(rows, found, strict=True)
        for cell, other in zip(row, one, strict=True)
        if not same(cell, other)
    ]


@on_sqlite
def test_transport_files_hold_the_cells_of_csv(export, tables):
    exported = export("xpt-v5-utf-8")
    program = (exported.folder / "read.sas").read_text(encoding="utf-8")
    files = dict(re.findall(r'/\* (\S+) \*/\nlibname edc xport "&folder/(\w+)\.xpt"', program))
    assert set(files) == set(tables)
    for name, (header, rows) in tables.items():
        frame, meta = pyreadstat.read_xport(
            str(exported.folder / f"{files[name]}.xpt"), output_format="polars"
        )
        block = program.partition(f"data work.{meta.table_name} (")[2].partition("run;")[0]
        further = set(re.findall(r"^    (\w+) = '.* \(\d+\)'$", block, re.MULTILINE))
        assert frame.width - len(further) == len(header)
        assert differing(rows, joined(frame, further)) == []
        assert f"%rows({meta.table_name}, {len(rows)});" in program


def joined(frame, further):
    """The records with the texts that go on in further variables put together."""
    starts = [number for number, name in enumerate(frame.columns) if name not in further]
    parts = list(zip(starts, [*starts[1:], frame.width], strict=True))
    return [[row[a] if b - a == 1 else "".join(row[a:b]) for a, b in parts] for row in frame.rows()]


@on_sqlite
@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_files_of_spss_and_stata_hold_the_cells_of_csv(kind, export, tables):
    exported = export(kind)
    read = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}[kind]
    for name, (header, rows) in tables.items():
        frame, meta = read(str(exported.folder / f"{name}.{kind}"), output_format="polars")
        assert frame.width == len(header)
        assert differing(rows, frame.rows()) == []
        assert exported.manifest["files"][f"{name}.{kind}"]["rows"] == len(rows)
    assert meta.column_labels[0] == "Study OID"


@on_sqlite
def test_a_workbook_holds_the_cells_of_csv(export, tables):
    exported = export("xlsx")
    book = openpyxl.load_workbook(exported.folder / "datasets.xlsx", read_only=True)
    for name, (header, rows) in tables.items():
        found = [[*row, *[None] * (len(header) - len(row))] for row in book[name].iter_rows(values_only=True)]
        assert list(found[0]) == header
        assert differing(rows, found[1:]) == []
    assert exported.manifest["files"]["datasets.xlsx"]["rows"] == sum(
        len(rows) for _, rows in tables.values()
    )


@on_sqlite
def test_text_that_is_not_ascii_is_named_and_nothing_is_written(export, tables):
    holds = any(not cell.isascii() for _, rows in tables.values() for row in rows for cell in row)
    if holds:
        with pytest.raises(ExportRefused, match="has characters that ascii lacks"):
            export("xpt-v5")
    else:
        assert export("xpt-v5").manifest["files"]["subjects.xpt"]["rows"] == 2
