"""Rights that reach every site are not had by a grant for one; roles in a study are not given without it."""

import pytest

from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.domain.study_commands import AddSites, KeepSnapshot
from edc_core.errors import BadRequest, NotAllowed, WrongState
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture, exporting, snapshots, studies, users


def test_a_data_manager_of_one_site_neither_exports_nor_keeps_snapshots_of_the_study(trial, tmp_path):
    trial.core.plugins = EdcPlugins()
    one_site = trial.person(Role.DM, "dm.site", site="KR-01")
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice("odm-1.3.2", unlocked=True)
    )
    with pytest.raises(NotAllowed):
        exporting.export(trial.core, one_site, command, tmp_path / "out")
    with pytest.raises(NotAllowed):
        trial.act(one_site, snapshots.keep_snapshot, KeepSnapshot, name="DMC-1")
    with pytest.raises(NotAllowed):
        trial.act(one_site, studies.add_sites, AddSites, sites=())


def test_a_role_in_a_study_names_its_study(trial):
    command = users.AddGrant(study_id=SYSTEM_STUDY, op=new_id(), login="crc.kim", role=Role.CRC)
    with pytest.raises(BadRequest, match="Name the study"):
        trial.do(trial.cli, users.add_grant, command)


def test_a_repeating_visit_is_added_before_it_takes_data(trial):
    path = trial.path("VS.SYSBP", event="UNS", event_key="1")
    with pytest.raises(WrongState, match="not added yet"):
        trial.save("S-001", {path: "120"})
    key = trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS").key
    trial.save("S-001", {trial.path("VS.SYSBP", event="UNS", event_key=key): "120"})
