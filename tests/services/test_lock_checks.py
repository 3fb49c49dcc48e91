"""What plugins want settled before the study is locked: it refuses through every door, and so does a plugin that fails."""

from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.lock_blocker import Obstacle
from edc_core.domain.metadata import PluginUse
from edc_core.domain.permission import Role
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.protection import ProtectAction
from edc_core.errors import EditConflict, NotFound, ReasonRequired, WrongState
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import dispatch, protecting
from edc_core.services.plugin_session import CorePluginSession
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, vital_signs
from tests.plugins import lock_checks


@pytest.fixture
def a_trial(core_url, clock, tmp_path):
    made = []

    def make(plugin="plugin", environment="live"):
        source = PluginSource("listed", f"tests.plugins.lock_checks:{plugin}")
        settings = Settings(database_url=core_url, files_dir=tmp_path / "files")
        core = Core(settings, EdcPlugins([source]), clock)
        made.append(core)
        version = vital_signs().build()
        version = replace(version, plugins=core.plugins.activate((PluginUse("listed", ""),)).resolved)
        trial = Trial(core, version, environment=environment)
        trial.add_subject()
        trial.save("S-001", {trial.path("AE.TERM", rows="1"): "Headache"}, complete=True)
        trial.run_checks("S-001")
        return trial

    yield make
    for core in made:
        core.close()


def access(trial, by=None, prove=lambda login, password: ("password", "")):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, by or trial.dm, study, "locking", prove)


def open_things(trial, by=None):
    found = access(trial, by).lock_list().open.remaining
    return {(one.thing.why, str(one.thing.path)): one for one in found}


def of_plugins(trial, by=None):
    whys = (Obstacle.UNRECONCILED, Obstacle.LOCK_CHECK)
    return [one for one in open_things(trial, by).values() if one.thing.why in whys]


def waive_what(trial, wanted):
    things = tuple(one.thing for one in open_things(trial).values() if wanted(one))
    said = {"login": trial.dm.name, "password": "x", "op": new_id()}
    return access(trial).waive({"S-001": things}, SOME_REASON, **said)


def a_lock(trial):
    return protecting.ProtectStudy(
        study_id=trial.study_id, op=new_id(), action=ProtectAction.LOCK, reason=SOME_REASON
    )


def by_page_or_job(trial):
    return access(trial).submit(a_lock(trial))


def by_command_line(trial):
    session = CorePluginSession(trial.core, lambda _: trial.dm)
    with trial.core.read() as source:
        name = str(readers.study_by_id(source.connection, trial.study_id))
    return session.submit(session.study(name), a_lock(trial))


def by_dispatch(trial):
    return dispatch.submit(trial.core, trial.dm, [a_lock(trial)])


def in_rehearsal(trial):
    (answer,) = access(trial).rehearse(a_lock(trial))
    if isinstance(answer, Exception):
        raise answer
    return [answer]


DOORS = [by_page_or_job, by_command_line, by_dispatch, in_rehearsal]


def test_what_a_plugin_says_stands_in_the_list_with_its_place_and_whose_work_it_is(a_trial):
    (one,) = of_plugins(a_trial())
    assert (one.thing.why, one.owner, one.text) == (Obstacle.UNRECONCILED, Role.PVG, "Not in the list yet.")
    assert str(one.thing.path) == "V1[1]/AE[1]/AE.ROW[1]"
    assert (one.thing.ref, one.page) == ("LISTED grade", "listed/list")


@pytest.mark.parametrize("door", DOORS)
def test_every_door_refuses_until_it_is_settled(a_trial, door):
    trial = a_trial()
    waive_what(trial, lambda one: one.thing.why is not Obstacle.UNRECONCILED)
    with pytest.raises(WrongState, match="serious event not reconciled: 1"):
        door(trial)
    trial.save("S-001", {trial.path("AE.GRADE", rows="1"): "3"}, reason=SOME_REASON)
    trial.run_checks("S-001")
    assert open_things(trial) == {}
    assert door(trial)[0]["pending"]


@pytest.mark.parametrize("plugin", ["failing", "of_nobody", "no_place", "too_long", "no_answer"])
@pytest.mark.parametrize("door", DOORS)
def test_a_plugin_that_fails_is_what_refuses_and_can_be_waived(a_trial, plugin, door):
    trial = a_trial(plugin)
    (one,) = of_plugins(trial)
    assert (one.thing.why, one.owner) == (Obstacle.LOCK_CHECK, Role.ADM)
    assert "LISTED of plugin listed" in one.text
    assert "collected" not in one.text
    waive_what(trial, lambda one: one.thing.why is not Obstacle.LOCK_CHECK)
    with pytest.raises(WrongState, match="check of a plugin without an answer: 1"):
        door(trial)
    assert waive_what(trial, lambda one: True) == 1
    assert door(trial)[0]["pending"]
    assert verify(trial.core, rebuild=True).ok


@pytest.mark.parametrize("door", DOORS)
def test_what_belongs_to_no_subject_refuses_and_is_settled_and_not_waived(a_trial, door):
    trial = a_trial("of_no_subject")
    (one,) = of_plugins(trial)
    assert (one.subject_key, one.site_id, one.owner, one.page) == ("", "", Role.PVG, "listed/list")
    waive_what(trial, lambda one: one.subject_key)
    said = {"login": trial.dm.name, "password": "x", "op": new_id()}
    with pytest.raises(NotFound):
        access(trial).waive({"": (one.thing,)}, SOME_REASON, **said)
    with pytest.raises(WrongState, match="serious event not reconciled: 1"):
        door(trial)


def test_what_belongs_to_no_subject_is_told_to_who_sees_every_site(a_trial):
    trial = a_trial("of_no_subject")
    assert of_plugins(trial, trial.person(Role.CRA, "cra.here", site="KR-01")) == []
    study = access(trial)
    at_a_site = study.lock_list(site_id=next(iter(study.lock_list().sites)).site_id)
    assert [one for one in at_a_site.open.remaining if not one.subject_key] == []


def test_a_waiver_of_it_counts_for_the_subjects_that_were_there(a_trial):
    trial = a_trial("failing")
    waive_what(trial, lambda one: one.thing.why is Obstacle.LOCK_CHECK)
    assert of_plugins(trial) == []
    trial.add_subject("S-002")
    assert [one.subject_key for one in of_plugins(trial)] == ["S-002"]


def test_what_is_written_while_a_plugin_looks_makes_the_lock_be_asked_for_again(a_trial, monkeypatch):
    trial = a_trial("interrupted")
    waive_what(trial, lambda one: True)
    monkeypatch.setattr(lock_checks, "meanwhile", [lambda: trial.add_subject(f"S-{new_id()}")])
    with pytest.raises(EditConflict, match="while plugins looked"):
        by_dispatch(trial)
    assert "protect.set" not in {entry["kind"] for entry in trial.entries()}


def test_the_service_alone_refuses_where_nobody_asked_the_plugins(a_trial):
    trial = a_trial()
    waive_what(trial, lambda one: True)
    with pytest.raises(WrongState, match="check of a plugin without an answer: 1"):
        trial.do(trial.dm, protecting.protect_study, a_lock(trial))


def test_a_plugin_that_is_gone_keeps_the_study_from_being_locked(a_trial, core_url, clock, tmp_path):
    trial = a_trial(environment="dev")
    trial.core.plugins = EdcPlugins(())
    (one,) = of_plugins(trial)
    assert one.thing.why is Obstacle.LOCK_CHECK
    assert "Plugin 'listed' is not there." in one.text


def test_a_waiver_needs_the_person_proved_as_any_other(a_trial):
    trial = a_trial()
    (one,) = of_plugins(trial)
    refused = access(trial, prove=lambda login, password: ("", "That is not the password."))
    with pytest.raises(ReasonRequired):
        refused.waive({"S-001": (one.thing,)}, SOME_REASON, login="x", password="x", op=new_id())


def test_a_check_before_the_lock_says_which_of_two_things_is_in_the_way(a_trial):
    plugins = EdcPlugins([PluginSource("listed", "tests.plugins.lock_checks:of_a_query")])
    study = PluginStudy.of(a_trial().index, "dev")
    offered = plugins.checks(study, plugins.activate((PluginUse("listed", ""),)))
    assert (offered.before_lock, [problem.text for problem in offered.problems]) == (
        (), ["Check 'LISTED' looks before the lock and says neither UNCODED nor UNRECONCILED."],
    )  # fmt: skip
