"""A guide speaks the language of its authority, and says what the package holds and what not."""

import io
import json
import re
from dataclasses import replace

import pypdf
import pyreadstat
import pytest
from edc_core_packages import guides, printing
from edc_core_packages.asked import Asked
from edc_core_packages.clinical_sites import clinical_sites
from edc_core_packages.guides import WORDS
from edc_core_packages.left_out import left_out
from lxml import etree

from edc_core.api import (
    Confidence,
    ConformanceFinding,
    ConformanceReport,
    CountryProfile,
    CountryStandard,
    DataType,
    ExportChoice,
    ExportDataset,
    ExportRefused,
    GradedRule,
    PackageLayout,
    RuleFailure,
    RuleSet,
    Sourced,
    Stays,
    TabularDataset,
    Variable,
    Words,
)
from edc_core.testing import a_study

SAID = {
    "title": "Guide", "language": "en", "study": "DEMO-01", "day": "2026-03-04", "head": "", "note": "", "state": "", "page": "",
    "pages": "1", "parts": [{"heading": "두통", "text": "", "shape": "pairs", "columns": ["", ""], "rows": [["漢字", "x"]]}],
}  # fmt: skip
SDTM = "m5/datasets/pack-1/tabulations/sdtm"
#: Of each language a file of words; the English one says which there are.
LANGUAGES = [one.stem for one in sorted(WORDS.glob("*.json"))]


def test_words_of_east_asia_are_printed_as_they_are():
    from edc_core_crf_pdf.fonts import families

    made = pypdf.PdfReader(io.BytesIO(printing.printed(SAID, families)))
    text = "".join(page.extract_text() for page in made.pages)
    assert "두통" in text
    assert "漢字" in text


def test_without_a_plugin_that_chooses_fonts_it_is_refused_with_the_remedy():
    with pytest.raises(ExportRefused, match=r"'두통'.*edc-core-crf-pdf"):
        printing.printed(SAID, None)
    assert printing.fonts_for(["Größe µ ≤ 3"], "en", None) == [printing.LATIN]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_all_the_words_with_their_places(language):
    english, own = (json.loads((WORDS / f"{one}.json").read_text("utf-8")) for one in ("en", language))
    assert list(own) == list(english)
    for key, text in english.items():
        if isinstance(text, str):
            assert text.count("{}") == own[key].count("{}"), key
        elif key != "authorities":  # the English names are those of the standards
            assert list(own[key]) == list(text), key
            for code, word in text.items():
                assert str(word).count("{}") == str(own[key][code]).count("{}"), code


@pytest.mark.parametrize(
    ("authority", "guide", "title", "left"),
    [("mfds", "csdrg", "임상시험 자료 검토자 안내서", "수집된 자료 가운데 제외된 것은 없습니다"),
     ("nmpa", "guide", "数据审阅指南", "数据留在KR的受试者"),
     ("pmda", "sdrg", "Study Data Reviewer's Guide", "Subjects whose data stay in KR 1")],
)  # fmt: skip
def test_the_guide_is_in_the_language_that_the_layout_says(small, words_of, authority, guide, title, left):
    text = words_of(small.package(authority).folder / SDTM / f"{guide}.pdf")
    assert title in text
    assert left.replace(" ", "") in text.replace(" ", "")


def test_pmda_reads_a_guide_in_japanese_where_the_study_says_so(made_of, text, words_of):
    asked = text.replace(
        'edc-core-country-jp: ">=0.1,<0.2"',
        'edc-core-country-jp: {range: ">=0.1,<0.2", settings: {guide: ja}}',
    )
    trial = made_of(asked)
    trial.enrol("US-001")
    assert "含まれていないデータ" in words_of(trial.package("pmda").folder / SDTM / "sdrg.pdf")


def test_labels_of_nmpa_are_chinese_in_the_datasets_and_in_define(small):
    small.event("US-001", AETERM="头痛", AESTDAT="2026-02-03", AESER="N")
    made = small.package("nmpa")
    found, meta = pyreadstat.read_xport(
        made.folder / SDTM / "ae.xpt", output_format="dict", encoding="gb18030"
    )
    assert (meta.file_label, meta.column_names_to_labels["AETERM"]) == ("不良事件", "不良事件报告术语")
    assert found["AETERM"] == ["头痛"]
    define = etree.parse(made.folder / SDTM / "define.xml")
    names = {"o": "http://www.cdisc.org/ns/odm/v1.3"}
    item = define.find(".//o:ItemDef[@OID='IT.AE.AETERM']/o:Description", names)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [(one.get(lang), one.text) for one in item] == [
        ("zh", "不良事件报告术语"), ("en", "Reported Term for the Adverse Event"),
    ]  # fmt: skip
    for file in (made.folder / SDTM).glob("*.xpt"):
        _, meta = pyreadstat.read_xport(file, output_format="dict", encoding="gb18030")
        for label in (meta.file_label, *meta.column_labels):
            assert re.search("[\u4e00-\u9fff]", label), (file.name, label)
            assert len(label.encode("gb18030")) <= 40


def test_what_is_left_out_is_counted_by_reason(small, words_of):
    small.package("fda")  # nothing is locked
    made = small.package("fda", subjects=("US-001", "KR-001"))
    text = words_of(made.folder / SDTM / "csdrg.pdf")
    assert "Subjects in this package: 1." in text
    assert re.search(r"Subjects 1 The package was narrowed to other subjects\.", text)
    assert re.search(r"Subjects whose data stay in KR 1 .* leave the country: KR-B3\.", text)


def a_dataset(**more):
    version = (
        a_study()
        .with_event("V1", "VS")
        .with_item("VS.A", DataType.TEXT)
        .with_item("VS.B", DataType.TEXT)
        .build()
    )
    items = tuple(replace(one, sensitivity="blinded") for one in version.items)
    from edc_core.api import MetaDataIndex

    index = MetaDataIndex(replace(version, items=items))
    return ExportDataset(
        "X",
        "X",
        "live",
        {version.oid: index},
        "c" * 64,
        "2026-06-01T00:00:00.000000Z",
        {},
        {},
        lambda: iter(()),
        **more,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_words(language):
    words = Words(WORDS, language)
    counts = dict.fromkeys(words.group("left_out_what"), 1) | {
        Stays("KR"): 2,
        Stays("CN", "CN-B3"): 3,
    }
    found = left_out(a_dataset(left_out=lambda: counts), words, 5, {}, "ascii")
    assert all(what and number and why for what, number, why in found.rows)
    assert {number for _, number, _ in found.rows} == {"1", "2", "3"}
    assert any("CN-B3" in why for *_, why in found.rows)
    assert "5" in found.text


def test_what_was_kept_from_blinded_eyes_is_counted_and_not_named():
    oids = frozenset(a_dataset().newest.items)
    words = Words(WORDS, "en")
    found = left_out(a_dataset(withheld=oids), words, 1, {}, "ascii")
    assert found.rows == (("Questions that are blinded", "2", "Whoever made this package may not see them."),)
    asked = a_dataset(withheld=oids, choice=ExportChoice("package-fda", blinding="blinded"))
    assert (
        left_out(asked, words, 1, {}, "ascii").rows[0][2]
        == "The package was asked for without blinded items."
    )
    assert "Nothing that was collected was left out." in left_out(a_dataset(), words, 1, {}, "ascii").text


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


def guide_of(*sets, findings=(), grades=()):
    def fact(value):
        return Sourced(value, "a test", "2026-12-01", Confidence.LOW)

    profile = CountryProfile("JP-PMDA", "An authority", ("JP",), ("ja",), ("Asia/Tokyo",))
    standard = CountryStandard(fact(profile), conformance_rules=tuple(map(fact, grades)))
    asked = Asked(standard, PackageLayout(()), None, {})
    return guides.Guide(None, asked, None, (), ConformanceReport(sets, findings))


def test_rules_that_could_not_be_carried_out_have_a_part_of_their_own_and_are_no_findings():
    unable = RuleFailure(rule="CORE-000699", why="No PCCAT.", dataset="PC")
    broken = RuleFailure(rule="CORE-000002", why="KeyError: ARM", is_error=True)
    guide, words = guide_of(RuleSet(name="CDISC CORE", run=3, failed=(unable, broken))), Words(WORDS, "en")
    failed = guides._failed(guide, words)
    assert "On 1 of them the engine broke." in failed.text
    assert failed.rows == (
        ("CORE-000002", "-", "Execution error: KeyError: ARM"), ("CORE-000699", "PC", "No PCCAT."),
    )  # fmt: skip
    assert guides.findings(guide, words, lambda _: True, "Nothing.").text == "Nothing."
    assert "2 could not be carried out, see below" in guides._conformance(guide, words).rows[0][2]
    assert not guides._failed(guide_of(RuleSet(name="CDISC CORE", run=3)), words).says_something


def test_a_finding_stands_with_its_explanation_and_an_open_one_says_so():
    of_ae = ConformanceFinding(
        rule="R1", rule_set="CDISC CORE", text="Wrong.", dataset="AE", explanation="Late."
    )
    of_cm = ConformanceFinding(rule="R1", rule_set="CDISC CORE", text="Wrong.", dataset="CM")
    rows = guides.findings(
        guide_of(findings=(of_ae, of_cm)), Words(WORDS, "en"), lambda _: True, "Nothing."
    ).rows
    assert [(row[2], row[5]) for row in rows] == [("AE", "Late."), ("CM", "Not explained.")]


def test_where_the_authority_grades_rules_its_grade_and_its_own_id_are_told_and_what_has_none_is_not_graded():
    graded = ConformanceFinding(rule="R1", rule_set="C", text="Wrong.", dataset="AE", severity="error")
    other = ConformanceFinding(rule="R2", rule_set="C", text="Wrong.", dataset="AE")
    guide = guide_of(findings=(graded, other), grades=(GradedRule("R1", "SD0013", "error", "Wrong"),))
    part = guides.findings(guide, Words(WORDS, "en"), lambda _: True, "Nothing.")
    assert [row[:2] for row in part.rows] == [("R1 (SD0013)", "error"), ("R2", "not graded")]
    assert part.text == "Not graded: PMDA has no grade for the rule that is known here."
    assert (
        guides.findings(guide_of(findings=(other,)), Words(WORDS, "en"), lambda _: True, "").rows[0][1] == "-"
    )
