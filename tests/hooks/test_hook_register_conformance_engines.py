"""What looks through exports: which settings it gets, and how its report reads and is joined with that of others."""

from dataclasses import replace

import pytest

from edc_core.api import (
    CheckedStudy,
    Confidence,
    ConformanceEngine,
    ConformanceFinding,
    ConformanceReport,
    CountryProfile,
    CountryStandard,
    Explanation,
    GradedRule,
    RuleFailure,
    RuleSet,
    Sourced,
    check_all,
    explained,
    graded,
    hookimpl,
    placed,
)
from edc_core.errors import PluginError
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource

ASKED = []
MISSING = ConformanceFinding(rule="R2", rule_set="own", text="AE is missing.", dataset="AE")
BLANK = ConformanceFinding(
    rule="R1", rule_set="own", text="SEX is blank.", dataset="DM", record=2, variable="SEX"
)
BROKEN = RuleFailure(rule="R4", why="KeyError: ARM", dataset="DM", is_error=True)
RUN = RuleSet(
    name="own", version="1", run=2, failed=(BROKEN, RuleFailure(rule="R3", why="No PCCAT.", dataset="PC"))
)


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
    assert told == [(1000, 1000)], "of two engines the second has told nothing"
    assert [(one.name, one.state) for one in report.rule_sets] == [("absent", "not run"), ("own", "run")]
    assert [one.why for one in report.not_run] == ["Nothing runs it here."]
    assert report.counts == {"R1": 1, "R2": 1}
    assert explained(report, (), {"R1": "Never asked.", "R2": " "}).unexplained == ("R2",)


def test_an_explanation_keeps_to_its_datasets_and_what_the_study_says_goes_before():
    about_sex = Explanation(rule="R1", text="Not asked at sites in KR.", datasets=("DM",), begins="SEX")
    report = ConformanceReport((RUN,), (BLANK, MISSING, replace(BLANK, dataset="AE")))
    said = {
        one.dataset: one.explanation
        for one in explained(report, [about_sex], {}).findings
        if one.rule == "R1"
    }
    assert said == {"DM": "Not asked at sites in KR.", "AE": ""}
    own = explained(report, [about_sex], {"R1": " Of the study. "})
    assert {one.explanation for one in own.findings} == {"Of the study.", ""}
    of_ae = explained(report, [about_sex], {"R1": "Of the study.", "R1 AE": "Of events."})
    said = {one.dataset: one.explanation for one in of_ae.findings if one.rule == "R1"}
    assert said == {"DM": "Of the study.", "AE": "Of events."}


def test_an_authority_makes_a_finding_stricter_and_never_milder():
    report = ConformanceReport((RUN,), (BLANK, replace(MISSING, severity="error")))
    standards = [
        standard(
            "KR-MFDS",
            GradedRule("R1", "K1", "error", "SEX is blank"),
            GradedRule("R2", "K2", "warning", "No AE"),
        ),
        standard("JP-PMDA", GradedRule("R1", "J1", "reject", "SEX is blank")),
    ]
    first, second = graded(report, standards).findings
    assert (first.rule, first.severity, first.agencies) == ("R1", "reject", ("MFDS", "PMDA"))
    assert (second.rule, second.severity, second.agencies) == ("R2", "error", ("MFDS",))


def standard(name, *rules):
    def fact(value):
        return Sourced(value, "a test", "2026-12-01", Confidence.LOW)

    profile = CountryProfile(name, name, ("KR",), ("en",), ("Asia/Seoul",))
    return CountryStandard(fact(profile), conformance_rules=tuple(map(fact, rules)))


def test_a_finding_leads_to_the_item_or_where_a_rule_is_about_several_to_the_record():
    several = replace(BLANK, rule="R3", variable="AGE, SEX")
    asked = []

    def places(cells):
        asked.extend(sorted(cells))
        return {("DM", 2, "SEX"): ("KR01-0001", "SCR[1]/DM[1]/G[1]/SEX")}

    report = placed(ConformanceReport((RUN,), (BLANK, several, MISSING)), places)
    assert asked == [("DM", 2, ""), ("DM", 2, "SEX")], "of a dataset as a whole there is no place"
    assert {(one.rule, one.subject, one.item) for one in report.findings} == {
        ("R1", "KR01-0001", "SCR[1]/DM[1]/G[1]/SEX"), ("R2", "", ""), ("R3", "", "")
    }  # fmt: skip


def test_a_report_comes_back_from_its_file_and_anything_else_is_refused():
    report = ConformanceReport.joined([ConformanceReport((RUN,), (MISSING, BLANK))])
    assert ConformanceReport.of_json(report.as_json()) == report
    assert report.errors == (BROKEN,)
    known = ConformanceReport((RUN, replace(RUN, name="terms", version="3.4, 2025", sha256="ab")))
    assert known.made_with == (("terms 3.4, 2025", "ab"),), "of the others there is no digest"
    for text in (b"{}", b'{"rule_sets": [], "findings": [{"rule": "R1"}]}', b"no JSON"):
        with pytest.raises(ValueError):
            ConformanceReport.of_json(text)
