"""What PMDA asks, behaviour by behaviour (requirements 3.2, JP-PMDA)."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from edc_core_countries.dates import dated
from edc_core_countries.rules_page import _lines
from edc_core_country_jp.grades import GRADES
from edc_core_country_jp.identity import MY_NUMBER
from edc_core_country_jp.rules import ENGINE
from edc_core_country_jp.sheet import inspection_sheet
from edc_core_country_jp.standard import ERAS, japanese_standard
from edc_core_packages.package import open_findings
from hypothesis import given
from hypothesis import strategies as st

from edc_core.api import ConformanceFinding, ConformanceReport, explained, graded, of_authority
from edc_core.domain.era import in_common_calendar
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import DataType, ItemDef
from edc_core.domain.page import PageRequest
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.scanner import TextKind
from edc_core.domain.translated_text import TranslatedText
from edc_core.errors import EntryClosed, ValueRefused
from edc_core.identifiers import refusing
from edc_core.ids import new_id
from edc_core.services import publishing
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers
from tests.plugins.countries.scenes import ASIA
from tests.plugins.countries.tables import held, table

SYNTHETIC = "123456789018"


def standard_of(definition, **settings):
    return japanese_standard(PluginStudy.of(MetaDataIndex(definition), "dev", configuration=settings))


@pytest.fixture(scope="module")
def scene():
    return ASIA


@pytest.fixture
def standard(definition):
    return standard_of(definition)


def rule(standard, name, *tables):
    return [one for one in standard.findings(held(*tables)) if one.rule == name]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("R8.3.5", "2026-03-05"), ("R1.5.1", "2019-05-01"), ("H31.4.30", "2019-04-30"), ("H1.1.8", "1989-01-08"),
        ("S64.1.7", "1989-01-07"), ("S1.12.25", "1926-12-25"), ("令和8年3月5日", "2026-03-05"), ("平成元年1月8日", "1989-01-08"),
        ("2026-03-05", "2026-03-05"),
    ],
)  # fmt: skip
def test_jp_b1_dates_of_an_era_are_read_and_the_text_is_kept(trial, typed, expected):
    trial.enter("JP-001", {"DM.BRTHDAT": typed})
    item = trial.item("JP-001", "DM.BRTHDAT")
    assert (item.value, item.raw) == (expected, typed)


@pytest.mark.parametrize("typed", ["R1.4.30", "H31.5.1", "S64.1.8", "H1.1.7", "S1.12.24", "R8.2.30"])
def test_jp_b1_a_day_outside_its_era_is_asked_about(trial, typed):
    """EC68."""
    trial.enter("JP-001", {"DM.BRTHDAT": typed})
    assert trial.item("JP-001", "DM.BRTHDAT").reading == "unreadable"
    trial.finish("JP-001", "DM")
    assert len(trial.open_queries("JP-001")) == 1


def test_jp_b1_eras_are_read_at_japanese_sites_alone(trial):
    trial.enter("DE-001", {"DM.BRTHDAT": "R8.3.5"})
    assert trial.item("DE-001", "DM.BRTHDAT").reading == "unreadable"


@given(st.dates(date(1926, 12, 25), date(2060, 12, 31)))
def test_jp_b1_every_day_has_one_era_and_comes_back(day):
    eras = [
        one for one in ERAS if one.starts <= day.isoformat() and (not one.ends or day.isoformat() <= one.ends)
    ]
    [era] = eras
    year = day.year - int(era.starts[:4]) + 1
    assert in_common_calendar(f"{era.letter}{year}.{day.month}.{day.day}", ERAS) == day.isoformat()
    assert in_common_calendar(f"{era.name}{year}年{day.month}月{day.day}日", ERAS) == day.isoformat()


@pytest.mark.parametrize("text", [SYNTHETIC, "1234 5678 9018", f"番号{SYNTHETIC}です"])
def test_jp_b2_my_number_is_refused_everywhere(trial, text):
    for subject in ("JP-001", "DE-001"):
        with pytest.raises(ValueRefused):
            trial.enter(subject, {"DM.NOTE": text})


@pytest.mark.parametrize("last", "012345679")
def test_jp_b2_another_check_digit_is_no_hit(last):
    assert refusing((MY_NUMBER,), TextKind.VALUE, SYNTHETIC[:-1] + last) is None


def test_jp_b2_numbers_of_insurance_are_refused(trial):
    with pytest.raises(ValueRefused):
        trial.enter("JP-001", {"DM.NOTE": "保険者番号 01130012"})


def test_prv_07_each_consent_has_version_and_date(standard, trial, definition):
    """APPI Art. 20(2) and 28: who refuses the transfer takes part all the same."""
    asked = {item.name for item in definition.items}
    titles = [fact.value.title.in_language("en") for fact in standard.consent_requirements]
    assert titles == [
        "Consent to the use of special-care information", "Consent to transfer to a foreign country",
    ]  # fmt: skip
    for fact in standard.consent_requirements:
        assert {fact.value.version, fact.value.date} <= asked
    assert {"CONSENT.JPXFRDAT", "CONSENT.JPSPCDAT"} <= trial.hidden("DE-001", "CONSENT")
    assert not {"CONSENT.JPXFRDAT", "CONSENT.JPSPCDAT"} & trial.hidden("JP-001", "CONSENT")
    trial.enter("JP-001", {"CONSENT.RFICDAT": "2026-03-02"})
    trial.finish("JP-001", "CONSENT")
    asked_for = {path.rpartition(".")[2] for _, path in trial.open_queries("JP-001")}
    assert asked_for == {"JPSPCVER", "JPSPCDAT"}


def test_prv_07_without_consent_to_the_transfer_data_go_where_they_are_protected_alike_alone(trial):
    """APPI Art. 28(1): the countries that the Commission takes as equivalent are no foreign ones in this sense."""
    for subject in ("DE-001", "JP-001"):
        trial.enter(subject, {"VS.PULSE": "70"})
    stay = "subjects whose data stay in JP (PRV-07)"
    for abroad in ("", "US", "KR"):
        keys, stays = trial.exported(destination=abroad)
        assert (keys, stays[stay]) == (["DE-001"], 1), abroad
    for alike in ("JP", "DE", "NO", "GB"):
        keys, stays = trial.exported(destination=alike)
        assert (keys, stay in stays) == (["DE-001", "JP-001"], False), alike
    trial.enter("JP-001", {"CONSENT.JPXFRVER": "1", "CONSENT.JPXFRDAT": "2026-03-02"})
    assert trial.exported()[0] == ["DE-001", "JP-001"]


def test_prv_07_who_checks_the_definition_is_warned_of_initials(country_plugins, tmp_path):
    text = ASIA.file.read_text(encoding="utf-8")
    asked = "{name: NOTE, question: Remark, length: 200}"
    assert asked in text
    file = tmp_path / "study.yaml"
    file.write_text(
        text.replace(asked, "{name: SUBJ, question: {en: Sign, ja: イニシャル}, length: 3}"), encoding="utf-8"
    )
    for path, expected in ((file, 1), (ASIA.file, 0)):
        checked = publishing.check(country_plugins, path)
        warned = [one for one in checked.findings if one.code == "W507"]
        assert len(warned) == expected
        assert [one for one in checked.findings if one.severity == "error"] == []
    [warning] = [one for one in publishing.check(country_plugins, file).findings if one.code == "W507"]
    assert warning.severity == "warning"
    assert "Item 'SUBJ' of form 'DM', JP-PMDA (PRV-07): Initials" in warning.message


def test_prv_07_initials_are_warned_of_and_not_refused(standard):
    [fact] = [
        one for one in standard.forbidden_items if getattr(one.value, "pattern", "").startswith(r"\binitial")
    ]
    assert not fact.value.blocks
    assert fact.value.matches(
        ItemDef("X", "SUBJINIT", DataType.TEXT, TranslatedText.of("被験者イニシャル", "ja"))
    )


def test_jp_b3_no_subject_before_notification_registration_and_irb(closed):
    with pytest.raises(EntryClosed, match=r"JP-PMDA \(JP-B3\)") as refused:
        closed.add_subject("JP-001", site="JP-01")
    assert all(words in refused.value.message for words in ("CTN", "jRCT", "IRB", "Principal investigator"))
    closed.record_all("JP-01")
    closed.add_subject("JP-001", site="JP-01")


def test_jp_b4_labels_are_japanese_and_full_width_is_read_and_kept(trial, definition):
    assert MetaDataIndex(definition).items["DM.BRTHDAT"].question.in_language("ja") == "生年月日"
    wide = "".join(chr(ord(one) + 0xFEE0) for one in "72")
    trial.enter("JP-001", {"VS.PULSE": wide})
    item = trial.item("JP-001", "VS.PULSE")
    assert (item.value, item.raw) == ("72", wide)


def test_jp_b4_kana_of_half_width_are_refused(trial):
    half, full = "ｱﾚﾙｷﾞｰ", "アレルギー"
    with pytest.raises(ValueRefused, match="half width"):
        trial.enter("JP-001", {"DM.NOTE": half})
    trial.enter("JP-001", {"DM.NOTE": full})
    trial.enter("DE-001", {"DM.NOTE": half})


def test_jp_b5_text_is_ascii_but_for_declared_variables(definition, standard):
    events = table("AE", "AETERM AETERMJ", ["Headache", "頭痛"])
    [found] = rule(standard, "JP-B5", events)
    assert (found.record, found.variable) == (1, "AETERMJ")
    declared = standard_of(definition, alternates="AE.AETERMJ", encoding="utf-8")
    assert rule(declared, "JP-B5", events) == []
    assert "utf-8" in declared.export_profiles[0].value.name  # as the guide says


def test_jp_b6_a_package_stops_on_reject_and_every_error_is_explained(standard):
    layout = standard.package_layout[0].value
    tables = held(table("PC", "USUBJID", ["頭"]))
    own = of_authority(standard, standard.findings(tables))
    stops, unexplained = open_findings(layout, own.findings)
    assert {one.dataset for one in stops} == {"DM"}
    assert {(one.rule, one.dataset) for one in unexplained} == {
        ("JP-B5", "PC"),
        ("JP-B6", "TS"),
        ("JP-B10", "PC"),
    }
    told = {"JP-B5": "A name of a place.", "JP-B6": "It is brought.", "JP-B10": "Parameters follow."}
    assert open_findings(layout, explained(own, (), told).findings)[1] == []
    assert ENGINE in {one.version for one in standard.terms("2026-03-01")}


def test_jp_b6_rules_of_cdisc_core_have_the_grades_of_pmda_and_what_has_none_is_not_graded(standard):
    rules = ("CORE-000356", "CORE-000718", "CORE-000717", "CORE-000264")
    found = tuple(ConformanceFinding(rule=one, rule_set="CDISC CORE", text="-") for one in rules)
    report = graded(ConformanceReport((), found), [standard])
    assert {one.rule: (one.severity, one.agencies) for one in report.findings} == {
        "CORE-000356": ("reject", ("PMDA",)), "CORE-000718": ("error", ("PMDA",)),
        "CORE-000717": ("warning", ("PMDA",)), "CORE-000264": ("", ()),
    }  # fmt: skip


def test_jp_b6_every_grade_is_one_of_three_with_the_id_of_pmda_its_source_and_its_day():
    assert {one.value.severity for one in GRADES} == {"reject", "error", "warning"}
    assert all(re.fullmatch(r"SD\d{4}", one.value.known_as) for one in GRADES)
    assert all("PMDA Validation Rules 6.0" in one.source and one.as_of and one.may_change for one in GRADES)
    assert len({one.value.rule for one in GRADES}) == len(GRADES) > 100
    by_id = {}
    for one in GRADES:
        by_id.setdefault(one.value.known_as, set()).add(one.value.severity)
    assert all(len(severities) == 1 for severities in by_id.values()), "one rule of PMDA has one grade"


def test_jp_b6_the_grades_are_one_line_of_the_page_of_rules_that_is_unfolded(standard):
    lines = [one for one in _lines(standard, "edc-core-country-jp 0.1.0", "en") if one.folded]
    assert [len(one.folded) for one in lines] == [len(GRADES)]
    assert ("SD0002, reject: A required variable is empty", "CORE-000356") in lines[0].folded
    assert "PMDA Validation Rules 6.0" in lines[0].source


def test_jp_b7_si_units_and_jlac_beside_loinc(trial, standard):
    assert all(one.value.unit == one.value.standard for one in standard.units)
    assert "LB.JLACLB" not in trial.hidden("JP-001", "LB")
    trial.enter("JP-001", {"LB.JLACLB": "5F016144102302311"})  # seventeen digits: a code is no identifier


def test_jp_b8_the_yj_code_stands_beside_whodrug_and_medra_j(trial, standard):
    trial.row("JP-001", "CM", "CM.CMLOG", {"CM.CMTRT": "A medicine", "CM.CMYJ": "1234"})
    trial.finish("JP-001", "CM")
    assert [check for check, _ in trial.open_queries("JP-001")] == ["JP-B8.CMYJ"]
    assert [one.dictionary for one in standard.terms("2026-03-01") if one.required] == ["MedDRA", "WHODrug"]


def test_jp_b9_the_lung_is_watched_and_hepatitis_b_followed(trial, definition):
    shown = {"VS.JPKL6", "VS.JPSPD", "VS.JPSPO2", "VS.JPCT"}
    assert shown.isdisjoint(trial.hidden("JP-001", "VS"))
    assert shown <= trial.hidden("CN-001", "VS")
    assert "LB.JPHBVDNA" in trial.hidden("JP-001", "LB")
    trial.enter("JP-001", {"LB.HBCAB": "POSITIVE"})
    assert "LB.JPHBVDNA" not in trial.hidden("JP-001", "LB")
    assert "JCOG" in MetaDataIndex(definition).items["AE.AEJCOG"].question.in_language("en")


def test_jp_b10_concentrations_have_parameters_and_late_samples_are_listed(standard):
    samples = table("PC", "USUBJID", ["U1"])
    assert [one.text.split()[-1] for one in rule(standard, "JP-B10", samples)] == ["PP.", "ADPC.", "ADPP."]
    times = table(
        "ADPC",
        "USUBJID NRRLT ARRLT",
        ["U1", "24", "24.5"],
        ["U1", "24", "27"],
        ["U1", "0", "0"],
        ["U1", "", ""],
    )
    [found] = rule(standard, "JP-B10.TIME", samples, times)
    assert found.record == 2


def sheet_of(trial, person):
    """The inspection sheet as a person gets it."""
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    access = CoreStudyAccess(trial.core, person, study, "country-jp")
    return inspection_sheet(PageRequest({}, {}, None, new_id(), access)).content


def test_jp_b11_the_inspection_sheet_is_made_of_facts_of_the_system(trial):
    rows = list(csv.reader(io.StringIO(sheet_of(trial, trial.dm).lstrip("\ufeff"))))
    assert rows[0] == ["Part", "Fact", "Value"]
    facts = {(part, fact): value for part, fact, value in rows[1:]}
    assert facts["System", "Study"] == "ASIA@live"
    assert any(part == "System" and fact == "Plugin edc-core-country-jp" for part, fact in facts)
    assert int(facts["Audit trail", "Entries of the study and of every subject"]) > 0
    assert {part for part, _ in facts} >= {"System", "Audit trail", "Validation"}


def test_jp_b12_the_roadmap(standard):
    start = date(2026, 12, 1)
    found = {one.step.oid: one for one in dated([one.value for one in standard.milestones], start, "JP", {})}
    assert found["jp-ctn"].due - start == timedelta(30)
    assert found["jp-ctn-later"].due - start == timedelta(14)
    assert found["jp-first-subject"].begins == max(found["jp-ctn"].due, found["jp-irb"].due)
    nda = found["jp-nda"].due
    assert (found["jp-approval"].due.year, found["jp-approval"].due.month) == (nda.year + 1, nda.month)
    assert found["jp-priority"].due < found["jp-approval"].due
    day = date(2026, 12, 24)
    assert [standard.clock(one).due(day) - day for one in ("fatal", "susar")] == [timedelta(7), timedelta(15)]
