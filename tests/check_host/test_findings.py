"""What comes back when plugins behave."""

from edc_core.check_host import CheckRequest
from edc_core.domain.casebook import FormData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.plugin_source import PluginSource
from tests.check_host.pictures import ae_item, small_casebook, small_version, vs_item

ROWS = PluginSource("rows", "tests.plugins.by_row")


def test_finding_carries_check_place_severity_fingerprint_and_plugin(run):
    (found,) = run("good").found
    assert (found.check_oid, str(found.path)) == ("good", "SCR[1]/VS[1]/VS.G[1]/VS.SYSBP")
    assert found.message.in_language("en") == "Please confirm."
    assert found.severity == "query"
    assert len(found.fingerprint) == 64
    name, version, digest = found.plugin.split()
    assert (name, version, len(digest)) == ("bad", "0", 12)


def test_report_says_what_ran_so_that_gone_findings_are_known(run):
    report = run("good")
    assert [(oid, str(path)) for oid, path in report.ran] == [
        ("good", "SCR[1]/VS[1]"),
        ("good", "C1D1[1]/VS[1]"),
    ]
    assert report.settled == {"good"}
    assert report.is_whole


def test_check_without_any_occurrence_is_settled(host, study):
    report = host.run(CheckRequest(study, (ROWS,), small_casebook({})))
    assert report.settled == {"PAIRS", "SERIOUS"}
    assert report.ran == ()


def test_removed_form_is_not_looked_at(host, study, casebook, run):
    path = vs_item("SCR", "VS.SYSBP").form_path
    casebook.forms[path] = FormData(path, "1", EntryStatus.REMOVED)
    assert run("good").found == ()


def test_skipped_check_does_not_run_and_is_not_settled(run):
    report = run("good", "unknown_item", skip=("unknown_item",))
    assert report.settled == {"good"}
    assert report.failures == ()


def test_long_message_is_cut(run):
    found = run("long_message").found[0]
    text = found.message.in_language("")
    assert len(text) <= 280
    assert text.endswith("…")


def test_row_check_targets_its_row_and_another_row_leaves_its_fingerprint_alone(host, study):
    values = {
        ae_item("1", "AE.AETERM"): "Headache",
        ae_item("1", "AE.AESER"): "Y",
        ae_item("2", "AE.AETERM"): "Rash",
        ae_item("2", "AE.AESER"): "N",
    }
    before = host.run(CheckRequest(study, (ROWS,), small_casebook(values), frozenset({"PAIRS"}))).found
    values[ae_item("2", "AE.AETERM")] = "Nausea"
    after = host.run(CheckRequest(study, (ROWS,), small_casebook(values), frozenset({"PAIRS"}))).found
    assert [str(found.path) for found in before] == ["LOGS[1]/AE[1]/AE.G[1]/AE.AESER"]
    assert before == after
    values[ae_item("1", "AE.AETERM")] = "Migraine"
    (changed,) = host.run(CheckRequest(study, (ROWS,), small_casebook(values), frozenset({"PAIRS"}))).found
    assert changed.identity == before[0].identity
    assert changed.fingerprint != before[0].fingerprint


def test_same_finding_from_several_forms_is_heard_once(host, study, casebook):
    report = host.run(CheckRequest(study, (ROWS,), casebook))
    assert [found.check_oid for found in report.found] == ["PAIRS"]
    assert len(report.ran) == 2


def test_any_unicode_comes_through(host, study):
    values = {ae_item("1", "AE.AETERM"): "두통 \ud800 \x00", ae_item("1", "AE.AESER"): "Y"}
    report = host.run(CheckRequest(study, (ROWS,), small_casebook(values)))
    assert [found.check_oid for found in report.found] == ["SERIOUS"]


def test_version_is_sent_once_and_kept(host, study, casebook, monkeypatch):
    sent = []
    load = type(host)._load
    monkeypatch.setattr(type(host), "_load", lambda self, *a: sent.append(1) or load(self, *a))
    request = CheckRequest(study, (ROWS,), casebook)
    assert host.run(request) == host.run(request)
    assert len(sent) == 1
    again = PluginStudy.of(MetaDataIndex(small_version()), "dev")  # the same definition, read again
    host.run(CheckRequest(again, (ROWS,), casebook))
    assert len(sent) == 1
    host.run(CheckRequest(PluginStudy.of(MetaDataIndex(small_version("2")), "dev"), (ROWS,), casebook))
    host.run(CheckRequest(PluginStudy.of(study.index, "uat"), (ROWS,), casebook))
    assert len(sent) == 3


def test_more_versions_than_are_kept(host, casebook):
    studies = [PluginStudy.of(MetaDataIndex(small_version(str(n))), "dev") for n in range(20)]
    for study in (*studies, studies[0]):
        assert len(host.run(CheckRequest(study, (ROWS,), casebook)).found) == 1


def test_without_plugins_no_process_is_started(host, study, casebook):
    assert host.run(CheckRequest(study, (), casebook)).is_whole
    assert host.pid is None


def test_process_gets_no_address_of_the_database_and_no_secret(host, study, casebook, monkeypatch):
    monkeypatch.setenv("EDC_DATABASE_URL", "sqlite:///secret.db")
    monkeypatch.setenv("SOME_TOKEN", "secret")
    source = PluginSource("environment", "tests.plugins.environment")
    report = host.run(CheckRequest(study, (source,), casebook))
    assert report.found[0].message.in_language("") == "none"
