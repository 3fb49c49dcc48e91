"""What an amendment means for values that functions of plugins calculate: foreseen, and moved without a detour."""

import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.services import foreseeing, migrating, reading
from edc_core.services.migrating import MigrationOrder
from edc_core.services.verifying import verify
from edc_core.store import readers, rule_answers
from tests.builders import Trial
from tests.services.calling_study import a_core, loaded
from tests.services.test_calling_rules import (
    ELSEWHERE,
    ENTERED,
    EXPECTED,
    STUDY,
    WHY,
    P,
    Q,
    T,
    calculated,
    save,
)

WAS = "derive: FUNCTION(A) + 1"


@pytest.fixture
def core(core_url, clock):
    core = a_core(core_url, clock)
    yield core
    core.close()


@pytest.fixture
def version(core, tmp_path):
    def make(oid, derive):
        file = tmp_path / "calls.yaml"
        text = STUDY.replace('version: {oid: "1", name: "1"}', f'version: {{oid: "{oid}", name: "{oid}"}}')
        file.write_text(text.replace(WAS, f"derive: {derive}"), encoding="utf-8")
        return loaded(core, file)

    return make


@pytest.fixture
def trial(core, version):
    trial = Trial(core, version("1", "twice(A) + 1"), environment="dev")
    trial.add_subject("S-001")
    save(trial, "S-001", ENTERED | ELSEWHERE)
    trial.run_checks("S-001")
    assert calculated(trial, "S-001") == EXPECTED
    return trial


def foreseen(trial, version):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        return foreseeing.foresee(
            trial.core, reading.look_at(source, trial.dm, study), MetaDataIndex(version)
        )


def move(trial, version):
    trial.publish(version)
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        sites = frozenset(readers.sites(source.connection, trial.study_id))
    order = MigrationOrder(meta_data_version=version.oid, site_ids=sites, reason=WHY, approval="")
    return migrating.migrate(trial.core, trial.dm, study, order)


def answers(trial):
    with trial.core.read() as source:
        subject = trial.casebook("S-001").subject.subject_id
        return rule_answers.answers(source.connection, trial.study_id, [subject])


def derived_since(trial, before):
    return [entry["path"] for entry in trial.entries("S-001")[before:] if entry["kind"] == "derived.set"]


def test_new_values_are_foreseen_with_those_that_rest_on_them_and_come_with_the_move(trial, version):
    amended, before, known = version("2", "twice(A) + 2"), len(trial.entries("S-001")), answers(trial)
    found = foreseen(trial, amended)
    assert sorted(found.calculated) == sorted(("S-001", str(path)) for path in (P, Q, T))
    assert found.failures == ()
    assert (len(trial.entries("S-001")), answers(trial)) == (before, known), "nothing is written"
    assert move(trial, amended).calculated == 3
    assert calculated(trial, "S-001") == EXPECTED | {str(P): "26", str(Q): "260", str(T): "53"}
    trial.run_checks("S-001")
    assert sorted(derived_since(trial, before)) == sorted(map(str, (P, Q, T))), "each once, none is cleared"
    assert verify(trial.core, rebuild=True).ok


def test_another_wording_with_the_same_answer_changes_no_value(trial, version):
    amended, before = version("2", "1 + twice(A)"), len(trial.entries("S-001"))
    found = foreseen(trial, amended)
    assert (found.calculated, found.queries, found.marks) == ((), (), ())
    move(trial, amended)
    trial.run_checks("S-001")
    assert derived_since(trial, before) == []
    assert calculated(trial, "S-001") == EXPECTED


def test_a_function_that_fails_is_named_and_its_value_is_foreseen_to_be_cleared(trial, version):
    amended = version("2", "raises(A) + 1")
    found = foreseen(trial, amended)
    assert {failure.check_oid for failure in found.failures} == {"derive VS.P"}
    assert ("S-001", str(P)) in found.calculated
    move(trial, amended)
    trial.run_checks("S-001")
    assert str(P) not in calculated(trial, "S-001")
    assert verify(trial.core, rebuild=True).ok
