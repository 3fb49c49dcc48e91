"""A process that is killed before each statement it sends to the database, one after the other: all of a write, or nothing."""

import multiprocessing
import os
import signal
import sys

import pytest

from edc_core.clock import SystemClock
from edc_core.core import Core
from edc_core.domain import commands as c
from edc_core.domain.change import ItemInput
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import dispatch
from edc_core.services.verifying import verify
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, vital_signs

pytestmark = pytest.mark.faults


@pytest.fixture
def trial(core):
    trial = Trial(core, vital_signs().build())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    return trial


SENT = frozenset({"execute", "executemany", "commit"})
DRIVERS = ("sqlite3", "psycopg")
VS = ItemPath.parse("V1[1]/VS[1]")


def killer(nth):
    """A profile function that kills its process, as a power cut does, before the nth call of a driver."""
    left = [nth]

    def look(frame, event, argument):
        if event == "c_call" and argument.__name__ in SENT:
            module = type(getattr(argument, "__self__", None)).__module__
        elif event == "call" and frame.f_code.co_name in SENT:
            module = frame.f_globals.get("__name__", "")
        else:
            return
        if module.partition(".")[0] in DRIVERS:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return look


def in_a_process(settings, by, command, nth):
    core = Core(settings, EdcPlugins(()), SystemClock())
    with core.read():
        pass  # connected and set up: only the write itself is counted
    sys.setprofile(killer(nth))
    dispatch.submit(core, by, [command])
    sys.setprofile(None)


def save(trial, number):
    path = trial.path("VS.SYSBP")
    items = tuple(ItemInput(p, str(number)) for p in (path, trial.path("VS.DIABP")))
    return trial.crc, c.SaveItems(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", form=VS, items=items, reason=SOME_REASON
    )


def enrol(trial, number):
    site = trial.sites["KR-01"]
    return trial.crc, c.AddSubject(
        study_id=trial.study_id, op=new_id(), subject_key=f"S-{number}", site_id=site
    )


def freeze(trial, number):
    action = ProtectAction.FREEZE if number % 2 == 0 else ProtectAction.UNFREEZE
    return trial.dm, c.Protect(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", path=VS, action=action, reason=SOME_REASON
    )


@pytest.mark.parametrize("ask", [save, enrol, freeze])
def test_a_write_is_there_whole_or_not_at_all_wherever_it_was_killed(trial, ask):
    """A save is out of range in a complete form: values, queries and what follows are many statements."""
    fork = multiprocessing.get_context("fork")
    killed, exitcode = 0, None
    while exitcode != 0:
        by, command = ask(trial, 300 + killed)
        before = entries(trial)
        child = fork.Process(target=in_a_process, args=(trial.core.settings, by, command, killed + 1))
        child.start()
        child.join(60)
        exitcode = child.exitcode
        assert exitcode in (0, -signal.SIGKILL), exitcode
        written = entries(trial) - before
        for _ in range(2):  # who sends it again gets it done, once
            dispatch.submit(trial.core, by, [command])
        whole = entries(trial) - before
        assert whole > 0
        assert written in ((0, whole) if exitcode else (whole,)), f"killed before statement {killed + 1}"
        killed += exitcode != 0
    assert killed >= 3
    assert verify(trial.core, rebuild=True).problems == []


def entries(trial):
    with trial.core.read() as source:
        return source.connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar_one()
