"""Each table of a study written by itself, so that several processes write side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edc_core.api import (
    ExportDataset,
    ExportRefused,
    ExportSink,
    Record,
    TransportProfile,
    collector_resting,
)
from edc_core_tabular.formats.batch import Chunk, InChunks, in_chunks
from edc_core_tabular.formats.problems import together

_HEARD = 1_000  #: records, after which is heard whether the export goes on


@dataclass(frozen=True, slots=True)
class WriteTable:
    """See ``WritePart``. :param write: a format, which can be pickled. :param subjects: of whom the table was made."""

    write: Callable[..., Any]
    table: InChunks
    profile: TransportProfile
    subjects: int

    @collector_resting()
    def __call__(self, dataset: ExportDataset, sink: ExportSink) -> Any:
        """What the format gives, or that it refuses: what the others hold is to be known as well."""
        try:
            return self.write(dataset, [self._heard(sink)], self.profile, sink)
        except ExportRefused as refused:
            return refused

    def _heard(self, sink: ExportSink) -> InChunks:
        table = self.table

        def records() -> Iterator[Record]:
            for number, record in enumerate(table.records()):
                if not number % _HEARD:
                    sink.progress(self.subjects)
                yield record

        def chunks() -> Iterator[Chunk]:
            for chunk in table.chunks():
                sink.progress(self.subjects)
                yield chunk

        return in_chunks(table, records, chunks)


def write_each(
    dataset: ExportDataset, writes: Sequence[WriteTable], folder: Path, sink: ExportSink
) -> list[Any]:
    """What the format gives of each table. :param folder: see ``ExportDataset.written``.

    :raises ExportRefused: what it can't hold, of all tables.
    """
    given = list(dataset.written(writes, folder, sink))
    if refused := [one for one in given if isinstance(one, ExportRefused)]:
        raise together(refused)
    return given
