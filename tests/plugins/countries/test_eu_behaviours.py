"""What EMA and member states ask, behaviour by behaviour (requirements 3.2, EU-EMA)."""

from datetime import date, timedelta

import pytest
from edc_core_countries.dates import dated
from edc_core_country_eu.anonymous import anonymised, rare_values
from edc_core_country_eu.identity import SCANNERS
from edc_core_country_eu.member_states import of_member_states
from edc_core_country_eu.standard import european_standard
from hypothesis import given
from hypothesis import strategies as st

from edc_core.definitions.countries import extended
from edc_core.domain.export_commands import RecordLegalBasis
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.permission import Role
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.scanner import TextKind
from edc_core.errors import BadRequest, EntryClosed, ValueRefused, WrongState
from edc_core.identifiers import refusing
from edc_core.services import residency
from edc_core.services.reading import look_at
from edc_core.store import readers
from edc_core.testing import a_study
from tests.plugins.countries.scenes import EUROPE
from tests.plugins.countries.tables import held, table

EVERY = [fact.value for facts in SCANNERS.values() for fact in facts]


def study_of(definition, **settings):
    return PluginStudy.of(MetaDataIndex(definition), "dev", configuration=settings)


@pytest.fixture(scope="module")
def scene():
    return EUROPE


@pytest.fixture
def standard(definition):
    return european_standard(study_of(definition))


def test_eu_b1_a_member_state_opens_by_itself(closed):
    closed.record("eu-ct", "2026-500001-00-00", "DE-01")
    closed.record("eu-authorised", "2026-02-02", "DE-01")
    closed.add_subject("DE-001", site="DE-01")
    with pytest.raises(EntryClosed, match=r"EU-EMA \(EU-B1\): Day of the authorisation"):
        closed.add_subject("FR-001", site="FR-01")


@pytest.mark.parametrize("value", ["2026-400001-00-00", "2026-50001-00-00", "2026500001"])
def test_eu_b1_what_is_no_ct_number_is_not_recorded(closed, value):
    with pytest.raises(BadRequest, match="2026-500001-00-00 would be one"):
        closed.record("eu-ct", value, "DE-01")


def test_eu_b2_a_special_item_is_hidden_where_nobody_says_why_it_is_needed(trial):
    for subject in ("DE-001", "FR-001", "ES-001"):
        assert "DM.RACE" in trial.hidden(subject, "DM")
    assert "DM.RACE" not in trial.hidden("KR-001", "DM")


def test_eu_b2_a_necessity_text_has_it_asked_except_in_france():
    version = a_study().with_item("DM.RACE").with_site("DE-01", "DE").with_site("FR-01", "FR").build()
    study = study_of(version, necessity_RACE="Metabolism differs.")
    assert european_standard(study).extend_forms == ()
    france = next(one for one in of_member_states(study) if one.name == "EU-FR")
    assert len(france.forbidden_items) == 2
    justified = study_of(version, necessity_RACE="Metabolism differs.", fr_ethnic_justification="As above.")
    france = next(one for one in of_member_states(justified) if one.name == "EU-FR")
    assert len(france.forbidden_items) == 1
    every = [european_standard(justified), *of_member_states(justified)]
    assert extended(version, every).conditions == ()


def test_eu_b2_race_at_a_french_site_is_refused(trial):
    """EC65."""
    with pytest.raises(ValueRefused, match="scientific justification"):
        trial.enter("FR-001", {"DM.RACE": "WHITE"})


@pytest.mark.parametrize(
    ("subject", "born", "asked"),
    [
        ("DE-001", "1980", None), ("DE-001", "1980-01", "EU-B2.DE.BIRTH"), ("FR-001", "1980-01", None),
        ("FR-001", "1980-01-02", "EU-B2.FR.BIRTH"), ("ES-001", "1980-01-02", None), ("KR-001", "1980-01-02", None),
    ],
)  # fmt: skip
def test_eu_b2_the_precision_of_a_date_of_birth(trial, subject, born, asked):
    """EC64."""
    trial.enter(subject, {"DM.BRTHDAT": born})
    trial.finish(subject, "DM")
    assert [check for check, _ in trial.open_queries(subject)] == ([asked] if asked else [])


def test_prv_05_data_lie_in_the_area_or_where_they_are_protected_alike_else_with_a_basis(trial):
    """GDPR Art. 44 to 46; in France CNIL MR-001. Each export says where it goes; the decision on a country may end."""
    everybody = sorted(f"{site[:2]}-001" for site in trial.sites)
    for subject in everybody:
        trial.enter(subject, {"DM.NOTE": "x"})
    for within in ("FR", "NO", "CH"):
        assert trial.exported(destination=within) == (everybody, {}), within
    for abroad in ("", "US", "CN"):
        keys, stay = trial.exported(destination=abroad)
        assert keys == ["KR-001"], abroad
        assert stay == {
            **{f"subjects whose data stay in {one} (PRV-05)": 1 for one in ("DE", "FR", "ES")},
            "subjects whose data stay in GB (GB-B5)": 1,
        }
    trial.act(trial.dm, residency.record, RecordLegalBasis, country="FR", basis="Clauses of 2021/914")
    assert trial.exported(destination="US")[0] == ["FR-001", "KR-001"]


def test_prv_05_what_a_decision_lets_lie_it_lets_no_longer_when_it_has_ended(definition):
    [gate] = [one for one in definition.gates if one.rule == "PRV-05"]
    assert gate.lets_lie("GB", "2031-12-27")
    assert not gate.lets_lie("GB", "2031-12-28")
    assert gate.lets_lie("KR", "2031-12-28")


def test_eu_b3_initials_are_refused(trial):
    with pytest.raises(ValueRefused, match="Initials"):
        trial.enter("ES-001", {"DM.SUBJINIT": "AB"})
    trial.enter("GB-001", {"DM.SUBJINIT": "AB"})


@pytest.mark.parametrize(
    ("subject", "text", "name"),
    [
        ("DE-001", "someone@example.org", "eu-e-mail"), ("ES-001", "+34 600 000 000", "eu-phone"),
        ("FR-001", "FR76 3000 6000 0112 3456 7890 189", "eu-iban"), ("FR-001", "180019999999940", "fr-nir"),
        ("DE-001", "A123456780", "de-kvnr"), ("ES-001", "12345678Z", "es-dni"),
    ],
)  # fmt: skip
def test_eu_b3_identifiers_are_refused_in_their_member_state(trial, subject, text, name):
    with pytest.raises(ValueRefused) as refused:
        trial.enter(subject, {"DM.NOTE": text})
    assert refused.value.details["check"] == f"scanner:{name}"
    trial.enter("KR-001", {"DM.NOTE": text})


@pytest.mark.parametrize("text", ["180019999999941", "12345678A", "FR76 3000 6000 0112 3456 7890 188"])
def test_eu_b3_a_wrong_check_digit_is_no_hit(text):
    assert refusing(EVERY, TextKind.VALUE, text) is None


@pytest.mark.parametrize("subject", ["DE-001", "FR-001", "ES-001"])
def test_eu_b4_a_decimal_comma_is_read_and_a_point_is_stored(trial, subject):
    trial.enter(subject, {"VS.WEIGHT": "70,5"})
    assert trial.value(subject, "VS.WEIGHT") == "70.500"


@pytest.mark.parametrize(
    ("typed", "asks"), [("1.234", True), ("1,234", True), ("1.23", False), ("70.5", False)]
)
def test_eu_b4_what_may_be_a_thousand_is_asked(trial, typed, asks):
    for subject, here in (("DE-001", asks), ("GB-001", False)):
        trial.enter(subject, {"VS.WEIGHT": typed})
        assert ("EU-B4.DE.WEIGHT" in trial.said(subject, "VS")) is here


def test_eu_b5_words_are_there_in_each_language_and_values_stay(trial, definition):
    index = MetaDataIndex(definition)
    question = index.items["DM.BRTHDAT"].question
    words = [question.in_language(one) for one in ("en", "de", "fr", "es")]
    assert words == ["Date of birth", "Geburtsdatum", "Date de naissance", "Fecha de nacimiento"]
    assert [term.coded_value for term in index.code_lists["RACE"].items] == ["ASIAN", "WHITE"]


def test_eu_b6_the_clock_of_eudravigilance_and_the_annual_report(standard):
    day = date(2026, 12, 24)
    assert standard.clock("fatal").due(day) - day == timedelta(7)
    assert standard.clock("susar").due(day) - day == timedelta(15)
    assert standard.clock("fatal").recipients == ("EudraVigilance",)
    assert "eu-asr" in {fact.value.oid for fact in standard.milestones}


def test_eu_b6_sites_do_not_see_the_unblinded_report(trial):
    """It is asked there, of who may see it: neither the coordinator nor the investigator."""
    assert "SAE.EUUNBL" not in trial.hidden("DE-001", "SAE")
    investigator = trial.person(Role.PI, "pi.de", site="DE-01")
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        for person in (trial.by("DE-001"), investigator):
            assert "SAE.EUUNBL" in look_at(source, person, study).hidden_at([trial.sites["DE-01"]])


def test_eu_b6_the_annual_report_is_counted_from_the_authorisation(standard):
    steps = [one.value for one in standard.milestones]
    found = {
        one.step.oid: one for one in dated(steps, date(2026, 12, 1), "DE", {"eu-decision": date(2027, 3, 1)})
    }
    assert found["eu-asr"].due == date(2028, 3, 1) + timedelta(60)


def test_eu_b7_a_site_is_locked_when_the_investigator_has_the_copy(trial):
    with pytest.raises(WrongState, match=r"EU-EMA \(EU-B7\)"):
        trial.lock("DE-01")
    trial.record("eu-copy", "2026-03-02", "DE-01")
    trial.lock("DE-01")
    trial.lock("KR-01")


def test_eu_b7_the_package_of_the_data_pilot(standard):
    assert standard.export_profiles[0].value.name == "EMA data pilot"
    assert "programs list" in standard.package_layout[0].value.guides


PEOPLE = table(
    "DM", "USUBJID SITEID AGE SEX RACE RFSTDTC BRTHDTC",
    *([f"U{n}", "01", "45", "F", "WHITE", "2026-02-01", "1980"] for n in range(5)),
    ["U9", "02", "93", "F", "ASIAN", "2026-02-01", "1933"],
)  # fmt: skip


def test_eu_b8_dates_become_days_ages_bands_and_sites_are_masked():
    events = table(
        "AE",
        "USUBJID AETERM AESTDTC",
        ["U0", "Headache", "2026-02-03"],
        ["U0", "Fall", "2026-01-31"],
        ["U0", "Cough", "2026-02"],
    )
    made = anonymised(held(PEOPLE, events))
    assert [one.name for one in made["DM"].variables] == ["USUBJID", "AGE", "SEX", "RACE", "RFSTDY"]
    assert [record[1] for record in made["DM"].records()] == ["45"] * 5 + [">89"]
    assert [(record[1], record[2]) for record in made["AE"].records()] == [
        ("Headache", "3"),
        ("Fall", "-1"),
        ("Cough", None),
    ]


def test_eu_b8_rare_values_are_reported():
    found = {(one.variable, one.value, one.count) for one in rare_values(held(PEOPLE))}
    assert found == {("AGE", "93", 1), ("RACE", "ASIAN", 1)}


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), min_size=1))
def test_eu_b8_no_date_is_left_and_there_is_no_day_0(days):
    events = table("AE", "USUBJID AESTDTC", *(["U0", one.isoformat()] for one in days))
    made = anonymised(held(PEOPLE, events))
    found = [int(record[1]) for record in made["AE"].records()]
    assert 0 not in found
    assert [one > 0 for one in found] == [one >= date(2026, 2, 1) for one in days]


def test_eu_b9_after_a_withdrawal_nothing_new_is_collected_and_the_old_is_kept(trial, standard):
    trial.enter("DE-001", {"VS.VSDAT": "2026-03-01", "VS.WEIGHT": "70"})
    trial.enter("DE-001", {"CONSENT.WITHDRAWDAT": "2026-03-02"})
    trial.finish("DE-001", "CONSENT")
    trial.finish("DE-001", "VS")
    assert trial.open_queries("DE-001") == []
    assert trial.value("DE-001", "VS.WEIGHT") == "70.000"
    assert standard.country_profile.value.retention == "P25Y"
    trial.enter("ES-001", {"VS.VSDAT": "2026-03-03"})
    trial.enter("ES-001", {"CONSENT.WITHDRAWDAT": "2026-03-02"})
    trial.finish("ES-001", "VS")
    assert [check for check, _ in trial.open_queries("ES-001")] == ["EU-B9.VS.VSDAT"]


def test_eu_b10_the_roadmap_to_the_decision_of_the_commission(standard):
    start = date(2026, 12, 1)
    found = {one.step.oid: one for one in dated([one.value for one in standard.milestones], start, "DE", {})}
    assert found["eu-validation"].due == start + timedelta(10)
    assert found["eu-decision"].due == start + timedelta(10 + 45 + 31 + 5)
    assert found["eu-first-act"].due - found["eu-first-subject"].due == timedelta(15)
    assert found["eu-d120"].due - found["eu-maa"].due == timedelta(120)
    assert found["eu-d210"].due - found["eu-d121"].due == timedelta(90)
    assert found["eu-ec"].due - found["eu-d210"].due == timedelta(67)
