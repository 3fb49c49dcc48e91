"""What NMPA asks, behaviour by behaviour (requirements 3.2, CN-NMPA)."""

import re
from datetime import date, timedelta

import pytest
from edc_core_countries.dates import dated, plus_working_days
from edc_core_country_cn.identity import RESIDENT, SCANNERS
from edc_core_country_cn.labels import labels
from edc_core_country_cn.rules import ENCODINGS, MANY, route
from edc_core_country_cn.standard import chinese_standard

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.protection import ProtectAction
from edc_core.domain.scanner import TextKind
from edc_core.errors import BadRequest, EntryClosed, ValueRefused, WrongState
from edc_core.identifiers import refusing
from tests.plugins.countries.scenes import ASIA
from tests.plugins.countries.tables import held, table

SYNTHETIC = "999999198001010011"


def standard_of(definition, **settings):
    return chinese_standard(PluginStudy.of(MetaDataIndex(definition), "dev", configuration=settings))


@pytest.fixture(scope="module")
def scene():
    return ASIA


@pytest.fixture
def standard(definition):
    return standard_of(definition)


def rule(standard, name, *tables):
    return [one for one in standard.findings(held(*tables)) if one.rule == name]


@pytest.mark.parametrize("text", [SYNTHETIC, f"身份证{SYNTHETIC}的"])
def test_cn_b1_a_resident_number_is_refused_at_every_site(trial, text):
    """EC63."""
    for subject in ("CN-001", "JP-001", "DE-001"):
        with pytest.raises(ValueRefused) as refused:
            trial.enter(subject, {"DM.NOTE": text})
        assert refused.value.details["check"] == "scanner:cn-resident-id"


@pytest.mark.parametrize("last", "023456789X")
def test_cn_b1_another_check_digit_is_no_hit(last):
    assert refusing((RESIDENT,), TextKind.VALUE, SYNTHETIC[:-1] + last) is None


def test_cn_b1_mobile_numbers_are_refused_at_chinese_sites(trial):
    with pytest.raises(ValueRefused):
        trial.enter("CN-001", {"DM.NOTE": "13800138000"})
    trial.enter("DE-001", {"DM.NOTE": "13800138000"})
    assert len(SCANNERS) == 2


def test_cn_b2_no_subject_before_registration_permission_and_committee(closed):
    with pytest.raises(EntryClosed, match=r"CN-NMPA \(CN-B2\): CTR registration"):
        closed.add_subject("CN-001", site="CN-01")
    closed.record_all("CN-01")
    closed.add_subject("CN-001", site="CN-01")


def test_cn_b2_what_is_no_ctr_number_is_not_recorded(closed):
    with pytest.raises(BadRequest, match="CTR20260001 would be one"):
        closed.record("cn-ctr", "CTR2026001", "CN-01")


def test_cn_b2_no_sample_before_the_hgr_number(trial):
    """EC66."""
    with pytest.raises(EntryClosed, match=r"takes no samples yet.*HGR approval or filing number"):
        trial.enter("CN-001", {"PC.PCREFID": "S1"})
    trial.enter("DE-001", {"PC.PCREFID": "S1"})
    trial.enter("CN-001", {"VS.PULSE": "70"})
    trial.record("cn-hgr", "HGR-2026-0001", "CN-01")
    trial.enter("CN-001", {"PC.PCREFID": "S1"})


def test_cn_b2_genomic_data_leave_with_a_number_of_their_own(trial):
    everybody = consenting(trial)
    assert trial.exported() == (["DE-001", "JP-001"], {"subjects whose data stay in CN (CN-B2)": 1})
    trial.record("cn-hgr-out", "HGR-2026-0002", "CN-01")
    assert trial.exported() == (everybody, {})


def test_cn_b3_without_consent_to_the_border_the_data_stay(trial, standard):
    trial.record("cn-hgr-out", "HGR-2026-0002", "CN-01")
    consenting(trial, but="CN-001")
    assert trial.exported()[1] == {"subjects whose data stay in CN (CN-B3)": 1}
    assert trial.exported(destination="CN")[1] == {}
    trial.enter("CN-001", {"CONSENT.CNXBVER": "1", "CONSENT.CNXBDAT": "2026-03-02"})
    assert trial.exported()[1] == {}
    assert len(standard.consent_requirements) == 3


def consenting(trial, *, but=""):
    """Everybody has data, and the subjects in China and Japan agree to all, but for one of them."""
    for subject, name in (("DE-001", ""), ("JP-001", "JPXFR"), ("CN-001", "CNXB")):
        trial.enter(subject, {"VS.PULSE": "70"})
        if name and subject != but:
            trial.enter(subject, {f"CONSENT.{name}VER": "1", f"CONSENT.{name}DAT": "2026-03-02"})
    return ["CN-001", "DE-001", "JP-001"]


def test_cn_b4_the_route_goes_by_the_number_of_subjects(standard):
    assert (route(MANY - 1), route(MANY)) == (
        "standard contract or certification",
        "security assessment by CAC",
    )
    people = table("DM", "USUBJID COUNTRY", ["U1", "CHN"], ["U2", "DEU"], ["U3", "CHN"])
    [found] = rule(standard, "CN-B4", people)
    assert found.text == "2 subjects of Chinese sites: standard contract or certification."


def test_cn_b5_labels_are_chinese_and_key_texts_have_chinese(trial, definition):
    """EC67."""
    index = MetaDataIndex(definition)
    assert index.items["DM.BRTHDAT"].question.in_language("zh") == "出生日期"
    trial.row("CN-001", "AE", "AE.AELOG", {"AE.AETERM": "Headache"})
    trial.finish("CN-001", "AE")
    assert "CN-B5.AETERMZH" in {check for check, _ in trial.open_queries("CN-001")}
    trial.row("DE-001", "AE", "AE.AELOG", {"AE.AETERM": "Headache"})
    trial.finish("DE-001", "AE")
    assert trial.open_queries("DE-001") == []


def test_cn_b5_terms_of_a_package_have_chinese_or_a_twin(standard):
    events = table(
        "AE", "USUBJID AESEQ AETERM", ["U1", "1", "头痛"], ["U1", "2", "Headache"], ["U2", "2", "Headache"]
    )
    twins = table(
        "SUPPAE",
        "USUBJID IDVARVAL QNAM QVAL",
        ["U1", "2", "AETERMZH", "头痛"],
        ["U2", "2", "AETERMZH", "toutong"],
    )
    [found] = rule(standard, "CN-B5", events, twins)
    assert found.record == 3, "a word in Latin letters is no Chinese one"


@pytest.mark.parametrize(
    ("encoding", "characters", "fits"),
    [("gb18030", 20, True), ("gb18030", 21, False), ("utf-8", 13, True), ("utf-8", 14, False)],
)
def test_cn_b5_a_label_has_forty_bytes_in_the_declared_encoding(definition, encoding, characters, fits):
    """Scenario S13."""
    made = table("XX", "XXTERM", ["头痛"])
    object.__setattr__(made.variables[0], "label", "头" * characters)
    found = rule(standard_of(definition, encoding=encoding), "CN-B5", made)
    assert (found == []) is fits


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_cn_b5_labels_of_datasets_are_chinese_and_fit_in_every_encoding(encoding):
    known = labels()
    assert len(dict(known)) == len(known), "each label once"
    for english, chinese in known:
        assert re.search("[\u4e00-\u9fff]", chinese), english
        assert len(chinese.encode(encoding)) <= 40, english


def test_cn_b6_the_encoding_is_declared_and_files_split_at_four_gigabytes(definition):
    for encoding in ("gb18030", "utf-8"):
        profile = standard_of(definition, encoding=encoding).export_profiles[0].value
        assert (profile.transport.encoding, profile.transport.most_bytes) == (encoding, 4 * 1024**3)
    with pytest.raises(ValueError, match="encoding is one of"):
        standard_of(definition, encoding="latin-1")
    [found] = rule(standard_of(definition), "CN-B6", table("AE", "AETERM", ["头" * 100], ["头" * 101]))
    assert found.record == 2


def test_cn_b7_the_ethnic_group_is_asked_in_place_of_race(trial):
    assert "DM.CNETHNIC" not in trial.hidden("CN-001", "DM")
    assert "DM.RACE" in trial.hidden("CN-001", "DM")
    assert "DM.RACE" not in trial.hidden("JP-001", "DM")
    trial.enter("CN-001", {"DM.CNETHNIC": "HAN"})


@pytest.mark.parametrize(("expires", "asked"), [("2026-03-01", True), ("2026-03-02", False)])
def test_cn_b8_the_certificate_of_the_laboratory_holds_on_the_day(trial, standard, expires, asked):
    trial.enter("CN-001", {"LB.LBDAT": "2026-03-02", "LB.CNEQALB": expires, "LB.CNSRCLB": "LOCAL"})
    trial.finish("CN-001", "LB")
    assert [check for check, _ in trial.open_queries("CN-001")] == ["CN-B8.LB"] * asked
    assert all(one.value.unit == one.value.standard for one in standard.units)


def test_cn_b9_minutes_and_the_lock_list_come_before_the_lock(trial):
    trial.record("cn-lock-list", "2026-03-02", "CN-01")
    with pytest.raises(WrongState, match="minutes of the data review meeting"):
        trial.lock("CN-01")
    trial.record("cn-minutes", "2026-03-02", "CN-01")
    trial.lock("CN-01")
    [asked] = trial.lock("CN-01", ProtectAction.UNLOCK)
    assert asked["pending"]  # another person approves it


def test_cn_b10_a_report_has_its_chinese_narrative(trial, standard):
    day = date(2026, 12, 24)
    assert [standard.clock(one).due(day) - day for one in ("fatal", "susar")] == [timedelta(7), timedelta(15)]
    trial.enter("CN-001", {"SAE.SAETERM": "Sepsis"})
    trial.finish("CN-001", "SAE")
    assert [path for _, path in trial.open_queries("CN-001")] == ["V1[1]/SAE[1]/SAE.CN-B10[1]/SAE.CNNARR"]


def test_cn_b11_the_roadmap(standard):
    start = date(2026, 12, 1)
    found = {one.step.oid: one for one in dated([one.value for one in standard.milestones], start, "CN", {})}
    assert found["cn-ind"].due == plus_working_days(start, 60, "CN")
    assert found["cn-ind-30"].due < found["cn-ind"].due
    assert found["cn-priority"].due == plus_working_days(found["cn-nda"].due, 130, "CN")
    assert found["cn-decision"].due == plus_working_days(found["cn-nda"].due, 200, "CN")
    assert {"cn-dsur", "cn-inspection"} <= found.keys()
