"""Datasets as SPSS or Stata files, one for each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from edc_core.api import ExportDataset, ExportSink, TabularDataset, TransportProfile, WriteDatasets
from edc_core_tabular.formats.labels import short
from edc_core_tabular.formats.problems import Problems
from edc_core_tabular.formats.readstat.frames import framed
from edc_core_tabular.formats.readstat.software import SPSS, STATA, Software

PIECE = 1 << 20  #: bytes; the first holds the header


def _write_datasets(
    software: Software, dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile,
    sink: ExportSink,
) -> None:  # fmt: skip
    """Write ``AE.sav`` and so on. Each goes to a temporary file first: that none is refused is known at the end.

    :raises ExportRefused: something that the program can't take, with every place; nothing was written then.
    """
    problems, made = Problems(), []
    at = datetime.fromisoformat(dataset.created_at)
    with tempfile.TemporaryDirectory() as folder:
        for number, table in enumerate(tables):
            one = framed(table, software, problems)
            path = Path(folder) / str(number)
            if not problems:
                label = short(one.table.label, software.longest_label)
                software.write(one.frame, path, label, one.labels, one.value_labels, one.variables)
            made.append((f"{profile.folder}{table.name}.{software.extension}", path, one.frame.height))
        problems.refuse(software.extension)
        for name, path, count in made:
            _copy(path, name, software, at, sink)
            sink.rows(name, count)


def _copy(path: Path, name: str, software: Software, at: datetime, sink: ExportSink) -> None:
    with path.open("rb") as file, sink.open(name) as stream:
        head = bytearray(file.read(PIECE))
        software.stamp(head, at)
        stream.write(head)
        while piece := file.read(PIECE):
            stream.write(piece)


write_sav: WriteDatasets = partial(_write_datasets, SPSS)
write_dta: WriteDatasets = partial(_write_datasets, STATA)
