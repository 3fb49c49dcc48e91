"""The workbook: read back by openpyxl, every cell is what it was."""

import io
import time
from decimal import Decimal

import openpyxl
import pytest
from edc_core_tabular.formats.problems import Problems
from edc_core_tabular.formats.xlsx import sheets
from edc_core_tabular.formats.xlsx.sheets import sheet_name
from edc_core_tabular.formats.xlsx.writer import number_or_text, write_datasets
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from edc_core.api import CodeList, CodeListItem, DataType, ExportRefused, TranslatedText, Variable
from edc_core.testing import MemorySink

YES = CodeList(
    "YN",
    "Yes or no",
    items=(CodeListItem("Y", TranslatedText.of("Yes", "en")), CodeListItem("N", retired=True)),
)


def book(sink):
    return openpyxl.load_workbook(io.BytesIO(sink.files["datasets.xlsx"]))


def cells(sheet):
    """As Excel shows them: openpyxl leaves the escapes of ECMA-376 (ST_Xstring) in texts."""
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [[unescape(value) if isinstance(value, str) else value for value in row] for row in found]


def test_text_stays_text_and_numbers_are_numbers(table, write_with):
    texts = ["=1+1", "007", "2026-03", "1e5", "TRUE", " two\r\nlines_x0041_", "http://example.org", "두통"]
    numbers = ["0.10", "-12.5", None, "12345678901234567", "0", "1", "2", "3"]
    flags = ["true", "false", None, "", "1", "0", None, None]
    sink = write_with(write_datasets, table(T=("text", texts), N=("float", numbers), B=("boolean", flags)))
    assert sink.counts == {"datasets.xlsx": 8}
    found = cells(book(sink)["AE"])
    assert found[0] == ["T", "N", "B"]
    assert [row[0] for row in found[1:]] == [
        "=1+1",
        "007",
        "2026-03",
        "1e5",
        "TRUE",
        " two\r\nlines_x0041_",
        *texts[6:],
    ]
    assert [row[1] for row in found[1:]] == [0.1, -12.5, None, "12345678901234567", 0, 1, 2, 3]
    assert [row[2] for row in found[1:]] == [True, False, None, None, True, False, None, None]
    assert book(sink)["AE"]["A2"].data_type == "s"


def test_names_stay_in_sight_and_labels_and_codes_have_sheets(table, write_with):
    of = Variable("AESER", "Serious event", DataType.TEXT, code_list=YES, key_sequence=2)
    made = book(
        write_with(write_datasets, table(AESER=(of, ["Y"])), table("CM", "Medication", X=("integer", [])))
    )
    assert made.sheetnames == ["AE", "CM", "Variables", "Code lists"]
    assert made["AE"].freeze_panes == "A2"
    assert cells(made["Variables"])[1:] == [
        ["AE", "AE", "Adverse Events", "AESER", "Serious event", "text", "2", "YN", 1],
        ["CM", "CM", "Medication", "X", "X", "integer", None, None, 0],
    ]
    assert cells(made["Code lists"])[1:] == [
        ["YN", "Yes or no", "Y", "Yes", None],
        ["YN", "Yes or no", "N", "N", "Yes"],
    ]


def test_the_same_cells_are_the_same_bytes_at_any_time(table, write_with, monkeypatch):
    one = table(T=("text", ["a"]), N=("float", ["1.5"]))
    first = write_with(write_datasets, one).files
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    try:
        assert write_with(write_datasets, one).files == first
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.lists(st.text(max_size=40), max_size=20))
def test_every_dataset_gets_a_sheet_name_of_its_own(names):
    taken = set()
    found = [sheet_name(name, taken) for name in names]
    assert len({name.casefold() for name in found}) == len(names)
    assert all(0 < len(name) <= 31 for name in found)
    assert not any(set(name) & set("[]:*?/\\'") for name in found)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=4).map(
        str
    )
)
def test_a_number_that_excel_would_change_stays_text(cell):
    found = number_or_text(cell)
    assert found == cell or Decimal(repr(found)) == Decimal(cell)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("x" * 32_768, "record 2: is longer than 32,767 characters"),
        ("\ud800", "record 2: has half of a character"),
    ],
)
def test_what_a_cell_does_not_hold_is_refused(cell, says, table, write_with):
    sink = MemorySink()
    with pytest.raises(ExportRefused) as caught:
        write_with(write_datasets, table(T=("text", ["x" * 32_767, cell])), sink=sink)
    assert says in caught.value.message
    assert sink.files == {}


def test_more_records_than_a_sheet_has_rows_are_refused_with_the_remedy(table, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_RECORDS", 2)
    problems = Problems()
    sheets.looked_at([table(N=("integer", ["1", "2", "3"]))], problems)
    with pytest.raises(
        ExportRefused, match=r"AE: has 3 records, and a sheet of Excel holds 2\. Take csv or parquet"
    ):
        problems.refuse("xlsx")
