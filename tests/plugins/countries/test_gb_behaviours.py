"""What MHRA asks, behaviour by behaviour (requirements 3.2, GB-MHRA)."""

from datetime import date, timedelta

import pytest
from edc_core_countries.dates import dated
from edc_core_country_gb.ethnicity import GROUPS, LOCAL
from edc_core_country_gb.identity import NHS, SCANNERS
from edc_core_country_gb.standard import british_standard

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.scanner import TextKind
from edc_core.errors import BadRequest, EntryClosed, ValueRefused, WrongState
from edc_core.identifiers import refusing
from tests.plugins.countries.scenes import EUROPE

EVERY = [fact.value for fact in SCANNERS]


def standard_of(definition, **settings):
    return british_standard(PluginStudy.of(MetaDataIndex(definition), "dev", configuration=settings))


@pytest.fixture(scope="module")
def scene():
    return EUROPE


@pytest.fixture
def standard(definition):
    return standard_of(definition)


def test_gb_b1_no_subject_before_iras_registration_and_combined_review(closed):
    with pytest.raises(EntryClosed, match=r"GB-MHRA \(GB-B1\): IRAS project ID, ISRCTN"):
        closed.add_subject("GB-001", site="GB-01")
    closed.record_all("GB-01")
    closed.add_subject("GB-001", site="GB-01")


@pytest.mark.parametrize(
    ("name", "value"), [("gb-iras", "12345"), ("gb-registry", "ISRCTN1"), ("gb-review", "1")]
)
def test_gb_b1_what_is_no_number_is_not_recorded(closed, name, value):
    with pytest.raises(BadRequest):
        closed.record(name, value, "GB-01")


def test_gb_b2_nineteen_categories_in_five_groups_have_a_race_of_cdisc(trial):
    assert (len(GROUPS), len(LOCAL.standard)) == (5, 19)
    races = {"", "ASIAN", "BLACK OR AFRICAN AMERICAN", "WHITE", "MULTIPLE"}
    assert {race for _, race in LOCAL.standard} == races
    assert "DM.GBETHNIC" not in trial.hidden("GB-001", "DM")
    assert "DM.RACE" in trial.hidden("GB-001", "DM")
    assert "DM.GBETHNIC" in trial.hidden("DE-001", "DM")
    trial.enter("GB-001", {"DM.GBETHNIC": "WHITE AND ASIAN"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("9990000018", "gb-nhs"),
        ("999 000 0018", "gb-nhs"),
        ("AB 12 34 56 C", "gb-ni"),
        ("SW1A 1AA", "gb-postcode"),
    ],
)
def test_gb_b3_identifiers_are_refused_at_sites_in_the_kingdom(trial, text, name):
    with pytest.raises(ValueRefused) as refused:
        trial.enter("GB-001", {"DM.NOTE": text})
    assert refused.value.details["check"] == f"scanner:{name}"


@pytest.mark.parametrize("last", "012345679")
def test_gb_b3_another_check_digit_is_no_nhs_number(last):
    assert refusing((NHS,), TextKind.VALUE, f"999000001{last}") is None


def test_gb_b4_reports_go_to_mhra_alone_and_measures_have_seven_days(standard):
    day = date(2026, 12, 24)
    for event, days in (("fatal", 7), ("susar", 15), ("measure", 7)):
        assert standard.clock(event).due(day) - day == timedelta(days)
        assert standard.clock(event).recipients == ("MHRA",)


def test_gb_b4_a_trial_that_kept_the_rules_of_before_has_them(definition):
    kept = standard_of(definition, legacy="yes")
    assert kept.clock("measure").days == 3
    assert kept.clock("susar").recipients == ("MHRA", "REC")


def test_gb_b5_data_lie_in_the_kingdom_and_in_the_union_until_the_decision_ends(standard):
    profile = standard.country_profile
    assert {"GB", "DE", "NO", "CH"} <= set(profile.value.regions)
    assert not {"US", "CN"} & set(profile.value.regions)
    ends = dict(profile.value.allowed)
    assert (ends["DE"], ends["GB"], ends["CH"]) == ("2031-12-27", "", "")
    assert profile.may_change


def test_gb_b6_si_units_dates_and_spelling(standard, definition):
    assert all(fact.value.unit == fact.value.standard for fact in standard.units)
    assert standard.locale[0].value.dates == "DD-MMM-YYYY"
    assert MetaDataIndex(definition).items["VS.HGB"].question.in_language("en-GB") == "Haemoglobin"
    assert MetaDataIndex(definition).items["VS.HGB"].question.in_language("en") == "Hemoglobin"


def test_gb_b7_the_audit_trail_is_reviewed_before_the_lock(trial):
    with pytest.raises(WrongState, match=r"GB-MHRA \(GB-B7\)"):
        trial.lock("GB-01")
    trial.record("gb-audit-review", "2026-03-02", "GB-01")
    trial.lock("GB-01")


def test_gb_b8_records_are_kept_for_25_years(standard):
    assert standard.country_profile.value.retention == "P25Y"


def test_gb_b9_registration_is_the_sooner_of_two_days(standard):
    steps = [one.value for one in standard.milestones]
    found = {one.step.oid: one for one in dated(steps, date(2026, 12, 1), "GB", {})}
    assert found["gb-registered"].due == found["gb-first-subject"].due
    late = {"gb-first-subject": date(2027, 8, 1)}
    found = {one.step.oid: one for one in dated(steps, date(2026, 12, 1), "GB", late)}
    assert found["gb-registered"].due == found["gb-approval"].due + timedelta(90)
    assert found["gb-summary"].due == date(2030, 8, 1)
    assert {"gb-summary", "gb-participants"} <= found.keys()


def test_gb_b10_the_roadmap(standard):
    start = date(2026, 12, 1)
    found = {one.step.oid: one for one in dated([one.value for one in standard.milestones], start, "GB", {})}
    assert found["gb-approval"].due == start + timedelta(30)
    filed = found["gb-maa"].due
    assert [found[f"gb-{one}"].due - filed for one in ("national", "irp-a", "irp-b")] == [
        timedelta(150),
        timedelta(60),
        timedelta(110),
    ]
