"""What is written is what another reader finds."""

import os
from pathlib import Path

import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edc_core.api import DataType, Variable

any_test = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=5, allow_nan=False).map(str)
ascii_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200).map(
    lambda text: text.rstrip(" ")
)


def standards() -> Path:
    return Path(os.environ.get("EDC_STANDARDS") or Path(__file__).parents[6] / "shared" / "standards")


def test_cells_labels_and_names_come_back(table, write, read):
    ae = table(
        USUBJID=("text", ["DEMO-01-001", "DEMO-01-001", "DEMO-01-002"]),
        aeseq=("integer", ["1", "2", "1"]),
        AETERM=("text", ["HEADACHE", None, " two\nlines"]),
        AEDUR=("float", ["0.10", None, "-12.5"]),
        AESER=("boolean", ["true", "false", None]),
    )
    sink = write(ae, folder="datasets/")
    assert sink.counts == {"datasets/ae.xpt": 3}
    columns, meta = read(sink.files["datasets/ae.xpt"])
    assert columns == {
        "USUBJID": ["DEMO-01-001", "DEMO-01-001", "DEMO-01-002"],
        "AESEQ": [1.0, 2.0, 1.0],
        "AETERM": ["HEADACHE", "", " two\nlines"],
        "AEDUR": [0.1, None, -12.5],
        "AESER": [1.0, 0.0, None],
    }
    assert meta.table_name == "AE"
    assert meta.file_label == "Adverse Events"
    assert meta.column_labels == ["Usubjid", "Aeseq", "Aeterm", "Aedur", "Aeser"]
    assert meta.variable_storage_width == {"USUBJID": 11, "AESEQ": 8, "AETERM": 10, "AEDUR": 8, "AESER": 8}


@any_test
@given(data=st.data(), rows=st.integers(0, 30))
def test_any_text_and_any_number_comes_back(table, write, read, data, rows):
    def some(kind):
        return data.draw(st.lists(st.none() | kind, min_size=rows, max_size=rows))

    texts, numbers = some(ascii_text), some(decimals)
    written = write(table(T=("text", texts), N=("float", numbers), K=("integer", ["1"] * rows)))
    columns, _ = read(written.files["ae.xpt"])
    assert columns["T"] == [text or "" for text in texts]
    assert columns["N"] == [None if number is None else float(number) for number in numbers]


@pytest.mark.parametrize(("encoding", "wide"), [("utf-8", 15), ("gb18030", 10)])
def test_text_of_another_encoding_comes_back(table, write, read, encoding, wide):
    sink = write(table(T=("text", ["头痛和发热", "x"])), encoding=encoding)
    columns, meta = read(sink.files["ae.xpt"], encoding=encoding)
    assert columns == {"T": ["头痛和发热", "x"]}
    assert meta.variable_storage_width == {"T": wide}


def test_more_rows_than_a_chunk_come_back(table, write, read):
    rows = 50_001
    sink = write(
        table(T=("text", ["a"] * (rows - 1) + ["longer"]), N=("integer", [str(n) for n in range(rows)]))
    )
    columns, _ = read(sink.files["ae.xpt"])
    assert columns["N"] == [float(n) for n in range(rows)]
    assert columns["T"] == ["a"] * (rows - 1) + ["longer"]


def test_a_dataset_without_rows_says_what_it_would_hold(table, write, read):
    columns, meta = read(write(table(T=("text", []), N=("float", []))).files["ae.xpt"])
    assert columns == {"T": [], "N": []}
    assert meta.column_labels == ["T", "N"]


def test_dates_are_numbers_where_a_sas_format_asks_for_it(table, write, read):
    def date(name, data_type, display_format=""):
        return Variable(name, name, data_type, display_format=display_format)

    sink = write(
        table(
            D=(date("D", DataType.DATE, "DATE9."), ["1960-01-02", None]),
            S=(date("S", DataType.DATETIME, "E8601DT19."), ["1960-01-02T00:00:01", None]),
            T=(date("T", DataType.TIME, "TIME8."), ["01:00", "00:00:30"]),
            P=(date("P", DataType.PARTIAL_DATE, "E8601DA10."), ["2026-03", "2026"]),
        )
    )
    file = sink.files["ae.xpt"]
    columns, meta = read(file, disable_datetime_conversion=True)
    assert columns == {"D": [1.0, None], "S": [86401.0, None], "T": [3600.0, 30.0], "P": ["2026-03", "2026"]}
    assert meta.original_variable_types == {"D": "DATE9", "S": "E8601DT19", "T": "TIME8", "P": None}


@pytest.mark.conformance
@pytest.mark.parametrize("name", ["ae", "dm", "suppdm"])
def test_the_published_example_is_written_again_as_it_was_read(name, table, write, read):
    file = standards() / "examples" / "dataset-json-1.1" / f"{name}.xpt"
    frame, meta = pyreadstat.read_xport(str(file), output_format="polars")
    labels = meta.column_names_to_labels
    columns = {}
    for column in frame.columns:
        cells = frame[column].to_list()
        is_text = all(isinstance(cell, str) for cell in cells)
        kind = DataType.TEXT if is_text else DataType.FLOAT
        said = [None if cell is None else cell if is_text else f"{cell:.15g}" for cell in cells]
        columns[column] = (Variable(column, labels[column] or "", kind), said)
    sink = write(table(meta.table_name, meta.file_label, **columns))
    again, its_meta = read(sink.files[f"{name}.xpt"])
    assert again == {column: frame[column].to_list() for column in frame.columns}
    assert (its_meta.table_name, its_meta.file_label) == (meta.table_name, meta.file_label)
    assert its_meta.column_names_to_labels == labels
