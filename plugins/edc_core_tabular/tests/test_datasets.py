"""The tables of a study as datasets: what is said of each column is what stands in it."""

import dataclasses
import re

import pytest
from edc_core_tabular.forms.datasets import datasets
from edc_core_tabular.forms.layout import Layout
from edc_core_tabular.forms.study_tables import STUDY_TABLES

from edc_core.api import (
    CodeList,
    CodeListItem,
    DataType,
    FileRules,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MeasurementUnit,
    MetaDataIndex,
    MetaDataVersion,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
    UnitConversion,
)

ITEMS = (
    ItemDef("I.SEX", "SEX", DataType.INTEGER, TranslatedText.of("Sex at birth", "en"), code_list_oid="SEX", sas_name="SEX"),
    ItemDef("I.RACE", "RACE", DataType.TEXT, code_list_oid="RACE", multiple=True, sas_name="RACE"),
    ItemDef("I.WT", "WEIGHT", DataType.FLOAT, measurement_unit_oids=("kg", "lb"), significant_digits=1, standard_digits=2,
            conversions=(UnitConversion("lb", "0.45"),), censored=True, sas_name="WEIGHTKG", length=5),
    ItemDef("I.ARM", "ARM", DataType.INTEGER, code_list_oid="ARM", sas_name="ARM"),
    ItemDef("I.SCAN", "SCAN", DataType.TEXT, file=FileRules(), sas_name="SCAN"),
    ItemDef("I.AT", "SEEN_AT_TIME", DataType.DATETIME, sas_name="SITEID"),
    ItemDef("I.TERM", "TERM", DataType.TEXT, sas_name="AETERM"),
)  # fmt: skip


def coded(oid, *codes):
    return CodeList(
        oid,
        oid,
        items=tuple(CodeListItem(code, TranslatedText.of(f"text of {code}", "en")) for code in codes),
    )


VERSION = MetaDataVersion(
    "1", "1", StudyInfo("S", "Study"),
    events=(StudyEventDef("V1", "V1", form_refs=(FormRef("F.VS"), FormRef("F.AE"))),),
    forms=(
        FormDef("F.VS", "VS", group_refs=(ItemGroupRef("IG.VS"),), title=TranslatedText.of("Vital signs", "en")),
        FormDef("F.AE", "AE", group_refs=(ItemGroupRef("IG.AE"),)),
    ),
    item_groups=(
        ItemGroupDef("IG.VS", "VS", item_refs=tuple(ItemRef(item.oid) for item in ITEMS[:-1]), sas_name="VS"),
        ItemGroupDef("IG.AE", "AE", repeating=True, item_refs=(ItemRef("I.TERM"),), group_refs=(ItemGroupRef("IG.EX"),),
                     title=TranslatedText.of("Adverse event", "en"), sas_name="AUDIT"),
        ItemGroupDef("IG.EX", "EX", repeating=True, item_refs=(ItemRef("I.SEX"),), sas_name="EXPOSURE"),
    ),
    items=ITEMS,
    code_lists=(coded("SEX", "1", "2"), coded("RACE", "A", "B"), coded("ARM", "01", "02")),
    measurement_units=(
        MeasurementUnit("kg", "kilogram", TranslatedText.of("kg", "en")),
        MeasurementUnit("lb", "pound", TranslatedText.of("lb", "en")),
    ),
)  # fmt: skip


def made(*versions):
    versions = {version.oid: MetaDataIndex(version) for version in versions}
    layout = Layout(versions)
    names = [*(table.name for table in STUDY_TABLES), *(table.name for table in layout.tables.values())]
    return layout, {
        table.name: table for table in datasets(versions, layout, dict.fromkeys(names, lambda: iter(())))
    }


@pytest.fixture(scope="module")
def variables():
    _, tables = made(VERSION)
    return {variable.name: variable for variable in tables["VS"].variables}


def test_variables_are_the_columns_of_the_csv_files():
    layout, tables = made(VERSION)
    for table in layout.tables.values():
        assert [variable.name for variable in tables[table.name].variables] == table.header
    assert list(tables)[: len(STUDY_TABLES)] == [table.name for table in STUDY_TABLES]


def test_labels_are_the_question_and_what_stands_beside_the_value(variables):
    assert variables["SEX"].label == "Sex at birth"
    assert variables["SEX__MISS"].label == "Sex at birth: missing reason"
    assert variables["RACE__A"].label == "RACE: text of A"


def test_types_are_those_of_the_cells(variables):
    wanted = {
        "SEX": DataType.INTEGER, "SEX__LABEL": DataType.TEXT, "RACE": DataType.TEXT, "RACE__A": DataType.INTEGER,
        "WEIGHT": DataType.FLOAT, "WEIGHT__STD": DataType.FLOAT, "WEIGHT__CENSORED": DataType.TEXT,
        "SCAN": DataType.TEXT, "SCAN__BYTES": DataType.INTEGER, "SEEN_AT_TIME": DataType.DATETIME,
        "SEEN_AT_TIME__OFFSET": DataType.TEXT,
    }  # fmt: skip
    assert {name: variables[name].data_type for name in wanted} == wanted


def test_codes_that_are_more_than_their_number_stay_text(variables):
    assert variables["ARM"].data_type is DataType.TEXT


def test_the_value_keeps_its_code_list_length_digits_and_oid(variables):
    assert [term.coded_value for term in variables["SEX"].code_list.items] == ["1", "2"]
    assert variables["RACE"].code_list is None  # its cells hold several codes
    weight, standard = variables["WEIGHT"], variables["WEIGHT__STD"]
    assert (weight.length, weight.significant_digits, weight.oid) == (5, 1, "I.WT")
    assert (standard.significant_digits, standard.oid) == (2, "")


def test_a_code_that_only_an_older_version_knows_is_in_the_list():
    newer = dataclasses.replace(
        VERSION, oid="2", code_lists=(coded("SEX", "2", "3"), *VERSION.code_lists[1:])
    )
    _, tables = made(VERSION, newer)
    (sex,) = (variable for variable in tables["VS"].variables if variable.name == "SEX")
    assert [term.coded_value for term in sex.code_list.items] == ["2", "3", "1"]


def test_keys_are_numbered_down_to_the_innermost_row():
    _, tables = made(VERSION)
    keys = {v.name: v.key_sequence for v in tables["AE.AE.EX"].variables if v.key_sequence}
    assert keys == {
        "STUDYID": 1, "SUBJID": 2, "EVENT": 3, "EVENT_KEY": 4, "FORM": 5, "FORM_KEY": 6, "AE_KEY": 7, "EX_KEY": 8,
    }  # fmt: skip


def test_the_frozen_name_is_that_of_the_value_unless_a_key_has_it(variables):
    assert variables["WEIGHT"].sas_name == "WEIGHTKG"
    assert (variables["WEIGHT__UNIT"].sas_name, variables["WEIGHT__STDU"].sas_name) == (
        "WEIGHT_U",
        "WEIGH_SU",
    )
    assert (variables["SITEID"].sas_name, variables["SEEN_AT_TIME"].sas_name) == ("SITEID", "SITEID2")


def test_tables_have_the_names_of_their_groups_unless_the_study_has_such_a_table():
    _, tables = made(VERSION)
    named = {name: table.sas_name for name, table in tables.items()}
    assert (named["VS"], named["AE.AE"], named["AE.AE.EX"], named["audit"]) == (
        "VS",
        "AUDIT2",
        "EXPOSURE",
        "AUDIT",
    )
    assert tables["AE.AE"].label == "AE: Adverse event"


def test_every_name_is_unique_and_short():
    _, tables = made(VERSION)
    groups = [list(tables.values()), *(table.variables for table in tables.values())]
    for named in groups:
        short = [one.sas_name for one in named]
        assert len(set(short)) == len({one.name.casefold() for one in named}) == len(named)
        assert all(re.fullmatch("[A-Z_][A-Z0-9_]{0,7}", name) for name in short)


def test_the_labels_of_what_every_study_has_fit_into_sas():
    said = [*STUDY_TABLES, *(variable for table in STUDY_TABLES for variable in table.variables)]
    assert max(len(one.label.encode()) for one in said) <= 40
