"""A dataset as the bytes of its columns, kept in a temporary file until all datasets have passed their checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import IO

import numpy as np

from edc_core.api import TabularDataset
from edc_core_tabular.formats.batch import chunks_of
from edc_core_tabular.formats.xpt.at_once import right_at_once
from edc_core_tabular.formats.xpt.columns import Bytes, column_of
from edc_core_tabular.formats.xpt.names import Naming
from edc_core_tabular.formats.xpt.records import NUMBER, TEXT, Field

BLANK = 0x20


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the rows of a chunk lie in the file, and how wide each column is in them."""

    offset: int
    rows: int
    widths: tuple[int, ...]


@dataclass(slots=True)
class Packed:
    """A dataset that passed, ready to be written."""

    name: str
    label: bytes
    fields: list[Field]
    file: IO[bytes]
    count: int = 0
    chunks: list[Kept] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Bytes of a row."""
        return sum(one.width for one in self.fields)

    def rows(self, start: int, stop: int) -> Iterator[Bytes]:
        """Whole rows from one to before another, as matrices of bytes."""
        begin = 0
        widths = tuple(one.width for one in self.fields)
        for chunk in self.chunks:
            end = begin + chunk.rows
            if begin < stop and end > start:
                yield self._as_wide(chunk, widths)[max(start - begin, 0) : stop - begin]
            begin = end

    def keep(self, matrices: Sequence[Bytes]) -> None:
        """Add a chunk: a matrix for each variable, with a row for each record."""
        widths = tuple(matrix.shape[1] for matrix in matrices)
        kept = Kept(self.file.seek(0, 2), len(matrices[0]), widths)
        self.file.write(side_by_side(matrices, widths).reshape(-1).data)
        self.chunks.append(kept)
        self.count += kept.rows
        for number, width in enumerate(widths):
            if width > self.fields[number].width:
                self.fields[number] = replace(self.fields[number], width=width)

    def _as_wide(self, chunk: Kept, widths: tuple[int, ...]) -> Bytes:
        """The rows of a chunk, each column as wide as in the whole dataset."""
        self.file.seek(chunk.offset)
        data = np.frombuffer(self.file.read(chunk.rows * sum(chunk.widths)), dtype=np.uint8)
        rows = data.reshape(chunk.rows, -1)
        if chunk.widths == widths:
            return rows
        ends = np.cumsum(chunk.widths)
        return side_by_side(
            [rows[:, end - width : end] for end, width in zip(ends, chunk.widths, strict=True)], widths
        )


def side_by_side(matrices: Sequence[Bytes], widths: Sequence[int]) -> Bytes:
    """Matrices of as many rows in one, each filled with blanks to its width."""
    whole = np.full((len(matrices[0]), sum(widths)), BLANK, dtype=np.uint8)
    position = 0
    for matrix, width in zip(matrices, widths, strict=True):
        whole[:, position : position + matrix.shape[1]] = matrix
        position += width
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
    for chunk in chunks_of(table):
        matrices = []
        right = right_at_once(chunk.batch(), columns)
        for place, (variable, column) in enumerate(zip(table.variables, columns, strict=True)):
            if place in right:
                matrices.append(right[place])
                continue
            matrix, breaches = column.convert(chunk.column(place))
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
