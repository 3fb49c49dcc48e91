"""The definition as its files have it now, and the last version that could be shown."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edc_core.api import DefinitionAtHand, DefinitionRemark, EdcError, MetaDataVersion, StudyAtHand

EVERY = 0.1  #: seconds between two looks at the files
NOTHING = "There is nothing to show yet. Mend what is listed; this page follows the files."


@dataclass(frozen=True, slots=True)
class Shown:
    """What the preview shows.

    :param number: counts every change that was seen. :param version: counts the versions that could be shown.
    :param study: the last good version; ``None`` while there has been none.
    :param is_current: the files as they are now could be shown.
    """

    number: int = 0
    version: int = 0
    study: StudyAtHand | None = None
    findings: tuple[DefinitionRemark, ...] = ()
    is_current: bool = False


class Following:
    """Reads the files again whenever one of them changes.

    :param read: the definition of the files. :param publish: puts a version in force.
    """

    def __init__(
        self,
        path: Path,
        read: Callable[[Path], DefinitionAtHand],
        publish: Callable[[MetaDataVersion], StudyAtHand],
    ) -> None:
        self._path, self._read, self._publish = path, read, publish
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._seen: dict[str, tuple[int, int]] = {}
        self._shown = Shown()
        self._thread = threading.Thread(target=self._follow, name="study files", daemon=True)

    @property
    def shown(self) -> Shown:
        with self._changed:
            return self._shown

    def begin(self) -> None:
        """Read once, then follow."""
        self._seen = self._stamps()
        self._take()
        self._thread.start()

    def let_go(self) -> None:
        """Have nobody wait any longer: a server waits for its answers before it ends."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()

    def end(self) -> None:
        self.let_go()
        self._thread.join()

    def wait(self, after: int, seconds: float) -> Shown:
        """What is shown once it is newer than a number, or after some seconds, or when all is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._shown.number > after or self._stop.is_set(), timeout=seconds)
            return self._shown

    def _follow(self) -> None:
        while not self._stop.wait(EVERY):
            now = self._stamps()
            if now != self._seen:
                self._seen = now
                self._take()

    def _stamps(self) -> dict[str, tuple[int, int]]:
        """Time and size of each file; one that goes away meanwhile counts as gone."""
        files = [self._path] if self._path.is_file() else self._path.rglob("*.y*ml")
        found = {}
        for file in files:
            try:
                about = file.stat()
            except FileNotFoundError:
                continue
            found[str(file)] = (about.st_mtime_ns, about.st_size)
        return found

    def _take(self) -> None:
        read = self._read(self._path)
        study, version, findings = self._shown.study, self._shown.version, read.findings
        is_current = read.version is not None
        if read.version is not None:
            try:
                study, version = self._publish(read.version), version + 1
            except (
                EdcError
            ) as error:  # told like a finding: the next change of a file is followed all the same
                place = (str(self._path), 0, 0, error.code, "error")
                findings, is_current = (*findings, DefinitionRemark(*place, error.message)), False
        with self._changed:
            self._shown = Shown(self._shown.number + 1, version, study, findings, is_current)
            self._changed.notify_all()
