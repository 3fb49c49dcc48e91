"""Several writers at once: nothing lost, nothing twice, no save behind a lock's back."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.protection import ProtectAction, Protection
from edc_core.errors import AlreadyExists, EdcError, Protected
from edc_core.ids import new_id
from edc_core.ledger.verify import verify
from edc_core.services import capture, protecting, subjects
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, a_study
from tests.databases import on_postgres, on_sqlite

THREADS = 8
SAVES = 6
PATIENCE = 20


@pytest.fixture
def trial(core):
    """A study outside live, where one person locks, with an item for each thread."""
    study = a_study()
    for number in range(THREADS):
        study.with_item(f"F.I{number}")
    trial = Trial(core, study.build(), environment="uat")
    trial.add_subject()
    return trial


def assert_whole(trial):
    with trial.core.read() as source:
        report = verify(source.connection)
    assert report.problems == []


def save_command(trial, item, raw, *, subject="S-001", op=""):
    path = trial.path(item)
    given = ItemInput(path, raw)
    return capture.SaveItems(
        study_id=trial.study_id, op=op or new_id(), subject_key=subject, form=path.form_path, items=(given,)
    )


def first_site(trial):
    return next(iter(trial.sites.values()))


def lock_site(trial):
    fields = {"action": ProtectAction.LOCK, "site_id": first_site(trial), "reason": SOME_REASON}
    return trial.act(trial.dm, protecting.protect_study, protecting.ProtectStudy, **fields)


def lock_form(trial):
    fields = {
        "subject_key": "S-001",
        "path": trial.form("F"),
        "action": ProtectAction.LOCK,
        "reason": SOME_REASON,
    }
    return trial.act(trial.dm, protecting.protect, protecting.Protect, **fields)


@contextmanager
def in_background(function, *arguments):
    """Run something in a thread; yields an event for its end and a function for its outcome."""
    done = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(function, *arguments)
        future.add_done_callback(lambda _: done.set())
        yield done, lambda: future.result(PATIENCE)


@on_postgres
@pytest.mark.parametrize("lock", [lock_site, lock_form])
def test_a_lock_waits_for_a_save_that_began_before_and_includes_it(trial, lock):
    with trial.core.write(trial.crc) as uow:
        capture.save_items(uow, save_command(trial, "F.I0", "in time"))
        with in_background(lock, trial) as (done, outcome):
            assert not done.wait(0.5), "the lock did not wait"
            uow.connection.commit()
            assert outcome()["state"] == "locked"
    book = trial.casebook("S-001")
    assert book.items[trial.path("F.I0")].value == "in time"
    assert book.protection(trial.form("F")) is Protection.LOCKED
    assert_whole(trial)


@on_postgres
@pytest.mark.parametrize(("service", "command"), [
    (protecting.protect_study, lambda trial: protecting.ProtectStudy(
        study_id=trial.study_id, op="lock", site_id=first_site(trial), action=ProtectAction.LOCK, reason=SOME_REASON)),
    (protecting.protect, lambda trial: protecting.Protect(
        study_id=trial.study_id, op="lock", subject_key="S-001", path=trial.form("F"),
        action=ProtectAction.LOCK, reason=SOME_REASON)),
])  # fmt: skip
def test_a_save_that_begins_after_a_lock_started_waits_and_is_refused(trial, service, command):
    with trial.core.write(trial.dm) as uow:
        service(uow, command(trial))
        late = save_command(trial, "F.I0", "too late")
        with in_background(trial.do, trial.crc, capture.save_items, late) as (done, outcome):
            assert not done.wait(0.5), "the save did not wait"
            uow.connection.commit()
            with pytest.raises(Protected):
                outcome()
    assert trial.casebook("S-001").items == {}
    assert_whole(trial)


@on_postgres
def test_a_save_at_another_site_does_not_wait_for_a_lock(core):
    study = a_study().with_item("F.I").with_site("KR-01").with_site("US-01", "US", "America/New_York")
    trial = Trial(core, study.build(), environment="uat")
    trial.add_subject(site="US-01")
    with trial.core.write(trial.dm) as uow:
        lock = protecting.ProtectStudy(
            study_id=trial.study_id,
            op="l",
            action=ProtectAction.LOCK,
            site_id=trial.sites["KR-01"],
            reason=SOME_REASON,
        )
        protecting.protect_study(uow, lock)
        save = save_command(trial, "F.I", "meanwhile")
        with in_background(trial.do, trial.cli, capture.save_items, save) as (done, _):
            assert done.wait(PATIENCE)


def at_once(function, count=THREADS):
    """Call function(0) to function(count - 1) at the same moment; failures come back as values."""
    start = threading.Barrier(count)

    def one(number):
        start.wait()
        try:
            return function(number)
        except EdcError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.parametrize("many", [False, True])
def test_eight_threads_lose_nothing(trial, many):
    keys = [f"S-{n:03}" if many else "S-001" for n in range(1, THREADS + 1)]
    for key in set(keys) - {"S-001"}:
        trial.add_subject(key)

    def save(number):
        for turn in range(SAVES):
            command = save_command(trial, f"F.I{number}", f"{turn}", subject=keys[number])
            trial.do(trial.crc, capture.save_items, command)

    assert at_once(save) == [None] * THREADS
    for number, key in enumerate(keys):
        assert trial.casebook(key).items[trial.path(f"F.I{number}")].version == SAVES
    for key in set(keys):
        entries = trial.entries(key)
        assert [entry["n"] for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry["kind"] for entry in entries].count("form.status") == 1
    assert sum(e["kind"] == "item.set" for key in set(keys) for e in trial.entries(key)) == THREADS * SAVES
    assert_whole(trial)


def test_a_save_that_is_sent_twice_at_once_is_carried_out_once(trial):
    command = save_command(trial, "F.I0", "once", op="twice")
    answers = at_once(lambda _: trial.do(trial.crc, capture.save_items, command))
    assert answers == [answers[0]] * THREADS
    assert [entry["kind"] for entry in trial.entries("S-001")].count("item.set") == 1


def test_one_of_two_who_change_the_same_value_at_once_is_told(trial):
    path = trial.path("F.I0")

    def save(number):
        given = ItemInput(path, f"value {number}", base_version=0)
        return trial.act(
            trial.crc,
            capture.save_items,
            capture.SaveItems,
            subject_key="S-001",
            form=path.form_path,
            items=(given,),
        )

    answers = at_once(save)
    assert sum(isinstance(answer, capture.SaveResult) for answer in answers) == 1
    assert {type(answer).__name__ for answer in answers} == {"SaveResult", "EditConflict"}


def add(trial, number, op=""):
    fields = {"subject_key": "S-777", "site_id": trial.sites["KR-01"]}
    if op:
        fields["op"] = op
    return trial.act(trial.crc, subjects.add_subject, subjects.AddSubject, **fields)


def test_a_subject_number_is_given_once_however_many_ask_for_it(trial):
    answers = at_once(lambda number: add(trial, number))
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert {type(answer) for answer in answers} == {dict, AlreadyExists}
    assert_whole(trial)


def test_an_enrolment_that_is_sent_twice_at_once_is_carried_out_once(trial):
    answers = at_once(lambda number: add(trial, number, op="the same"))
    assert isinstance(answers[0], dict)
    assert answers == [answers[0]] * THREADS
    assert len(trial.entries("S-777")) == 1
    assert_whole(trial)


ANOTHER_PROCESS = """
import sys
from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture
from edc_core.settings import Settings

url, study_id, path, saves = sys.argv[1:]
core = Core(Settings(database_url=url), EdcPlugins(()))
path = ItemPath.parse(path)
for turn in range(int(saves)):
    with core.write(Actor("cli:other", trusted=True)) as uow:
        capture.save_items(uow, capture.SaveItems(
            study_id=study_id, op=new_id(), subject_key="S-001", form=path.form_path,
            items=(ItemInput(path, str(turn)),)))
"""


@on_sqlite
def test_two_processes_on_one_file_take_turns(trial):
    def process(number):
        arguments = [
            str(trial.core.engine.url),
            trial.study_id,
            str(trial.path(f"F.I{number}")),
            str(SAVES * 3),
        ]
        code = [sys.executable, "-c", ANOTHER_PROCESS, *arguments]
        return subprocess.run(code, check=False, capture_output=True, text=True, timeout=60)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(process, range(2)))
    assert [(each.returncode, each.stderr) for each in done] == [(0, ""), (0, "")]
    items = trial.casebook("S-001").items
    assert [items[trial.path(f"F.I{n}")].version for n in range(2)] == [SAVES * 3] * 2
    assert_whole(trial)
