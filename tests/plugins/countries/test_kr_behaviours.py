"""What MFDS asks, behaviour by behaviour (requirements 3.2, KR-MFDS)."""

from datetime import date

import pytest
from edc_core_countries.dates import dated, plus_months
from edc_core_country_kr.identity import RRN
from edc_core_country_kr.standard import korean_standard

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.scanner import TextKind
from edc_core.errors import BadRequest, EntryClosed, NotAllowed, NotFound, ValueRefused
from edc_core.identifiers import refusing
from tests.plugins.countries.tables import table

SYNTHETIC = "800101-1234567"
FULL_WIDTH = "".join(
    chr(ord(one) + 0xFEE0) for one in SYNTHETIC
)  # as an input method for Korean may give them


@pytest.fixture
def standard(definition):
    return korean_standard(PluginStudy.of(MetaDataIndex(definition), "dev"))


@pytest.mark.parametrize(
    "text",
    [SYNTHETIC, f"번호{SYNTHETIC}입니다", FULL_WIDTH, "8001011234567", "800101 5234567"],
)
@pytest.mark.parametrize("kind", TextKind)
def test_kr_b1_a_resident_registration_number_is_found_in_every_kind_of_text(text, kind):
    assert refusing((RRN,), kind, text) is RRN


@pytest.mark.parametrize(
    "text", ["801301-1234567", "800132-1234567", "1800101-1234567", "800101-12345678", "2026-03-02"]
)
def test_kr_b1_what_is_no_such_number_is_not_found(text):
    assert refusing((RRN,), TextKind.VALUE, text) is None


@pytest.mark.parametrize("subject", ["KR-001", "DE-001", "US-001"])
def test_kr_b1_it_is_refused_at_every_site_and_logged_without_it(trial, grep_database, subject):
    """Scenario S4, EC63."""
    with pytest.raises(ValueRefused):
        trial.enter(subject, {"DM.NOTE": f"see {SYNTHETIC}"})
    assert "DM.NOTE" not in str(trial.casebook(subject).items)
    assert grep_database(SYNTHETIC) == []


def test_kr_b1_no_study_does_without_the_scanner():
    assert RRN.by_law


def test_kr_b2_a_date_of_birth_is_no_more_exact_than_the_month(trial):
    """EC64: at a Korean site alone."""
    for subject in ("KR-001", "DE-001"):
        trial.enter(subject, {"DM.BRTHDAT": "1980-01-02"})
        trial.finish(subject, "DM")
    assert trial.open_queries("KR-001") == [("KR-B2.BIRTH", "V1[1]/DM[1]/DM.DM[1]/DM.BRTHDAT")]
    assert trial.open_queries("DE-001") == []


@pytest.mark.parametrize("born", ["1980-01", "1980"])
def test_kr_b2_month_and_year_are_fine(trial, born):
    trial.enter("KR-001", {"DM.BRTHDAT": born})
    trial.finish("KR-001", "DM")
    assert trial.open_queries("KR-001") == []


def test_kr_b2_initials_are_hidden_and_refused(trial):
    with pytest.raises(ValueRefused, match="Initials are not collected"):
        trial.enter("KR-001", {"DM.SUBJINIT": "KQ"})
    trial.enter("DE-001", {"DM.SUBJINIT": "KQ"})


@pytest.mark.parametrize("key", ["KR-800101", "19800101", "KR-0012345678"])
def test_kr_b2_a_subject_number_holds_no_birth_date_and_no_hospital_number(trial, key):
    with pytest.raises(ValueRefused, match="subject number"):
        trial.add_subject(key, site="KR-01")
    if key != "KR-0012345678":
        trial.add_subject(key, site="DE-01")


def test_kr_b3_each_consent_has_version_and_date(standard, definition):
    asked = {item.name for item in definition.items}
    for fact in standard.consent_requirements:
        assert {fact.value.version, fact.value.date} <= asked
    titles = [fact.value.title.in_language("en") for fact in standard.consent_requirements]
    assert len(titles) == 4
    assert any("overseas" in one for one in titles)


def test_kr_b3_consent_to_human_derived_material_is_asked_where_samples_are_kept(trial):
    assert "CONSENT.KRHDMDAT" in trial.hidden("KR-001", "CONSENT")
    trial.enter("KR-001", {"CONSENT.ICSAMP": "Y"})
    assert "CONSENT.KRHDMDAT" not in trial.hidden("KR-001", "CONSENT")


def test_kr_b3_without_consent_to_the_transfer_the_data_stay_in_korea(trial):
    """EC66, REQ-PRV-08: in exports whose destination is elsewhere or unknown."""
    everybody = ["DE-001", "KR-001", "US-001"]
    for subject in everybody:
        trial.enter(subject, {"DM.NOTE": "x"})
    assert trial.exported() == (["DE-001", "US-001"], {"subjects whose data stay in KR (KR-B3)": 1})
    assert trial.exported(destination="US")[0] == ["DE-001", "US-001"]
    assert trial.exported(destination="KR") == (everybody, {})
    trial.enter("KR-001", {"CONSENT.KROVSVER": "2.0", "CONSENT.KROVSDAT": "2026-03-02"})
    assert trial.exported() == (everybody, {})


def test_kr_b4_no_subject_before_approval_irb_and_registration(closed):
    with pytest.raises(EntryClosed) as refused:
        closed.add_subject("KR-001", site="KR-01")
    assert "KR-MFDS (KR-B4)" in refused.value.message
    assert all(words in refused.value.message for words in ("approval number", "IRB", "CRIS"))
    closed.add_subject("DE-001", site="DE-01")  # another country does not wait
    closed.record_all("KR-01")
    closed.add_subject("KR-001", site="KR-01")


@pytest.mark.parametrize("value", ["KCT000001", "kct0000001", "KCT00000012", ""])
def test_kr_b4_what_is_no_number_is_not_recorded(closed, value):
    with pytest.raises(BadRequest, match="KCT0000001 would be one"):
        closed.record("kr-cris", value, "KR-01")


@pytest.mark.parametrize("value", ["KCT0000001", "NCT00000000"])
def test_kr_b4_cris_or_clinicaltrials_gov_will_do(closed, value):
    closed.record("kr-cris", value, "KR-01")
    [entry] = [one for one in closed.entries() if one["payload"].get("note") == "identifier"]
    assert entry["payload"]["content"] == {
        "identifier": "kr-cris", "place": "KR", "value": value, "document": "Letter 1",
    }  # fmt: skip


def test_kr_b4_who_records_has_the_right_at_the_site(closed):
    closed.record("kr-irb", "2026-02-02", "KR-01", by=closed.pi)
    for person in (closed.crc, closed.cra):
        with pytest.raises(NotAllowed):
            closed.record("kr-irb", "2026-02-02", "KR-01", by=person)
    with pytest.raises(NotAllowed):
        closed.record("kr-cris", "KCT0000001", "KR-01", by=closed.pi)  # it holds for the whole country
    with pytest.raises(BadRequest):
        closed.record("kr-nothing", "1", "KR-01")
    with pytest.raises(NotFound):
        closed.record("kr-irb", "2026-02-02", "KR-09")


def test_kr_b5_codes_of_medicines_stand_beside_whodrug(trial):
    row = trial.row(
        "KR-001",
        "CM",
        "CM.CMLOG",
        {"CM.CMTRT": "A medicine", "CM.CMEDI": "12345", "CM.CMKDSTD": "8806421012345"},
    )
    trial.finish("KR-001", "CM")
    assert [check for check, _ in trial.open_queries("KR-001")] == ["KR-B5.CMEDI"]
    assert row


@pytest.mark.parametrize(
    ("version", "begins", "asked"),
    [
        ("KCD-8", "2026-02-01", True),
        ("KCD-9", "2026-02-01", False),
        ("KCD-9", "2025-12-31", True),
        ("KCD-8", "2025", False),
    ],
)
def test_kr_b5_the_version_of_kcd_goes_by_the_date_of_the_disease(trial, version, begins, asked):
    trial.row(
        "KR-001", "MH", "MH.MHLOG", {"MH.MHTERM": "Hypertension", "MH.MHSTDAT": begins, "MH.MHKCD": "I10"}
    )
    trial.enter("KR-001", {trial.path("MH.MHKCDVER", rows={"MH.MHLOG": "1"}): version})
    trial.finish("KR-001", "MH")
    assert [check for check, _ in trial.open_queries("KR-001")] == ["KR-B5.KCD"] * asked


def test_kr_b5_terms_of_kcd_hold_by_day(standard):
    assert [one.version for one in standard.terms("2025-12-31") if one.dictionary == "KCD"] == ["8"]
    assert [one.version for one in standard.terms("2026-01-01") if one.dictionary == "KCD"] == ["9"]


def test_kr_b6_labels_are_korean_and_dates_iso(standard, definition):
    index = MetaDataIndex(definition)
    assert index.items["DM.BRTHDAT"].question.in_language("ko") == "생년월일"
    assert index.items["CONSENT.KROVSDAT"].question.in_language("ko") == "국외 이전 동의: 동의일"
    [locale] = standard.locale
    assert (locale.value.language, locale.value.dates) == ("ko", "YYYY-MM-DD")
    assert standard.country_profile.value.zones == ("Asia/Seoul",)


def test_kr_b6_a_translation_that_is_said_to_be_there_is_there(trial):
    trial.row("KR-001", "AE", "AE.AELOG", {"AE.AETERM": "두통", "AE.AETRST": "CHECKED"})
    trial.finish("KR-001", "AE")
    assert [check for check, _ in trial.open_queries("KR-001")] == ["KR-B6.TRANSLATED"]
    assert trial.value("KR-001", "AE.AETERM") == "두통"


def test_kr_b6_korean_terms_of_a_package_have_english(standard):
    events = table(
        "AE",
        "USUBJID AESEQ AETERM",
        ["K-1", "1", "두통"],
        ["K-1", "2", "Headache"],
        ["K-2", "1", "발열"],
    )
    beside = table("SUPPAE", "USUBJID IDVARVAL QNAM QVAL", ["K-2", "1", "AETERMEN", "Pyrexia"])
    [found] = standard.findings({"AE": events, "SUPPAE": beside})
    assert (found.rule, found.record, found.variable) == ("KR-B6", 1, "AETERM")


@pytest.mark.parametrize(
    ("given", "unit", "expected"), [("1.00", "mg/dL", "88.42"), ("88.42", "umol/L", "88.42")]
)
def test_kr_b7_conventional_units_become_si(trial, given, unit, expected):
    trial.enter_in("KR-001", "LB.CREAT", given, unit)
    item = trial.item("KR-001", "LB.CREAT")
    assert (item.standard, item.standard_unit) == (expected, "umol/L")


def test_kr_b7_factors_of_the_common_tests(standard):
    factors = {
        one.value.test: (one.value.unit, one.value.standard, one.value.factor) for one in standard.units
    }
    assert factors == {
        "CREAT": ("mg/dL", "umol/L", "88.42"), "GLUC": ("mg/dL", "mmol/L", "0.0555"),
        "BILI": ("mg/dL", "umol/L", "17.1"), "HGB": ("g/dL", "g/L", "10"),
    }  # fmt: skip


def test_kr_b8_seven_days_and_eight_for_details_else_fifteen(standard):
    """Scenario S5."""
    fatal, other = standard.clock("fatal"), standard.clock("susar")
    assert (fatal.due(date(2026, 12, 24)), fatal.detail_due(date(2026, 12, 24))) == (
        date(2026, 12, 31),
        date(2027, 1, 8),
    )
    assert (other.due(date(2026, 12, 24)), other.detail_due(date(2026, 12, 24))) == (date(2027, 1, 8), None)
    assert "KR product code" in fatal.elements


def test_kr_b8_a_report_that_is_due_or_late_is_asked_for_by_the_clock_of_the_country(definition):
    """EC62; the examples of the check are run whenever the definition is read."""
    [item] = [one for one in definition.items if one.oid == "SAE.SAEE2B"]
    korean, american = sorted(item.range_checks, key=lambda one: one.oid)
    assert [korean.oid, american.oid] == ["KR-B8.EC62", "US-B8.EC62"]
    assert {one.fires for one in korean.examples} == {True, False}


def test_kr_b8_reports_to_sponsor_and_irb_are_asked(trial):
    assert {"SAE.KRSPNDAT", "SAE.KRIRBDAT"}.isdisjoint(trial.hidden("KR-001", "SAE"))
    assert {"SAE.KRSPNDAT", "SAE.KRIRBDAT"} <= trial.hidden("DE-001", "SAE")


def test_kr_b9_the_package_and_its_terms(standard):
    [profile], [layout] = standard.export_profiles, standard.package_layout
    assert profile.value.name == "CDISC-basis 2021-38"
    assert profile.value.transport.encoding == "ascii"
    assert layout.value.folder("tabulations", "THREE") == "m5/datasets/three/tabulations/sdtm/"
    assert layout.value.language == "ko"
    assert any(
        (one.dictionary, one.version[:6]) == ("MedDRA", "Korean") for one in standard.terms("2026-03-01")
    )


def test_kr_b10_records_are_kept_for_three_years(standard):
    assert (standard.country_profile.value.retention, standard.country_profile.value.until) == ("P3Y", ())


def test_kr_b10_the_roadmap_counts_working_days_and_waits_for_ind_and_irb(standard):
    steps = [fact.value for fact in standard.milestones]
    found = {one.step.oid: one for one in dated(steps, date(2026, 12, 1), "KR", {})}
    # 30 working days: without weekends, 25 December and 1 January
    assert found["kr-ind"].due == date(2027, 1, 14)
    assert found["kr-first-subject"].begins == max(found["kr-ind"].due, found["kr-irb"].due)
    assert (found["kr-approval"].due - found["kr-bla"].due).days == 240
    assert {"kr-inspection", "kr-rmp"} <= found.keys()
    approved = found["kr-approval"].due
    assert found["kr-reexamination"].due == plus_months(approved, 72)  # six years at the most
    assert found["kr-records"].due == plus_months(approved, 36)
    assert standard.country_profile.value.retention == "P3Y"
    late = {one.step.oid: one for one in dated(steps, date(2026, 12, 1), "KR", {"kr-irb": date(2027, 2, 1)})}
    assert late["kr-first-subject"].begins == date(2027, 2, 1)
    assert late["kr-ind"].is_overdue(date(2027, 1, 15))
    assert not late["kr-irb"].is_overdue(date(2027, 3, 1))
