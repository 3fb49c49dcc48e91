"""Derivations, conditions and the schedule that call functions of a plugin: what follows is a second transaction."""

import pytest

from edc_core.domain.finding import NOT_CALCULATED
from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject
from edc_core.domain.item_path import ItemPath
from edc_core.domain.lock_blocker import Obstacle
from edc_core.domain.permission import Actor, Role
from edc_core.domain.protection import ProtectAction
from edc_core.errors import WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Reason
from edc_core.services import (
    checking,
    following,
    importing,
    lock_readiness,
    protecting,
    reading,
    scheduling,
)
from edc_core.services.importing import Staged
from edc_core.services.tracing import trace_form
from edc_core.services.verifying import verify
from edc_core.store import readers
from tests.builders import Trial
from tests.services.calling_study import a_core, functions_of, loaded
from tests.sharing import host_of_all

WHY = Reason("transcription", "Read wrongly.")
STUDY = """
oid: CALLS
name: CALLS
version: {oid: "1", name: "1"}
languages: [en]
plugins: {calling: ">=1"}
sites:
  - {number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}
forms:
  - oid: VS
    groups:
      - name: VS
        items:
          - {name: DAT, question: Date, type: date}
          - {name: A, question: A, type: integer}
          - {name: P, question: P, type: integer, origin: derived, derive: FUNCTION(A) + 1}
          - name: NOTE
            question: N
            when: holds(P > 20)
            checks:
              - {oid: ASK, that: NOTE != 'x', message: No x here.}
          - {name: Q, question: Q, type: integer, origin: derived, derive: P * 10}
      - name: ROWS
        repeating: true
        items:
          - {name: X, question: X, type: integer}
          - {name: Y, question: Y, type: integer, origin: derived, derive: twice(X)}
  - oid: SUM
    groups:
      - name: SUM
        items:
          - {name: E, question: E, type: integer}
          - {name: T, question: T, type: integer, origin: derived, derive: "twice(visit('V1').VS.P) + coalesce(E, 0)"}
events:
  - {oid: V1, type: Scheduled, forms: [VS, SUM]}
  - {oid: V2, type: Scheduled, forms: [{form: SUM, when: twice(visit('V1').VS.A) > 20}]}
  - oid: V3
    type: Scheduled
    forms: [VS]
    date: VS.DAT
    window: {anchor: "if_(twice(visit('V1').VS.A) > 0, visit('V1').VS.DAT, visit('V1').VS.DAT)", target: 7 days, after: 1 day}
schedule: [V1, V2, {event: V3, when: twice(visit('V1').VS.A) > 20}]
"""
CLI = Actor("cli:test", trusted=True)


@pytest.fixture
def core(core_url, clock):
    core = a_core(core_url, clock)
    core.check_host = host_of_all(deadline_s=0.5, overall_s=10)
    yield core
    core.close()


@pytest.fixture
def a_trial(core, tmp_path):
    def make(function="twice", study=STUDY):
        file = tmp_path / "calls.yaml"
        file.write_text(study.replace("FUNCTION", function), encoding="utf-8")
        return Trial(core, loaded(core, file), environment="dev")

    return make


def path(text):
    return ItemPath.parse(text)


P, Q, A, NOTE, T = (
    path(f"V1[1]/{where}") for where in (
        "VS[1]/VS.VS[1]/VS.P", "VS[1]/VS.VS[1]/VS.Q", "VS[1]/VS.VS[1]/VS.A", "VS[1]/VS.VS[1]/VS.NOTE",
        "SUM[1]/SUM.SUM[1]/SUM.T",
    )
)  # fmt: skip


def save(trial, key, values, **more):
    """Form by form, as they stand."""
    by_form = {}
    for where, text in values.items():
        place = path(str(where))
        by_form.setdefault(place.form_path, {})[place] = text
    for given in by_form.values():
        trial.save(key, given, **more)


def values(trial, key):
    return {
        str(place): item.value for place, item in trial.casebook(key).items.items() if item.value is not None
    }


def calculated(trial, key):
    return {
        place: text for place, text in values(trial, key).items() if place[-2:] in (".P", ".Q", ".T", ".Y")
    }


def look(trial, key, form="V1[1]/VS[1]"):
    with trial.core.read() as source:
        book = trial.casebook(key)
        site = readers.sites(source.connection, trial.study_id)[book.subject.site_id]
        return following.look(book, trial.index, path(form), site, source)


def outlook(trial, key):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        picture = reading.look_at(source, trial.cli, study)
        subject = reading.look_at_subject(picture, key)
        return scheduling.outlooks(picture, [subject], {}, trial.core.clock.now())[subject.subject_id]


EXPECTED = {
    str(P): "25", str(Q): "250", str(T): "51",
    "V1[1]/VS[1]/VS.ROWS[1]/VS.Y": "6", "V1[1]/VS[1]/VS.ROWS[2]/VS.Y": "14",
}  # fmt: skip
ENTERED = {
    A: "12", "V1[1]/VS[1]/VS.VS[1]/VS.DAT": "2026-01-05",
    "V1[1]/VS[1]/VS.ROWS[1]/VS.X": "3", "V1[1]/VS[1]/VS.ROWS[2]/VS.X": "7",
}  # fmt: skip
ELSEWHERE = {"V1[1]/SUM[1]/SUM.SUM[1]/SUM.E": "1"}


def imported(trial, key, given):
    forms = {}
    for where, text in given.items():
        place = path(str(where))
        forms.setdefault(place.form_path, []).append(ImportedItem(place, text))
    subject = ImportedSubject(
        "CALLS", "1", key, "KR-01", tuple(ImportedForm(form, tuple(items)) for form, items in forms.items())
    )
    staged = Staged(Imported(subjects=(subject,)), new_id() * 2, ("any.xml",))
    report = importing.run(trial.core, CLI, staged, environment="dev")
    assert report.subjects == [key], report.not_in


def test_every_door_gives_the_same_calculated_values(a_trial):
    trial = a_trial()
    trial.add_subject("S-001")
    save(trial, "S-001", ENTERED)
    save(trial, "S-001", ELSEWHERE)
    assert calculated(trial, "S-001") == {}, "no plugin runs inside a write"
    assert trial.run_checks("S-001") == ()
    assert calculated(trial, "S-001") == EXPECTED

    trial.add_subject("S-002")  # the other form first, and a look after each save
    save(trial, "S-002", ELSEWHERE)
    trial.run_checks("S-002")
    save(trial, "S-002", ENTERED | {A: "99"})
    trial.run_checks("S-002")
    save(trial, "S-002", {A: "12"})
    trial.run_checks("S-002")
    assert calculated(trial, "S-002") == EXPECTED

    imported(trial, "S-003", ENTERED | ELSEWHERE)
    assert calculated(trial, "S-003") == EXPECTED
    for key in ("S-001", "S-002", "S-003"):
        before = len(trial.entries(key))
        save(trial, key, {A: "12"})
        assert trial.run_checks(key) == ()
        assert len(trial.entries(key)) == before, "a look at the same data writes nothing"
    assert verify(trial.core, rebuild=True).ok
    assert calculated(trial, "S-001") == EXPECTED


def test_a_value_never_stands_beside_inputs_it_is_not_calculated_from(a_trial):
    trial = a_trial()
    trial.add_subject()
    save(trial, "S-001", ENTERED | ELSEWHERE)
    trial.run_checks("S-001")
    save(trial, "S-001", {A: "13"})
    now = values(trial, "S-001")
    assert (str(P) in now, str(Q) in now, str(T) in now) == (False, False, False)
    assert now["V1[1]/VS[1]/VS.ROWS[1]/VS.Y"] == "6", "what it does not rest on stays"
    waiting = [one for one in look(trial, "S-001").findings if one.check_oid == NOT_CALCULATED]
    assert [one.path for one in waiting] == [P]
    assert waiting[0].message.in_language("en").startswith("Not calculated yet")
    assert waiting[0].message.in_language("ko").startswith("아직 계산되지 않았습니다")
    save(trial, "S-001", {A: "12"})
    assert calculated(trial, "S-001") == EXPECTED, "what was asked before is known at once"
    assert not any(one.check_oid == NOT_CALCULATED for one in look(trial, "S-001").findings)


def test_the_ledger_says_what_was_calculated_with_which_function_in_a_second_operation(a_trial):
    trial = a_trial()
    trial.add_subject()
    save(trial, "S-001", {A: "12"})
    trial.run_checks("S-001")
    entries = [entry for entry in trial.entries("S-001") if entry["path"] in (str(A), str(P), str(Q))]
    assert [(entry["kind"], entry["actor"]) for entry in entries] == [
        ("item.set", "crc.kim"), ("derived.set", "system"), ("derived.set", "system"),
    ]  # fmt: skip
    assert entries[1]["op"].startswith("answers:")
    assert entries[1]["payload"]["source"]["functions"] == ["twice"]
    assert entries[1]["payload"]["source"]["inputs"] == {str(A): 1}


def test_what_is_shown_waits_for_the_answer_and_asks_for_what_is_left_behind(a_trial):
    trial = a_trial()
    trial.add_subject()
    save(trial, "S-001", {A: "5"})
    trial.run_checks("S-001")
    assert NOTE in look(trial, "S-001").hidden
    save(trial, "S-001", {A: "12"})
    assert NOTE in look(trial, "S-001").hidden, "as it was, until the function answers"
    trial.run_checks("S-001")
    assert NOTE not in look(trial, "S-001").hidden
    save(trial, "S-001", {NOTE: "x"}, complete=True)
    trial.run_checks("S-001")
    assert [(q.check_oid, q.path) for q in trial.casebook("S-001").queries.values()] == [("ASK", NOTE)]
    save(trial, "S-001", {A: "5"}, reason=WHY)
    trial.run_checks("S-001")
    states = {q.check_oid: q.state.value for q in trial.casebook("S-001").queries.values()}
    assert states == {"ASK": "Resolved", "EDC.NOT_APPLICABLE": "Open"}


def test_visits_and_forms_come_by_the_answer_and_are_due_by_it(a_trial):
    trial = a_trial()
    trial.add_subject()
    save(trial, "S-001", ENTERED)
    form, event = path("V2[1]/SUM[1]"), path("V3[1]")
    assert not outlook(trial, "S-001").expects(form)
    with pytest.raises(WrongState):
        save(trial, "S-001", {"V2[1]/SUM[1]/SUM.SUM[1]/SUM.E": "1"})
    trial.run_checks("S-001")
    ahead = outlook(trial, "S-001")
    assert ahead.expects(form)
    assert ahead.expects(event)
    assert str(ahead.timing(event.event, awaits=True).due.planned.low) == "2026-01-12"
    save(trial, "S-001", {"V2[1]/SUM[1]/SUM.SUM[1]/SUM.E": "1"})
    save(trial, "S-001", {A: "5"})
    trial.run_checks("S-001")
    ahead = outlook(trial, "S-001")
    assert (ahead.expects(form), ahead.expects(event)) == (False, False)
    assert [q.check_oid for q in trial.casebook("S-001").queries.values()] == [scheduling.NOT_APPLICABLE]


@pytest.mark.parametrize("name", ["raises", "sleeps", "exits", "sys_exits", "floats", "nans", "texts"])
def test_a_function_that_fails_costs_no_save_and_leaves_the_value_marked(a_trial, name):
    trial = a_trial(name)
    trial.add_subject()
    save(trial, "S-001", ENTERED)
    outcome = checking.check_subject(trial.core, trial.study_id, trial.casebook("S-001").subject.subject_id)
    assert {failure.check_oid for failure in outcome.failures} == {"derive VS.P"}
    (failed,) = [entry for entry in trial.entries("S-001") if entry["kind"] == "check.failed"]
    assert failed["payload"]["check_oid"] == "derive VS.P"
    assert "secret" not in str(failed["payload"])
    now = values(trial, "S-001")
    assert now[str(A)] == "12"
    assert str(P) not in now
    assert now["V1[1]/VS[1]/VS.ROWS[2]/VS.Y"] == "14", "other functions answer"
    assert P in [one.path for one in look(trial, "S-001").findings if one.check_oid == NOT_CALCULATED]
    assert not_calculated_at_the_lock(trial) == [(str(P), Role.ADM)]
    assert verify(trial.core, rebuild=True).ok


def not_calculated_at_the_lock(trial, by=None):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        found = lock_readiness.what_is_open(reading.look_at(source, by or trial.dm, study))
    whys = [one for one in found.blockers if one.thing.why is Obstacle.NOT_CALCULATED]
    return [(str(one.thing.path), one.owner) for one in whys]


def test_a_value_whose_inputs_are_blank_says_which_ones_and_waits_for_nothing(a_trial):
    trial = a_trial()
    trial.add_subject()
    save(trial, "S-001", {NOTE.parent.with_item("VS.DAT"): "2026-01-05"})
    for _ in range(2):
        found = {str(one.path)[-2:]: one for one in look(trial, "S-001").findings}
        assert {one.check_oid for one in found.values()} == {following.NO_INPUT}
        assert found[".P"].message.in_language("en") == (
            "Blank, for what it is calculated from has no value yet: A."
        )
        assert found[".P"].message.in_language("ko").endswith("비어 있습니다: A.")
        assert not_calculated_at_the_lock(trial) == []
        trial.run_checks("S-001")  # the function says that there is nothing to say
    save(trial, "S-001", {A: "12"})
    trial.run_checks("S-001")
    assert not any(one.path == P for one in look(trial, "S-001").findings)
    assert not_calculated_at_the_lock(trial) == []


def test_an_answer_that_comes_takes_the_value_off_the_list_of_the_lock(a_trial):
    trial = a_trial("sleeps")
    trial.add_subject()
    save(trial, "S-001", {A: "12"})
    trial.run_checks("S-001")
    assert not_calculated_at_the_lock(trial) == [(str(P), Role.ADM)]
    save(trial, "S-001", {A: ""})
    trial.run_checks("S-001")
    assert not_calculated_at_the_lock(trial) == []


def test_a_crash_between_the_two_transactions_is_made_good_by_the_worker(a_trial):
    trial = a_trial()
    trial.add_subject()
    save(trial, "S-001", ENTERED | ELSEWHERE)
    assert checking.check_due(trial.core, trial.study_id) == 1
    assert calculated(trial, "S-001") == EXPECTED
    assert checking.check_due(trial.core, trial.study_id) == 0


def test_a_locked_value_is_not_written(a_trial):
    trial = a_trial()
    trial.add_subject()
    save(trial, "S-001", ENTERED | ELSEWHERE, complete=True)
    trial.act(
        trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=path("V1[1]/SUM[1]"),
        action=ProtectAction.LOCK, reason=WHY,
    )  # fmt: skip
    trial.run_checks("S-001")
    assert calculated(trial, "S-001") == {place: text for place, text in EXPECTED.items() if place != str(T)}


def test_a_trace_calls_the_function_and_says_how_it_fails(a_trial):
    def called(index):
        return functions_of(trial.core.plugins)(index.version)

    for name, said in (
        ("twice", "Calculated: 25."),
        ("raises", "Empty: it gives no answer: ValueError in calling.py, line"),
    ):
        trial = a_trial(name, STUDY.replace("oid: CALLS", f"oid: CALLS-{name}"))
        trial.add_subject()
        save(trial, "S-001", ENTERED)
        trial.run_checks("S-001")
        with trial.core.read() as source:
            traced = trace_form(source, trial.study_id, "S-001", P.form_path, "en", called)
        (rule,) = [one for one in traced if one.item == "P" and one.kind == "calculated"]
        assert rule.outcome.startswith(said)
