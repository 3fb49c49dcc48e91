"""A text explains the findings that it is about, and no others of the same rule."""

import pytest
from edc_core_sdtm.explanations import explanations

from edc_core.api import ConformanceFinding, ConformanceReport, explained


def found(rule, dataset="", value=""):
    return ConformanceFinding(rule=rule, rule_set="CDISC CORE", text="Wrong.", dataset=dataset, value=value)


@pytest.mark.parametrize(
    ("finding", "is_explained"),
    [(found("CORE-000915", "TR"), True), (found("CORE-000915", "LB"), False),
     (found("CORE-000484", "RELREC", "TUTR"), True), (found("CORE-000484", "RELREC", "CMAE1"), False),
     (found("CORE-000264", "MH"), True), (found("CORE-000264", "AE"), False), (found("CORE-000001"), False)],
)  # fmt: skip
def test_a_general_text_keeps_to_its_datasets_and_values(finding, is_explained):
    report = explained(ConformanceReport((), (finding,)), explanations(), {})
    assert bool(report.findings[0].explanation) is is_explained
    assert report.unexplained == (() if is_explained else (finding.rule,))


def test_every_general_text_is_a_sentence_of_one_rule_in_the_languages_of_guides():
    assert explanations()
    for one in explanations():
        assert set(one.translations) == {"ko", "zh", "ja"}
        assert one.rule
        assert all(text.endswith((".", "。")) for text in (one.text, *one.translations.values()))
    assert len({(one.rule, one.datasets, one.values) for one in explanations()}) == len(explanations())


def test_a_general_text_is_said_in_the_language_of_the_guide_and_that_of_the_study_as_it_is():
    report = ConformanceReport((), (found("CORE-000264", "MH"),))

    def said(of_study, language):
        return explained(report, explanations(), of_study, language).findings[0].explanation

    assert said({}, "ko").startswith("규칙이 MHBODSYS")
    assert said({}, "fr") == said({}, "en") == said({}, "") != ""
    assert said({"CORE-000264": "Of the study."}, "ko") == "Of the study."
