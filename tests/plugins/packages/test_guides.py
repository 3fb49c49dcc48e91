"""A guide is printed in letters that are there, and what tells of sites counts whom DM knows."""

import io

import pypdf
import pytest
from edc_core_packages import guides
from edc_core_packages.clinical_sites import clinical_sites

from edc_core.api import (
    ConformanceFinding,
    ConformanceReport,
    DataType,
    ExportRefused,
    RuleFailure,
    RuleSet,
    TabularDataset,
    Variable,
)

SAID = {
    "title": "Guide", "study": "DEMO-01", "authority": "FDA", "day": "2026-03-04", "cut": "0" * 64,
    "standard": "SDTMIG 3.4", "parts": [{"heading": "Findings", "text": "", "columns": ["", ""], "rows": [["두통", "x"]]}],
}  # fmt: skip


def test_words_of_east_asia_are_printed_as_they_are():
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(guides._printed(SAID))).pages)
    assert "두통" in text


def test_without_a_font_for_them_it_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(guides, "EAST_ASIAN", ("No such font",))
    with pytest.raises(ExportRefused, match=r"'두통'.*fonts-noto-cjk"):
        guides.fonts("AE 두통 is not coded")
    assert guides.fonts("Größe µ ≤ 3") == [guides.LATIN]


def table(name, *rows):
    names = list(rows[0])
    variables = tuple(Variable(one, one, DataType.TEXT) for one in names)
    return TabularDataset(name, name, variables, lambda: iter([[row[one] for one in names] for row in rows]))


def test_subjects_of_a_site_and_arm_are_counted_and_who_is_not_in_dm_belongs_to_none():
    subject = {"SITEID": "US-01", "COUNTRY": "USA", "ARM": "Treated", "DTHFL": ""}
    tables = {
        "DM": table(
            "DM", {"USUBJID": "1", "ARMCD": "A", **subject}, {"USUBJID": "2", "ARMCD": "A", **subject, "DTHFL": "Y"},
            {"USUBJID": "3", "ARMCD": "SCRNFAIL", **subject},
        ),
        "AE": table(
            "AE", {"USUBJID": "1", "AESER": "Y"}, {"USUBJID": "1", "AESER": "N"}, {"USUBJID": "9", "AESER": "Y"}
        ),
        "DS": table("DS", *({"USUBJID": one, "DSCAT": "DISPOSITION EVENT", "DSDECOD": why} for one, why in
                            (("1", "ADVERSE EVENT"), ("2", "COMPLETED"), ("3", "SCREEN FAILURE"), ("9", "DEATH")))),
    }  # fmt: skip
    made = clinical_sites("DEMO-01", "Demo", tables)
    names = [one.name for one in made.variables]
    rows = [dict(zip(names, row, strict=True)) for row in made.records()]
    counted = ("ARM", "SCREEN", "ENROLL", "DISCONT", "NSAE", "SAE", "DEATH", "PROTVIOL")
    assert [tuple(row[name] for name in counted) for row in rows] == [
        (None, "1", "0", "0", "0", "0", "0", None),
        ("Treated", "2", "2", "1", "1", "1", "1", None),
    ]


def test_rules_that_could_not_be_carried_out_have_a_part_of_their_own_and_are_no_findings():
    unable = RuleFailure(rule="CORE-000699", why="No PCCAT.", dataset="PC")
    broken = RuleFailure(rule="CORE-000002", why="KeyError: ARM", is_error=True)
    report = ConformanceReport((RuleSet(name="CDISC CORE", run=3, failed=(unable, broken)),))
    guide = guides.Guide(None, None, None, report, "")
    failed = guides._failed(guide)
    assert "On 1 of them the engine broke." in failed["text"]
    assert failed["rows"] == [
        ["CORE-000002", "-", "Execution error: KeyError: ARM"], ["CORE-000699", "PC", "No PCCAT."],
    ]  # fmt: skip
    assert guides._findings(guide)["text"] == "No rule that was run has a finding."
    assert "2 could not be carried out, see below" in guides._conformance(guide)["rows"][0][2]
    sound = guides.Guide(None, None, None, ConformanceReport((RuleSet(name="CDISC CORE", run=3),)), "")
    assert (guides._failed(sound)["text"], guides._failed(sound)["rows"]) == ("", []), (
        "so that it is left out"
    )


def test_a_finding_stands_with_its_explanation_and_an_open_one_says_so():
    of_ae = ConformanceFinding(
        rule="R1", rule_set="CDISC CORE", text="Wrong.", dataset="AE", explanation="Late."
    )
    of_cm = ConformanceFinding(rule="R1", rule_set="CDISC CORE", text="Wrong.", dataset="CM")
    guide = guides.Guide(None, None, None, ConformanceReport((), (of_ae, of_cm)), "")
    rows = guides._findings(guide)["rows"]
    assert [(row[2], row[5]) for row in rows] == [("AE", "Late."), ("CM", "Not explained.")]
