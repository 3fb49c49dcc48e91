"""A study that names the plugin is not locked while a verbatim is not coded, or its coding not approved (REQ-LCK-02)."""

from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.coding import CodedLevel, CodedTerm, NewCoding
from edc_core.domain.coding_commands import ApproveCodings, CodeTerms
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.lock_blocker import Obstacle
from edc_core.domain.metadata import Alias, PluginUse
from edc_core.domain.permission import Role
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.protection import ProtectAction
from edc_core.errors import ReasonRequired, WrongState
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import coding, protecting
from edc_core.services.study_access import CoreStudyAccess
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, vital_signs

TERM = CodedTerm("MadeDRA", "1.0", "en", (CodedLevel("LLT", "90000001", "Zorbly head"),))
ROW = ItemPath.parse("V1[1]/AE[1]/AE.ROW[1]/AE.TERM")


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


def coded_by(core, said="MadeDRA with approval"):
    version = vital_signs().build()
    items = tuple(
        replace(one, aliases=(Alias("Coding", said),)) if one.oid == "AE.TERM" else one
        for one in version.items
    )
    used = core.plugins.activate((PluginUse("edc-core-coding", ""),)).resolved
    return replace(version, items=items, plugins=used)


@pytest.fixture
def trial(core):
    trial = Trial(core, coded_by(core), environment="live")
    trial.add_subject()
    trial.save("S-001", {ROW: "zorbly hed"}, complete=True)
    trial.run_checks("S-001")
    return trial


def open_at_lock(trial):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    access = CoreStudyAccess(trial.core, trial.dm, study, "locking", lambda login, password: ("password", ""))
    found = access.lock_list().open.remaining
    return access, [one for one in found if one.thing.why in (Obstacle.UNCODED, Obstacle.LOCK_CHECK)]


def said(trial):
    return [(str(one.thing.path), one.owner, one.text) for one in open_at_lock(trial)[1]]


def code(trial):
    who = trial.person(Role.COD, "cod.bae")
    given = (NewCoding(ROW, 1, TERM, propose=True),)
    trial.act(who, coding.code_terms, CodeTerms, subject_key="S-001", codings=given)


def approve(trial):
    seen = ((ROW, trial.entries("S-001")[-1]["n"]),)
    trial.act(trial.med, coding.approve_codings, ApproveCodings, subject_key="S-001", seen=seen)


def test_a_verbatim_stands_in_the_way_until_it_is_coded_and_approved(trial):
    assert said(trial) == [(str(ROW), Role.COD, "It is not coded yet.")]
    code(trial)
    assert said(trial) == [(str(ROW), Role.COD, "Its coding waits for the approval of another person.")]
    approve(trial)
    assert said(trial) == []


def test_the_lock_is_refused_and_says_so(trial):
    access, _ = open_at_lock(trial)
    lock = protecting.ProtectStudy(
        study_id=trial.study_id, op=new_id(), action=ProtectAction.LOCK, reason=SOME_REASON
    )
    with pytest.raises((WrongState, ReasonRequired), match="term not coded: 1"):
        access.submit(lock)


def test_a_waiver_covers_the_verbatim_as_it_stands(trial):
    access, (one,) = open_at_lock(trial)
    given = {"login": trial.dm.name, "password": "x", "op": new_id()}
    assert access.waive({"S-001": (one.thing,)}, SOME_REASON, **given) == 1
    assert said(trial) == []
    code(trial)
    assert len(said(trial)) == 1, "another thing is open now"


def test_an_alias_that_says_something_else_is_found_before_it_is_published(core):
    version = coded_by(core, "Made DRA")
    study = PluginStudy.of(MetaDataIndex(version), "live")
    found = core.plugins.checks(study, core.plugins.activate(version.plugins))
    assert "does not say how it is coded" in " ".join(problem.text for problem in found.problems)
