"""The study as of a day: what was published, in force, approved and granted then, whatever has changed since (REQ-AUD-09)."""

from __future__ import annotations

import hashlib
import json

import pytest
from edc_core_trail import as_of

from edc_core.api import BadRequest, NotAllowed, PageRequest, SiteDef
from edc_core.domain import metadata_json
from edc_core.domain.commands import Reason
from edc_core.domain.permission import Role
from edc_core.domain.study_commands import ActivateVersion, AddSites
from edc_core.ids import new_id
from edc_core.services import people, studies, users
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers
from edc_core.testing import a_study
from edc_core.web.moments import Moments
from tests.builders import Trial
from tests.services.test_plugin_upgrades import Installed, upgrade

SYSTEM = "@system"
BEGAN, SECOND = "2026-03-04", "2026-03-14"


def definition(oid, low=60):
    return (
        a_study()
        .with_item("VS.SYSBP", soft=(low, 250))
        .with_site("DE-01", "DE", "Europe/Berlin")
        .with_site("KR-01", "KR", "Asia/Seoul")
        .build(oid)
    )


@pytest.fixture
def trial(core, clock):
    """Version 1 and a monitor from the first day; ten days later version 2 at one site and a third site; ten days after
    that the monitor's role is ended.
    """
    trial = Trial(core, definition("1"))
    add = users.AddUser(study_id=SYSTEM, op=new_id(), login="mo@cro.example", full_name="Mo Monitor")
    trial.do(trial.cli, users.add_user, add)
    grant = users.AddGrant(
        study_id=SYSTEM, op=new_id(), login="mo@cro.example", role=Role.CRA, granted_study_id=trial.study_id
    )
    granted = trial.do(trial.cli, users.add_grant, grant)
    clock.advance(days=10)
    second = studies.Publish(
        study_id=trial.study_id, op=new_id(), environment="live", version=definition("2", 70), activate=False
    )
    trial.do(trial.cli, studies.publish, second)
    trial.index = type(trial.index)(second.version)
    trial.release()
    access(trial, trial.dm).submit(
        ActivateVersion(
            study_id=trial.study_id, op=new_id(), meta_data_version="2", site_ids=(trial.sites["DE-01"],),
            effective_from="2026-03-14", approval="EC 2", reason=Reason(text="Amendment 2"),
        )
    )  # fmt: skip
    third = AddSites(
        study_id=trial.study_id, op=new_id(), sites=(SiteDef("US-01", "Boston", "US", "America/New_York"),)
    )
    trial.do(trial.cli, studies.add_sites, third)
    clock.advance(days=10)
    end = people.EndGrant.because("The monitor has left.", granted["grant_id"], new_id())
    trial.do(trial.cli, people.end_grant, end)
    clock.advance(days=10)
    return trial


def access(trial, actor):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, actor, study, "edc-core-trail")


def ask(trial, actor, day=""):
    given = {"day": (day,)} if day else {}
    times = Moments("UTC", trial.core.clock.now())
    return PageRequest({}, given, times, new_id(), access(trial, actor))


def versions_and_sites(trial, day):
    found = as_of.page(ask(trial, trial.dm, day))
    return (
        {one.oid: one.sites for one in found.versions},
        {one.number: one.meta_data_version for one in found.sites},
        [(one["login"], one["role"]) for one in found.roles],
    )


def test_each_day_is_told_as_it_was(trial):
    monitor = [("mo@cro.example", "CRA")]
    assert versions_and_sites(trial, "2026-03-03") == ({}, {}, [])
    one = {"DE-01": "1", "KR-01": "1"}
    assert versions_and_sites(trial, BEGAN) == ({"1": ("DE-01", "KR-01")}, one, monitor)
    assert versions_and_sites(trial, "2026-03-13") == ({"1": ("DE-01", "KR-01")}, one, monitor)
    two = ({"1": ("KR-01",), "2": ("DE-01",)}, {"DE-01": "2", "KR-01": "1", "US-01": ""})
    assert versions_and_sites(trial, SECOND) == (*two, monitor)
    assert versions_and_sites(trial, "2026-03-25") == (*two, [])
    assert versions_and_sites(trial, "") == (*two, [])


def test_a_version_has_its_digest_and_the_file_the_definition_itself(trial):
    said = json.loads(as_of.as_json(ask(trial, trial.dm, SECOND)).content)
    for one, built in zip(said["versions"], (definition("1"), definition("2", 70)), strict=True):
        data = metadata_json.canonical_bytes(built)
        assert one["sha256"] == hashlib.sha256(data).hexdigest()
        assert one["definition"] == json.loads(data)
        assert one["released_at"]
        assert one["approvals"] == [
            f"medical approval for live: {trial.med.full_name}", f"sponsor approval for live: {trial.spo.full_name}",
        ]  # fmt: skip
    assert said["sites"][2] == {
        "number": "US-01", "name": "Boston", "country": "US", "zone": "America/New_York", "meta_data_version": "",
    }  # fmt: skip


def test_who_may_not_see_an_item_sees_the_versions_without_their_definitions(trial, monkeypatch):
    from edc_core.services.reading import StudyPicture

    monkeypatch.setattr(StudyPicture, "hidden_at", lambda *_: frozenset({"VS.SYSBP"}))
    said = json.loads(as_of.as_json(ask(trial, trial.dm, SECOND)).content)
    assert [(one["oid"], one["definition"]) for one in said["versions"]] == [
        ("1", "not shown to the role that took this file"),
        ("2", "not shown to the role that took this file"),
    ]


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "2026-04-04"])
def test_a_day_that_is_none_or_has_not_come_is_refused(trial, day):
    with pytest.raises(BadRequest, match=r"no day|has not come"):
        as_of.page(ask(trial, trial.dm, day))


@pytest.mark.parametrize("who", ["crc", "pi", "cra"])
def test_who_does_not_read_and_compare_everywhere_is_refused(trial, who):
    with pytest.raises(NotAllowed):
        as_of.page(ask(trial, getattr(trial, who)))


def test_the_plugin_in_force_is_the_one_approved_by_that_day(core_url, clock):
    installed = Installed(core_url, clock)
    trial = Trial(installed.core("1.0"), installed.definition())
    clock.advance(days=10)
    with installed.now(trial, "1.1"):
        upgrade(trial, trial.bld)
        clock.advance(days=10)
        upgrade(trial, trial.dm, approve=True)
        in_force = []
        for day in (BEGAN, SECOND, "2026-03-24"):
            (version,) = as_of.page(ask(trial, trial.dm, day)).versions
            in_force += [(plugin.name, plugin.version, plugin.approved_at[:10]) for plugin in version.plugins]
    for core in installed.cores:
        core.close()
    assert in_force == [("bad", "1.0", ""), ("bad", "1.0", ""), ("bad", "1.1", "2026-03-24")]
