"""Reference ranges: what is found for whom, what a change of the ranges does, and what a file with a mistake does not."""

import pytest
from edc_core_lab_ranges.reading import read_ranges

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.protection import ProtectAction
from edc_core.errors import NotAllowed
from edc_core.services import capture, lab_ranges, protecting
from edc_core.services.verifying import verify
from edc_core.testing.trial import SOME_REASON, Trial
from tests.services.ranges import load_file

STUDY = """\
oid: LABS
version: {oid: "1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
lab_ranges: {lab: LBNAM, date: LBDAT, sex: DM.SEX, birth: DM.BRTHDAT}
events:
  - {oid: SCR, forms: [DM, LB]}
  - {oid: V1, forms: [LB]}
forms:
  - oid: DM
    items:
      - {name: BRTHDAT, question: Birth, type: partialDate}
      - {name: SEX, question: Sex, codelist: SEX}
  - oid: LB
    items:
      - {name: LBNAM, question: Lab}
      - {name: LBDAT, question: Date, type: partialDate}
      - {name: HGB, question: Haemoglobin, type: float, significant_digits: 1, units: [g/L, g/dL]}
      - {name: HGBLO, question: Lower limit, type: float, derive: range_low(HGB)}
      - {name: HGBHI, question: Upper limit, type: float, derive: range_high(HGB)}
      - name: HGBIND
        question: Indicator
        codelist: NRIND
        derive: range_flag(HGB)
      - name: CLSIG
        question: Clinically significant?
        codelist: NY
        when: HGBIND != 'NORMAL'
units:
  - {oid: g/L, alias: {UCUM: g/L}}
  - {oid: g/dL, alias: {UCUM: g/dL}}
codelists:
  - {oid: SEX, terms: {F: Female, M: Male}}
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
  - {oid: NRIND, terms: {LOW: Low, NORMAL: Normal, HIGH: High}}
"""
HEADING = "lab,test,unit,sex,age_from,age_below,valid_from,valid_until,low,high\n"
RANGES = HEADING + (
    "Central,HGB,g/L,F,18,,2026-01-01,2026-06-30,120,160\n"
    "Central,HGB,g/L,F,18,,2026-07-01,,115,155\n"
    "Central,HGB,g/L,F,,18,2026-01-01,,110,150\n"
    "Central,HGB,g/L,M,18,,2026-01-01,,130,\n"
    "Central,HGB,g/dL,F,18,,2026-01-01,,12,16\n"
)


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    file = tmp_path_factory.mktemp("labs") / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    loaded = load(file)
    assert not [finding for finding in loaded.findings if finding.severity == "error"]
    return loaded.required()


@pytest.fixture
def trial(core, version):
    made = Trial(core, version, environment="dev")
    made.add_subject("S-001")
    return made


@pytest.fixture
def load_ranges(trial):
    def run(text=RANGES, actor=None):
        return load_file(trial.core, actor or trial.dm, trial.study_id, text)

    return run


def result(trial, value, *, unit="g/L", on="2026-03-04", lab="Central", event="SCR", **more):
    def path(name):
        return trial.path(f"LB.{name}", event=event)

    given = {path("LBNAM"): lab, path("LBDAT"): on}
    trial.save("S-001", given, **more)
    book = trial.casebook("S-001")
    known = book.items.get(path("HGB"))
    trial.act(
        trial.crc,
        capture.save_items,
        capture.SaveItems,
        subject_key="S-001",
        form=path("HGB").form_path,
        items=(ItemInput(path("HGB"), value, unit=unit, base_version=known.version if known else 0),),
        reason=SOME_REASON,
    )


def found(trial, event="SCR"):
    items = trial.casebook("S-001").items
    return [
        item.value if (item := items.get(trial.path(f"LB.{name}", event=event))) else None
        for name in ("HGBLO", "HGBHI", "HGBIND")
    ]


def person(trial, sex="F", birth="1980-05-05"):
    trial.save("S-001", {"DM.SEX": sex, "DM.BRTHDAT": birth})


NOTHING = [None, None, None]


@pytest.mark.parametrize(
    ("sex", "birth", "on", "value", "unit", "expected"),
    [
        ("F", "1980-05-05", "2026-03-04", "119.9", "g/L", ["120", "160", "LOW"]),
        ("F", "1980-05-05", "2026-03-04", "120", "g/L", ["120", "160", "NORMAL"]),
        ("F", "1980-05-05", "2026-03-04", "160.1", "g/L", ["120", "160", "HIGH"]),
        ("F", "1980-05-05", "2026-07-01", "119", "g/L", ["115", "155", "NORMAL"]),
        ("F", "1980-05-05", "2026-03-04", "11.9", "g/dL", ["12", "16", "LOW"]),
        ("M", "1980", "2026-03-04", "500", "g/L", ["130", None, "NORMAL"]),
        ("M", "1980", "2026-03-04", "129", "g/L", ["130", None, "LOW"]),
        ("F", "2008-03-05", "2026-03-04", "112", "g/L", ["110", "150", "NORMAL"]),
        ("F", "2008-03-04", "2026-03-04", "112", "g/L", ["120", "160", "LOW"]),
        ("F", "2008", "2026-03-04", "112", "g/L", NOTHING),
        ("F", "1980", "2026-06", "112", "g/L", ["120", "160", "LOW"]),
        ("F", "1980", "2026", "112", "g/L", NOTHING),
        ("F", "1980", "2025-12-31", "112", "g/L", NOTHING),
        ("", "1980", "2026-03-04", "112", "g/L", NOTHING),
        ("F", "", "2026-03-04", "112", "g/L", NOTHING),
        ("F", "1980", "2026-03-04", "", "g/L", NOTHING),
    ],
)
def test_a_range_is_taken_where_it_certainly_applies(
    trial, load_ranges, sex, birth, on, value, unit, expected
):
    load_ranges()
    person(trial, sex, birth)
    result(trial, value, unit=unit, on=on)
    assert found(trial) == expected


IN_OTHER_UNITS = HEADING + (
    "Central,HGB,g/L,F,,,,,120,160\n"
    "Local,HGB,g/dL,F,,,,,12.05,16\n"
    "Both,HGB,g/L,F,,,,,120,160\n"
    "Both,HGB,g/dL,F,,,,,11,15\n"
)


@pytest.mark.parametrize(
    ("lab", "value", "unit", "expected"),
    [
        ("Central", "11.9", "g/dL", ["12", "16", "LOW"]),
        ("Central", "12", "g/dL", ["12", "16", "NORMAL"]),
        ("Central", "16.1", "g/dL", ["12", "16", "HIGH"]),
        ("Local", "120.4", "g/L", ["120.5", "160", "LOW"]),
        ("Local", "120.5", "g/L", ["120.5", "160", "NORMAL"]),
        ("Both", "11.5", "g/dL", ["11", "15", "NORMAL"]),
        ("Both", "115", "g/L", ["120", "160", "LOW"]),
    ],
)
def test_a_range_in_another_unit_is_converted_where_the_lab_has_none_in_that_of_the_result(
    trial, load_ranges, lab, value, unit, expected
):
    load_ranges(IN_OTHER_UNITS)
    person(trial)
    result(trial, value, unit=unit, lab=lab)
    assert found(trial) == expected
    assert verify(trial.core).ok


CREATININE = STUDY.replace("HGB", "CREAT").replace("units: [g/L, g/dL]", "units: [umol/L, mg/dL]").replace(
    "  - {oid: g/L, alias: {UCUM: g/L}}\n  - {oid: g/dL, alias: {UCUM: g/dL}}",
    "  - {oid: umol/L, alias: {UCUM: umol/L}}\n  - {oid: mg/dL, alias: {UCUM: mg/dL}}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("convert", "expected"),
    [(", convert: [{unit: mg/dL, factor: 88.42}]", ["0.508935", "1.01787", "HIGH"]), ("", NOTHING)],
    ids=["with its factor", "without one"],
)
def test_a_range_is_converted_by_the_factor_of_the_version_and_not_without_one(
    core, tmp_path, convert, expected
):
    file = tmp_path / "study.yaml"
    file.write_text(CREATININE.replace("mg/dL]}", f"mg/dL]{convert}}}"), encoding="utf-8")
    trial = Trial(core, load(file).required(), environment="dev")
    trial.add_subject("S-001")
    load_file(core, trial.dm, trial.study_id, HEADING + "Central,CREAT,umol/L,F,,,,,45,90\n")
    person(trial)
    creatinine, lab = trial.path("LB.CREAT", event="SCR"), trial.path("LB.LBNAM", event="SCR")
    trial.save("S-001", {lab: "Central"})
    trial.act(
        trial.crc, capture.save_items, capture.SaveItems, subject_key="S-001", form=creatinine.form_path,
        items=(ItemInput(creatinine, "1.1", unit="mg/dL", base_version=0),),
    )  # fmt: skip
    values = trial.casebook("S-001").items
    shown = [values.get(trial.path(f"LB.CREAT{end}", event="SCR")) for end in ("LO", "HI", "IND")]
    assert [one.value if one else None for one in shown] == expected


@pytest.mark.parametrize(
    ("value", "unit", "flag"),
    [("<120", "g/L", "LOW"), ("<121", "g/L", None), (">=160.1", "g/L", "HIGH"), ("<12", "g/dL", "LOW"), (">=16", "g/dL", None)],
)  # fmt: skip
def test_a_censored_result_has_a_flag_where_every_number_has_it_that_it_may_be(
    core, tmp_path, value, unit, flag
):
    file = tmp_path / "study.yaml"
    file.write_text(STUDY.replace("name: HGB,", "name: HGB, censored: true,"), encoding="utf-8")
    trial = Trial(core, load(file).required(), environment="dev")
    trial.add_subject("S-001")
    load_file(core, trial.dm, trial.study_id, HEADING + "Central,HGB,g/L,F,,,,,120,160\n")
    person(trial)
    result(trial, value, unit=unit)
    assert found(trial)[2] == flag
    assert found(trial)[0] == {"g/L": "120", "g/dL": "12"}[unit]
    assert verify(trial.core).ok


def test_another_lab_has_ranges_of_its_own(trial, load_ranges):
    load_ranges()
    person(trial)
    result(trial, "119", lab="Local")
    assert found(trial) == NOTHING


def test_a_change_elsewhere_judges_the_result_anew(trial, load_ranges):
    load_ranges()
    person(trial)
    result(trial, "125")
    assert found(trial)[2] == "NORMAL"
    person(trial, sex="M")
    assert found(trial)[2] == "LOW"


def test_new_ranges_judge_results_anew_with_the_entry_that_says_which(trial, load_ranges):
    person(trial)
    result(trial, "119")
    result(trial, "130", event="V1")
    assert found(trial) == NOTHING
    loaded = load_ranges()
    assert (loaded.ranges, loaded.changed, loaded.forms) == (5, True, 2)
    assert found(trial) == ["120", "160", "LOW"]
    changed = load_ranges(RANGES.replace("2026-06-30,120,160", "2026-06-30,118,160"))
    assert changed.forms == 2
    assert found(trial) == ["118", "160", "NORMAL"]
    history = [e for e in trial.entries("S-001") if e["path"] == str(trial.path("LB.HGBIND", event="SCR"))]
    assert [e["payload"]["value"] for e in history] == ["LOW", "NORMAL"]
    assert history[0]["payload"]["source"]["ranges"] < history[1]["payload"]["source"]["ranges"]
    assert verify(trial.core).ok


def test_the_same_ranges_again_change_nothing(trial, load_ranges):
    person(trial)
    result(trial, "119")
    load_ranges()
    again = load_ranges()
    assert (again.changed, again.forms) == (False, 0)


def test_a_frozen_form_keeps_its_flags_and_is_counted(trial, load_ranges):
    person(trial)
    result(trial, "119")
    trial.act(
        trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=trial.form("LB", event="SCR"),
        action=ProtectAction.FREEZE, reason=SOME_REASON,
    )  # fmt: skip
    assert load_ranges().protected == 1
    assert found(trial) == NOTHING


def test_who_may_not_load_ranges_does_not(trial, load_ranges):
    with pytest.raises(NotAllowed):
        load_ranges(actor=trial.crc)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("lab,test,low\nCentral,HGB,1\n", [(1, "'high' is missing")]),
        ("lab,test,low,hihg,high\n", [(1, "no column 'hihg'. Is high meant?")]),
        (HEADING + "Central,HGB,g/L,F,,,,,120\n", [(2, "9 cells, the heading has 10")]),
        (HEADING + "Central,HGBX,g/L,F,,,,,120,160\n", [(2, "Is HGB meant?")]),
        (HEADING + "Central,HGB,mg,F,,,,,120,160\n", [(2, "Its units are: g/L, g/dL")]),
        (
            HEADING + "Central,HGB,g/L,F,x,,2026-02-30,,120,110\n",
            [(2, "a number"), (2, "a day"), (2, "above high")],
        ),
        (HEADING + ",HGB,g/L,F,18,18,,,,\n", [(2, "lab is missing"), (2, "Neither low"), (2, "not below")]),
        (HEADING + "Central,HGB,g/L,X,,,,,120,160\n", [(2, "'X' is none of the codes of the sex")]),
        (
            HEADING + "Central,HGB,g/L,,,,,,120,160\n\nCentral,HGB,g/L,F,18,,,,115,155\n",
            [(4, "judged by this line and by line 2")],
        ),
    ],
)
def test_every_problem_is_told_by_its_line_and_nothing_is_loaded(version, text, problems):
    read = read_ranges(text, lab_ranges.ranged_in(MetaDataIndex(version)))
    assert read.rows == ()
    assert [problem.line for problem in read.problems] == [line for line, _ in problems]
    for problem, (_, words) in zip(read.problems, problems, strict=True):
        assert words in problem.text


def test_half_a_file_is_no_file(version):
    tests = lab_ranges.ranged_in(MetaDataIndex(version))
    read = read_ranges(RANGES + "Central,HGB,g/L,F,18,,2026-09-01,,1,2\n", tests)
    assert (read.rows, [problem.line for problem in read.problems]) == ((), [7])


def test_ranges_are_asked_for_in_derived_items_only(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(
        STUDY.replace("when: HGBIND != 'NORMAL'", "when: range_flag(HGB) != 'NORMAL'"), encoding="utf-8"
    )
    (finding,) = [f for f in load(file).findings if f.severity == "error"]
    assert "in derive only" in finding.message
