"""Datasets from answers, on the forms of HERSC-301: each rule once, on the smallest subject that shows it."""

import pytest

DOSE = {
    ("C1D1", "EX-TRA", "ECOCCUR"): "Y",
    ("C1D1", "EX-TRA", "ECSTDAT"): "2026-03-10",
    ("C1D1", "EX-TRA", "ECSTTIM"): "23:58",
    ("C1D1", "EX-TRA", "ECENTIM"): "00:02",
    ("C1D1", "EX-TRA", "ECDOSE"): "600.0",
    ("C1D1", "EX-TRA", "ECROUTE"): "SUBCUTANEOUS",
}
CONSENT = {("SCR", "CONSENT", "RFICDAT"): "2026-03-01T09:30"}
ARM = {("RAND", "RAND", "RANDDAT"): "2026-03-09T10:00", ("RAND", "RAND", "ARM"): "SC"}


@pytest.fixture
def rows(index, a_subject, export):
    """The rows of a dataset for a subject with these answers."""

    def made(name, answers, **more):
        return export(index, a_subject(index, answers, **more)).rows(name)

    return made


def only(found, **wanted):
    (row,) = [r for r in found if all(r.get(n) == v for n, v in wanted.items())]
    return row


def test_a_form_that_was_removed_says_nothing_of_the_subject(index, a_subject, export):
    subject = a_subject(index, {**CONSENT, ("SCR", "DM", "SEX"): "F"})
    removed = tuple(
        form._replace(status="removed") if form.path.form.oid == "DM" else form for form in subject.forms
    )
    (dm,) = export(index, subject._replace(forms=removed)).rows("DM")
    assert (dm.get("SEX"), dm["RFICDTC"]) == (None, "2026-03-01T09:30")


def test_a_subject_is_one_record_of_dm(rows):
    answers = {
        **CONSENT, **DOSE, **ARM, ("SCR", "DM", "BRTHDAT"): "1970-05", ("SCR", "DM", "AGE"): "55", ("SCR", "DM", "SEX"): "F",
        ("SCR", "DM", "ETHNIC"): "~UNK",
    }  # fmt: skip
    (dm,) = rows("DM", answers)
    assert dm == {
        "STUDYID": "HERSC-301", "DOMAIN": "DM", "USUBJID": "HERSC-301-KR01-0001", "SUBJID": "KR01-0001", "SITEID": "KR-01",
        "COUNTRY": "KOR", "RFSTDTC": "2026-03-10T23:58", "RFXSTDTC": "2026-03-10T23:58", "RFENDTC": "2026-03-11T00:02",
        "RFXENDTC": "2026-03-11T00:02", "RFICDTC": "2026-03-01T09:30", "RFPENDTC": "2026-03-11T00:02", "BRTHDTC": "1970-05",
        "AGE": "55", "AGEU": "YEARS", "SEX": "F", "ETHNIC": "UNKNOWN", "ARMCD": "SC", "ARM": "Subcutaneous trastuzumab",
        "ACTARMCD": "SC", "ACTARM": "Subcutaneous trastuzumab",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        (CONSENT, {"ARMNRS": "NOT ASSIGNED"}),
        (
            {**CONSENT, ("SCR", "IE", "IETESTCD", 1): "E01", ("SCR", "IE", "IEORRES", 1): "Y"},
            {"ARMNRS": "SCREEN FAILURE"},
        ),
        (
            {**CONSENT, **ARM},
            {"ARMCD": "SC", "ARM": "Subcutaneous trastuzumab", "ARMNRS": "ASSIGNED, NOT TREATED"},
        ),
    ],
)
def test_arms_of_those_who_were_not_treated(rows, answers, wanted):
    (dm,) = rows("DM", answers)
    assert {n: dm[n] for n in ("ARMCD", "ARM", "ACTARMCD", "ACTARM", "ARMNRS") if n in dm} == wanted


def test_several_races_are_one_record_and_qualifiers(index, a_subject, export):
    answers = {("SCR", "DM", "RACE"): "ASIAN;OTHER", ("SCR", "DM", "RACEOTH"): "Other one"}
    found = export(index, a_subject(index, answers))
    assert found.rows("DM")[0]["RACE"] == "MULTIPLE"
    qualifiers = {r["QNAM"]: r["QVAL"] for r in found.rows("SUPPDM")}
    assert qualifiers == {"RACE1": "ASIAN", "RACE2": "OTHER", "RACEOTH": "Other one"}
    assert all("IDVAR" not in r for r in found.rows("SUPPDM"))


def test_a_result_is_kept_as_collected_and_standardised(rows):
    answers = {
        ("SCR", "VS", "VSPERF"): "Y", ("SCR", "VS", "VSDAT"): "2026-03-02", ("SCR", "VS", "VSTIM"): "08:15",
        ("SCR", "VS", "TEMP"): "98.6@F", ("SCR", "VS", "SYSBP"): "120",
    }  # fmt: skip
    found = rows("VS", answers)
    temperature = only(found, VSTESTCD="TEMP")
    assert temperature == {
        "STUDYID": "HERSC-301", "DOMAIN": "VS", "USUBJID": "HERSC-301-KR01-0001", "VSSEQ": "2", "VSTESTCD": "TEMP",
        "VSTEST": "Body temperature", "VSORRES": "98.6", "VSORRESU": "F", "VSSTRESC": "37", "VSSTRESN": "37", "VSSTRESU": "C",
        "VISITNUM": "1", "VISIT": "SCREENING", "VISITDY": "-28", "VSDTC": "2026-03-02T08:15", "EPOCH": "SCREENING",
    }  # fmt: skip
    assert only(found, VSTESTCD="SYSBP")["VSTEST"] == "Systolic blood pressure"


def test_ranges_of_a_laboratory_are_standardised_too(rows):
    answers = {
        ("C1D1", "LB-CHEM", "LBPERF"): "Y", ("C1D1", "LB-CHEM", "CREAT"): "0.9@mg/dL", ("C1D1", "LB-CHEM", "CREATLO"): "0.5",
    }  # fmt: skip
    creatinine = only(rows("LB", answers), LBTESTCD="CREAT")
    assert (creatinine["LBORNRLO"], creatinine["LBSTNRLO"]) == ("0.5", "44.21")


def test_a_reason_in_place_of_a_result_is_not_done(rows):
    answers = {
        ("SCR", "VS", "VSPERF"): "Y",
        ("SCR", "VS", "WEIGHT"): "~REF",
        ("SCR", "VS", "PULSE"): "!about 60",
    }
    found = rows("VS", answers)
    weight = only(found, VSTESTCD="WEIGHT")
    assert (weight["VSSTAT"], weight["VSREASND"]) == ("NOT DONE", "Refused by subject")
    assert "VSORRES" not in weight
    pulse = only(found, VSTESTCD="PULSE")
    assert pulse["VSORRES"] == "about 60"
    assert pulse["VSSTRESC"] == "about 60"
    assert not {"VSSTRESN", "VSSTAT"} & set(pulse)


def test_a_form_on_which_nothing_was_done_is_one_record(rows):
    (found,) = rows("VS", {("C2D1", "VS", "VSPERF"): "N"})
    assert (found["VSTESTCD"], found["VSSTAT"], found["VISIT"]) == ("VSALL", "NOT DONE", "CYCLE 2 DAY 1")


def test_rows_of_an_examination_take_their_test_from_the_answer(rows):
    answers = {
        ("SCR", "PE", "PEPERF"): "Y", ("SCR", "PE", "PEDAT"): "2026-03-02", ("SCR", "PE", "PEBODSYS", 1): "LYMPH NODES",
        ("SCR", "PE", "PEORRES", 1): "ABNORMAL", ("SCR", "PE", "PEDESC", 1): "Swollen", ("SCR", "PE", "PEBODSYS", 2): "SKIN",
        ("SCR", "PE", "PEORRES", 2): "NORMAL",
    }  # fmt: skip
    found = rows("PE", answers)
    assert [(r["PETESTCD"], r["PETEST"], r["PEORRES"]) for r in found] == [
        ("LYMPHNOD", "Lymph nodes", "Swollen"),
        ("SKIN", "Skin", "NORMAL"),
    ]
    assert {r["PEDTC"] for r in found} == {"2026-03-02"}


def test_only_criteria_that_are_not_met_are_in_ie(rows):
    answers = {}
    for row, (code, answer) in enumerate([("I01", "Y"), ("I02", "N"), ("E01", "N"), ("E02", "Y")], 1):
        answers |= {("SCR", "IE", "IETESTCD", row): code, ("SCR", "IE", "IEORRES", row): answer}
    found = rows("IE", answers)
    assert [(r["IETESTCD"], r["IECAT"], r["IEORRES"]) for r in found] == [
        ("E02", "EXCLUSION", "Y"),
        ("I02", "INCLUSION", "N"),
    ]
    assert found[1]["IETEST"] == "Female"


def test_doses_are_collected_and_make_exposure(rows):
    answers = {**DOSE, ("C2D1", "EX-TRA", "ECOCCUR"): "N", ("C2D1", "EX-TRA", "ECREASND"): "ADVERSE EVENT"}
    collected = rows("EC", answers)
    assert [(r["ECTRT"], r["ECOCCUR"], r.get("ECREASOC")) for r in collected] == [
        ("TRASTUZUMAB", "Y", None),
        ("TRASTUZUMAB", "N", "ADVERSE EVENT"),
    ]
    (given,) = rows("EX", answers)
    assert (given["EXDOSE"], given["EXDOSU"], given["EXSTDTC"], given["EXENDTC"]) == (
        "600.0", "mg", "2026-03-10T23:58", "2026-03-11T00:02",
    )  # fmt: skip
    assert (given["EXSTDY"], given["EXENDY"], given["EPOCH"]) == ("1", "2", "NEOADJUVANT")


def test_the_last_result_before_the_dose_is_flagged(rows):
    answers = {
        **DOSE, ("SCR", "VS", "VSPERF"): "Y", ("SCR", "VS", "VSDAT"): "2026-03-02", ("SCR", "VS", "SYSBP"): "120",
        ("SCR", "VS", "HEIGHT"): "165.0", ("C1D1", "VS", "VSPERF"): "Y", ("C1D1", "VS", "VSDAT"): "2026-03-10",
        ("C1D1", "VS", "SYSBP"): "130", ("C2D1", "VS", "VSDAT"): "2026-03-31", ("C2D1", "VS", "SYSBP"): "125",
    }  # fmt: skip
    flagged = [(r["VSTESTCD"], r["VISITNUM"]) for r in rows("VS", answers) if "VSLOBXFL" in r]
    assert flagged == [("HEIGHT", "1"), ("SYSBP", "3")]


def test_a_time_decides_on_the_day_of_the_dose(rows):
    answers = {
        **DOSE,
        ("C1D1", "VS", "VSDAT"): "2026-03-10",
        ("C1D1", "VS", "VSTIM"): "23:59",
        ("C1D1", "VS", "SYSBP"): "130",
    }
    assert "VSLOBXFL" not in only(rows("VS", answers))


def test_partial_dates_stay_as_they_are(rows):
    answers = {
        **DOSE, ("LOGS", "AE", "AETERM", 1): "Headache", ("LOGS", "AE", "AESTDAT", 1): "2026-03",
        ("LOGS", "AE", "AEONGO", 1): "Y", ("LOGS", "AE", "AETERM", 2): "Fever", ("LOGS", "AE", "AESTDAT", 2): "2026-03-12",
        ("LOGS", "AE", "AEONGO", 2): "N", ("LOGS", "AE", "AEENDAT", 2): "2026-03-14",
    }  # fmt: skip
    headache, fever = rows("AE", answers)
    assert (headache["AESTDTC"], headache["AEENRF"]) == ("2026-03", "DURING/AFTER")
    assert not {"AESTDY", "EPOCH", "AEENDTC"} & set(headache)
    assert (fever["AESTDY"], fever["AEENDY"], fever["EPOCH"]) == ("3", "5", "NEOADJUVANT")
    assert "AEENRF" not in fever


def test_long_texts_go_on_in_qualifiers(index, a_subject, export):
    term = "word " * 50 + "end"
    answers = {("SCR", "MH", "MHTERM", 1): term, ("LOGS", "CO", "COVAL", 1): term}
    found = export(index, a_subject(index, answers))
    (history,) = found.rows("MH")
    (more,) = found.rows("SUPPMH")
    assert (more["QNAM"], more["IDVAR"], more["IDVARVAL"]) == ("MHTERM1", "MHSEQ", "1")
    assert f"{history['MHTERM']} {more['QVAL']}" == term
    (comment,) = found.rows("CO")
    assert f"{comment['COVAL']} {comment['COVAL1']}" == term


def test_qualifiers_of_a_panel_are_written_once(index, a_subject, export):
    answers = {
        ("C1D1", "LB-CHEM", "ALT"): "20",
        ("C1D1", "LB-CHEM", "AST"): "21",
        ("C1D1", "LB-CHEM", "CHEMCS"): "N",
    }
    found = export(index, a_subject(index, answers))
    (qualifier,) = found.rows("SUPPLB")
    assert (qualifier["IDVAR"], qualifier["IDVARVAL"], qualifier["QVAL"]) == ("LBGRPID", "C1D1/LB-CHEM", "N")
    assert {r["LBGRPID"] for r in found.rows("LB")} == {"C1D1/LB-CHEM"}


def test_reports_qualify_the_event_they_name(index, a_subject, export):
    answers = {
        ("LOGS", "AE", "AETERM", 1): "Fever", ("LOGS", "AE", "AETERM", 2): "Sepsis", ("EVENTS", "SAE", "SAETERM"): "SEPSIS",
        ("EVENTS", "SAE", "SAEEXP"): "N",
    }  # fmt: skip
    found = export(index, a_subject(index, answers))
    sepsis = only(found.rows("AE"), AETERM="Sepsis")
    assert {(r["QNAM"], r["IDVARVAL"]) for r in found.rows("SUPPAE")} == {
        ("SAETERM", sepsis["AESEQ"]),
        ("SAEEXP", sepsis["AESEQ"]),
        *(("AETRTEM", row["AESEQ"]) for row in found.rows("AE")),
    }


def test_records_that_name_each_other_are_related(index, a_subject, export):
    answers = {
        ("LOGS", "AE", "AETERM", 1): "Fever", ("LOGS", "CM", "CMTRT", 1): "Paracetamol", ("LOGS", "CM", "CMINDC", 1): "fever",
        ("SCR", "TUMOR", "TULNKID", 1): "T01", ("SCR", "TUMOR", "TUROLE", 1): "TARGET", ("SCR", "TUMOR", "DIAM", 1): "22",
    }  # fmt: skip
    found = export(index, a_subject(index, answers)).rows("RELREC")
    assert [(r["RDOMAIN"], r["IDVAR"], r.get("IDVARVAL"), r.get("RELTYPE"), r["RELID"]) for r in found] == [
        ("CM", "CMSEQ", "1", None, "CMAE1"),
        ("AE", "AESEQ", "1", None, "CMAE1"),
        ("TU", "TULNKID", None, "ONE", "TUTR"),
        ("TR", "TRLNKID", None, "MANY", "TUTR"),
    ]


def test_results_take_visit_and_date_from_their_sample(index, a_subject, export):
    answers = {
        ("C1D1", "PC", "PCPERF"): "Y", ("C1D1", "PC", "PCTPT"): "PRE-DOSE", ("C1D1", "PC", "PCDAT"): "2026-03-10",
        ("C1D1", "PC", "PCREFID"): "B1", ("LOGS", "CLR", "CLREFID", 1): "B1", ("LOGS", "CLR", "CLRTEST", 1): "TRASTUZUMAB",
        ("LOGS", "CLR", "CLRORRES", 1): "BQL", ("LOGS", "CLR", "CLREFID", 2): "B1", ("LOGS", "CLR", "CLRTEST", 2): "ADA_BAT",
        ("LOGS", "CLR", "CLRORRES", 2): "NEGATIVE", ("C1D2", "PC", "PCREFID"): "B2",
    }  # fmt: skip
    found = export(index, a_subject(index, answers))
    (concentration,) = found.rows("PC")  # B2 has no result yet
    assert {n: concentration[n] for n in ("PCTESTCD", "PCORRES", "PCDTC", "PCTPT", "PCTPTNUM", "VISIT")} == {
        "PCTESTCD": "TRASTUZ", "PCORRES": "BQL", "PCDTC": "2026-03-10", "PCTPT": "PRE-DOSE", "PCTPTNUM": "1",
        "VISIT": "CYCLE 1 DAY 1",
    }  # fmt: skip
    (antibodies,) = found.rows("IS")
    assert (antibodies["ISTESTCD"], antibodies["ISDTC"], antibodies["VISITNUM"]) == (
        "ADA_BAT",
        "2026-03-10",
        "3",
    )


def test_visits_are_numbered_by_the_schedule_and_others_after_the_last(rows):
    answers = {
        ("SCR", "VS", "VSDAT"): "2026-03-02", ("C1D1", "VS", "VSDAT"): "2026-03-10", ("UNS#1", "VS", "VSDAT"): "2026-03-20",
        ("UNS#2", "VS", "VSDAT"): "2026-03-05", **DOSE,
    }  # fmt: skip
    assert [(r["VISITNUM"], r["VISIT"], r.get("SVSTDY"), r.get("SVPRESP")) for r in rows("SV", answers)] == [
        ("1", "SCREENING", "-8", "Y"),
        ("1.01", "UNSCHEDULED 1.01", "-5", None),
        ("3", "CYCLE 1 DAY 1", "1", "Y"),
        ("3.01", "UNSCHEDULED 3.01", "11", None),
    ]


def test_elements_follow_each_other(rows):
    answers = {**CONSENT, **ARM, **DOSE, ("C2D1", "EX-TRA", "ECOCCUR"): "Y", ("C2D1", "EX-TRA", "ECSTDAT"): "2026-03-31",
               ("C2D1", "EX-TRA", "ECDOSE"): "600.0"}  # fmt: skip
    assert [(r["ETCD"], r["SESTDTC"], r["SEENDTC"]) for r in rows("SE", answers)] == [
        ("SCREENIN", "2026-03-01T09:30", "2026-03-10"),
        ("NEOADJSC", "2026-03-10", "2026-03-31"),
    ]


def test_numbers_of_records_do_not_depend_on_the_order_of_forms(index, a_subject, export):
    answers = {
        ("SCR", "VS", "SYSBP"): "120", ("SCR", "VS", "VSDAT"): "2026-03-02", ("C1D1", "VS", "SYSBP"): "130",
        ("C1D1", "VS", "VSDAT"): "2026-03-10", ("LOGS", "AE", "AETERM", 1): "B", ("LOGS", "AE", "AETERM", 2): "A",
    }  # fmt: skip
    one = export(index, a_subject(index, answers))
    other = export(index, a_subject(index, dict(reversed(answers.items()))))
    for name in ("VS", "AE", "SV"):
        assert one.rows(name) == other.rows(name)


def test_milestones_have_their_category(rows):
    found = rows(
        "DS",
        {
            **CONSENT,
            **ARM,
            ("EOT", "DS-EOT", "DSDECOD"): "COMPLETED",
            ("EOT", "DS-EOT", "DSSTDAT"): "2026-09-01",
        },
    )
    assert [(r["DSTERM"], r["DSDECOD"], r["DSCAT"]) for r in found] == [
        ("INFORMED CONSENT OBTAINED", "INFORMED CONSENT OBTAINED", "PROTOCOL MILESTONE"),
        ("RANDOMIZED", "RANDOMIZED", "PROTOCOL MILESTONE"),
        ("Completed", "COMPLETED", "DISPOSITION EVENT"),
    ]


def test_trial_design_follows_from_the_definition(index, a_subject, export):
    found = export(index, a_subject(index, CONSENT))
    assert [r["ETCD"] for r in found.rows("TA") if r["ARMCD"] == "IV"] == [
        "SCREENIN", "NEOADJIV", "SURGERY", "ADJUVAIV", "FOLLOWUP",
    ]  # fmt: skip
    days = {r["VISIT"]: r.get("VISITDY") for r in found.rows("TV")}
    visits = (
        "SCREENING",
        "CYCLE 1 DAY 1",
        "CYCLE 1 DAY 8",
        "CYCLE 2 DAY 1",
        "CYCLE 8 DAY 1",
        "CYCLE 10 DAY 1",
    )
    assert [days[visit] for visit in visits] == ["-28", "1", "8", "22", "148", "197"]
    assert only(found.rows("TI"), IETESTCD="E01")["IECAT"] == "EXCLUSION"
    summary = {r["TSPARMCD"]: r["TSVAL"] for r in found.rows("TS")}
    assert summary["SSTDTC"] == "2026-03-01"
    assert summary["NARMS"] == "2"
    assert summary["SDTIGVER"] == "3.4"


def test_a_lesion_is_identified_once_and_measured_each_time(index, a_subject, export):
    answers = {}
    for event, day in (("SCR", "2026-03-02"), ("C5D1", "2026-06-01")):
        answers |= {
            (event, "TUMOR", "TRDAT"): day, (event, "TUMOR", "TULNKID", 1): "T01", (event, "TUMOR", "TUROLE", 1): "TARGET",
            (event, "TUMOR", "DIAM", 1): "22",
        }  # fmt: skip
    found = export(index, a_subject(index, dict(reversed(answers.items()))))
    (lesion,) = found.rows("TU")
    assert (lesion["TULNKID"], lesion["TUDTC"], lesion["VISITNUM"]) == ("T01", "2026-03-02", "1")
    assert [r["TRDTC"] for r in found.rows("TR")] == ["2026-03-02", "2026-06-01"]


def test_a_number_that_could_not_be_read_is_no_dose(rows):
    (given,) = rows("EC", {**DOSE, ("C1D1", "EX-TRA", "ECDOSE"): "!about 600"})
    assert "ECDOSE" not in given
