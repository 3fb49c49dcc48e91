"""Checks that call functions of a plugin: looked at after the commit, and never at the cost of a save."""

from dataclasses import replace

import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.query import QueryState
from edc_core.ledger.append import Reason
from edc_core.services import checking, foreseeing, reading
from edc_core.services.tracing import trace_form
from edc_core.services.verifying import verify
from edc_core.store import checks, readers
from tests.builders import Trial
from tests.ids import without_ids
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
  - {number: US-01, name: Boston, country: US, zone: America/New_York}
forms:
  - oid: VS
    groups:
      - name: VS
        items:
          - name: SYSBP
            question: S
            type: integer
            checks: [CHECKS]
          - {name: DIABP, question: D, type: integer}
events:
  - {oid: V1, type: Scheduled, forms: [VS]}
  - {oid: V2, type: Scheduled, forms: [VS]}
"""
GOOD = '{oid: GOOD, that: "twice(DIABP) >= SYSBP", message: Please confirm.}'
TWICE_IS_GONE = "There is no function 'twice'. Where a plugin has it, name the plugin in study.yaml."
AT_SITE = "V1[1]/VS[1]/VS.VS[1]/VS.SYSBP"


def check_of(oid, that, more=""):
    return f'{{oid: {oid}, that: "{that}", message: Please confirm.{more}}}'


@pytest.fixture
def core(core_url, clock):
    core = a_core(core_url, clock)
    core.check_host = host_of_all(deadline_s=0.5, overall_s=10)
    yield core
    core.close()


@pytest.fixture
def define(core, tmp_path):
    def define(*given, version="1", study=STUDY):
        file = tmp_path / "calls.yaml"
        text = study.replace("[CHECKS]", f"[{', '.join(given)}]").replace('oid: "1"', f'oid: "{version}"')
        file.write_text(text, encoding="utf-8")
        return loaded(core, file)

    return define


@pytest.fixture
def a_trial(core, define):
    def make(*given, **more):
        trial = Trial(core, define(*given, **more), environment="dev")
        trial.add_subject()
        return trial

    return make


def save(trial, values, event="V1", **more):
    trial.save(
        "S-001", {trial.path(f"VS.{name}", event=event): text for name, text in values.items()}, **more
    )


def asked(trial, key="S-001"):
    return {(q.check_oid, str(q.path)): q.state for q in trial.casebook(key).queries.values() if q.check_oid}


def test_from_complete_on_it_opens_one_query_that_resolves_by_itself(a_trial):
    trial = a_trial(GOOD)
    save(trial, {"SYSBP": "120", "DIABP": "50"})
    trial.run_checks("S-001")
    assert asked(trial) == {}, "in progress a finding is a message"
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
        (found,) = checks.findings(source.connection, subject)
    assert (found.check_oid, str(found.path)) == ("GOOD", AT_SITE)
    trial.complete("S-001", "VS", event="V1")
    assert asked(trial) == {}, "the write itself calls no plugin"
    trial.run_checks("S-001")
    trial.run_checks("S-001")
    assert asked(trial) == {("GOOD", AT_SITE): QueryState.OPEN}
    (query,) = trial.casebook("S-001").queries.values()
    assert query.plugin.startswith("calling 1.0 ")
    save(trial, {"DIABP": "60"}, reason=WHY)
    assert asked(trial) == {("GOOD", AT_SITE): QueryState.OPEN}, "a write neither asks nor resolves"
    trial.run_checks("S-001")
    assert asked(trial) == {("GOOD", AT_SITE): QueryState.RESOLVED}
    assert verify(trial.core, rebuild=True).ok


def test_a_warning_opens_no_query(a_trial):
    trial = a_trial(check_of("SOFT", "twice(DIABP) >= SYSBP", ", severity: warning"))
    save(trial, {"SYSBP": "120", "DIABP": "50"}, complete=True)
    trial.run_checks("S-001")
    assert asked(trial) == {}


@pytest.mark.parametrize("name", ["raises", "sleeps", "exits", "sys_exits", "floats", "nans", "texts"])
def test_a_function_that_fails_is_a_visible_finding_and_costs_no_save(a_trial, name):
    trial = a_trial(GOOD, check_of("BAD", f"{name}(SYSBP) > 0"))
    save(trial, {"SYSBP": "227", "DIABP": "50"}, complete=True)
    outcome = checking.check_subject(trial.core, trial.study_id, trial.casebook("S-001").subject.subject_id)
    assert [failure.check_oid for failure in outcome.failures] == ["BAD"]
    assert asked(trial) == {("GOOD", AT_SITE): QueryState.OPEN}, "the others still answer"
    (failure,) = [entry for entry in trial.entries("S-001") if entry["kind"] == "check.failed"]
    assert failure["payload"]["check_oid"] == "BAD"
    assert failure["payload"]["plugin"].startswith("calling 1.0 ")
    assert "227" not in without_ids(str(failure["payload"]))
    assert trial.casebook("S-001").items[trial.path("VS.SYSBP", event="V1")].value == "227"
    assert verify(trial.core, rebuild=True).ok


def test_a_function_that_hangs_rests_and_is_tried_again_later(a_trial, clock):
    trial = a_trial(check_of("BAD", "sleeps(SYSBP) > 0"))
    save(trial, {"SYSBP": "100"})
    assert trial.run_checks("S-001")
    save(trial, {"SYSBP": "101"})
    assert not trial.run_checks("S-001"), "it rests"
    clock.advance(minutes=11)
    save(trial, {"SYSBP": "102"})
    assert trial.run_checks("S-001")


def test_of_two_plugins_in_one_expression_both_are_named_and_the_check_rests(a_trial):
    trial = a_trial(
        check_of("BOTH", "sleeps(SYSBP) > 0 or shout('a') == 'A'"),
        study=STUDY.replace('plugins: {calling: ">=1"}', 'plugins: {calling: ">=1", speaking: ">=1"}'),
    )
    save(trial, {"SYSBP": "100"})
    (failure,) = trial.run_checks("S-001")
    one, other = failure.plugin.split(", ")
    assert (one[:11], other[:12]) == ("calling 1.0", "speaking 1.0")
    save(trial, {"SYSBP": "101"})
    assert not trial.run_checks("S-001"), "it rests"


def test_a_function_that_is_not_there_any_more_is_said_and_resolves_nothing(core, define):
    trial = Trial(core, define(GOOD), environment="dev")
    trial.add_subject()
    save(trial, {"SYSBP": "120", "DIABP": "50"}, complete=True)
    trial.run_checks("S-001")
    save(trial, {"DIABP": "60"}, reason=WHY)
    picture = checking._look(core, trial.study_id, trial.casebook("S-001").subject.subject_id)
    (request,) = checking.requests_for(picture, core.plugins, core.clock.now())
    older = replace(request, study=replace(request.study, configuration={"calling": {"without": ["twice"]}}))
    report = core.check_host.run(older)
    assert [(f.check_oid, f.text) for f in report.failures] == [("GOOD", TWICE_IS_GONE)]
    assert report.settled == frozenset()
    assert core.check_host.run(request).settled == {"GOOD"}


AROUND = [
    check_of("SITE", "holds(site() != 'US-01')"),
    check_of("COUNTRY", "holds(country() != 'US')"),
    check_of("ZONE", "zone(SYSBP) != 'America/New_York'"),
    check_of("ENTERED", "holds(entered_at(SYSBP) != '2026-03-04T04:15')"),
    check_of("DAY", "holds(entered_on(SYSBP) != '2026-03-04')"),
    check_of("EVENT", "holds(event() != 'V1')"),
    check_of("MISSING", "is_known(previous(VS, SYSBP) > 0)"),
]


def test_it_knows_site_country_zone_and_times_as_a_check_without_a_call_does(a_trial):
    trial = a_trial(*AROUND)
    trial.add_subject("S-002", site="US-01")
    for key in ("S-001", "S-002"):
        trial.save(key, {trial.path("VS.SYSBP", event="V1"): "120"}, by=trial.cli)
        trial.complete(key, "VS", event="V1", by=trial.cli)
        assert trial.run_checks(key) == ()
    assert {oid for oid, _ in asked(trial, "S-002")} == {
        "SITE", "COUNTRY", "ZONE", "ENTERED", "DAY", "EVENT", "MISSING",
    }  # fmt: skip
    assert {oid for oid, _ in asked(trial, "S-001")} == {"DAY", "EVENT", "MISSING"}


def test_each_form_is_judged_as_its_version_declares_the_check(a_trial, define):
    """The check of version 1 calls nothing, so writes ask and resolve; that of version 2 calls."""
    trial = a_trial(check_of("PAIR", "DIABP * 2 >= SYSBP"))
    save(trial, {"SYSBP": "120", "DIABP": "50"}, complete=True)
    trial.publish(define(check_of("PAIR", "twice(DIABP) >= SYSBP"), version="2"))
    save(trial, {"SYSBP": "120", "DIABP": "60"}, event="V2", complete=True)
    trial.run_checks("S-001")
    assert asked(trial) == {("PAIR", AT_SITE): QueryState.OPEN}, "no other version takes it back"
    save(trial, {"DIABP": "50"}, event="V2", reason=WHY)
    trial.run_checks("S-001")
    assert set(asked(trial).values()) == {QueryState.OPEN}
    assert len(asked(trial)) == 2
    save(trial, {"DIABP": "60"}, reason=WHY)
    assert asked(trial)["PAIR", AT_SITE] is QueryState.RESOLVED
    assert verify(trial.core, rebuild=True).ok


def test_what_a_version_with_a_call_would_ask_is_listed_before_it_is_in_force(a_trial, define):
    trial = a_trial(check_of("OTHER", "SYSBP > 0"))
    save(trial, {"SYSBP": "120", "DIABP": "50"}, complete=True)
    version = MetaDataIndex(define(check_of("OTHER", "SYSBP > 0"), GOOD, version="2"))
    with trial.core.read() as source:
        picture = reading.look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        found = foreseeing.foresee(trial.core, picture, version)
    assert [(query.check_oid, query.deed) for query in found.queries] == [("GOOD", "opens")]
    assert found.failures == ()


def test_the_tracer_says_what_a_call_answered(a_trial):
    trial = a_trial(
        GOOD,
        check_of("BAD", "raises(SYSBP) > 0"),
        check_of("AGO", "twice(SYSBP) > 1 or present(entered_on(SYSBP))"),
    )
    save(trial, {"SYSBP": "120", "DIABP": "50"})
    with trial.core.read() as source:
        functions = functions_of(trial.core.plugins)
        rules = trace_form(
            source, trial.study_id, "S-001", trial.form("VS", event="V1"), "en",
            lambda index: functions(index.version),
        )  # fmt: skip
    said = {rule.title: rule for rule in rules if rule.kind == "check"}
    assert said["GOOD"].outcome == "Fires: Please confirm."
    assert [(part.text, part.value) for part in said["GOOD"].parts if "twice" in part.text][-1] == (
        "twice(DIABP)", "100",
    )  # fmt: skip
    assert said["BAD"].outcome.startswith("Gives no answer: ValueError in calling.py, line ")
    assert ("entered_on(SYSBP)", "2026-03-04") in [(p.text, p.value) for p in said["AGO"].parts]


def test_checks_that_were_due_when_the_process_died_are_run_by_the_next(a_trial):
    trial = a_trial(GOOD)
    save(trial, {"SYSBP": "120", "DIABP": "50"}, complete=True)
    assert checking.check_due(trial.core, trial.study_id) == 1
    assert asked(trial) == {("GOOD", AT_SITE): QueryState.OPEN}
