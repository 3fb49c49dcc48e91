"""Files on their way in: what a person sent to a page of a plugin, until it is taken over, given up or too old.

They lie in ``staged`` below the folder of files, each person's apart, so that no digest opens what another person sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import time
from typing import IO, TYPE_CHECKING

from edc_core.domain.file_value import FileRules, FileValue, clean_name
from edc_core.store.files import FileFolder

if TYPE_CHECKING:
    from pathlib import Path

STAGED = "staged"
KEPT_DAYS = 7  #: what nobody came back for is removed after so long


class StagedFiles:
    """The files that one person staged for one plugin in one study.

    :param root: the folder of files. :param owner: study, plugin and login.
    """

    def __init__(self, root: Path, *owner: str) -> None:
        self._root = root / STAGED
        self._folder = FileFolder(self._root / hashlib.sha256("\n".join(owner).encode()).hexdigest())

    def take(self, stream: IO[bytes], rules: FileRules, name: str, size: int) -> FileValue:
        """See ``FileFolder.take``. What is too old, whosever it is, goes."""
        self._clear_old()
        return self._folder.take(stream, rules, clean_name(name), size).file

    def keep(self, name: str, content: bytes, kind: str) -> FileValue:
        """Stage what a plugin made itself. :param kind: name of one of ``KINDS``."""
        rules = FileRules((kind,), max_mb=len(content) // 1_000_000 + 1)
        return self.take(io.BytesIO(content), rules, name, len(content))

    def open(self, file: FileValue) -> IO[bytes]:
        """:raises NotFound: it was given up, or is too old."""
        return self._folder.open(file.sha256)

    def path(self, file: FileValue) -> Path:
        """See ``FileFolder.path``."""
        return self._folder.path(file)

    def holds(self, file: FileValue) -> bool:
        """Whether it is still there."""
        return self._folder.holds(file)

    def drop(self, *files: FileValue) -> None:
        """Remove files; those that are gone already are."""
        for file in files:
            self._folder.drop(file.sha256)

    def _clear_old(self) -> None:
        for file in self._root.glob("*/??/*"):
            with contextlib.suppress(OSError):  # somebody else removed it
                if file.stat().st_mtime < time.time() - KEPT_DAYS * 24 * 3600:
                    file.unlink()
