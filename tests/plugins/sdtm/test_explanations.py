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


def test_every_general_text_is_a_sentence_of_one_rule():
    assert explanations()
    assert all(one.rule and one.text.endswith(".") for one in explanations())
    assert len({(one.rule, one.datasets, one.values) for one in explanations()}) == len(explanations())
