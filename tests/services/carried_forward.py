"""Tables of exports as other programs read them, and what a reader of an export and an increment does with both."""

import csv
import json
from collections import defaultdict

import openpyxl
import polars as pl
import pyreadstat

ABOUT = ("dictionary", "codelists", "data_origin", "manifest", "Variables", "Code lists")
FORM = ("SUBJID", "EVENT", "EVENT_KEY", "FORM", "FORM_KEY")
SHORT = {"EVENTKEY": "EVENT_KEY"}  #: of transport files


def rows_of_csv(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return {file.stem: list(csv.DictReader(stream))}


def rows_of_json(file):
    whole = json.loads(file.read_bytes())
    return {file.stem: named([one["name"] for one in whole.get("columns", ())], whole.get("rows", ()))}


def rows_of_lines(file):
    first, *rows = map(json.loads, file.read_bytes().splitlines())
    return {file.stem: named([column["name"] for column in first["columns"]], rows)}


def rows_of_workbook(file):
    found = {}
    for sheet in openpyxl.load_workbook(file).worksheets:
        header, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = named(header, rows)
    return found


def framed(read):
    def rows(file):
        frame = read(file)
        return {file.stem: named([SHORT.get(name, name) for name in frame.columns], frame.rows())}

    return rows


def by_readstat(read):
    return framed(lambda file: read(str(file), output_format="polars")[0])


def named(names, rows):
    """A cell by the name of its column; of nothing as CSV has it."""
    return [
        {name: "" if cell is None else cell for name, cell in zip(names, row, strict=True)} for row in rows
    ]


READERS = {
    ".csv": rows_of_csv,
    ".json": rows_of_json,
    ".ndjson": rows_of_lines,
    ".parquet": framed(pl.read_parquet),
    ".xlsx": rows_of_workbook,
    ".xpt": by_readstat(pyreadstat.read_xport),
    ".sav": by_readstat(pyreadstat.read_sav),
    ".dta": by_readstat(pyreadstat.read_dta),
}


def tables(folder):
    found = {}
    for file in folder.iterdir():
        if file.suffix in READERS and file.stem not in ABOUT:
            found |= READERS[file.suffix](file)
    return {name: rows for name, rows in found.items() if name not in ABOUT}


def carried_forward(base, increment):
    """What a reader of both does, as docs/reference/csv.md says."""
    lines = increment.pop("changes")
    forms = {tuple(line[name] for name in FORM) for line in lines if line["FORM"]}
    subjects = {line["SUBJID"] for line in lines if not line["FORM"]}
    found = defaultdict(list)
    for file, rows in base.items():
        for row in rows:
            of_form = "FORM" in row
            gone = tuple(row[name] for name in FORM) in forms if of_form else row["SUBJID"] in subjects
            if not gone:
                found[file].append(row)
    for file, rows in increment.items():
        found[file].extend(rows)
    return found


def cells(found):
    """Every filled cell, in no order: an increment brings its rows after the others."""
    return sorted(
        (file, *sorted((name, repr(value)) for name, value in row.items() if value != ""))
        for file, rows in found.items()
        for row in rows
    )
