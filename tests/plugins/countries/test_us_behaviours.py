"""What FDA asks, behaviour by behaviour (requirements 3.2, US-FDA)."""

from datetime import date, timedelta

import pytest
from edc_core_countries.dates import dated
from edc_core_country_us.identity import SCANNERS
from edc_core_country_us.laboratory import conventional, conventional_results
from edc_core_country_us.race import HISPANIC, MENA, NOT_HISPANIC, RaceMode, as_sdtm
from edc_core_country_us.sites import clinical_sites
from edc_core_country_us.standard import american_standard
from hypothesis import given
from hypothesis import strategies as st

from edc_core.definitions.countries import extended
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.scanner import TextKind
from edc_core.errors import BadRequest, EntryClosed, ValueRefused
from edc_core.identifiers import refusing
from edc_core.testing import a_study
from tests.plugins.countries.tables import held, table

DECLARED = {"meddra": "27.1", "whodrug": "B3 202503"}


def standard_of(definition, **settings):
    study = PluginStudy.of(MetaDataIndex(definition), "dev", configuration=settings)
    return american_standard(study)


@pytest.fixture
def standard(definition):
    return standard_of(definition, **DECLARED)


def rule(standard, name, *tables):
    """Findings of one rule."""
    return [one for one in standard.findings(held(*tables)) if one.rule == name]


def test_us_b1_in_the_mode_of_1997_ethnicity_is_asked_before_race(trial, definition):
    shown = [
        one.item.name
        for one in MetaDataIndex(definition).placed_items("DM")
        if one.item.name.startswith("US")
    ]
    assert shown == ["USETHNIC", "USRACE"]
    assert "DM.RACE" in trial.hidden("US-001", "DM")
    assert {"DM.USETHNIC", "DM.USRACE"}.isdisjoint(trial.hidden("US-001", "DM"))
    assert {"DM.USETHNIC", "DM.USRACE"} <= trial.hidden("KR-001", "DM")
    trial.enter("US-001", {"DM.USETHNIC": HISPANIC, "DM.USRACE": "ASIAN;WHITE"})


def test_us_b1_in_the_mode_of_2024_one_question_has_seven_categories():
    version = a_study().with_item("DM.RACE").with_site("US-01", "US", "America/New_York").build()
    standard = standard_of(version, race="OMB2024")
    index = MetaDataIndex(extended(version, [standard]))
    names = [one.item.name for one in index.placed_items("DM")]
    assert names == ["RACE", "USRACEET"]
    assert len(index.code_lists["US.RACEET"].items) == 7
    assert index.items["DM.USRACEET"].multiple


def test_us_b1_the_mode_is_one_of_two_and_stays_in_the_definition(definition):
    with pytest.raises(ValueError, match="OMB1997 or OMB2024"):
        standard_of(definition, race="OMB2099")
    [use] = [one for one in definition.plugins if one.name == "edc-core-country-us"]
    assert use.settings == (("race", "OMB1997"),)


@pytest.mark.parametrize(
    ("mode", "races", "ethnic", "declared", "expected"),
    [
        ("OMB1997", ["ASIAN"], NOT_HISPANIC, False, (NOT_HISPANIC, "ASIAN", ())),
        ("OMB1997", ["ASIAN", "WHITE"], HISPANIC, False, (HISPANIC, "MULTIPLE", (("RACE1", "ASIAN"), ("RACE2", "WHITE")))),
        ("OMB2024", [HISPANIC], "", False, (HISPANIC, "", ())),
        ("OMB2024", ["WHITE"], "", False, ("", "WHITE", ())),  # unticked is not "not Hispanic" ...
        ("OMB2024", ["WHITE"], "", True, (NOT_HISPANIC, "WHITE", ())),  # ... unless the study declares it
        ("OMB2024", [], "", True, ("", "", ())),
        ("OMB2024", [MENA], "", False, ("", "WHITE", (("RACEORIG", MENA),))),
        ("OMB2024", [MENA, "WHITE"], "", False, ("", "WHITE", (("RACEORIG", MENA),))),
        ("OMB2024", [MENA, "ASIAN", HISPANIC], "", False,
         (HISPANIC, "MULTIPLE", (("RACEORIG", MENA), ("RACE1", "WHITE"), ("RACE2", "ASIAN")))),
    ],
)  # fmt: skip
def test_us_b1_both_modes_map_to_sdtm(mode, races, ethnic, declared, expected):
    found = as_sdtm(RaceMode(mode), races, ethnic, unticked_is_not=declared)
    assert (found.ethnic, found.race, found.supplement) == expected


@given(st.lists(st.sampled_from(["ASIAN", "WHITE", MENA, HISPANIC]), unique=True), st.booleans())
def test_us_b1_every_race_that_was_ticked_is_kept(races, declared):
    found = as_sdtm(RaceMode.OMB2024, races, unticked_is_not=declared)
    kept = {found.ethnic, found.race, *(value for _, value in found.supplement)}
    assert set(races) <= kept
    assert not (HISPANIC in races and found.ethnic == NOT_HISPANIC)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("us-ssn", "219-09-9999"), ("us-mrn", "MRN: 0012345"), ("us-zip", "Somewhere, IL 60601-1234"),
        ("us-phone", "(312) 555-0143"), ("us-phone", "312-555-0143"), ("us-e-mail", "someone@example.org"),
    ],
)  # fmt: skip
def test_us_b2_identifiers_are_blocked(trial, name, text):
    with pytest.raises(ValueRefused) as refused:
        trial.enter("US-001", {"DM.NOTE": text})
    assert refused.value.details["check"] == f"scanner:{name}"


@pytest.mark.parametrize(
    "text", ["000-12-3456", "666-12-3456", "900-12-3456", "219-00-9999", "219-09-0000", "1219-09-9999"]
)
def test_us_b2_numbers_that_were_never_given_out_are_none(text):
    assert refusing([one.value for one in SCANNERS], TextKind.VALUE, text) is None


def test_us_b2_only_the_social_security_number_is_looked_for_elsewhere(trial):
    """Each site has the rules of its own country; what is never to be stored is refused at every one."""
    trial.enter("KR-001", {"DM.NOTE": "60601-1234"})
    with pytest.raises(ValueRefused):
        trial.enter("DE-001", {"DM.NOTE": "219-09-9999"})


def test_us_b3_no_subject_before_ind_registration_1572_and_disclosure(closed):
    needed = [
        ("us-ind", "12345"),
        ("us-nct", "NCT00000000"),
        ("us-1572", "2026-02-02"),
        ("us-disclosure", "2026-02-02"),
    ]
    for name, value in needed:
        with pytest.raises(EntryClosed, match=r"US-FDA \(US-B3\)"):
            closed.add_subject("US-001", site="US-01")
        closed.record(name, value, "US-01")
    closed.add_subject("US-001", site="US-01")


@pytest.mark.parametrize(
    ("name", "value"),
    [("us-ind", "1234"), ("us-ind", "1234567"), ("us-nct", "NCT0000000"), ("us-1572", "2 Feb 2026")],
)
def test_us_b3_what_is_no_number_or_date_is_not_recorded(closed, name, value):
    with pytest.raises(BadRequest, match="would be one"):
        closed.record(name, value, "US-01")


def test_us_b4_the_transport_profile(standard):
    [profile] = standard.export_profiles
    assert profile.value.lengths == (8, 40, 200)
    assert (profile.value.transport.encoding, profile.value.transport.most_bytes) == ("ascii", 5 * 1024**3)
    assert standard.package_layout[0].value.folder("split", "THREE").endswith("/split/")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (table("AE", "AETERM", ["Fièvre"]), "Record 1 holds 'è' (U+00E8)"),
        (table("AE", "AETERM", ["fine"], ["x" * 201]), "Record 2 holds 201 bytes"),
        (table("AE", "aeterm", ["fine"]), "'aeterm' is no name"),
        (table("AE", "AELONGNAME", ["fine"]), "'AELONGNAME' is no name"),
    ],
)
def test_us_b4_what_does_not_fit_is_found_with_record_and_character(standard, made, said):
    [found] = rule(standard, "US-B4", made)
    assert said in found.text


def test_us_b4_a_label_has_forty_characters(standard):
    made = table("AE", "AETERM", ["fine"])
    object.__setattr__(made.variables[0], "label", "L" * 41)
    [found] = rule(standard, "US-B4", made)
    assert "longer than 40" in found.text


def complete_package():
    """Datasets in which no rule finds anything."""
    return [
        table("TS", "STUDYID TSPARMCD TSVAL", ["S", "SSTDTC", "2026-01-01"]),
        table("DM", "STUDYID USUBJID RFSTDTC ARM", ["S", "U1", "2026-02-01", "A"], ["S", "U2", "", ""]),
        table("EX", "USUBJID EPOCH", ["U1", "TREATMENT"]),
        table("AE", "USUBJID AESEQ EPOCH AETRTEM", ["U1", "1", "TREATMENT", "Y"]),
        table("LB", "USUBJID LBTESTCD LBLOINC EPOCH", ["U1", "CREAT", "2160-0", "TREATMENT"]),
        table("CM", "USUBJID CMSEQ CMTRT CMDRGCD EPOCH", ["U1", "1", "ASPIRIN", "00002701001", "TREATMENT"]),
    ]


def changed(name, header, *rows):
    return [one for one in complete_package() if one.name != name] + [table(name, header, *rows)]


def test_us_b5_a_complete_package_has_no_finding(standard):
    assert list(standard.findings(held(*complete_package()))) == []


@pytest.mark.parametrize(
    ("tables", "expected", "rejects"),
    [
        (changed("TS", "STUDYID TSPARMCD TSVAL", ["S", "TITLE", "x"]), "US-B5.TS", True),
        ([one for one in complete_package() if one.name != "TS"], "US-B5.TS", True),
        (changed("EX", "USUBJID EPOCH", ["U3", "SCREENING"]), "US-B5.DM", True),
        (changed("AE", "USUBJID AESEQ AETRTEM", ["U1", "1", "Y"]), "US-B5.EPOCH", False),
        (changed("AE", "USUBJID AESEQ EPOCH", ["U1", "1", "TREATMENT"]), "US-B5.AETRTEM", False),
        (changed("LB", "USUBJID LBTESTCD LBLOINC EPOCH", ["U1", "CREAT", "", "T"]), "US-B5.LBLOINC", False),
        (changed("DM", "STUDYID USUBJID RFSTDTC", ["S", "U1", "2026-02-01"], ["S2", "U1", "2026-02-01"]), "US-B5.USUBJID", False),
        (changed("DM", "STUDYID USUBJID RFSTDTC", ["S", "U1", ""]), "US-B5.RFSTDTC", False),
    ],
)  # fmt: skip
def test_us_b5_each_rule_finds_its_breach_and_the_first_two_reject(standard, tables, expected, rejects):
    [found] = standard.findings(held(*tables))
    assert (found.rule, found.rejects) == (expected, rejects)


def test_us_b5_a_supplement_says_whether_an_event_is_treatment_emergent(standard):
    tables = changed("AE", "USUBJID AESEQ EPOCH", ["U1", "1", "TREATMENT"])
    beside = table("SUPPAE", "USUBJID IDVARVAL QNAM QVAL", ["U1", "1", "AETRTEM", "Y"])
    assert list(standard.findings(held(*tables, beside))) == []


def test_us_b6_results_have_both_units():
    laboratory = table(
        "LB", "STUDYID USUBJID LBSEQ LBTESTCD LBSTRESC LBSTRESU",
        ["S", "U1", "1", "CREAT", "88.42", "umol/L"], ["S", "U1", "2", "ALT", "30", "U/L"], ["S", "U1", "3", "CREAT", "BLQ", "umol/L"],
    )  # fmt: skip
    made = conventional_results(laboratory)
    assert [(record[4], record[5], record[7]) for record in made.records()] == [
        ("1", "LBCNVRES", "1.00"),
        ("1", "LBCNVU", "mg/dL"),
    ]
    assert made.name == "SUPPLB"


@pytest.mark.parametrize(
    ("value", "expected"), [("53", "0.60"), ("884.2", "10.00"), ("0", "0.00"), ("1", "0.011")]
)
def test_us_b6_creatinine_is_divided_by_its_factor(value, expected):
    assert conventional("CREAT", value, "µmol/L") == (expected, "mg/dL")


def test_us_b7_versions_of_dictionaries_are_declared(definition, standard):
    undeclared = standard_of(definition)
    found = [one.text for one in undeclared.findings(held(*complete_package())) if one.rule == "US-B7"]
    assert len(found) == 2
    assert "MedDRA" in found[0]
    assert [(one.dictionary, one.version) for one in standard.terms("2026-01-01")][:2] == [
        ("MedDRA", "27.1"), ("WHODrug Global", "B3 202503"),
    ]  # fmt: skip


def test_us_b7_a_medicine_without_its_code_is_found(standard):
    tables = changed("CM", "USUBJID CMSEQ CMTRT EPOCH", ["U1", "1", "ASPIRIN", "T"])
    [found] = standard.findings(held(*tables))
    assert (found.rule, found.record) == ("US-B7", 1)
    coded = table("SUPPCM", "USUBJID IDVARVAL QNAM QVAL", ["U1", "1", "CMDRGCD", "00002701001"])
    assert list(standard.findings(held(*tables, coded))) == []


def test_us_b8_seven_days_from_receipt_and_fifteen_from_the_decision(standard):
    """Scenario S5: calendar days, over weekends and holidays."""
    fatal, other = standard.clock("fatal"), standard.clock("susar")
    day = date(2026, 12, 24)
    assert (fatal.due(day) - day, other.due(day) - day) == (timedelta(7), timedelta(15))
    assert "receipt" in fatal.day_zero
    assert "determines" in other.day_zero
    assert any("IND number" in one for one in fatal.elements)
    assert any("race" in one for one in fatal.elements)


def test_us_b9_sites_are_summed_up_for_inspections():
    made = clinical_sites(held(
        table("DM", "STUDYID USUBJID SITEID COUNTRY ARM DTHFL", ["S", "U1", "01", "USA", "A", ""], ["S", "U2", "01", "USA", "A", "Y"],
              ["S", "U3", "01", "USA", "", ""], ["S", "U4", "02", "KOR", "B", ""]),
        table("AE", "USUBJID AESER", ["U1", "Y"], ["U1", "N"], ["U4", "N"]),
        table("DV", "USUBJID", ["U2"]),
        table("DS", "USUBJID DSCAT DSDECOD", ["U2", "DISPOSITION EVENT", "DEATH"], ["U1", "DISPOSITION EVENT", "COMPLETED"]),
    ))  # fmt: skip
    names = [one.name for one in made.variables]
    found = {
        (row["SITEID"], row["ARM"]): row
        for row in (dict(zip(names, one, strict=True)) for one in made.records())
    }
    assert len(found) == 3
    first = found["01", "A"]
    counted = {name: first[name] for name in ("ENROLL", "DISCONT", "IMPDEV", "NSAE", "SAE", "DEATH")}
    assert counted == {"ENROLL": "2", "DISCONT": "1", "IMPDEV": "1", "NSAE": "1", "SAE": "1", "DEATH": "1"}
    assert found["01", "Screen Failure or Not Assigned"]["SCREEN"] == "1"


def test_us_b9_the_folders_of_a_package(standard):
    layout = standard.package_layout[0].value
    assert layout.folder("tabulations", "THREE") == "m5/datasets/three/tabulations/sdtm/"
    assert layout.folder("analysis", "THREE") == "m5/datasets/three/analysis/adam/datasets/"
    assert layout.folder("misc", "THREE") == "m5/datasets/three/misc/"


def test_us_b10_the_roadmap_to_an_action(standard):
    start = date(2026, 12, 1)
    found = {one.step.oid: one for one in dated([one.value for one in standard.milestones], start, "US", {})}
    assert found["us-pre-ind"].due == start - timedelta(60)
    assert found["us-ind"].due == start + timedelta(30)  # calendar days
    assert found["us-registered"].due - found["us-first-subject"].due == timedelta(21)
    assert found["us-filing"].due - found["us-bla"].due == timedelta(60)
    assert found["us-action"].due == date(2030, 7, 28)  # ten months after filing on 28 September 2029
    assert found["us-action-priority"].due == date(2030, 3, 28)
    assert found["us-results"].due == date(2030, 1, 30)
    assert found["us-annual"].due == date(2027, 12, 31) + timedelta(60)  # the anniversary of 31 December 2026
    assert (
        found["us-first-subject"].due < found["us-eop2"].due < found["us-pre-bla"].due < found["us-bla"].due
    )
    assert "351(k)" in found["us-bla"].step.title.in_language("en")
