"""The CSV export: which files and columns there are, and that every value stands where it belongs."""

import csv
import dataclasses
import io
from functools import partial

from edc_core_tabular.formats.csv.exporter import write, write_rows
from edc_core_tabular.formats.csv.lines import line, lines
from hypothesis import given, settings
from hypothesis import strategies as st

from edc_core.api import (
    AuditRecord,
    CodedLevel,
    CodedTerm,
    CodeList,
    CodeListItem,
    Coding,
    CodingState,
    DataType,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSubject,
    FileRules,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemPath,
    ItemRef,
    MeasurementUnit,
    MetaDataIndex,
    MetaDataVersion,
    Policy,
    Query,
    QueryMessage,
    QuerySource,
    QueryState,
    ReasonForChange,
    ReviewGroup,
    ReviewMark,
    ReviewState,
    Step,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
)
from edc_core.testing import MemorySink


def term(code, text, **more):
    return CodeListItem(code, TranslatedText.of(text, "en"), **more)


def version(oid, *more_items, terms=("N", "Y")):
    items = (
        ItemDef("I.SEX", "SEX", DataType.TEXT, code_list_oid="SEX"),
        ItemDef("I.RACE", "RACE", DataType.TEXT, code_list_oid="RACE", multiple=True),
        ItemDef("I.WT", "WEIGHT", DataType.FLOAT, measurement_unit_oids=("kg",)),
        ItemDef("I.TERM", "TERM", DataType.TEXT),
        ItemDef("I.DOSE", "DOSE", DataType.INTEGER),
        *more_items,
    )
    return MetaDataVersion(
        oid,
        oid,
        StudyInfo("S", "Study"),
        events=(StudyEventDef("V1", "V1", form_refs=(FormRef("F.VS"), FormRef("F.AE"))),),
        forms=(
            FormDef("F.VS", "VS", group_refs=(ItemGroupRef("IG.VS"),)),
            FormDef("F.AE", "AE", group_refs=(ItemGroupRef("IG.AE"),)),
        ),
        item_groups=(
            ItemGroupDef(
                "IG.VS",
                "VS",
                item_refs=tuple(ItemRef(i.oid) for i in items if i.oid not in ("I.TERM", "I.DOSE")),
            ),
            ItemGroupDef(
                "IG.AE",
                "AE",
                repeating=True,
                item_refs=(ItemRef("I.TERM"),),
                group_refs=(ItemGroupRef("IG.EX"),),
            ),
            ItemGroupDef("IG.EX", "EX", repeating=True, item_refs=(ItemRef("I.DOSE"),)),
        ),
        items=items,
        code_lists=(
            CodeList("SEX", "Sex", items=(term("M", "Male"), term("F", "Female, all"))),
            CodeList("RACE", "Race", items=(term("A", "Asian"), term("B;x", "Other"))),
            CodeList("NY", "No Yes", items=tuple(term(code, code) for code in terms)),
        ),
        measurement_units=(MeasurementUnit("kg", "kilogram", TranslatedText.of("kg", "en")),),
    )


VS, AE = ItemPath(Step("V1"), Step("F.VS")), ItemPath(Step("V1"), Step("F.AE"))
ROW = (Step("IG.AE", "3"),)
NESTED = (*ROW, Step("IG.EX", "1"))


def item(groups, oid, value, *, raw=None, missing="", unit="", reading="ok", removed=False):
    raw = value if raw is None else raw
    history = (
        AuditRecord(
            "Insert",
            raw or "",
            value,
            missing,
            unit,
            reading,
            "kim",
            "CRC",
            "01",
            "2026-01-01T00:00:00Z",
            "why, so",
            "1/op",
            {},
        ),
    )
    return ExportItem(groups, oid, raw or "", value, missing, unit, reading, removed, history)


def form(path, *items, version="1", rows=(), status="complete"):
    return ExportForm(path, version, status, "open", rows, items, {})


def exported(forms, *, versions=None, queries=(), struck=False, subject="S-1", by=None):
    versions = versions or [version("1")]
    dataset = ExportDataset(
        "S", "Study", "live", {v.oid: MetaDataIndex(v) for v in versions}, "cut", "2026-01-02T00:00:00Z", {}, {},
        lambda: iter([ExportSubject(subject, "01", "enrolled", tuple(forms), tuple(queries), (), {})]),
    )  # fmt: skip
    sink = MemorySink()
    (by or partial(write_rows, struck=struck))(dataset, sink)
    return sink


def table(sink, name):
    return list(csv.DictReader(io.StringIO(sink.files[name].decode(), newline="")))


def test_each_form_and_repeating_group_has_its_file():
    sink = exported([])
    assert set(sink.files) == {
        "VS.csv", "AE.AE.csv", "AE.AE.EX.csv", "subjects.csv", "queries.csv", "reviews.csv", "codings.csv", "signatures.csv", "visits_not_done.csv", "audit.csv", "codelists.csv", "dictionary.csv", "data_origin.csv", "README.txt", "read.py", "read.R",
    }  # fmt: skip


def test_a_value_that_was_reviewed_has_a_line_for_each_group():
    path = VS.with_group("IG.VS", "1").with_item("I.SEX")
    marks = (
        ReviewMark(
            path, ReviewGroup.DM, ReviewState.DROPPED, "", 1, "value", "2026-01-03T00:00:00Z", "system"
        ),
        ReviewMark(path, ReviewGroup.SDV, ReviewState.VERIFIED, "", 1, "", "2026-01-02T00:00:00Z", "cra"),
    )
    seen = item((Step("IG.VS"),), "I.SEX", "M")._replace(reviews=marks)
    rows = table(exported([form(VS, seen)]), "reviews.csv")
    columns = ("ITEM", "REVIEW", "STATE", "CAUSE", "VERSION_SEEN", "USER", "AT")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("I.SEX", "dm", "dropped", "value", "1", "system", "2026-01-03T00:00:00Z"),
        ("I.SEX", "sdv", "verified", "", "1", "cra", "2026-01-02T00:00:00Z"),
    ]


def test_a_value_that_was_coded_has_a_line_for_each_level():
    path = VS.with_group("IG.VS", "1").with_item("I.SEX")
    levels = (
        CodedLevel("LLT", "90000001", "Zorbly head"),
        CodedLevel("SOC", "90000401", "Zorblic disorders"),
    )
    term = CodedTerm("MadeDRA", "1.0", "en", levels)
    at = "2026-01-03T00:00:00Z"
    coding = Coding(path, CodingState.CODED, term, 1, "person", False, "cod", "med", 9, at)
    coded = item((Step("IG.VS"),), "I.SEX", "M")._replace(coding=coding)
    rows = table(exported([form(VS, coded)]), "codings.csv")
    columns = (
        "ITEM",
        "STATE",
        "DICTIONARY",
        "VERSION",
        "LEVEL_NUMBER",
        "LEVEL",
        "CODE",
        "TERM",
        "USER",
        "APPROVED_BY",
        "AT",
    )
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("I.SEX", "coded", "MadeDRA", "1.0", "1", "LLT", "90000001", "Zorbly head", "cod", "med", at),
        ("I.SEX", "coded", "MadeDRA", "1.0", "2", "SOC", "90000401", "Zorblic disorders", "cod", "med", at),
    ]


def test_keys_come_first_and_every_item_has_its_columns():
    header = exported([]).files["VS.csv"].decode().split("\r\n")[0].split(",")
    assert header[:12] == [
        "STUDYID",
        "SITEID",
        "SUBJID",
        "EVENT",
        "EVENT_KEY",
        "FORM",
        "FORM_KEY",
        "META_DATA_VERSION",
        "FORM_STATUS",
        "PROTECTION",
        "SIGNATURE",
        "REMOVED",
    ]
    assert header[12:] == [
        "SEX", "SEX__LABEL", "SEX__MISS", "SEX__RAW",
        "RACE", "RACE__LABEL", "RACE__A", "RACE__B_x", "RACE__MISS", "RACE__RAW",
        "WEIGHT", "WEIGHT__MISS", "WEIGHT__RAW", "WEIGHT__UNIT",
    ]  # fmt: skip


def test_codes_labels_missing_reasons_units_and_unreadable_text():
    g = (Step("IG.VS"),)
    one = form(VS, item(g, "I.SEX", "F"), item(g, "I.RACE", "A;B%3Bx"), item(g, "I.WT", "72.40", unit="kg"))
    two = form(
        ItemPath(Step("V1", "2"), Step("F.VS")),
        item(g, "I.SEX", None, missing="UNK"),
        item(g, "I.WT", None, raw="heavy", reading="unreadable"),
    )
    first, second = table(exported([one, two]), "VS.csv")
    assert (first["SEX"], first["SEX__LABEL"]) == ("F", "Female, all")
    assert (first["RACE"], first["RACE__LABEL"], first["RACE__A"], first["RACE__B_x"]) == (
        "A;B%3Bx",
        "Asian; Other",
        "1",
        "1",
    )
    assert (first["WEIGHT"], first["WEIGHT__UNIT"]) == ("72.40", "kg")
    assert (second["SEX"], second["SEX__MISS"]) == ("", "UNK")
    assert (second["WEIGHT"], second["WEIGHT__RAW"]) == ("", "heavy")


def test_a_file_has_its_name_hash_and_size():
    value = f"{'ab' * 32}/20481/ecg-odd.pdf"
    scan = ItemDef("I.SCAN", "SCAN", DataType.TEXT, file=FileRules())
    g = (Step("IG.VS"),)
    given = form(VS, item(g, "I.SCAN", value))
    lost = form(
        ItemPath(Step("V1", "2"), Step("F.VS")), item(g, "I.SCAN", None, raw="x", reading="unreadable")
    )
    sink = exported([given, lost], versions=[version("1", scan)])
    first, second = table(sink, "VS.csv")
    assert (first["SCAN"], first["SCAN__SHA256"], first["SCAN__BYTES"]) == ("ecg-odd.pdf", "ab" * 32, "20481")
    assert first["SCAN__FILE"] == f"files/{'ab' * 32}.pdf"
    assert (second["SCAN"], second["SCAN__SHA256"], second["SCAN__FILE"], second["SCAN__RAW"]) == (
        "",
        "",
        "",
        "x",
    )


def test_the_list_of_origins_has_every_item_of_every_form():
    more = (
        ItemDef("I.BMI", "BMI", DataType.FLOAT, origin="derived"),
        ItemDef("I.POS", "POS", DataType.TEXT, origin="assigned"),
        ItemDef("I.HGB", "HGB", DataType.FLOAT, origin="transferred"),
        ItemDef("I.PRO", "PRO", DataType.TEXT, origin="direct_source"),
    )
    new = dataclasses.replace(version("1", *more), policy=Policy(origin_of_collected="transcribed"))
    rows = table(exported([], versions=[new]), "data_origin.csv")
    assert {(r["COLUMN"], r["DATA_ORIGIN"], r["ORIGIN"]) for r in rows if r["FILE"] == "VS.csv"} >= {
        ("WEIGHT", "transcribed", "collected"),
        ("BMI", "derived", "derived"),
        ("POS", "derived", "assigned"),
        ("HGB", "transferred", "transferred"),
        ("PRO", "direct_source", "direct_source"),
    }
    assert len(rows) == len({(r["FILE"], r["COLUMN"]) for r in rows}) == 9


def test_rows_of_groups_have_the_keys_of_all_groups_around_them():
    sink = exported([form(AE, item(ROW, "I.TERM", "x"), item(NESTED, "I.DOSE", "5"))])
    (inner,) = table(sink, "AE.AE.EX.csv")
    assert (inner["AE_KEY"], inner["EX_KEY"], inner["DOSE"]) == ("3", "1", "5")


def test_a_form_without_values_and_an_empty_row_have_rows():
    sink = exported([form(VS), form(AE, rows=((AE.with_group("IG.AE", "7"), False),))])
    assert len(table(sink, "VS.csv")) == 1
    assert [row["AE_KEY"] for row in table(sink, "AE.AE.csv")] == ["7"]


def test_struck_rows_and_removed_forms_are_left_out_and_counted():
    struck = ((AE.with_group("IG.AE", "3"), True),)
    forms = [
        form(AE, item(ROW, "I.TERM", "x", removed=True), item(NESTED, "I.DOSE", "5"), rows=struck),
        form(VS, item((Step("IG.VS"),), "I.SEX", "M"), status="removed"),
    ]
    sink = exported(forms)
    assert table(sink, "AE.AE.csv") == table(sink, "AE.AE.EX.csv") == table(sink, "VS.csv") == []
    assert "2 struck rows, 1 removed forms" in sink.files["README.txt"].decode()
    assert len(table(sink, "audit.csv")) == 3
    with_them = exported(forms, struck=True)
    assert [row["REMOVED"] for row in table(with_them, "AE.AE.csv")] == ["Yes"]
    assert [row["REMOVED"] for row in table(with_them, "VS.csv")] == ["Yes"]


def test_columns_are_the_union_of_versions_in_the_order_of_the_newest():
    old, new = (
        version("1", ItemDef("I.OLD", "OLD", DataType.TEXT)),
        version("2", ItemDef("I.NEW", "NEW", DataType.TEXT), terms=("N", "Y", "U")),
    )
    sink = exported([form(VS, item((Step("IG.VS"),), "I.OLD", "kept"))], versions=[old, new])
    (row,) = table(sink, "VS.csv")
    assert row["OLD"] == "kept"
    assert list(row).index("NEW") < list(row).index("OLD")
    about = {
        r["COLUMN"]: r["META_DATA_VERSIONS"] for r in table(sink, "dictionary.csv") if r["FILE"] == "VS.csv"
    }
    assert (about["OLD"], about["NEW"], about["SEX"]) == ("1", "2", "1 2")
    assert [r["CODE"] for r in table(sink, "codelists.csv") if r["CODELIST"] == "NY"] == ["N", "Y", "U"]


def test_the_code_lists_say_what_the_codes_of_reasons_mean():
    usual = [
        r["CODE"] for r in table(exported([]), "codelists.csv") if r["CODELIST"] == "EDC.REASON_FOR_CHANGE"
    ]
    assert usual == ["transcription", "new_source", "query", "other"]
    lab = (ReasonForChange("lab", TranslatedText((("en", "Wrong sample"), ("ko", "검체 오류")))),)
    late = (ReasonForChange("late", TranslatedText.of("Came late", "en")),)
    old, new = (
        dataclasses.replace(version(oid), policy=Policy(reasons=reasons), languages=("en", "ko"))
        for oid, reasons in (("1", lab), ("2", late))
    )
    rows = table(exported([], versions=[old, new]), "codelists.csv")
    assert [
        (r["CODE"], r["LANGUAGE"], r["DECODE"]) for r in rows if r["CODELIST"] == "EDC.REASON_FOR_CHANGE"
    ] == [("late", "en", "Came late"), ("lab", "en", "Wrong sample"), ("lab", "ko", "검체 오류")]


def test_the_dictionary_names_every_column():
    sink = exported([])
    named = {(r["FILE"], r["COLUMN"]) for r in table(sink, "dictionary.csv")}
    for name in ("VS.csv", "AE.AE.csv", "AE.AE.EX.csv"):
        header = next(csv.reader(io.StringIO(sink.files[name].decode(), newline="")))
        assert {(name, column) for column in header} <= named


def test_each_query_message_and_history_record_has_a_row():
    path = VS.with_group("IG.VS", "1").with_item("I.SEX")
    messages = (
        QueryMessage(1, "mon", "CRA", "t", 'why,\r\n"so"?', "Open"),
        QueryMessage(2, "kim", "CRC", "t", "because", "Answered"),
    )
    sink = exported(
        [form(VS, item((Step("IG.VS"),), "I.SEX", "M"))],
        queries=[Query("q", path, QueryState.ANSWERED, QuerySource.SITE_MONITOR, "why", messages=messages)],
    )
    assert [r["MESSAGE_TEXT"] for r in table(sink, "queries.csv")] == ['why,\r\n"so"?', "because"]
    (record,) = table(sink, "audit.csv")
    assert (record["USER"], record["ROLE"], record["REASON"], record["ITEM"]) == (
        "kim",
        "CRC",
        "why, so",
        "I.SEX",
    )


def test_row_counts_are_those_of_the_files():
    sink = exported([form(VS, item((Step("IG.VS"),), "I.SEX", "M"))])
    for name, count in sink.counts.items():
        assert len(table(sink, name)) == count


def test_the_same_data_give_the_same_bytes():
    forms = [form(VS, item((Step("IG.VS"),), "I.SEX", "M"))]
    assert exported(forms).files == exported(forms).files


def test_names_that_differ_in_case_only_get_different_files():
    base = version("1")
    twin = MetaDataVersion(
        "1", "1", base.study,
        forms=(FormDef("A", "vs", group_refs=(ItemGroupRef("G"),)), FormDef("B", "VS", group_refs=(ItemGroupRef("G"),)), FormDef("C", "audit")),
        item_groups=(ItemGroupDef("G", "G"),),
    )  # fmt: skip
    names = set(exported([], versions=[twin]).files)
    assert len({name.casefold() for name in names}) == len(names)
    assert {"vs.csv", "VS_2.csv", "audit_2.csv"} <= names


def test_formulas_are_left_as_they_are():
    sink = exported([form(AE, item(ROW, "I.TERM", "=1+1"))])
    assert table(sink, "AE.AE.csv")[0]["TERM"] == "=1+1"


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=1))
def test_any_cells_come_back_through_the_csv_module(cells):
    assert next(csv.reader(io.StringIO(line(cells), newline=""), strict=True)) == cells


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_text_comes_back_from_its_column(text, key):
    groups = (Step("IG.AE", key),)
    (row,) = table(exported([form(AE, item(groups, "I.TERM", text))], subject=key), "AE.AE.csv")
    assert (row["TERM"], row["AE_KEY"], row["SUBJID"]) == (text, key, key)


def test_the_exporters_are_registered_under_their_names():
    from edc_core_tabular.plugin import edc_register_exporters

    exporters = {exporter.name: exporter for exporter in edc_register_exporters()}
    assert list(exporters) == [
        "csv", "csv-with-removed", "dataset-json-1.1", "dataset-ndjson-1.1", "parquet", "xpt-v5", "xpt-v5-utf-8", "xlsx",
        "sav", "dta",
    ]  # fmt: skip
    forms = [form(AE, item((Step("IG.AE", "1"),), "I.TERM", "Headache"))]
    assert exported(forms, by=exporters["csv"].write).files == exported(forms, by=write).files
    assert exported(forms, by=exporters["csv-with-removed"].write).files == exported(forms, struck=True).files
    assert [name for name, exporter in exporters.items() if not exporter.tables] == [
        "csv-with-removed",
        "xpt-v5-utf-8",
    ]


@given(st.lists(st.lists(st.text(max_size=4), min_size=1, max_size=3), min_size=1, max_size=6))
def test_rows_written_together_are_those_written_one_by_one(rows):
    assert lines(rows) == "".join(map(line, rows))
