"""From annotations to the plan of records, and what is found wrong with them."""

import pytest
from edc_core_sdtm.annotation import Target, constants, targets
from edc_core_sdtm.planning import plan_of
from edc_core_sdtm.terminology import read

from edc_core.api import (
    Alias,
    CodeList,
    CodeListItem,
    DataType,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MetaDataIndex,
    MetaDataVersion,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
)
from tests.plugins.sdtm.terms import ROWS

DEMOGRAPHICS = (("SEXX", "DM.SEX"), ("ARM", "DM.ARMCD"))


def an_item(name, annotation, assigned="", **more):
    aliases = [Alias("SDTM", annotation)] + ([Alias("SDTM.ASSIGNED", assigned)] if assigned else [])
    return ItemDef(
        name, name, more.pop("data_type", DataType.TEXT), TranslatedText.of(f"Question {name}", "en"),
        aliases=tuple(aliases), **more,
    )  # fmt: skip


def a_study(*groups, code_lists=()):
    """A form F with groups: (name, repeating, aliases, items)."""
    dm = [an_item(name, annotation) for name, annotation in DEMOGRAPHICS]
    made = [
        ItemGroupDef(name, name, repeating, tuple(ItemRef(i.oid) for i in items), aliases=tuple(aliases))
        for name, repeating, aliases, items in groups
    ]
    items = [*dm, *(item for *_, own in groups for item in own)]
    return MetaDataIndex(
        MetaDataVersion(
            "V1", "V1", StudyInfo("S", "S"),
            events=(StudyEventDef("E", "E", form_refs=(FormRef("D"), FormRef("F"))),),
            forms=(
                FormDef("D", "D", group_refs=(ItemGroupRef("DG"),)),
                FormDef("F", "F", group_refs=tuple(ItemGroupRef(g.oid) for g in made)),
            ),
            item_groups=(ItemGroupDef("DG", "DG", item_refs=tuple(ItemRef(i.oid) for i in dm)), *made),
            items=tuple(items), code_lists=code_lists,
        )
    )  # fmt: skip


def records_of(*groups, **more):
    return plan_of(a_study(*groups, **more)).records["F"]


def codes_of(*groups, **more):
    return [f.code for f in plan_of(a_study(*groups, **more)).findings]


def test_annotations_are_read_as_an_annotated_crf_words_them():
    said = Alias("SDTM", "AE.AETERM; SUPPDM.RACEOTH; SYSBP_VSORRES; [NOT SUBMITTED]; what is this")
    assert list(targets([said])) == [
        Target("AE", "AETERM"),
        Target("DM", "RACEOTH", is_supplemental=True),
        Target("VS", "VSORRES", "SYSBP"),
        "what is this",
    ]
    assert constants([Alias("SDTM.ASSIGNED", "VSTESTCD = SYSBP; VSTEST = Systolic; nothing")]) == {
        "VSTESTCD": "SYSBP",
        "VSTEST": "Systolic",
    }


def test_each_test_is_a_record_with_what_stands_around_it():
    sample = ("SAMPLE", False, [], [an_item("DAT", "LB.LBDTC"), an_item("PERF", "LB.LBSTAT")])
    results = (
        "RESULTS", False, [], [an_item("HGB", "HGB_LBORRES"), an_item("LO", "HGB_LBORNRLO"), an_item("WBC", "WBC_LBORRES")],
    )  # fmt: skip
    first, second = records_of(sample, results)
    assert (first.key, second.key) == ("HGB", "WBC")
    assert first.constants["LBTESTCD"] == "HGB"
    assert set(first.sources) == {"LBORRES", "LBORNRLO", "LBDTC", "LBSTAT"}
    assert set(second.sources) == {"LBORRES", "LBDTC", "LBSTAT"}


def test_each_row_is_a_record_that_takes_the_date_of_its_form():
    (record,) = records_of(
        ("HEAD", False, [], [an_item("DAT", "PE.PEDTC")]),
        ("ROW", True, [], [an_item("SYS", "PE.PETEST"), an_item("RES", "PE.PEORRES")]),
    )
    assert record.rows == ("ROW",)
    assert set(record.sources) == {"PETEST", "PEORRES", "PEDTC"}


def test_the_nearest_group_gives_a_variable():
    records = records_of(
        ("A", False, [], [an_item("D1", "VS.VSDTC"), an_item("S", "SYSBP_VSORRES")]),
        ("B", False, [], [an_item("D2", "VS.VSDTC"), an_item("T", "TEMP_VSORRES")]),
    )
    assert [[s.item.name for s in r.sources["VSDTC"]] for r in records] == [["D1"], ["D2"]]


def test_a_constant_topic_makes_a_record_of_its_own():
    records = records_of(
        (
            "G", False, [],
            [
                an_item("CONSENT", "DS.DSSTDTC", "DSTERM = INFORMED CONSENT OBTAINED; DSDECOD = INFORMED CONSENT OBTAINED"),
                an_item("LEFT", "DS.DSSTDTC", "DSTERM = CONSENT WITHDRAWN; DSDECOD = WITHDRAWAL BY SUBJECT"),
            ],
        )
    )  # fmt: skip
    assert [r.constants["DSTERM"] for r in records] == ["INFORMED CONSENT OBTAINED", "CONSENT WITHDRAWN"]
    assert [len(r.sources["DSSTDTC"]) for r in records] == [1, 1]


def test_constants_of_a_group_go_to_its_records_alone():
    first, second = records_of(
        (
            "A",
            False,
            [Alias("SDTM.ASSIGNED", "MHCAT = DIAGNOSIS")],
            [an_item("X", "MH.MHTERM", "MHTERM = CANCER")],
        ),
        ("B", True, [], [an_item("Y", "MH.MHTERM")]),
    )
    assert first.constants == {"MHCAT": "DIAGNOSIS", "MHTERM": "CANCER"}
    assert second.constants == {}


def test_a_qualifier_belongs_to_the_tests_of_its_group():
    records = records_of(
        ("A", False, [], [an_item("S", "SYSBP_VSORRES"), an_item("Q", "SUPPVS.CUFF")]),
        ("B", False, [], [an_item("T", "TEMP_VSORRES")]),
    )
    assert [list(r.qualifiers) for r in records] == [["CUFF"], []]
    assert not records[0].is_grouped


def test_a_qualifier_of_several_tests_is_one_for_the_group():
    records = records_of(
        (
            "A",
            False,
            [],
            [an_item("S", "SYSBP_VSORRES"), an_item("T", "TEMP_VSORRES"), an_item("Q", "SUPPVS.ARM")],
        )
    )
    assert [r.shared for r in records] == [frozenset({"ARM"})] * 2
    assert all(r.is_grouped for r in records)


def test_a_qualifier_of_a_form_with_rows_is_one_for_all_rows():
    (record,) = records_of(
        ("HEAD", False, [], [an_item("BSA", "SUPPEC.BSA")]),
        ("ROW", True, [], [an_item("TRT", "EC.ECTRT"), an_item("Q", "SUPPEC.OWN")]),
    )
    assert record.shared == {"BSA"}
    assert list(record.qualifiers) == ["BSA", "OWN"]


def test_qualifiers_may_belong_to_a_record_of_another_form():
    groups = ("G", False, [Alias("SDTM.RECORD", "AETERM = TERM")], [an_item("TERM", "SUPPAE.SAETERM")])
    (record,) = records_of(groups)
    assert record.parent is not None
    assert record.parent[0] == "AETERM"
    assert "S106" in codes_of(("G", False, [], groups[3]))


TERMS = CodeList(
    "L", "L", items=(CodeListItem("TOO LONG A CODE"), CodeListItem("FINE", aliases=(Alias("SDTM", "FINE"),)))
)


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("S101", an_item("X", "just words")),
        ("S102", an_item("X", "ZZ.ZZTERM")),
        ("S103", an_item("X", "AE.AENOTHING", "AETERM = A")),
        ("S104", an_item("X", "AE.AESTDTC")),
        ("S105", an_item("X", "VS.VSDTC")),
        ("S107", an_item("X", "SUPPAE.FARTOOLONG", "AETERM = A")),
        ("S108", an_item("X", "NINELETTER_VSORRES")),
        ("S204", an_item("X", "AE.AETERM")),
        ("S205", an_item("X", "SUPPAE.AEPARTY", "AETERM = A")),
    ],
)
def test_every_problem_has_its_code_place_and_remedy(code, item):
    others = [an_item("T", "AE.AETERM", "AETERM = A")] if code in {"S107", "S205"} else []
    findings = plan_of(a_study(("G", False, [], [item, *others]))).findings
    found = [f for f in findings if f.code == code]
    assert found, [str(f) for f in findings]
    assert found[0].place.startswith("F/")
    assert found[0].severity == ("error" if code < "S2" else "warning")
    assert found[0].message.endswith(".")


@pytest.mark.parametrize(
    ("variable", "needed"),
    [("AE.AETERM", True), ("VS.VSTESTCD", True), ("SYSBP_VSORRES", True), ("DM.SEX", True),
     ("AE.AEMODIFY", False), ("SUPPAE.AETERMZH", False), ("[NOT SUBMITTED]", False)],
)  # fmt: skip
def test_what_a_record_needs_is_not_meant_for_another_language(variable, needed):
    item = an_item("X", variable)
    object.__setattr__(item, "aliases", (*item.aliases, Alias("edc:language", "zh")))
    found = [
        f
        for f in plan_of(a_study(("G", False, [], [item, an_item("T", "AE.AETERM")]))).findings
        if f.code == "S109"
    ]
    assert [(f.severity, f.place) for f in found] == [("error", "F/G/X")] * needed
    assert all("alias 'edc:language'" in f.message for f in found)


def test_a_test_that_the_terminology_lacks_is_a_warning(installed):
    study = a_study(("G", False, [], [an_item("X", "NOTEST_VSORRES"), an_item("T", "TEMP_VSORRES")]))
    assert [f for f in plan_of(study).findings if f.code == "S202"] == []
    terms = read(installed(*ROWS), "2026-03-27")
    (found,) = [f for f in plan_of(study, terms).findings if f.code == "S202"]
    assert (found.severity, found.place.startswith("F/")) == ("warning", True)
    assert "NOTEST" in found.message


def test_a_term_that_is_no_short_name_is_an_error():
    item = an_item("X", "PC.PCTESTCD", code_list_oid="L")
    found = [
        f for f in plan_of(a_study(("G", True, [], [item]), code_lists=(TERMS,))).findings if f.code == "S108"
    ]
    assert ["TOO LONG A CODE" in f.message for f in found] == [True]


def test_a_question_that_is_no_label_is_a_warning():
    long = ItemDef(
        "X", "X", DataType.TEXT, TranslatedText.of("A question with a great many words in its text", "en"),
        aliases=(Alias("SDTM", "SUPPDM.LONGQ"),),
    )  # fmt: skip
    term = an_item("T", "SUPPAE.LONGQ", "AETERM = A")
    named = an_item("Y", "AE.AETERM", "AETERM = A")
    object.__setattr__(term, "question", long.question)
    assert "S201" in codes_of(("G", False, [], [named, term]))


def test_two_answers_to_one_variable_are_a_warning_dates_with_times_are_none():
    day = an_item("D", "AE.AESTDTC", data_type=DataType.DATE)
    time = an_item("H", "AE.AESTDTC", data_type=DataType.TIME)
    term = an_item("T", "AE.AETERM")
    assert "S203" not in codes_of(("G", True, [], [term, day, time]))
    assert "S203" in codes_of(("G", True, [], [term, an_item("T2", "AE.AETERM")]))


@pytest.mark.parametrize("study", ["index", "library"])
def test_the_forms_of_the_repository_have_no_errors(study, request):
    plan = plan_of(request.getfixturevalue(study))
    assert [str(f) for f in plan.errors] == []
    assert plan.all_records
