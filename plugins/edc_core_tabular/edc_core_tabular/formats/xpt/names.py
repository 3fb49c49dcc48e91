"""Names, labels and formats within the limits of a transport file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from edc_core.api import TabularDataset, Variable
from edc_core_tabular.formats.problems import Problems, character
from edc_core_tabular.formats.xpt import sas_dates
from edc_core_tabular.formats.xpt.columns import Column
from edc_core_tabular.formats.xpt.records import NUMBER, TEXT, Field

LONGEST_NAME = 8
LONGEST_LABEL = 40  #: bytes
MOST_VARIABLES = 9999  #: the header has four digits
_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}", re.ASCII)


@dataclass(slots=True)
class Naming:
    """Judges the names and labels of one export."""

    encoding: str
    problems: Problems

    def dataset(self, table: TabularDataset, taken: set[str]) -> str:
        """The member's name; see ``sas_name``."""
        name = (table.sas_name or table.name).upper()
        self._name(table.name, "", name, taken)
        if not 0 < len(table.variables) <= MOST_VARIABLES:
            says = f"has {len(table.variables):,} variables, and 1 to {MOST_VARIABLES:,} are possible"
            self.problems.add(table.name, "", says, "Split the dataset.")
        return name

    def fields(self, table: TabularDataset, columns: Iterable[Column]) -> list[Field]:
        """The variables without their widths."""
        taken: set[str] = set()
        return [
            self._field(table.name, variable, column, taken)
            for variable, column in zip(table.variables, columns, strict=True)
        ]

    def label(self, dataset: str, variable: str, label: str) -> bytes:
        """A label in the encoding of the file."""
        try:
            encoded = label.encode(self.encoding)
        except UnicodeEncodeError as error:
            says = f"has a label with characters that {self.encoding} lacks"
            remedy = "Give it a label in Latin letters."
            self.problems.add(dataset, variable, says, remedy, note=character(label[error.start]))
            return b""
        if len(encoded) > LONGEST_LABEL:
            says = f"has a label of {len(encoded)} bytes, and {LONGEST_LABEL} are possible"
            self.problems.add(dataset, variable, says, "Shorten the label.")
        return encoded

    def _field(self, dataset: str, variable: Variable, column: Column, taken: set[str]) -> Field:
        name = (variable.sas_name or variable.name).upper()
        self._name(dataset, variable.name, name, taken)
        parts = sas_dates.format_parts(variable.display_format)
        if parts and sas_dates.of_dates(parts[0]) and column.kind == TEXT:
            parts = "", 0, 0  # a date of which a part may be unknown
        elif parts is None or (
            variable.display_format and parts[0].startswith("$") == (column.kind == NUMBER)
        ):
            says = f"has the format '{variable.display_format}', which SAS has not for its type"
            self.problems.add(dataset, variable.name, says, "Correct the format or leave it out.")
            parts = "", 0, 0
        return Field(name, self.label(dataset, variable.name, variable.label), column.kind, 8, *parts)

    def _name(self, dataset: str, variable: str, name: str, taken: set[str]) -> None:
        if not _NAME.fullmatch(name):
            says = f"has the SAS name '{name}', which isn't 1 to {LONGEST_NAME} letters A-Z, digits and _, no digit first"
            self.problems.add(dataset, variable, says, "Give it a sas_name of that form.")
        if name in taken:
            says = f"has the SAS name '{name}', which another has too"
            self.problems.add(dataset, variable, says, "Give each a sas_name of its own.")
        taken.add(name)
