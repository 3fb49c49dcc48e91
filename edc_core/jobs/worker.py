"""The worker: puts versions in force on their day, takes jobs, runs plugin checks that are due; once a day it ticks in
each zone, and anchors.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from edc_core.clock import ASK_EVERY_S, iso
from edc_core.domain.job import DONE, EXPORT, FAILED, MORNING, JobTakenAway
from edc_core.domain.site_copy import COPY
from edc_core.errors import EdcError, way_of
from edc_core.services import broken_mail, clock_health, mailing
from edc_core.services.activating import activate_due
from edc_core.services.checking import SYSTEM_ACTOR, check_due
from edc_core.services.late import late
from edc_core.services.ticking import Ticker
from edc_core.store import jobs, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edc_core.core import Core
    from edc_core.domain.clock_health import ClockStanding
    from edc_core.domain.job import Job

log = logging.getLogger("edc.worker")
STALE = timedelta(minutes=5)  #: a job whose worker is silent for so long is given back
BEAT_S = 30.0  #: how often a worker that carries a job out is heard of
PAUSE_S = 1.0
TELL_EVERY_S = 1.0
#: What does the work of the kinds of job that are not a plugin's.
CARRY_OUT = {
    EXPORT: late("export_jobs", "carry_out"),
    COPY: late("export_jobs", "carry_out"),
    mailing.KIND: late("mail_jobs", "carry_out"),
    MORNING: late("daily_mail", "carry_out"),
}
CHECK_DELAY_S = 5.0  #: a page runs its own checks at once; the worker takes what was left behind


class Worker:
    """One worker. Several may run against one database."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._stop = threading.Event()
        self._anchored = ""
        self._ticker = Ticker(core)
        self._clock: ClockStanding | None = None
        self._every = {  # seconds from one time to the next
            self._tell_signers: broken_mail.EVERY_S,
            self._queue_mornings: 900.0,
            self._look_at_clock: ASK_EVERY_S,
            self._clear_files: 3600.0,  # parts of files that nobody went on sending, and exports after their time
            self._do_standing: 30.0,  # what plugins do without being asked
        }
        self._done_at: dict[Callable[[], bool], float] = {}

    def run(self, *, once: bool = False) -> None:
        """Work until stopped; with ``once`` until nothing is due."""
        while not self._stop.is_set():
            worked = self._round()
            if once and not worked:
                return
            if not worked:
                self._stop.wait(PAUSE_S)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work in a thread beside the server."""
        thread = threading.Thread(target=self.run, name="edc-worker", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(timeout=10)

    def _round(self) -> bool:
        worked = False
        for part in (self._activations, self._job, self._checks, self._tick, self._anchor, *self._every):
            if time.monotonic() - self._done_at.get(part, -math.inf) < self._every.get(part, 0):
                continue
            self._done_at[part] = time.monotonic()
            try:
                worked = part() or worked
            except Exception as error:  # noqa: BLE001 - a worker outlives any one piece of work; the log names it
                log.error("work failed: %s", way_of(error))  # noqa: TRY400 - its words may hold a value
                time.sleep(PAUSE_S)
        return worked

    def _activations(self) -> bool:
        return activate_due(self._core) > 0

    def _job(self) -> bool:
        core = self._core
        now = core.clock.now()
        with core.read() as source:
            if not jobs.is_any_open(source.connection, iso(now)):
                return False
        with core.write(SYSTEM_ACTOR) as uow:
            jobs.requeue_stale(uow.connection, iso(now - STALE), iso(now))
            taken = jobs.take_next(uow.connection, iso(now))
        if taken is None:
            return False
        try:
            carry_out = CARRY_OUT.get(taken.kind, late("plugin_jobs", "carry_out"))
            with self._heartbeat(taken):
                result, state = carry_out(core, taken, self._teller(taken)), DONE
        except JobTakenAway:
            return True
        except EdcError as error:
            result, state = {"error": error.message, "code": error.code}, FAILED
        except Exception as error:  # noqa: BLE001 - the log names it
            log.error("job %s failed: %s", taken.job_id, way_of(error))  # noqa: TRY400
            result = {"error": f"It stopped for a reason the log knows under job {taken.job_id}."}
            state = FAILED
        with core.write(SYSTEM_ACTOR) as uow:
            jobs.end(uow.connection, taken.job_id, state, result, iso(core.clock.now()))
            if taken.kind == EXPORT:
                from edc_core.services import export_mail  # as above

                export_mail.tell(uow, taken, state)
        return True

    @contextmanager
    def _heartbeat(self, job: Job) -> Iterator[None]:
        """Let it be known that the job's worker lives, whether or not the job tells how far it is."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(BEAT_S):
                try:
                    with self._core.write(SYSTEM_ACTOR) as uow:
                        jobs.beat(uow.connection, job.job_id, iso(self._core.clock.now()))
                except Exception as error:  # noqa: BLE001 - the next one may reach the database again
                    log.error("heartbeat of job %s failed: %s", job.job_id, way_of(error))  # noqa: TRY400

        thread = threading.Thread(target=beat, name=f"edc-job-{job.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _teller(self, job: Job) -> Callable[[int, int], None]:
        """Notes how far the job is, once a second at most, and when it is at its end: it is shown to a person, and each note is a transaction.

        :raises JobTakenAway: from it, within a second of the cancelling: the work ends where it is.
        """
        last, told = 0.0, -1

        def tell(done: int, total: int) -> None:
            nonlocal last, told
            if time.monotonic() - last < TELL_EVERY_S and (done != total or told == total):
                return
            last, told = time.monotonic(), done
            with self._core.write(SYSTEM_ACTOR) as uow:
                if not jobs.tell(uow.connection, job.job_id, done, total, iso(self._core.clock.now())):
                    raise JobTakenAway

        return tell

    def _checks(self) -> bool:
        with self._core.read() as source:
            studies = readers.studies(source.connection)
        before = iso(self._core.clock.now() - timedelta(seconds=CHECK_DELAY_S))
        return sum(check_due(self._core, study.study_id, before=before) for study in studies) > 0

    def _tick(self) -> bool:
        return self._ticker.tick_due() > 0

    def _tell_signers(self) -> bool:
        return broken_mail.tell_signers(self._core) > 0

    def _queue_mornings(self) -> bool:
        from edc_core.services import daily_mail  # as above

        return daily_mail.queue_due(self._core) > 0

    def _look_at_clock(self) -> bool:
        found = clock_health.note(self._core, self._clock)
        if found.is_to_be_mended and found.standing is not self._clock:
            log.warning("%s", found.words)
        self._clock = found.standing
        return False

    def _clear_files(self) -> bool:
        self._core.files.clear_stale()
        late("export_expiry", "remove_due")(self._core)
        return False

    def _do_standing(self) -> bool:
        late("plugin_jobs", "do_standing")(self._core)
        return False

    def _anchor(self) -> bool:
        core = self._core
        today = iso(core.clock.now())[:10]
        if not core.settings.anchor_file or self._anchored == today:
            return False
        late("anchoring", "anchor_everything")(core, SYSTEM_ACTOR)
        self._anchored = today
        return False
