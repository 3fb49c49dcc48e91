"""The workbook: numbers are numbers, all else is text that Excel leaves as it is."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from edc_core.api import (
    NUMBERS,
    CodeList,
    DataType,
    ExportDataset,
    ExportSink,
    TabularDataset,
    TransportProfile,
    Variable,
)
from edc_core_tabular.formats.problems import Problems
from edc_core_tabular.formats.xlsx.sheets import CODE_LISTS, VARIABLES, WIDEST, Sheet, looked_at

FORMAT = "xlsx"
FILE = "datasets.xlsx"
SAFE_DIGITS = 15  #: Excel keeps no more of a number
ABOUT_VARIABLES = (
    "Sheet",
    "Dataset",
    "Dataset label",
    "Variable",
    "Label",
    "Type",
    "Key",
    "Code list",
    "Records",
)
ABOUT_CODES = ("Code list", "Name", "Code", "Text", "Retired")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}

Cell = str | bool | float | None


def write_datasets(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> None:
    """Write ``datasets.xlsx``.

    :raises ExportRefused: something that a sheet can't hold, with every place; nothing was written then.
    """
    problems = Problems()
    sheets = looked_at(tables, problems)
    problems.refuse(FORMAT)
    path = f"{profile.folder}{FILE}"
    with tempfile.TemporaryFile() as file, sink.open(path) as stream:
        workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
        workbook.use_zip64()
        created = datetime.fromisoformat(dataset.created_at).replace(tzinfo=None)
        workbook.set_properties({"title": dataset.study_oid, "created": created})
        book = _Book(workbook)
        for sheet in sheets:
            book.data(sheet)
        book.variables(sheets)
        book.code_lists(sheets)
        workbook.close()
        file.seek(0)
        shutil.copyfileobj(file, stream)
    sink.rows(path, sum(sheet.count for sheet in sheets))


class _Book:
    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._bold = workbook.add_format({"bold": True, "bottom": 1})
        self._text = workbook.add_format({"num_format": "@"})

    def data(self, sheet: Sheet) -> None:
        variables = sheet.table.variables
        formats = [self._format(variable) for variable in variables]
        readers = [reader(variable) for variable in variables]
        rows = (
            [read(cell) if cell else None for read, cell in zip(readers, record, strict=True)]
            for record in sheet.table.records()
        )
        self._sheet(sheet.name, [variable.name for variable in variables], sheet.widths, formats, rows)

    def variables(self, sheets: Sequence[Sheet]) -> None:
        rows = [
            [
                sheet.name, sheet.table.name, sheet.table.label, variable.name, variable.label,
                variable.data_type.value, str(variable.key_sequence or ""),
                variable.code_list.oid if variable.code_list else "", float(sheet.count),
            ]
            for sheet in sheets
            for variable in sheet.table.variables
        ]  # fmt: skip
        self._about(VARIABLES, ABOUT_VARIABLES, rows)

    def code_lists(self, sheets: Sequence[Sheet]) -> None:
        found = {
            variable.code_list.oid: variable.code_list
            for sheet in sheets
            for variable in sheet.table.variables
            if variable.code_list
        }
        self._about(CODE_LISTS, ABOUT_CODES, [row for _, one in sorted(found.items()) for row in _codes(one)])

    def _about(self, name: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        widths = [
            min(WIDEST, max(len(str(row[number] or "")) for row in (header, *rows)) + 2)
            for number in range(len(header))
        ]
        self._sheet(name, header, widths, [self._text] * len(header), rows)

    def _sheet(
        self, name: str, header: Sequence[str], widths: Sequence[int], formats: Sequence[Any],
        rows: Iterable[Sequence[Cell]],
    ) -> None:  # fmt: skip
        sheet = self._workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width + 1, formats[column])
        for column, text in enumerate(header):
            sheet.write_string(0, column, text, self._bold)
        number = 0
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell, self._text)
                elif isinstance(cell, bool):
                    sheet.write_boolean(number, column, cell)
                else:
                    sheet.write_number(number, column, cell, formats[column])
        sheet.autofilter(0, 0, number, len(header) - 1)

    def _format(self, variable: Variable) -> Any:
        """Decimals as they were asked for, so that 5.0 isn't shown as 5."""
        if variable.data_type not in NUMBERS:
            return self._text
        if not variable.significant_digits:
            return None
        return self._workbook.add_format({"num_format": f"0.{'0' * variable.significant_digits}"})


def reader(variable: Variable) -> Callable[[str], Cell]:
    """What Excel is given for the cells of a variable."""
    if variable.data_type in NUMBERS:
        return number_or_text
    if variable.data_type is DataType.BOOLEAN:
        return lambda cell: _FLAGS.get(cell, cell)
    return str


def number_or_text(cell: str) -> Cell:
    """A decimal of at most 15 digits as a number; what Excel would change stays text."""
    digits = cell.lstrip("-").replace(".", "").lstrip("0")
    return float(cell) if len(digits) <= SAFE_DIGITS and _DECIMAL.fullmatch(cell) else cell


def _codes(one: CodeList) -> list[list[Cell]]:
    return [
        [
            one.oid, one.name, term.coded_value, term.decode.in_language("en") if term.decode else term.coded_value,
            "Yes" if term.retired else "",
        ]
        for term in one.items
    ]  # fmt: skip
