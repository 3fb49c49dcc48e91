"""Plugin checks through the services: what they find, and that a plugin that misbehaves never costs a save."""

import os
import signal
import time
from contextlib import suppress
from copy import copy
from dataclasses import replace

import pytest

from edc_core.check_host import CheckHost
from edc_core.core import Core
from edc_core.domain.imported import Imported, ImportedQuery, ImportedSubject
from edc_core.domain.metadata import DataType, PluginUse
from edc_core.domain.query import Query, QueryAction, QuerySource, QueryState
from edc_core.ids import new_id
from edc_core.ledger.append import Reason
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import checking, importing, queries
from edc_core.services.check_queue import CheckQueue
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import checks, readers
from tests.builders import Trial, a_study
from tests.ids import without_ids
from tests.sharing import host_of_all

WHY = Reason("transcription", "Read wrongly.")


@pytest.fixture
def a_trial(core_url, clock, tmp_path):
    """A trial whose study uses some checks of the misbehaving plugin."""
    made = []

    def make(*names):
        source = PluginSource("bad", f"tests.plugins.misbehaving:only.{'.'.join(names)}.plugin")
        core = Core(
            Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins([source]), clock
        )
        core.check_host = host_of_all(deadline_s=0.5, overall_s=10)
        made.append(core)
        version = (
            a_study("CHECKED")
            .with_event("V1", "VS")
            .with_item("VS.SYSBP", DataType.INTEGER)
            .with_site("KR-01")
            .build()
        )
        version = replace(version, plugins=core.plugins.activate((PluginUse("bad", ""),)).resolved)
        assert version.plugins, "the plugin is not active"
        trial = Trial(core, version)
        trial.add_subject()
        return trial

    yield make
    for core in made:
        core.close()


def check(trial):
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
    return checking.check_subject(trial.core, trial.study_id, subject.subject_id)


def found(trial):
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
        return checks.findings(source.connection, subject)


def system_queries(trial):
    return [query for query in trial.casebook("S-001").queries.values() if query.check_oid == "good"]


def test_while_in_progress_a_finding_is_a_message_and_no_query(a_trial):
    trial = a_trial("good")
    trial.save("S-001", {"VS.SYSBP": "222"})
    check(trial)
    assert [one.check_oid for one in found(trial)] == ["good"]
    assert system_queries(trial) == []


def test_from_complete_on_it_opens_one_query_that_names_its_plugin_and_resolves_by_itself(a_trial):
    trial = a_trial("good")
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    check(trial)
    check(trial)
    [query] = system_queries(trial)
    assert query.state is QueryState.OPEN
    assert query.plugin.startswith("bad ")
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=WHY)
    check(trial)
    [resolved] = system_queries(trial)
    assert (resolved.query_id, resolved.state) == (query.query_id, QueryState.RESOLVED)
    trial.save("S-001", {"VS.SYSBP": "222"}, reason=WHY)
    check(trial)
    [reopened] = system_queries(trial)
    assert (reopened.query_id, reopened.state) == (query.query_id, QueryState.OPEN)
    assert verify(trial.core, rebuild=True).ok


@pytest.mark.parametrize(
    "state", [QueryState.OPEN, QueryState.ANSWERED, QueryState.CLOSED, QueryState.CANCELLED]
)
def test_a_query_that_an_import_brings_is_found_by_its_check(a_trial, state):
    trial = a_trial("good")
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    asked = Query(new_id(), trial.path("VS.SYSBP"), state, QuerySource.SYSTEM, "Please confirm.", "good")
    subject = ImportedSubject("CHECKED", "1", "S-001", queries=(ImportedQuery(asked),))
    staged = importing.Staged(Imported(subjects=(subject,)), "a" * 64, ("file.xml",))
    importing.run(trial.core, trial.cli, staged, environment="live")
    check(trial)
    [query] = system_queries(trial)
    assert (query.query_id, query.state, len(query.messages)) == (asked.query_id, state, 1)
    assert bool(query.fingerprint) is not query.is_unfinished
    assert verify(trial.core, rebuild=True).ok


def test_what_a_person_closed_stays_silent_until_its_inputs_change(a_trial):
    trial = a_trial("good")
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    check(trial)
    [query] = system_queries(trial)
    for person, action in ((trial.crc, QueryAction.ANSWER), (trial.dm, QueryAction.CLOSE)):
        trial.act(
            person, queries.act_on_query, queries.ActOnQuery,
            subject_key="S-001", query_id=query.query_id, action=action, text="As in source.",
        )  # fmt: skip
    check(trial)
    assert system_queries(trial)[0].state is QueryState.CLOSED
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=WHY)
    trial.save("S-001", {"VS.SYSBP": "222"}, reason=WHY)
    check(trial)
    assert system_queries(trial)[0].state is QueryState.CLOSED, "the same inputs: a person has judged them"


@pytest.mark.parametrize("name", ["sleeps", "raises", "exits", "N_NUMBER"])
def test_a_check_that_fails_is_a_visible_finding_and_the_others_still_answer(a_trial, name):
    trial = a_trial("good", name)
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    outcome = check(trial)
    assert [failure.check_oid for failure in outcome.failures] == [name]
    assert len(system_queries(trial)) == 1
    failures = [entry for entry in trial.entries("S-001") if entry["kind"] == "check.failed"]
    assert [entry["payload"]["check_oid"] for entry in failures] == [name]
    assert "222" not in without_ids(str(failures[0]["payload"]))
    with trial.core.read() as source:
        [health] = checks.health(source.connection, trial.study_id)
    assert health["check_oid"] == name
    assert verify(trial.core, rebuild=True).ok


def test_a_failure_leaves_one_entry_however_often_it_happens(a_trial):
    trial = a_trial("raises")
    for value in ("100", "101", "102"):
        trial.save("S-001", {"VS.SYSBP": value})
        check(trial)
    kinds = [entry["kind"] for entry in trial.entries("S-001")]
    assert kinds.count("check.failed") == 1


def test_a_check_that_hangs_rests_and_is_tried_again_later(a_trial, clock):
    trial = a_trial("good", "sleeps")
    trial.save("S-001", {"VS.SYSBP": "222"})
    assert check(trial).failures
    trial.save("S-001", {"VS.SYSBP": "221"})
    assert not check(trial).failures, "it rests"
    clock.advance(minutes=11)
    trial.save("S-001", {"VS.SYSBP": "222"})
    assert check(trial).failures


def test_saves_go_on_while_a_check_sleeps_for_ever(a_trial):
    """A save takes as long as without the plugin: nothing of it waits for the check."""
    trial = a_trial("sleeps")
    waiting = CheckQueue(trial.core)
    trial.core.check_host = CheckHost(deadline_s=5, overall_s=10)
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
    trial.save("S-001", {"VS.SYSBP": "100"})
    future = waiting.ask(trial.study_id, subject.subject_id)
    started = time.monotonic()
    for value in range(101, 111):
        trial.save("S-001", {"VS.SYSBP": str(value)})
    assert not future.done() or time.monotonic() - started > 4
    assert trial.casebook("S-001").items[trial.path("VS.SYSBP")].value == "110"
    while (
        not future.done()
    ):  # its deadlines are the matter of other tests; what is killed while it begins begins again
        if pid := trial.core.check_host.pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    waiting.close()


def test_checks_that_were_due_when_the_process_died_are_run_by_the_next(a_trial):
    trial = a_trial("good")
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    assert system_queries(trial) == []
    assert checking.check_due(trial.core, trial.study_id) == 1
    assert len(system_queries(trial)) == 1
    assert checking.check_due(trial.core, trial.study_id) == 0


class BusySubject(CheckHost):
    """A check host beside which somebody on another connection writes to the subject before its findings come."""

    writing = None
    times = 0

    def run(self, request, *, overall_s=None):
        report = super().run(request, overall_s=overall_s)
        if self.times:
            self.times -= 1
            self.writing(str(100 + self.times))
        return report


@pytest.mark.parametrize(("times", "asked_of"), [(checking.ATTEMPTS - 1, "100"), (checking.ATTEMPTS, None)])
def test_findings_of_an_outdated_picture_are_never_written_and_the_subject_stays_due(
    a_trial, core_url, clock, times, asked_of, tmp_path
):
    trial = a_trial("good")
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    other = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), trial.core.plugins, clock)
    beside = copy(trial)
    beside.core = other
    trial.core.check_host = BusySubject(deadline_s=0.5, overall_s=10)
    trial.core.check_host.writing = lambda value: beside.save("S-001", {"VS.SYSBP": value}, reason=WHY)
    trial.core.check_host.times = times
    assert check(trial).is_whole is (asked_of is not None)
    assert system_queries(trial) == [], "222 is no longer there"
    assert checking.check_due(trial.core, trial.study_id) == (0 if asked_of else 1)
    assert verify(trial.core, rebuild=True).ok
    other.close()


def test_a_form_of_a_locked_site_gets_no_query_from_a_check_until_the_site_is_unlocked(a_trial):
    from edc_core.domain.protection import ProtectAction
    from edc_core.services import protecting

    trial = a_trial("good")
    trial.save("S-001", {"VS.SYSBP": "222"})
    trial.complete("S-001", "VS")
    site_id = trial.casebook("S-001").subject.site_id

    def site(action, by):
        fields = {"site_id": site_id, "action": action, "reason": WHY}
        trial.act(by, protecting.protect_study, protecting.ProtectStudy, **fields)
        check(trial)

    site(ProtectAction.LOCK, trial.dm)
    assert system_queries(trial) == []
    site(ProtectAction.UNLOCK, trial.dm)
    assert system_queries(trial) == [], "it is asked for and not confirmed"
    site(ProtectAction.UNLOCK, trial.spo)
    assert len(system_queries(trial)) == 1


def test_a_subject_without_the_form_says_nothing_about_a_check_that_fails(a_trial):
    trial = a_trial("raises")
    trial.add_subject("S-002")
    trial.save("S-001", {"VS.SYSBP": "120"})
    check(trial)
    trial.run_checks("S-002")
    with trial.core.read() as source:
        assert [row["check_oid"] for row in checks.health(source.connection, trial.study_id)] == ["raises"]
