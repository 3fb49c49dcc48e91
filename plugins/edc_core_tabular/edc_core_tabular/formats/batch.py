"""Records as columns by a few steps over all of their cells: a step for each cell costs many times what the cell does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import TYPE_CHECKING

from edc_core.api import Record, TabularDataset

if TYPE_CHECKING:  # every command would wait for them: what makes columns loads them
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

BETWEEN = "\0"  #: cells of a batch in one text: a character that collected texts do not hold
MOST_ROWS, MOST_CELLS = 2_048, 200_000  #: of a chunk: what the caches of a processor hold about


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of a dataset.

    :param rows: how many. :param width: cells of each. :param cells: in the order of the rows; null for nothing.
    :param lengths: of the cells in bytes of UTF-8, a row for each record. :param is_ascii: of all of them.
    :param text: all of them in UTF-8 with U+0000 between. :param between: where that stands in it.
    """

    rows: int
    width: int
    text: bytes
    between: npt.NDArray[np.int64]
    cells: pa.Array
    lengths: npt.NDArray[np.int32]
    is_ascii: bool

    @classmethod
    def of(cls, records: Sequence[Record]) -> Batch | None:
        """None where a cell holds the character U+0000, or half of a character."""
        try:
            return cls.read(joined(records).encode(), len(records), len(records[0]))
        except UnicodeEncodeError:
            return None

    @classmethod
    def read(cls, text: bytes, rows: int, width: int) -> Batch | None:
        """:param text: ``rows`` times ``width`` cells in UTF-8 with U+0000 between; none where a cell holds that itself."""
        import numpy as np
        import pyarrow as pa

        count = rows * width
        between = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == 0)
        if len(between) != count - 1:
            return None
        ends = np.empty(count + 1, dtype=np.int32)
        ends[0], ends[-1] = 0, len(text) - count + 1
        ends[1:-1] = between - np.arange(count - 1)
        lengths = np.diff(ends)
        is_there = np.packbits(lengths != 0, bitorder="little")
        data = text.translate(None, BETWEEN.encode())
        cells = pa.StringArray.from_buffers(
            count, pa.py_buffer(ends), pa.py_buffer(data), pa.py_buffer(is_there)
        )
        return cls(rows, width, text, between, cells, lengths.reshape(rows, width), data.isascii())

    def records(self) -> list[Record]:
        """As they were made."""
        return records_of(self.text, self.width)

    def columns(self, places: Sequence[int]) -> pa.Array:
        """The cells of some variables, one variable after the other."""
        import numpy as np
        import pyarrow as pa

        first = np.arange(0, self.rows * self.width, self.width, dtype=np.int32)
        at = np.array(places, dtype=np.int32)[:, None] + first
        return self.cells.take(pa.array(at.ravel()))


def records_of(text: bytes, width: int) -> list[Record]:
    """:param text: cells in UTF-8 with U+0000 between."""
    cells = [cell or None for cell in text.decode().split(BETWEEN)]
    return [cells[at : at + width] for at in range(0, len(cells), width)]


def joined(records: Sequence[Record]) -> str:
    """The cells of one or more records with U+0000 between, an empty text for nothing.

    :raises ValueError: a record has another number of cells than the first.
    """
    if len(widths := set(map(len, records))) > 1:
        raise ValueError(f"Records of {sorted(widths)} cells in one dataset.")
    try:
        return BETWEEN.join(map(BETWEEN.join, records))  # type: ignore[arg-type]
    except TypeError:
        return BETWEEN.join([BETWEEN.join([cell or "" for cell in record]) for record in records])


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of a dataset, as many at a time as are turned into columns at once.

    :param records: as they were made; none of those that waited as a batch.
    """

    rows: int
    records: Sequence[Record] = ()
    waited: Batch | None = None

    @classmethod
    def of(cls, records: Sequence[Record]) -> Chunk:
        """Of one or more records."""
        return cls(len(records), records)

    def batch(self) -> Batch | None:
        """None where a cell holds what a batch does not; then there are ``records``."""
        return self.waited or Batch.of(self.records)

    def column(self, place: int) -> Sequence[str | None]:
        """The cells of one variable, for who looks at each of them."""
        if self.waited is None:
            return [record[place] for record in self.records]
        found: list[str | None] = self.waited.columns([place]).to_pylist()
        return found


Chunks = Callable[[], Iterator[Chunk]]


@dataclass(frozen=True, slots=True)
class InChunks(TabularDataset):
    """A dataset whose records wait in chunks: who writes columns needs no cell as a text of its own.

    :param chunks: call it for a fresh iterator; they hold the same cells as ``records``.
    """

    chunks: Chunks = lambda: iter(())


def in_chunks(table: TabularDataset, records: Callable[[], Iterator[Record]], chunks: Chunks) -> InChunks:
    """The dataset with these records. :param chunks: hold the same."""
    about = {one.name: getattr(table, one.name) for one in fields(TabularDataset)}
    return InChunks(**about | {"records": records}, chunks=chunks)


def chunks_of(table: TabularDataset, most_rows: int = MOST_ROWS) -> Iterator[Chunk]:
    """The records of any dataset in chunks. :param most_rows: of a chunk of records that don't wait in chunks."""
    if isinstance(table, InChunks):
        yield from table.chunks()
        return
    records, most = table.records(), rows_of_chunk(len(table.variables), most_rows)
    while some := list(islice(records, most)):
        yield Chunk.of(some)


def rows_of_chunk(width: int, most_rows: int = MOST_ROWS) -> int:
    """How many records of so many cells make a chunk."""
    return max(1, min(most_rows, MOST_CELLS // max(1, width)))
