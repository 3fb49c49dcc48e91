"""Parquet: typed columns, whole cells, labels in the fields; read by polars, which has a reader of its own."""

import datetime as dt
import io
import json
from decimal import Decimal

import polars as pl
import pyarrow.parquet
import pytest
from edc_core_tabular.formats.parquet import writer
from edc_core_tabular.formats.parquet.writer import write_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edc_core.api import DataType, ExportRefused, TransportProfile
from edc_core.testing import MemorySink

ANY_STUDY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def written(study, table):
    sink = MemorySink()
    write_tables(study, [table], TransportProfile(), sink)
    assert list(sink.files) == [f"{table.name}.parquet"]
    return sink.files[f"{table.name}.parquet"]


def column(study, table):
    return pl.read_parquet(io.BytesIO(written(study, table)))["X"]


def test_each_column_has_its_type(study, table):
    read = pl.read_parquet(io.BytesIO(written(study, table())))
    assert read.schema == {
        "SUBJID": pl.String, "SEX": pl.String, "AGE": pl.Int64, "WEIGHT": pl.Decimal(18, 2),
        "ALIVE": pl.Boolean, "BRTHDAT": pl.Date, "ONSET": pl.String, "SEEN": pl.String,
    }  # fmt: skip
    first, _, third = read.rows()
    assert first == (
        "S-1",
        "F",
        41,
        Decimal("72.40"),
        True,
        dt.date(1985, 2, 3),
        "2026-03",
        "2026-03-04T09:15",
    )
    assert third == ('=1+1, "<b>"\n👍', "M", None, None, None, dt.date(2024, 2, 29), None, None)


def test_the_fields_say_what_the_columns_mean(study, table):
    schema = pyarrow.parquet.read_schema(io.BytesIO(written(study, table())))
    said = {name.decode(): fact.decode() for name, fact in schema.field("SEX").metadata.items()}
    assert (said["label"], said["oid"], said["code_list"]) == ("Sex", "I.SEX", "CL.SEX")
    assert json.loads(said["codes"]) == {"F": "Female", "M": "Male"}
    assert schema.field("SUBJID").metadata[b"key_sequence"] == b"1"
    assert (schema.metadata[b"study_oid"], schema.metadata[b"label"]) == (b"S", b"Demographics")


def test_an_empty_table_has_its_columns(study, table):
    read = pl.read_parquet(io.BytesIO(written(study, table(()))))
    assert (read.height, read.width) == (0, 8)


def test_rows_are_grouped_and_stay_in_order(study, one_column, monkeypatch):
    monkeypatch.setattr(writer, "_CELLS_AT_ONCE", 500)
    monkeypatch.setattr(writer, "_CELLS_OF_GROUP", 1_500)
    cells = [str(number) for number in range(2_500)]
    content = written(study, one_column(DataType.INTEGER, cells))
    assert pyarrow.parquet.ParquetFile(io.BytesIO(content)).num_row_groups == 2
    assert pl.read_parquet(io.BytesIO(content))["X"].to_list() == list(range(2_500))


def test_chunks_of_whatever_size_become_the_same_bytes(study, one_column, monkeypatch):
    monkeypatch.setattr(writer, "_CELLS_OF_GROUP", 50_000)
    table = one_column(DataType.TEXT, [f"{number:08}".ljust(60, "x") for number in range(120_000)])
    contents = []
    for at_once in (7_001, 10_000, 120_000):
        monkeypatch.setattr(writer, "_CELLS_AT_ONCE", at_once)
        contents.append(written(study, table))
    groups = pyarrow.parquet.ParquetFile(io.BytesIO(contents[0])).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [50_000, 50_000, 20_000]
    assert contents[1] == contents[0]
    assert contents[2] == contents[0]


@given(cells=st.lists(st.none() | st.text(min_size=1)))
@ANY_STUDY
def test_any_text_comes_back(study, one_column, cells):
    assert column(study, one_column(DataType.TEXT, cells)).to_list() == cells


@given(
    cells=st.lists(
        st.none()
        | st.decimals(allow_nan=False, allow_infinity=False, places=4, max_value=10**20, min_value=-(10**20))
    )
)
@ANY_STUDY
def test_any_decimal_comes_back_digit_by_digit(study, one_column, cells):
    given = [None if cell is None else f"{cell:f}" for cell in cells]
    read = column(study, one_column(DataType.FLOAT, given)).to_list()
    assert read == cells


def test_a_decimal_of_many_digits_loses_none(study, one_column):
    wide = "1" * 40 + "." + "2" * 30
    content = written(study, one_column(DataType.DOUBLE, [wide, "-1"]))
    file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
    read = file.read(use_threads=False)["X"].to_pylist()
    assert [format(number, "f") for number in read] == [wide, "-1." + "0" * 30]


def test_no_more_digits_than_declared_are_no_fewer_either(study, one_column):
    assert column(study, one_column(DataType.FLOAT, ["1.5"], significant_digits=3)).dtype == pl.Decimal(18, 3)


@pytest.mark.parametrize(
    ("data_type", "cell"),
    [
        (DataType.INTEGER, "007"), (DataType.INTEGER, "0x1f"), (DataType.INTEGER, "9223372036854775808"),
        (DataType.FLOAT, "1e3"), (DataType.FLOAT, ".5"), (DataType.FLOAT, "<0.5"), (DataType.BOOLEAN, "1"),
        (DataType.DATE, "2026-03"), (DataType.DATE, "2026-02-30"),
    ],
)  # fmt: skip
def test_a_cell_that_would_not_come_back_is_refused_with_its_place(study, one_column, data_type, cell):
    with pytest.raises(ExportRefused, match=r"X of record 3 of 'T' .* DataType text") as refused:
        written(study, one_column(data_type, [None, None, cell]))
    assert cell not in str(refused.value)


def test_a_number_longer_than_any_decimal_is_refused(study, one_column):
    with pytest.raises(ExportRefused, match="X of 'T' has numbers of more than 76 digits"):
        written(study, one_column(DataType.FLOAT, ["1" * 77]))


def test_a_lone_surrogate_is_escaped(study, one_column):
    assert column(study, one_column(DataType.TEXT, ["a\udc80", None])).to_list() == ["a\\udc80", None]
