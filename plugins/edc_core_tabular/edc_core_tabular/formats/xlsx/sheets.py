"""What a workbook can hold, and what a first reading of the datasets finds of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from edc_core.api import TabularDataset
from edc_core_tabular.formats.problems import Problems, character

MOST_RECORDS = 1_048_575  #: a sheet has a row more, for the names
MOST_VARIABLES = 16_384
LONGEST_TEXT = 32_767  #: in units of UTF-16, as Excel counts
LONGEST_NAME = 31  #: of a sheet
WIDEST = 60  #: a column on the screen, in characters
VARIABLES, CODE_LISTS = "Variables", "Code lists"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


@dataclass(slots=True)
class Sheet:
    """A dataset and where it goes. :param widths: of its columns, in characters. :param count: of records."""

    table: TabularDataset
    name: str
    widths: list[int]
    count: int = 0


def looked_at(tables: Iterable[TabularDataset], problems: Problems) -> list[Sheet]:
    """Read each dataset once, to count its records and to find what doesn't fit."""
    taken = {VARIABLES.casefold(), CODE_LISTS.casefold(), "history"}  # Excel keeps the last for itself
    return [_look_at(table, sheet_name(table.name, taken), problems) for table in tables]


def sheet_name(name: str, taken: set[str]) -> str:
    """The name of a dataset as Excel takes it: 31 characters, unique whatever their case.

    :param taken: in lower case; the name is added.
    """
    plain = _NOT_IN_NAMES.sub("_", name)[:LONGEST_NAME] or "_"
    found, number = plain, 2
    while found.casefold() in taken:
        found, number = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}", number + 1
    taken.add(found.casefold())
    return found


def _look_at(table: TabularDataset, name: str, problems: Problems) -> Sheet:
    sheet = Sheet(table, name, [len(variable.name) + 4 for variable in table.variables])
    for record in table.records():
        sheet.count += 1
        for number, cell in enumerate(record):
            if not cell:
                continue
            if len(cell) > sheet.widths[number]:
                sheet.widths[number] = min(len(cell), WIDEST)
            if len(cell) * 2 > LONGEST_TEXT or not cell.isascii():
                _check(cell, sheet, table.variables[number].name, problems)
    for count, most, of in (
        (sheet.count, MOST_RECORDS, "records"),
        (len(table.variables), MOST_VARIABLES, "variables"),
    ):
        if count > most:
            says = f"has {count:,} {of}, and a sheet of Excel holds {most:,}"
            problems.add(table.name, "", says, "Take csv or parquet.")
    return sheet


def _check(cell: str, sheet: Sheet, variable: str, problems: Problems) -> None:
    try:
        size = len(cell.encode("utf-16-le")) // 2
    except UnicodeEncodeError as error:
        says, note = "has half of a character", character(cell[error.start])
        problems.add(sheet.table.name, variable, says, "Correct the value.", record=sheet.count, note=note)
        return
    if size > LONGEST_TEXT:
        says = f"is longer than {LONGEST_TEXT:,} characters"
        problems.add(sheet.table.name, variable, says, "Take csv or parquet.", record=sheet.count)
