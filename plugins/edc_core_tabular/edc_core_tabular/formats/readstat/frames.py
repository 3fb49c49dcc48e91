"""A dataset as a frame of numbers, dates and texts, and what of it a program can't take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from edc_core.api import NUMBERS, CodeList, DataType, TabularDataset, Variable
from edc_core_tabular.formats.doubles import Breach, Cells, doubles, ones_and_zeros
from edc_core_tabular.formats.labels import short
from edc_core_tabular.formats.problems import Problems, character
from edc_core_tabular.formats.readstat.software import Software


@dataclass(frozen=True, slots=True)
class Framed:
    """A dataset ready to be written. Everything goes by the names that the program takes."""

    table: TabularDataset
    frame: pl.DataFrame
    variables: dict[str, Variable]
    labels: dict[str, str]
    value_labels: dict[str, dict[Any, str]]


def framed(table: TabularDataset, software: Software, problems: Problems) -> Framed:
    """Read a dataset once. What it holds that the program can't is added to the problems."""
    variables: dict[str, Variable] = {}
    for variable in table.variables:
        variables[_name(table, variable, variables, software, problems)] = variable
    rows = list(table.records())
    columns: Sequence[Cells] = list(zip(*rows, strict=True)) if rows else [()] * len(table.variables)
    series = []
    for (name, variable), cells in zip(variables.items(), columns, strict=False):
        made, breaches = _series(name, variable, cells, software)
        series.append(made)
        for breach in breaches:
            for row in breach.rows:
                problems.add(
                    table.name, variable.name, breach.says, breach.remedy, record=row + 1, note=breach.note
                )
    labels = {name: short(one.label, software.longest_label) for name, one in variables.items()}
    values = {
        name: _value_labels(one, one.code_list, software) for name, one in variables.items() if one.code_list
    }
    return Framed(
        table,
        pl.DataFrame(series),
        variables,
        labels,
        {name: found for name, found in values.items() if found},
    )


def _name(
    table: TabularDataset,
    variable: Variable,
    taken: dict[str, Variable],
    software: Software,
    problems: Problems,
) -> str:
    """The name, or the SAS name where the program doesn't take the name."""
    known = {name.casefold() for name in taken} if software.any_case else set(taken)
    for name in filter(None, (variable.name, variable.sas_name)):
        is_known = (name.casefold() if software.any_case else name) in known
        if software.name.fullmatch(name) and name.casefold() not in software.reserved and not is_known:
            return name
    says = f"has no name that is free and that a .{software.extension} file takes"
    problems.add(table.name, variable.name, says, "Give it a sas_name.")
    return f"{variable.name} {len(taken)}"


def _series(
    name: str, variable: Variable, cells: Cells, software: Software
) -> tuple[pl.Series, list[Breach]]:
    if variable.data_type in NUMBERS:
        numbers, breaches = doubles(cells)
        return pl.Series(name, numbers, pl.Float64, nan_to_null=True), breaches
    if variable.data_type is DataType.BOOLEAN:
        flags, breaches = ones_and_zeros(cells)
        return pl.Series(name, flags, pl.Float64, nan_to_null=True), breaches
    if variable.data_type is DataType.DATE:
        return _dates(name, cells)
    breaches = _unfit_texts(cells, software)
    return pl.Series(name, [None] * len(cells) if breaches else cells, pl.String), breaches


def _dates(name: str, cells: Cells) -> tuple[pl.Series, list[Breach]]:
    known: dict[str | None, date | None] = {None: None, "": None}
    wrong_ones = set()
    for cell in set(filter(None, cells)):
        try:
            known[cell] = date.fromisoformat(cell)
        except ValueError:
            wrong_ones.add(cell)
    wrong = [row for row, cell in enumerate(cells) if cell in wrong_ones]
    breaches = [Breach("is no whole date", "Give it the data type partialDate.", wrong)] * bool(wrong)
    return pl.Series(name, [known.get(cell) for cell in cells], pl.Date), breaches


def _unfit_texts(cells: Cells, software: Software) -> list[Breach]:
    breaches = []
    for row, cell in enumerate(cells):
        if not cell or (cell.isascii() and len(cell) <= software.longest_text and "\0" not in cell):
            continue
        try:
            size = len(cell.encode())
        except UnicodeEncodeError as error:
            note = character(cell[error.start])
            breaches.append(Breach("has half of a character", "Correct the value.", [row], note))
            continue
        if "\0" in cell:
            breaches.append(
                Breach("holds the character U+0000, which ends a text", "Correct the value.", [row])
            )
        if size > software.longest_text:
            says = f"is longer than {software.longest_text:,} bytes"
            breaches.append(Breach(says, "Take csv or parquet.", [row]))
    return breaches


def _value_labels(variable: Variable, found: CodeList, software: Software) -> dict[Any, str]:
    """Text of each code, also of those that no record has."""
    is_number = variable.data_type in NUMBERS
    if not is_number and not software.text_labels:
        return {}
    labels: dict[Any, str] = {}
    for term in found.items:
        text = term.decode.in_language("en") if term.decode else term.coded_value
        code = term.coded_value
        if not is_number:
            labels[code] = short(text, software.longest_value_label)
        elif code.lstrip("-").isdecimal():
            labels[int(code)] = short(text, software.longest_value_label)
    return labels
