"""What was committed to SQLite is on the disk before anybody is told; one wait serves all who committed meanwhile.

In WAL mode with ``synchronous=NORMAL`` a commit appends to the file ``-wal`` and SQLite itself waits for the disk at
checkpoints only (https://sqlite.org/wal.html#performance_considerations). The wait that makes a commit durable is ours, after the
write gate was given back: while one thread waits, others write.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from edc_core.errors import Busy

if TYPE_CHECKING:
    from pathlib import Path

NOT_CONFIRMED = (
    "The disk did not confirm what was written, so nothing more is taken until the system is started again. "
    "Whoever runs it should look at the disk first; what you sent can be sent once more."
)


class Disk:
    """The write-ahead log of one SQLite database, waited for.

    A wait that failed is not tried again: the system may have dropped what it could not write, and the next wait would say
    that all is well. From then on every ``settle`` is refused, for the life of this object.

    :param database: its file; None for a database in memory or of another kind, which has nothing to wait for.
    """

    def __init__(self, database: Path | None) -> None:
        self._log = None if database is None else database.with_name(f"{database.name}-wal")
        self._lock = threading.Lock()
        self._begun = self._done = 0
        self._known: int | None = None
        self._failed: OSError | None = None

    def settle(self) -> None:
        """Return once a wait that began after this call was over: whatever was committed before the call is on the disk.

        :raises Busy: the disk did not confirm it, now or earlier.
        """
        if self._log is None:
            return
        mine = self._begun + 1
        with self._lock:
            if self._failed is not None:
                raise Busy(NOT_CONFIRMED) from self._failed
            if self._done >= mine:
                return
            self._begun += 1
            try:
                self._wait(self._log)
            except OSError as error:
                self._failed = error
                raise Busy(NOT_CONFIRMED) from error
            self._done = self._begun

    def _wait(self, log: Path) -> None:
        try:
            handle = os.open(log, os.O_RDWR)
        except FileNotFoundError:
            return  # whoever closed the database last has moved all of it into the database, and waited
        try:
            wait_for(handle)
            number = os.fstat(handle).st_ino
        finally:
            os.close(handle)
        if number != self._known:  # a new log: its name has to be on the disk too
            wait_for_folder(log.parent)
            self._known = number


def wait_for(handle: int) -> None:
    """Return when what was written to an open file is on the disk, with its length."""
    if sys.platform == "linux":
        os.fdatasync(handle)
    else:
        os.fsync(handle)


def wait_for_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk. Windows has no such wait, and needs none."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
