"""The datasets as engines of conformance read them: SAS transport files name no encoding, and engines take them for UTF-8.

In another encoding the same cells go to the engines as Dataset-JSON 1.1, which is UTF-8 by its standard and has no limit of bytes.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from edc_core.api import TransportProfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import ExportDataset, Tabulation

READABLE = "dataset-json-1.1"
UTF_8 = ("ascii", "utf-8")


def file_of(name: str) -> str:
    """Where a dataset is, beside ``define.xml``."""
    return f"{name.lower()}.xpt"


@contextmanager
def as_engines_read(
    dataset: ExportDataset, made: Tabulation, transport: TransportProfile, folder: Path
) -> Iterator[Path]:
    """The folder of the package; where its encoding is none that engines know, another with the same datasets and English labels.

    :param folder: of the tabulations, as they were written.
    """
    if transport.encoding in UTF_8 or not dataset.engines or READABLE not in dataset.formats:
        yield folder
        return
    with TemporaryDirectory() as own:
        sink = _Folder(Path(own))
        dataset.formats[READABLE](dataset, made.datasets, TransportProfile(), sink)
        made.write_define(sink, "", lambda name: f"{name.lower()}.json", None)
        yield Path(own)


class _Folder:
    """A folder that is read and given up: nothing of it is in an export."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, name: str) -> IO[bytes]:
        return (self.folder / name).open("wb")

    def progress(self, subjects_done: int) -> None:
        """Nobody waits for it."""

    def rows(self, name: str, count: int) -> None:
        """No manifest counts it."""
