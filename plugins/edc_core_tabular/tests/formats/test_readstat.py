"""SPSS and Stata files: what is written comes back, labels too, and the same cells are the same bytes."""

import datetime as dt
import time

import pyreadstat
import pytest
from edc_core_tabular.formats.readstat.writer import write_dta, write_sav

from edc_core.api import CodeList, CodeListItem, DataType, ExportRefused, TranslatedText, Variable
from edc_core.testing import MemorySink

WRITERS = {"sav": (write_sav, pyreadstat.read_sav), "dta": (write_dta, pyreadstat.read_dta)}


def term(code, text):
    return CodeListItem(code, TranslatedText.of(text, "en"))


SEVERITY = CodeList(
    "SEV", "Severity", DataType.INTEGER, (term("1", "Mild"), term("2", "Moderate"), term("3", "Severe"))
)
SEX = CodeList("SEX", "Sex", items=(term("M", "Male"), term("F", "Female"), term("U", "Unknown")))


def coded(table):
    return table(
        USUBJID=("text", ["001", "002", "003"]),
        AETERM=("text", ["Kopfschmerz", "두통", None]),
        AEDUR=("float", ["0.10", "", "-12.5"]),
        AESTDT=("date", ["2026-03-04", None, "1959-12-31"]),
        AESER=("boolean", ["true", "false", None]),
        AESEV=(Variable("AESEV", "Severity", DataType.INTEGER, code_list=SEVERITY), ["1", "2", None]),
        SEX=(Variable("SEX", "Sex", DataType.TEXT, code_list=SEX), ["M", "F", ""]),
    )


def read(kind, sink, tmp_path, name="AE"):
    file = tmp_path / f"read.{kind}"
    file.write_bytes(sink.files[f"{name}.{kind}"])
    frame, meta = WRITERS[kind][1](str(file), output_format="polars")
    return {column: frame[column].to_list() for column in frame.columns}, meta


@pytest.mark.parametrize("kind", WRITERS)
def test_cells_and_labels_come_back(kind, table, write_with, tmp_path):
    sink = write_with(WRITERS[kind][0], coded(table))
    assert sink.counts == {f"AE.{kind}": 3}
    columns, meta = read(kind, sink, tmp_path)
    assert columns == {
        "USUBJID": ["001", "002", "003"],
        "AETERM": ["Kopfschmerz", "두통", ""],
        "AEDUR": [0.1, None, -12.5],
        "AESTDT": [dt.date(2026, 3, 4), None, dt.date(1959, 12, 31)],
        "AESER": [1.0, 0.0, None],
        "AESEV": [1.0, 2.0, None],
        "SEX": ["M", "F", ""],
    }
    assert meta.file_label == "Adverse Events"
    assert meta.column_names_to_labels["AESEV"] == "Severity"
    assert meta.variable_value_labels["AESEV"] == {1: "Mild", 2: "Moderate", 3: "Severe"}
    of_texts = {"M": "Male", "F": "Female", "U": "Unknown"} if kind == "sav" else None
    assert meta.variable_value_labels.get("SEX") == of_texts


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_cells_are_the_same_bytes_at_any_time(kind, table, write_with, tmp_path, monkeypatch):
    first = write_with(WRITERS[kind][0], coded(table))
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    try:
        assert write_with(WRITERS[kind][0], coded(table)).files == first.files
    finally:
        monkeypatch.undo()
        time.tzset()
    assert read(kind, first, tmp_path)[1].creation_time.isoformat()[:16] == "2026-03-04T05:06"


@pytest.mark.parametrize("kind", WRITERS)
def test_a_dataset_without_rows_is_written(kind, table, write_with, tmp_path):
    columns, meta = read(kind, write_with(WRITERS[kind][0], table(T=("text", []), N=("float", []))), tmp_path)
    assert columns == {"T": [], "N": []}
    assert meta.column_labels == ["T", "N"]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_name_that_the_program_does_not_take_gives_way_to_the_sas_name(kind, table, write_with, tmp_path):
    of = Variable("a long name of many words", "L", DataType.TEXT, sas_name="LONGNAME")
    assert read(kind, write_with(WRITERS[kind][0], table(X=(of, ["x"]))), tmp_path)[0] == {"LONGNAME": ["x"]}


@pytest.mark.parametrize(
    ("kind", "columns", "says"),
    [
        ("sav", {"With": ("text", [])}, "AE With: has no name that is free"),
        ("dta", {"str12": ("text", [])}, "AE str12: has no name that is free"),
        ("dta", {"x" * 33: ("text", [])}, "has no name that is free"),
        ("sav", {"a": ("text", []), "A": ("text", [])}, "AE A: has no name that is free"),
        ("sav", {"X": ("text", ["ok", "é" * 16_384])}, "AE X, record 2: is longer than 32,767 bytes"),
        ("dta", {"X": ("text", ["a\0b"])}, "record 1: holds the character U+0000"),
        ("sav", {"X": ("text", ["\ud800"])}, "record 1: has half of a character (U+D800)"),
        ("dta", {"X": ("date", ["2026-03"])}, "record 1: is no whole date"),
        ("sav", {"X": ("float", ["<5"])}, "record 1: is no decimal number"),
        ("dta", {"X": ("float", ["12345678901234567"])}, "record 1: has more digits than a number keeps"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_anything_is_written(kind, columns, says, table, write_with):
    sink = MemorySink()
    with pytest.raises(ExportRefused) as caught:
        write_with(WRITERS[kind][0], coded(table), table("CM", **columns), sink=sink)
    assert says.replace("AE ", "CM ") in caught.value.message
    assert sink.files == {}


def test_names_that_differ_in_case_are_two_for_stata(table, write_with, tmp_path):
    assert read("dta", write_with(write_dta, table(a=("text", ["1"]), A=("text", ["2"]))), tmp_path)[0] == {
        "a": ["1"],
        "A": ["2"],
    }


def test_a_long_label_is_cut_where_one_sees_it(table, write_with, tmp_path):
    of = Variable("X", "Has the subject had any vaccination " * 10, DataType.TEXT)
    for kind, longest in (("sav", 255), ("dta", 80)):
        label = read(kind, write_with(WRITERS[kind][0], table(X=(of, ["x"]))), tmp_path)[1].column_labels[0]
        assert label.endswith("...")
        assert len(label) <= longest
