"""Datasets as SAS transport files, one for each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable

from edc_core.api import ExportDataset, ExportRefused, ExportSink, TabularDataset, TransportProfile
from edc_core_tabular.formats.problems import Problems
from edc_core_tabular.formats.xpt.names import Naming
from edc_core_tabular.formats.xpt.packing import pack
from edc_core_tabular.formats.xpt.parts import Part, files_of
from edc_core_tabular.formats.xpt.records import RECORD, file_header

FORMAT = "xpt-v5"
_ASCII = "".join(map(chr, range(0x20, 0x7F)))


def write_datasets(
    dataset: ExportDataset, tables: Iterable[TabularDataset], profile: TransportProfile, sink: ExportSink
) -> None:
    """Write ``ae.xpt`` and so on, and where one is larger than ``profile.most_bytes`` its parts besides, ``split/ae1.xpt``.

    :raises ExportRefused: something that the format can't hold, with every place; nothing was written then.
    """
    _check_encoding(profile.encoding)
    problems, taken = Problems(), set[str]()
    with tempfile.TemporaryFile() as file:
        naming = Naming(profile.encoding, problems)
        packed = [pack(table, taken, naming, file) for table in tables]
        files = [
            part for one in packed for part in files_of(one, profile, dataset.created_at, taken, problems)
        ]
        problems.refuse(FORMAT)
        for part in files:
            _write(part, dataset.created_at, sink)
            if part.is_whole:  # rows of parts are counted already
                sink.rows(part.path, part.packed.count)


def _write(part: Part, created_at: str, sink: ExportSink) -> None:
    packed, size = part.packed, 0
    with sink.open(part.path) as stream:
        stream.write(file_header(part.name, packed.label, packed.fields, created_at))
        for rows in packed.rows(part.start, part.stop):
            size += stream.write(rows.reshape(-1).data)
        stream.write(b" " * (-size % RECORD))


def _check_encoding(encoding: str) -> None:
    """Numbers, names and most text are ASCII and are written as such."""
    try:
        holds_ascii = _ASCII.encode(encoding) == _ASCII.encode("ascii")
    except (LookupError, UnicodeError):
        holds_ascii = False
    if not holds_ascii:
        raise ExportRefused(
            f"'{encoding}' is no encoding for '{FORMAT}'. Take one that ASCII is a part of, such as ascii, utf-8 or gb18030."
        )
