"""Files that the values of an export name: copied beside the data, under the name the data give them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from edc_core.domain.file_value import FileValue
from edc_core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edc_core.domain.dataset import ExportSubject
    from edc_core.domain.file_value import FileScan
    from edc_core.domain.index import MetaDataIndex
    from edc_core.services.export_sink import FolderSink
    from edc_core.store.files import FileFolder

    Scans = Mapping[str, FileScan]


class NamedFiles:
    """Notes each file named by a value that passes, now or in its history, and copies them when all have passed.

    What is in scope was decided before: a value that is not in the export has no file in it, and a redacted value
    names none.
    """

    def __init__(self, versions: Iterable[MetaDataIndex]) -> None:
        self._items = {item.oid for index in versions for item in index.version.items if item.file}
        self.named: dict[str, FileValue] = {}  #: by the name in the export

    def watch(self, subjects: Iterator[ExportSubject]) -> Iterator[ExportSubject]:
        """The same subjects."""
        return self._noting(subjects) if self._items else subjects

    def _noting(self, subjects: Iterator[ExportSubject]) -> Iterator[ExportSubject]:
        for subject in subjects:
            for form in subject.forms:
                for item in form.items:
                    if item.oid in self._items:
                        for record in item.history:
                            self._note(record.value)
            yield subject

    def add(self, files: Iterable[FileValue]) -> None:
        """Copy these too."""
        self.named |= {file.exported_as: file for file in files}

    def _note(self, value: str | None) -> None:
        try:
            file = FileValue.parse(value or "")
        except ValueError:
            return  # blank, or kept as it was found by an import
        self.named[file.exported_as] = file

    def copy(self, files: FileFolder, sink: FolderSink, scans: Scans, then: Scans) -> dict[str, list[Any]]:
        """Copy them, each once, piece by piece, but those in which a virus was found.

        :param scans: what scanners said last; ``then`` what they had said at the cut, so that the same cut says the same.
        :returns: for the manifest ``missing_files``, those that are not there as they were given (``file``, ``sha256``,
            ``bytes``, ``problem``: ``missing`` or ``changed``), and ``infected_files`` (``found`` and ``by`` in its place),
            of which the folder holds neither; and ``unscanned_files``, names of those that it holds and that no scanner
            had looked through.
        """
        absent, infected, unscanned = [], [], []
        for name, file in sorted(self.named.items()):
            fact = {"file": name, "sha256": file.sha256, "bytes": file.size}
            scan = scans.get(file.sha256)
            if scan is not None and scan.state == "infected":
                infected.append(fact | {"found": scan.found, "by": scan.by})
            elif problem := self._copy(name, file, files, sink):
                absent.append(fact | {"problem": problem})
            elif file.sha256 not in then or then[file.sha256].state == "failed":
                unscanned.append(name)
        return {"missing_files": absent, "infected_files": infected, "unscanned_files": unscanned}

    @staticmethod
    def _copy(name: str, file: FileValue, files: FileFolder, sink: FolderSink) -> str:
        try:
            stored = files.open(file.sha256)
        except NotFound:
            return "missing"
        with stored, sink.open(name) as target:
            shutil.copyfileobj(stored, target)
        if sink.files[name]["sha256"] == file.sha256:
            return ""
        sink.discard(name)
        return "changed"
