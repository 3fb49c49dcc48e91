"""A text explains the findings that it is about, and no others of the same rule."""

import pytest
from edc_core_packages.explanations import explanation, general, unexplained

from edc_core.api import ConformanceFinding, ConformanceReport


def found(rule, dataset="", text="Wrong."):
    return ConformanceFinding(rule=rule, rule_set="CDISC CORE", text=text, dataset=dataset)


GROUPS = "Grouping variables not found in dataset: ['PCCAT']"


@pytest.mark.parametrize(
    ("finding", "explained"),
    [(found("CORE-000915", "TR"), True), (found("CORE-000915", "LB"), False),
     (found("CORE-000699", "N/A", GROUPS), True), (found("CORE-000699", "LB", "Units differ."), False),
     (found("CORE-000264", "MH"), True), (found("CORE-000264", "AE"), False), (found("CORE-000001"), False)],
)  # fmt: skip
def test_a_general_text_keeps_to_its_datasets_and_its_kind_of_finding(finding, explained):
    assert bool(explanation(finding, {})) is explained
    assert unexplained(ConformanceReport((), (finding,)), {}) == (() if explained else (finding.rule,))


def test_what_the_study_says_goes_before_and_an_empty_text_says_nothing():
    one = found("CORE-000915", "TR")
    assert explanation(one, {"CORE-000915": " Of the study. "}) == "Of the study."
    assert explanation(one, {"CORE-000915": " "}) == explanation(one, {}) != ""


def test_every_general_text_is_a_sentence_of_one_rule():
    assert general()
    for one in general():
        assert set(one.texts) == {"en", "ko", "zh", "ja"}
        assert one.rule
        assert all(text.endswith((".", "。")) for text in one.texts.values())


def test_a_general_text_is_said_in_the_language_of_the_guide():
    one = found("CORE-000264", "MH")
    assert explanation(one, {}, "ko").startswith("규칙이 MHBODSYS")
    assert explanation(one, {}, "fr") == explanation(one, {}, "en")
    assert explanation(one, {"CORE-000264": "Of the study."}, "ko") == "Of the study."


def test_a_general_text_is_about_one_kind_of_finding():
    assert len({(one.rule, one.datasets, one.begins) for one in general()}) == len(general())
