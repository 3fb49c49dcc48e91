"""The folder that an export is written into: every file is counted and hashed on the way."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import Counter
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from edc_core.errors import ExportRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from _typeshed import ReadableBuffer

    from edc_core.domain.dataset import ExportSink


class Written(NamedTuple):
    """What a sink took. :param files: facts of each file by its name. :param sources: see ``ExportSink.made_with``.

    :param left_out: see ``ExportSink.leave_out``.
    """

    folder: Path
    files: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, str]
    left_out: Mapping[str, int]


class FolderSink:
    """Writes files into a folder and hashes them on the way."""

    def __init__(self, folder: Path, progress: Callable[[int], None]) -> None:
        self.folder = folder
        self._progress = progress
        self.files: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, str] = {}  #: see ``made_with``
        self.left_out: Counter[str] = Counter()  #: see ``leave_out``

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Begin a file below the folder.

        :raises ExportRefused: a name that leaves the folder or was written before.
        """
        with self._new(name).open("wb") as raw:
            hashing = _Hashing(raw)
            yield hashing  # type: ignore[misc]
        facts = self.files.setdefault(name, {})
        facts["bytes"], facts["sha256"] = hashing.count, hashing.digest.hexdigest()

    @property
    def written(self) -> Written:
        return Written(self.folder, self.files, self.sources, self.left_out)

    def take(self, name: str, made: Path, facts: Mapping[str, Any]) -> None:
        """Move a file here. :param facts: what another sink noted of it as it was written. :raises ExportRefused: as ``open``."""
        shutil.move(made, self._new(name))
        self.files[name] = dict(facts)

    def _new(self, name: str) -> Path:
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or name in self.files:
            raise ExportRefused(f"The exporter named the file '{name}', which cannot be written.")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def discard(self, name: str) -> None:
        """Take back a file that was written."""
        (self.folder / name).unlink()
        del self.files[name]

    def progress(self, subjects_done: int) -> None:
        self._progress(subjects_done)

    def rows(self, name: str, count: int) -> None:
        self.files.setdefault(name, {})["rows"] = count

    def leave_out(self, what: str, number: int) -> None:
        self.left_out[what] += number

    def made_with(self, what: str, sha256: str) -> None:
        self.sources[what] = sha256


class Within:
    """A folder of a sink, for what stands in another export. :param before: how many subjects were written before it."""

    def __init__(self, sink: FolderSink, folder: str, before: int) -> None:
        self._sink, self._folder, self._before = sink, f"{folder}/" if folder else "", before

    @property
    def folder(self) -> Path:
        """Of the whole export."""
        return self._sink.folder

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """See ``FolderSink``."""
        return self._sink.open(self._folder + name)

    def take(self, name: str, made: Path, facts: Mapping[str, Any]) -> None:
        """See ``FolderSink``."""
        self._sink.take(self._folder + name, made, facts)

    def progress(self, subjects_done: int) -> None:
        self._sink.progress(self._before + subjects_done)

    def rows(self, name: str, count: int) -> None:
        self._sink.rows(self._folder + name, count)

    def leave_out(self, what: str, number: int) -> None:
        self._sink.leave_out(what, number)

    def made_with(self, what: str, sha256: str) -> None:
        self._sink.made_with(what, sha256)


def take_all(made: Written, sink: ExportSink) -> None:
    """Bring the files of a sink into another: they are moved, and only where it is none of the core's written once more."""
    for name, facts in made.files.items():
        path = made.folder / name
        if isinstance(sink, FolderSink | Within):
            sink.take(name, path, facts)
            continue
        with path.open("rb") as file, sink.open(name) as stream:
            shutil.copyfileobj(file, stream)
        if "rows" in facts:
            sink.rows(name, facts["rows"])
    for what, sha256 in made.sources.items():
        sink.made_with(what, sha256)
    for what, number in made.left_out.items():
        sink.leave_out(what, number)


class _Hashing(io.BufferedIOBase):
    """A binary file that hashes what passes; exporters only ever write to it."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()
        self.count = 0

    def write(self, data: ReadableBuffer) -> int:
        self.digest.update(data)
        written = self._raw.write(data)
        self.count += written
        return written

    def writable(self) -> bool:
        return True
