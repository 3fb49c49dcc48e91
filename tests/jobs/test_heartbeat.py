"""A job belongs to the worker that carries it out for as long as that worker lives, however quiet the job is."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from edc_core.clock import iso
from edc_core.ids import new_id
from edc_core.jobs import worker
from edc_core.jobs.worker import SYSTEM_ACTOR, Worker
from edc_core.store import jobs

KIND = "quiet"
LONG_AFTER = timedelta(minutes=6)  #: more than a worker may be silent


class QuietJob:
    """Work that says nothing of how far it is until it is let go."""

    def __init__(self):
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self.runs = 0

    def __call__(self, core, job, tell):
        self.runs += 1
        self.begun.set()
        assert self.let_go.wait(30)
        return {"run": self.runs}


@pytest.fixture
def quiet(monkeypatch):
    job = QuietJob()
    monkeypatch.setitem(worker.CARRY_OUT, KIND, job)
    yield job
    job.let_go.set()


@pytest.fixture
def job_id(core):
    asked = new_id()
    with core.write(SYSTEM_ACTOR) as uow:
        jobs.add(
            uow.connection, job_id=asked, study_id=new_id(), kind=KIND, actor="dm.choi", request={},
            at=iso(core.clock.now()),
        )  # fmt: skip
    return asked


def find(core, job_id):
    with core.read() as source:
        return jobs.find(source.connection, job_id)


def until(what):
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_quiet_job_stays_with_the_worker_that_lives(core, clock, quiet, job_id, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_S", 0.05)
    busy = threading.Thread(target=Worker(core).run, kwargs={"once": True}, daemon=True)
    busy.start()
    assert quiet.begun.wait(20)
    clock.moment += LONG_AFTER
    until(lambda: find(core, job_id).changed_at == iso(clock.now()))
    Worker(core).run(once=True)
    assert (find(core, job_id).state, quiet.runs) == ("running", 1)
    quiet.let_go.set()
    busy.join(20)
    assert (find(core, job_id).state, find(core, job_id).result) == ("done", {"run": 1})
    assert not [thread for thread in threading.enumerate() if thread.name == f"edc-job-{job_id}"]


def test_a_job_of_a_worker_that_died_is_taken_up_again(core, clock, quiet, job_id):
    with core.write(SYSTEM_ACTOR) as uow:  # as a process that ended right after it took the job
        assert jobs.take_next(uow.connection, iso(clock.now())).job_id == job_id
    quiet.let_go.set()
    clock.moment += LONG_AFTER / 2
    Worker(core).run(once=True)
    assert (find(core, job_id).state, quiet.runs) == ("running", 0)
    clock.moment += LONG_AFTER
    Worker(core).run(once=True)
    assert (find(core, job_id).state, quiet.runs) == ("done", 1)


def test_a_heartbeat_brings_no_finished_job_back(core, clock, quiet, job_id):
    quiet.let_go.set()
    Worker(core).run(once=True)
    ended = find(core, job_id)
    clock.moment += LONG_AFTER
    with core.write(SYSTEM_ACTOR) as uow:
        jobs.beat(uow.connection, job_id, iso(clock.now()))
    assert find(core, job_id) == ended
