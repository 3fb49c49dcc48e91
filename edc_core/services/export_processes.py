"""Parts of an export in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from edc_core.errors import ExportRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.context import BaseContext

ASKED_S = 0.3  #: how often is told how far the parts are


class ProcessPool:
    """See ``export_parts.Engine``. Processes are no copies of this one: that of one with threads may hold their locks for ever."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def submit(
        self, work: Callable[[Any], Any], parts: Sequence[Any], *, tell: Callable[[], None],
        stop: Callable[[], None],
    ) -> list[Any]:  # fmt: skip
        """See ``export_parts.Engine``."""
        if self._pool is None:  # begins as many as there is work for
            self._pool = ProcessPoolExecutor(self._processes, _context(), _end_with_parent)
        try:
            futures = [self._pool.submit(work, part) for part in parts]
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, timeout=ASKED_S, return_when=FIRST_EXCEPTION)
                for one in done:
                    one.result()
                tell()
        except BaseException as error:
            stop()
            self.close()
            if isinstance(error, BrokenProcessPool):
                raise ExportRefused(
                    "A process that made a part of the export was ended from outside, perhaps for want of memory. Nothing "
                    "was exported. Try again, with fewer processes (EDC_EXPORT_PROCESSES) if it happens again."
                ) from error
            raise
        return [one.result() for one in futures]

    def close(self) -> None:
        """See ``export_parts.Engine``."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    """Where the system can, copies of a process without threads that has loaded what every part needs, once for all exports."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["edc_core.services.export_parts"])
    return context


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is no process of a pool"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
