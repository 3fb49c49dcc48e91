"""A form is judged by the checks of the version it keeps, whatever version is in force at its site by now."""

from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.check_report import CheckFailure, CheckReport, FailureKind
from edc_core.domain.finding import Found, Severity
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import DataType, PluginUse, TranslatedText
from edc_core.domain.query import QueryState
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services.checks_by_version import as_at_site, merged, usable
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.testing import SOME_REASON
from tests.builders import Trial, a_study

SOURCE = PluginSource("by_version", "tests.plugins.by_version", version="1.0")


def definition(oid):
    study = a_study("VERSIONS").with_event("V1", "VS", "DM").with_event("V2", "VS", "DM")
    study = study.with_item("VS.SYSBP", DataType.INTEGER).with_item("DM.SEX")
    if oid == "2":
        study = study.with_item("VS.DIABP", DataType.INTEGER)
    uses = EdcPlugins([SOURCE]).activate((PluginUse("by_version", ""),)).resolved
    return replace(study.with_site("KR-01").build(), oid=oid, plugins=uses)


@pytest.fixture
def amended(core_url, clock, tmp_path):
    """A form of visit 1 begun under version 1 with 150; version 2, which allows 200, is in force."""
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins([SOURCE]), clock)
    trial = Trial(core, definition("1"))
    trial.add_subject()
    trial.save("S-001", {trial.path("VS.SYSBP", event="V1"): "150"}, complete=True)
    trial.publish(definition("2"))
    yield trial
    core.close()


def asked(trial):
    queries = trial.casebook("S-001").queries.values()
    return {(q.check_oid, str(q.path.form_path)): (q.text, q.state) for q in queries}


def test_each_form_by_the_checks_of_its_own_version(amended):
    v2 = amended.path("VS.SYSBP", event="V2")
    amended.save("S-001", {v2: "150", amended.path("VS.DIABP", event="V2"): "95"}, complete=True)
    assert not amended.run_checks("S-001"), "no check meets an item that its version does not have"
    assert asked(amended) == {
        ("HIGH", "V1[1]/VS[1]"): ("Above 100?", QueryState.OPEN),
        ("OLD", "V1[1]/VS[1]"): ("Above 100?", QueryState.OPEN),
        ("NEW", "V2[1]/VS[1]"): ("Please confirm.", QueryState.OPEN),
    }
    entries = [entry for entry in amended.entries("S-001") if entry["kind"] == "query.open"]
    assert {(e["payload"]["check_oid"], e["meta_data_version"]) for e in entries} == {
        ("HIGH", "1"), ("OLD", "1"), ("NEW", "2"),
    }  # fmt: skip
    assert verify(amended.core, rebuild=True).ok


def test_what_a_check_of_an_older_version_asked_resolves_by_itself(amended):
    amended.run_checks("S-001")
    amended.save("S-001", {amended.path("VS.SYSBP", event="V1"): "90"}, reason=SOME_REASON)
    amended.run_checks("S-001")
    assert {state for _, state in asked(amended).values()} == {QueryState.RESOLVED}
    assert len(asked(amended)) == 2


def test_a_version_that_moves_a_limit_takes_back_nothing_it_did_not_ask(amended):
    amended.run_checks("S-001")
    amended.save("S-001", {amended.path("VS.SYSBP", event="V2"): "150"}, complete=True)
    amended.run_checks("S-001")
    assert asked(amended)["HIGH", "V1[1]/VS[1]"][1] is QueryState.OPEN


def test_a_check_sees_each_other_form_as_its_version_defines_it(amended):
    amended.save("S-001", {amended.path("VS.SYSBP", event="V2"): "150"}, complete=True)
    amended.save("S-001", {amended.path("DM.SEX", event="V2"): "M"}, complete=True)
    assert not amended.run_checks("S-001")
    assert asked(amended)["SEES", "V2[1]/DM[1]"][0] == "Sees SYSBP SYSBP DIABP"


def test_a_form_begun_after_the_amendment_takes_the_new_version(amended):
    amended.save("S-001", {amended.path("VS.SYSBP", event="V2"): "250"}, complete=True)
    amended.run_checks("S-001")
    assert asked(amended)["HIGH", "V2[1]/VS[1]"][0] == "Above 200?"


# The decisions behind it


def found(check, place, text="Why?"):
    return Found(check, ItemPath.parse(place), TranslatedText.of(text, "en"), Severity.QUERY, "f", "", "p")


def test_a_check_is_settled_when_every_version_of_it_looked():
    failure = CheckFailure("B", "p 1", FailureKind.RAISED, "ValueError")
    report = merged(
        [
            CheckReport((found("A", "V1[1]/VS[1]"),), settled=frozenset("ABC")),
            CheckReport((found("A", "V2[1]/VS[1]"),), (failure,), settled=frozenset("A"), unfinished=("C",)),
        ]
    )
    assert report.settled == {"A"}
    assert report.unfinished == ("C",)
    assert report.failures == (failure,)
    assert [str(one.path) for one in report.found] == ["V1[1]/VS[1]", "V2[1]/VS[1]"]


def test_one_place_is_spoken_of_once():
    twice = [CheckReport((found("A", "V1[1]/VS[1]", text),)) for text in ("First.", "Second.")]
    assert [one.message.in_language("en") for one in merged(twice).found] == ["First."]


def test_an_older_version_goes_by_the_plugins_of_the_site():
    old = (PluginUse("a", "", "1.0", "x"), PluginUse("b", "", "1.0", "y"))
    assert as_at_site(old, (PluginUse("a", ">1", "1.1", "z"),)) == (
        replace(old[0], version="1.1", sha256="z"),
        old[1],
    )


def test_in_live_a_plugin_that_is_not_in_force_does_not_judge_an_older_version():
    plugins = EdcPlugins([SOURCE])
    [use] = plugins.activate((PluginUse("by_version", ""),)).resolved
    assert usable(plugins, (use, PluginUse("gone", "", "1.0", "x"))).resolved == (use,)
    assert usable(plugins, (replace(use, version="0.9"),)).plugins == ()
