"""Checks across subjects: run after a commit, on what they read of every subject, brought in where the answer differs."""

from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.metadata import DataType, PluginUse
from edc_core.domain.query import QueryAction, QueryState
from edc_core.ledger.append import Reason
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import capture, checking, queries
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import checks, readers
from tests.builders import Trial, a_study

WHY = Reason("transcription", "Read wrongly.")


@pytest.fixture
def a_trial(core_url, clock, tmp_path):
    made = []

    def make(plugin="plugin"):
        source = PluginSource("kits", f"tests.plugins.across:{plugin}")
        core = Core(
            Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins([source]), clock
        )
        made.append(core)
        version = (
            a_study("ACROSS")
            .with_event("V1", "EX")
            .with_item("EX.KITNO")
            .with_item("EX.DAT", DataType.DATE)
            .with_item("EX.TIM", DataType.TIME)
            .with_item("EX.NOTE")
            .with_site("KR-01", "KR", "Asia/Seoul")
            .with_site("US-01", "US", "America/New_York")
            .build()
        )
        version = replace(version, plugins=core.plugins.activate((PluginUse("kits", ""),)).resolved)
        trial = Trial(core, version)
        for key, site in (("S-1", "KR-01"), ("S-2", "US-01"), ("S-3", "US-01")):
            trial.add_subject(key, site=site)
        return trial

    yield make
    for core in made:
        core.close()


def dose(trial, subject, kit, time="10:00"):
    trial.save(
        subject, {"EX.KITNO": kit, "EX.DAT": "2026-03-04", "EX.TIM": time, "EX.NOTE": "x"}, by=trial.cli
    )
    trial.complete(subject, "EX", by=trial.cli)
    trial.run_checks(subject)


def correct(trial, subject, **values):
    trial.save(subject, {f"EX.{name}": text for name, text in values.items()}, by=trial.cli, reason=WHY)
    trial.run_checks(subject)


def asked(trial):
    return {
        key: [(q.check_oid, q.state) for q in trial.casebook(key).queries.values()]
        for key in ("S-1", "S-2", "S-3")
        if trial.casebook(key).queries
    }


def test_the_later_use_is_asked_about_by_the_clock_of_each_site(a_trial):
    trial = a_trial()
    dose(trial, "S-2", "K1", "09:00")  # 09:00 in New York is 23:00 in Seoul
    dose(trial, "S-1", "K1", "22:00")
    assert asked(trial) == {"S-2": [("KIT", QueryState.OPEN)]}
    assert verify(trial.core, rebuild=True).ok


def test_a_query_resolves_when_the_other_subject_is_corrected_and_reopens_when_it_is_back(a_trial):
    trial = a_trial()
    dose(trial, "S-2", "K1", "09:00")
    dose(trial, "S-3", "K1", "11:00")
    assert asked(trial) == {"S-3": [("KIT", QueryState.OPEN)]}
    correct(trial, "S-2", KITNO="K2")
    assert asked(trial) == {"S-3": [("KIT", QueryState.RESOLVED)]}
    correct(trial, "S-2", KITNO="K1")
    assert asked(trial) == {"S-3": [("KIT", QueryState.OPEN)]}


def test_in_progress_it_is_a_message_and_becomes_a_query_when_the_form_is_complete(a_trial):
    trial = a_trial()
    dose(trial, "S-2", "K1", "09:00")
    trial.save("S-3", {"EX.KITNO": "K1", "EX.DAT": "2026-03-04", "EX.TIM": "11:00"}, by=trial.cli)
    trial.run_checks("S-3")
    assert asked(trial) == {}
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-3")
        assert [found.check_oid for found in checks.findings(source.connection, subject)] == ["KIT"]
    trial.complete("S-3", "EX", by=trial.cli)
    trial.run_checks("S-3")
    assert asked(trial) == {"S-3": [("KIT", QueryState.OPEN)]}


def test_what_a_person_closed_stays_silent_until_a_row_it_rests_on_changes(a_trial):
    trial = a_trial()
    dose(trial, "S-2", "K1", "09:00")
    dose(trial, "S-3", "K1", "11:00")
    (query,) = trial.casebook("S-3").queries.values()
    for actor, action in ((trial.cli, QueryAction.ANSWER), (trial.dm, QueryAction.CLOSE)):
        trial.act(
            actor,
            queries.act_on_query,
            queries.ActOnQuery,
            subject_key="S-3",
            query_id=query.query_id,
            action=action,
            text="Confirmed.",
        )
    dose(trial, "S-1", "K9")  # somebody else's dose is nothing to it
    assert asked(trial)["S-3"] == [("KIT", QueryState.CLOSED)]
    correct(trial, "S-2", TIM="09:30")
    assert asked(trial)["S-3"] == [("KIT", QueryState.OPEN)]


def test_a_removed_form_is_not_seen(a_trial):
    trial = a_trial()
    dose(trial, "S-2", "K1", "09:00")
    dose(trial, "S-3", "K1", "11:00")
    trial.act(
        trial.cli,
        capture.mark_not_done,
        capture.MarkNotDone,
        subject_key="S-1",
        form=trial.form("EX"),
        reason=WHY,
    )
    trial.run_checks("S-1")
    assert asked(trial) == {"S-3": [("KIT", QueryState.OPEN)]}


def test_what_the_check_does_not_read_does_not_run_it(a_trial, monkeypatch):
    trial = a_trial()
    dose(trial, "S-2", "K1", "09:00")
    ran = []
    real = trial.core.check_host.run_across
    monkeypatch.setattr(trial.core.check_host, "run_across", lambda *a, **k: ran.append(1) or real(*a, **k))
    correct(trial, "S-2", NOTE="y")
    assert ran == []
    correct(trial, "S-2", KITNO="K2")
    assert ran == [1]


def test_many_subjects_that_wait_are_looked_across_once(a_trial, monkeypatch):
    trial = a_trial()
    for key, time in (("S-2", "09:00"), ("S-3", "11:00")):
        trial.save(key, {"EX.KITNO": "K1", "EX.DAT": "2026-03-04", "EX.TIM": time}, by=trial.cli)
        trial.complete(key, "EX", by=trial.cli)
    ran = []
    real = trial.core.check_host.run_across
    monkeypatch.setattr(trial.core.check_host, "run_across", lambda *a, **k: ran.append(1) or real(*a, **k))
    assert checking.check_due(trial.core, trial.study_id) == 3
    assert ran == [1]
    assert asked(trial) == {"S-3": [("KIT", QueryState.OPEN)]}
    assert checking.check_due(trial.core, trial.study_id) == 0


def test_a_check_that_fails_is_named_without_a_collected_value_and_costs_nothing(a_trial):
    trial = a_trial("failing")
    dose(trial, "S-2", "K1")
    failed = [entry["payload"] for entry in trial.entries("S-2") if entry["kind"] == "check.failed"]
    assert [payload["check_oid"] for payload in failed] == ["BAD"]
    assert "collected" not in failed[0]["text"]
    assert trial.casebook("S-2").items[trial.path("EX.KITNO")].value == "K1"


def test_a_check_that_reads_what_the_study_does_not_have_is_left_out_and_told(a_trial):
    from edc_core.domain.plugin_study import PluginStudy

    trial = a_trial("unknown")
    active = trial.core.plugins.activate(trial.index.version.plugins)
    offered = trial.core.plugins.checks(PluginStudy.of(trial.index, "live"), active)
    assert offered.across == ()
    assert "EX.NOWHERE" in offered.problems[0].text
