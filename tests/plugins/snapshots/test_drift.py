"""How a study drifts: each kept state holds what it held when it was kept, whatever came after."""

import pytest
from edc_core_snapshots.drift import MEASURES, drift
from edc_core_snapshots.drift_charts import BOTTOM, TOP, charts

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import ActOnQuery, OpenQuery, RemoveForm
from edc_core.domain.query import QueryAction
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.errors import NotAllowed
from edc_core.services import queries, removing, snapshots
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs


@pytest.fixture
def trial(core):
    return Trial(core, vital_signs().build())


def access(trial, by=None):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, by or trial.dm, study, "snapshots")


def keep(trial, name):
    trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name=name)


def counts(moments, name):
    return {one.name: one.counts[name] for one in moments}


def missing(trial, key, item):
    path = trial.path(item)
    trial.save(key, {}, items=(ItemInput(path, "", missing="ND"),))


def test_every_state_holds_what_it_held_when_it_was_kept(trial):
    keep(trial, "Empty")
    trial.add_subject("S-001")
    missing(trial, "S-001", "VS.SYSBP")
    missing(trial, "S-001", "VS.DIABP")
    keep(trial, "Begun")
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.add_subject("S-002")
    trial.save("S-002", {"DM.SEX": "F"})
    trial.complete("S-002", "DM")
    opened = trial.act(
        trial.dm,
        queries.open_query,
        OpenQuery,
        subject_key="S-001",
        path=trial.path("VS.SYSBP"),
        text="Really?",
    )
    keep(trial, "Asked")
    trial.act(
        trial.dm,
        queries.act_on_query,
        ActOnQuery,
        subject_key="S-001",
        query_id=opened["query_id"],
        action=QueryAction.CANCEL,
        text="Asked by mistake",
    )
    trial.act(
        trial.crc,
        removing.remove_form,
        RemoveForm,
        subject_key="S-001",
        form=trial.form("VS"),
        reason=SOME_REASON,
    )
    found = drift(access(trial))
    assert [one.name for one in found] == ["Empty", "Begun", "Asked", "now"]
    assert counts(found, "subjects") == {"Empty": 0, "Begun": 1, "Asked": 2, "now": 2}
    assert counts(found, "values_missing") == {"Empty": 0, "Begun": 2, "Asked": 1, "now": 0}
    assert counts(found, "forms_in_progress") == {"Empty": 0, "Begun": 1, "Asked": 1, "now": 0}
    assert counts(found, "forms_complete") == {"Empty": 0, "Begun": 0, "Asked": 1, "now": 1}
    assert counts(found, "queries_waiting")["Asked"] - counts(found, "queries_waiting")["now"] >= 1
    assert counts(found, "queries_ended")["now"] - counts(found, "queries_ended")["Asked"] >= 1
    trial.act(
        trial.crc,
        removing.remove_form,
        RemoveForm,
        subject_key="S-001",
        form=trial.form("VS"),
        restore=True,
        reason=SOME_REASON,
    )
    again = drift(access(trial))
    assert counts(again, "values_missing") == {"Empty": 0, "Begun": 2, "Asked": 1, "now": 1}
    assert [one.counts for one in again][:3] == [one.counts for one in found][:3]


def test_what_a_person_may_not_read_is_refused(trial):
    with pytest.raises(NotAllowed):
        drift(access(trial, trial.crc))


def test_a_chart_has_a_point_for_each_state_within_its_area(trial):
    for n in range(12):
        trial.add_subject(f"S-{n:03}")
        keep(trial, f"A state with a long name {n}")
    moments = drift(access(trial))
    found = charts(moments)
    assert [one.name for one in found] == [name for name, *_ in MEASURES]
    (subjects,) = (one for one in found if one.name == "subjects")
    assert len(subjects.marks) == 13
    assert (subjects.marks[-1].y, subjects.marks[-1].value) == (TOP, 12)
    assert all(TOP <= mark.y <= BOTTOM for mark in subjects.marks)
    assert {mark.y for one in found if one.name == "queries_ended" for mark in one.marks} == {BOTTOM}
    labelled = [n for n, mark in enumerate(subjects.marks) if mark.label]
    assert labelled == [0, 3, 6, 9, 12]
    assert all(len(mark.label) <= 14 for mark in subjects.marks)
    assert subjects.says == "Subjects: 1 in A state with a long name 0, 12 in now."
    (only,) = charts(moments[-1:])[0].marks
    assert only.shows
