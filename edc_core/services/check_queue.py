"""Plugin checks of one worker process: asked for after a save, waited for a moment, finished in the background."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING

from edc_core.errors import way_of
from edc_core.services.checking import Checked, check_subject

if TYPE_CHECKING:
    from edc_core.core import Core

log = logging.getLogger("edc.checks")


class CheckQueue:
    """One thread, one check host. A subject that waits already is not queued twice."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="edc-checks")
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], Future[Checked]] = {}
        self._running: tuple[str, str] | None = None

    def ask(self, study_id: str, subject_id: str) -> Future[Checked]:
        """Have a subject looked at soon. What is asked and not done is done by the worker: the mark is in the database."""
        key = (study_id, subject_id)
        with self._lock:
            waiting = self._waiting.get(key)
            if waiting is not None:
                return waiting
            future = self._pool.submit(self._run, key)
            self._waiting[key] = future
            return future

    def ask_and_wait(self, study_id: str, subject_id: str, seconds: float = 0.3) -> Checked | None:
        """The outcome when it comes within the time, else ``None``: then it comes out of band."""
        try:
            return self.ask(study_id, subject_id).result(timeout=seconds)
        except NotYet:
            return None

    def is_idle(self) -> bool:
        """Whether there is nothing to do for any subject."""
        with self._lock:
            return not self._waiting and self._running is None

    def is_at_work(self, study_id: str, subject_id: str) -> bool:
        """Whether a subject waits to be looked at or is being looked at: its messages may still change."""
        key = (study_id, subject_id)
        with self._lock:
            return key in self._waiting or key == self._running

    def close(self) -> None:
        """Drop what waits and let what runs come to its end: it holds a connection."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, key: tuple[str, str]) -> Checked:
        with self._lock:
            self._waiting.pop(key, None)  # a save from here on has to be looked at again
            self._running = key
        try:
            return check_subject(self._core, *key)
        except Exception as error:
            log.error("plugin checks failed for subject %s: %s", key[1], way_of(error))  # noqa: TRY400
            raise
        finally:
            with self._lock:
                self._running = None
