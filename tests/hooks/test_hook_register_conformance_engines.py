"""What looks through exports: which settings it gets, and how its report reads and is joined with that of others."""

import pytest

from edc_core.api import (
    CheckedStudy,
    ConformanceEngine,
    ConformanceFinding,
    ConformanceReport,
    RuleSet,
    check_all,
    hookimpl,
)
from edc_core.errors import PluginError
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource

ASKED = []
MISSING = ConformanceFinding(rule="R2", rule_set="own", text="AE is missing.", dataset="AE")
BLANK = ConformanceFinding(
    rule="R1", rule_set="own", text="SEX is blank.", dataset="DM", record=2, variable="SEX"
)
RUN = RuleSet(name="own", version="1", run=2)


class Own:
    """Rules of the sponsor, and others that cannot be run here."""

    @hookimpl
    def edc_register_conformance_engines(self, settings):
        ASKED.append(dict(settings))
        yield ConformanceEngine("own", "Rules of the sponsor", self.look)
        yield ConformanceEngine("absent", "Rules of somebody else", self.cannot)

    @staticmethod
    def look(folder, about, progress):
        progress(2, 2)
        return ConformanceReport((RUN,), (MISSING, BLANK, MISSING))

    @staticmethod
    def cannot(folder, about, progress):
        return ConformanceReport((RuleSet(name="absent", state="not run", why="Nothing runs it here."),))


class OwnToo:
    @hookimpl
    def edc_register_conformance_engines(self, settings):
        yield ConformanceEngine("own", "Others", Own.look)


own, own_too = Own(), OwnToo()


@pytest.fixture
def engines():
    def of(*names, **settings):
        sources = [PluginSource(name, f"{__name__}:{name}", "", "0") for name in names]
        return EdcPlugins(sources).conformance_engines(settings)

    return of


def test_an_engine_gets_the_settings_of_engines_and_no_others(engines):
    found = engines("own", EDC_CORE_PYTHON="/opt/p", EDC_CONFORMANCE_DIR="d", EDC_DATABASE_URL="secret")
    assert [one.name for one in found] == ["absent", "own"]
    assert ASKED[-1] == {"EDC_CORE_PYTHON": "/opt/p", "EDC_CONFORMANCE_DIR": "d"}


def test_a_name_taken_twice_names_both_plugins(engines):
    with pytest.raises(PluginError, match=r"own 0 .* and own_too 0 "):
        engines("own", "own_too")


def test_the_reports_of_all_are_one_in_which_a_finding_stands_once(engines, tmp_path):
    told = []
    report = check_all(engines("own"), tmp_path, CheckedStudy("DEMO-01"), lambda *done: told.append(done))
    assert report.findings == (BLANK, MISSING)
    assert told == [(2, 2)]
    assert [(one.name, one.state) for one in report.rule_sets] == [("absent", "not run"), ("own", "run")]
    assert [one.why for one in report.not_run] == ["Nothing runs it here."]
    assert report.counts == {"R1": 1, "R2": 1}
    assert report.unexplained({"R1": "Never asked.", "R2": " "}) == ("R2",)


def test_a_report_comes_back_from_its_file_and_anything_else_is_refused():
    report = ConformanceReport.joined([ConformanceReport((RUN,), (MISSING, BLANK))])
    assert ConformanceReport.of_json(report.as_json()) == report
    for text in (b"{}", b'{"rule_sets": [], "findings": [{"rule": "R1"}]}', b"no JSON"):
        with pytest.raises(ValueError):
            ConformanceReport.of_json(text)
