"""A dataset as the bytes of its columns, kept in a temporary file until all datasets have passed their checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO

import numpy as np

from edc_core.api import Record, TabularDataset
from edc_core_tabular.formats.doubles import Cells
from edc_core_tabular.formats.xpt.columns import Bytes, column_of
from edc_core_tabular.formats.xpt.names import Naming
from edc_core_tabular.formats.xpt.records import NUMBER, TEXT, Field

MOST_ROWS, MOST_CELLS = 4_096, 200_000  #: of a chunk: what the caches of a processor hold about
BLANK = 0x20


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the bytes of a column of a chunk lie in the file."""

    offset: int
    rows: int
    width: int


@dataclass(slots=True)
class Packed:
    """A dataset that passed, ready to be written."""

    name: str
    label: bytes
    fields: list[Field]
    file: IO[bytes]
    count: int = 0
    chunks: list[list[Kept]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Bytes of a row."""
        return sum(one.width for one in self.fields)

    def rows(self, start: int, stop: int) -> Iterator[Bytes]:
        """Whole rows from one to before another, as matrices of bytes."""
        begin = 0
        for chunk in self.chunks:
            end = begin + chunk[0].rows
            if begin < stop and end > start:
                yield self._joined(chunk)[max(start - begin, 0) : stop - begin]
            begin = end

    def keep(self, matrices: Sequence[Bytes]) -> None:
        """Add a chunk: a matrix for each variable, with a row for each record."""
        kept = []
        for number, matrix in enumerate(matrices):
            kept.append(Kept(self.file.seek(0, 2), *matrix.shape))
            self.file.write(matrix.reshape(-1).data)
            if matrix.shape[1] > self.fields[number].width:
                self.fields[number] = replace(self.fields[number], width=matrix.shape[1])
        self.chunks.append(kept)
        self.count += len(matrices[0])

    def _joined(self, chunk: Sequence[Kept]) -> Bytes:
        whole = np.full((chunk[0].rows, self.width), BLANK, dtype=np.uint8)
        position = 0
        for one, kept in zip(self.fields, chunk, strict=True):
            self.file.seek(kept.offset)
            data = np.frombuffer(self.file.read(kept.rows * kept.width), dtype=np.uint8)
            whole[:, position : position + kept.width] = data.reshape(kept.rows, kept.width)
            position += one.width
        return whole


def pack(table: TabularDataset, taken: set[str], naming: Naming, file: IO[bytes]) -> Packed:
    """Read a dataset once; what it holds that the format can't is added to the problems.

    :param taken: names of the datasets before, to which its own is added. :param file: what is packed goes to its end, as
        long as there is no problem.
    """
    problems = naming.problems
    columns = [column_of(variable, naming.encoding) for variable in table.variables]
    fields = [one if one.kind == NUMBER else replace(one, width=1) for one in naming.fields(table, columns)]
    packed = Packed(naming.dataset(table, taken), naming.label(table.name, "", table.label), fields, file)
    first = 1
    for chunk in _chunks(table):
        matrices = []
        for variable, column, cells in zip(table.variables, columns, chunk, strict=True):
            matrix, breaches = column.convert(cells)
            matrices.append(matrix)
            for breach in breaches:
                for row in breach.rows:
                    problems.add(
                        table.name,
                        variable.name,
                        breach.says,
                        breach.remedy,
                        record=first + row,
                        note=breach.note,
                    )
        if all(column.kind == TEXT for column in columns):
            for row in blank_rows(matrices):
                says = "is blank, and at the end readers take that for the padding of the file"
                problems.add(table.name, "", says, "Leave it out, or fill a key.", record=first + row)
        first += len(matrices[0])
        if not problems:
            packed.keep(matrices)
    return packed


def blank_rows(matrices: Sequence[Bytes]) -> list[int]:
    """Rows that hold nothing; the first column mostly tells that there are none."""
    blank = np.arange(len(matrices[0]))
    for matrix in matrices:
        blank = blank[(matrix[blank] == BLANK).all(axis=1)]
        if not blank.size:
            break
    found: list[int] = blank.tolist()
    return found


def _chunks(table: TabularDataset) -> Iterator[tuple[Cells, ...]]:
    """Columns of cells, of as many records as fit."""
    most = max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(table.variables))))
    records: Iterator[Record] = table.records()
    while rows := list(islice(records, most)):
        yield tuple(zip(*rows, strict=True))
