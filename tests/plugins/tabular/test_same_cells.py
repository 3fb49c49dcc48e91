"""One snapshot in CSV, Dataset-JSON, NDJSON and Parquet holds the same cells, as readers of others find them (REQ-EXP-06)."""

import csv
import datetime as dt
import json
from decimal import Decimal

import polars as pl
import pytest

from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.ids import new_id
from edc_core.services import exporting, snapshots

CLI = Actor("cli:test", trusted=True)
OF_CSV_ALONE = {"codelists", "data_origin", "dictionary"}  #: the other formats have dictionary.html


@pytest.fixture
def exported(study, tmp_path):
    core, study_id = study
    with core.write(CLI) as uow:
        snapshots.keep_snapshot(uow, KeepSnapshot(study_id=study_id, op=new_id(), name="One"))

    def export(name):
        asked = exporting.RequestExport(
            study_id=study_id, op=new_id(), choice=ExportChoice(name, snapshot="One", unlocked=True)
        )
        return exporting.export(core, CLI, asked, tmp_path / new_id()).folder

    return export


def of_csv(folder):
    tables = {}
    for file in folder.glob("*.csv"):
        if file.stem not in OF_CSV_ALONE:
            with file.open(encoding="utf-8", newline="") as stream:
                header, *rows = csv.reader(stream)
            tables[file.stem] = header, [tuple(cell or None for cell in row) for row in rows]
    return tables


def cell_of_json(cell):
    return json.dumps(cell) if isinstance(cell, bool | int) else cell


def of_json(texts):
    tables = {}
    for said, rows in texts:
        assert said["records"] == len(rows)
        header = [column["name"] for column in said["columns"]]
        tables[said["name"]] = header, [tuple(map(cell_of_json, row)) for row in rows]
    return tables


def of_dataset_json(folder):
    texts = [
        json.loads(file.read_text(encoding="utf-8"))
        for file in folder.glob("*.json")
        if file.stem != "manifest"
    ]
    return of_json([(text, text["rows"]) for text in texts])


def of_ndjson(folder):
    files = [file.read_text(encoding="utf-8").rstrip("\n").split("\n") for file in folder.glob("*.ndjson")]
    return of_json([(json.loads(first), [json.loads(line) for line in lines]) for first, *lines in files])


def of_parquet(folder):
    tables = {}
    for file in folder.glob("*.parquet"):
        read = pl.read_parquet(file)
        tables[file.stem] = read.columns, read.rows()
    return tables


def as_typed(text, cell):
    """The cell of the CSV file as the type that the Parquet file gave it."""
    if text is None or isinstance(cell, str | None):
        return text
    if isinstance(cell, bool):
        return text == "true"
    return dt.date.fromisoformat(text) if isinstance(cell, dt.date) else type(cell)(text)


@pytest.mark.timeout(240)
def test_one_snapshot_holds_the_same_cells_in_every_format(exported):
    wanted = of_csv(exported("csv"))
    assert sum(len(rows) for _, rows in wanted.values()) > 500
    assert of_dataset_json(exported("dataset-json-1.1")) == wanted
    assert of_ndjson(exported("dataset-ndjson-1.1")) == wanted
    folder = exported("parquet")
    parquet = of_parquet(folder)
    types = {type(cell) for _, rows in parquet.values() for row in rows for cell in row}
    assert types >= {str, int, Decimal, dt.date}
    assert {name: header for name, (header, _) in parquet.items()} == {
        name: header for name, (header, _) in wanted.items()
    }
    for name, (_, rows) in parquet.items():
        texts = wanted[name][1]
        assert len(rows) == len(texts)
        for row, text in zip(rows, texts, strict=True):
            assert row == tuple(map(as_typed, text, row))
    again = {file.name: file.read_bytes() for file in exported("parquet").iterdir()}
    assert again == {file.name: file.read_bytes() for file in folder.iterdir()}
    assert "dictionary.html" in again
