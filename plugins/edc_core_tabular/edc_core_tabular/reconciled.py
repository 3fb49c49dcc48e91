"""Rows made and rows written are counted apart; where they differ nothing is exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import IO, TypeVar

from edc_core.api import (
    ExportDataset,
    ExportRefused,
    ExportSink,
    Record,
    TabularDataset,
    TransportProfile,
)
from edc_core_tabular.formats.batch import Chunk, InChunks

_Given = TypeVar("_Given")
_Write = Callable[[ExportDataset, Iterable[TabularDataset], TransportProfile, ExportSink], _Given]
_REMEDY = "Nothing was exported. Take another format, and tell who makes this one."


def reconciled(write: _Write[_Given]) -> _Write[_Given]:
    """The same format (``WriteDatasets``), which then refuses (ExportRefused) what it wrote when it did not read each dataset to its end,
    or states another number of rows in its files than it read.
    """

    def watched(
        dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
    ) -> _Given:
        read, stated = _Read(), _Stated(sink)
        given = write(dataset, (read.watch(table) for table in tables), profile, stated)
        if read.odd:
            raise ExportRefused(f"The format did not read every row of {', '.join(read.odd)}. {_REMEDY}")
        made, written = read.counts, stated.counts
        if sum(made.values()) != sum(written.values()):
            raise ExportRefused(
                f"Not as many rows were written as made. Made: {_listed(made)}. Written: {_listed(written)}. {_REMEDY}"
            )
        return given

    return watched


class _Read:
    """How many rows each dataset had, whenever it was read to its end."""

    def __init__(self) -> None:
        self._passes: dict[str, set[int]] = {}

    def watch(self, table: TabularDataset) -> TabularDataset:
        passes = self._passes.setdefault(table.name, set())

        def records() -> Iterator[Record]:
            count = 0
            for record in table.records():
                count += 1
                yield record
            passes.add(count)

        if not isinstance(table, InChunks):
            return replace(table, records=records)

        def chunks() -> Iterator[Chunk]:
            count = 0
            for chunk in table.chunks():
                count += chunk.rows
                yield chunk
            passes.add(count)

        return replace(table, records=records, chunks=chunks)

    @property
    def odd(self) -> list[str]:
        """Datasets that were not read to their end, or not with the same rows each time."""
        return [name for name, passes in self._passes.items() if len(passes) != 1]

    @property
    def counts(self) -> dict[str, int]:
        return {name: max(passes) for name, passes in self._passes.items()}


class _Stated:
    """The sink, which notes how many rows each file is said to have."""

    def __init__(self, sink: ExportSink) -> None:
        self._sink = sink
        self.counts: dict[str, int] = {}

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        return self._sink.open(name)

    def progress(self, subjects_done: int) -> None:
        self._sink.progress(subjects_done)

    def rows(self, name: str, count: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + count
        self._sink.rows(name, count)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "nothing"
