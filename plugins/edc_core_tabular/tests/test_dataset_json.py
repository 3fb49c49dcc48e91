"""Dataset-JSON 1.1: valid by the official schema, and every cell comes back, whatever its text."""

import json

import jsonschema
import orjson
import pytest
from edc_core_tabular.formats.batch import Batch
from edc_core_tabular.formats.dataset_json.writer import texts_at_once, write_json, write_ndjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edc_core.api import DataType, ExportRefused, TabularDataset, TransportProfile, Variable
from edc_core.testing import MemorySink

TEXTS = st.lists(st.lists(st.none() | st.text(min_size=1), min_size=2, max_size=2), max_size=5)
TWO = (Variable("A", "A", DataType.TEXT), Variable("B", "B", DataType.STRING))


def as_json(study, table):
    sink = MemorySink()
    write_json(study, [table], TransportProfile(), sink)
    ((name, content),) = sink.files.items()
    assert name == f"{table.name.lower()}.json"
    return json.loads(content)


def as_ndjson(study, table):
    """By the specification: all but the rows on the first line, then a row on each (the official schema can't be used)."""
    sink = MemorySink()
    write_ndjson(study, [table], TransportProfile(), sink)
    ((name, content),) = sink.files.items()
    assert name == f"{table.name.lower()}.ndjson"
    text = content.decode()
    assert text.endswith("\n")
    first, *lines = text[:-1].split("\n")
    said = json.loads(first)
    assert "rows" not in said
    rows = [json.loads(line) for line in lines]
    assert all(len(row) == len(said["columns"]) for row in rows)
    return said | {"rows": rows}


@pytest.fixture
def schema(standards):
    text = (standards / "dataset-json-1.1/dataset.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft201909Validator(json.loads(text))


@pytest.mark.conformance
def test_every_type_and_an_empty_dataset_are_valid(schema, study, table):
    for one in (table(), table(())):
        schema.validate(as_json(study, one))
        schema.validate(as_ndjson(study, one))


@pytest.mark.conformance
@pytest.mark.parametrize("name", ["ae", "dm", "suppdm"])
def test_a_published_dataset_comes_out_as_it_was(standards, study, name):
    """Of the published examples the columns and rows, through our variables and records."""
    types = {"string": DataType.TEXT, "integer": DataType.INTEGER, "date": DataType.PARTIAL_DATE}
    given = json.loads((standards / f"examples/dataset-json-1.1/{name}.json").read_text(encoding="utf-8"))
    variables = tuple(
        Variable(
            column["name"], column["label"], types[column["dataType"]], length=column.get("length", 0),
            key_sequence=column.get("keySequence", 0), oid=column["itemOID"],
        )
        for column in given["columns"]
    )  # fmt: skip
    rows = [[None if cell in (None, "") else str(cell) for cell in row] for row in given["rows"]]
    ours = as_json(study, TabularDataset(given["name"], given["label"], variables, lambda: iter(rows)))
    assert ours["columns"] == given["columns"]
    assert ours["rows"] == [[cell if cell != "" else None for cell in row] for row in given["rows"]]
    assert (ours["records"], ours["itemGroupOID"]) == (given["records"], given["itemGroupOID"])


def test_both_forms_say_the_same_of_study_table_and_columns(study, table):
    said = as_json(study, table())
    assert said == as_ndjson(study, table())
    assert {name: said[name] for name in ("datasetJSONCreationDateTime", "studyOID", "metaDataVersionOID", "name", "records")} == {
        "datasetJSONCreationDateTime": study.created_at, "studyOID": "S", "metaDataVersionOID": "MDV.1", "name": "DM", "records": 3,
    }  # fmt: skip
    columns = {column["name"]: column for column in said["columns"]}
    assert columns["SUBJID"] == {
        "itemOID": "IT.DM.SUBJID", "name": "SUBJID", "label": "Subject <key>", "dataType": "string", "length": 20, "keySequence": 1,
    }  # fmt: skip
    assert columns["SEX"]["itemOID"] == "I.SEX"
    assert (columns["WEIGHT"]["dataType"], columns["WEIGHT"]["targetDataType"]) == ("decimal", "decimal")
    assert [columns[name]["dataType"] for name in ("AGE", "ALIVE", "BRTHDAT", "ONSET", "SEEN")] == [
        "integer", "boolean", "date", "date", "datetime",
    ]  # fmt: skip
    assert columns["ONSET"]["displayFormat"] == "E8601DA."


def test_numbers_are_numbers_decimals_keep_their_digits_and_nothing_is_null(study, table):
    first, second, third = as_json(study, table())["rows"]
    assert first == ["S-1", "F", 41, "72.40", True, "1985-02-03", "2026-03", "2026-03-04T09:15"]
    assert second[1:5] == [None, -7, "0.5", False]
    assert third == ['=1+1, "<b>"\n👍', "M", None, None, None, "2024-02-29", None, None]


@given(rows=TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the study is never changed
def test_any_text_comes_back(study, rows):
    one = TabularDataset("T", "T", TWO, lambda: iter(rows))
    assert as_json(study, one)["rows"] == as_ndjson(study, one)["rows"] == rows


@given(numbers=st.lists(st.integers(-(2**53) + 1, 2**53 - 1)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_integer_that_every_reader_keeps_comes_back(study, numbers):
    one = TabularDataset(
        "T", "T", (Variable("N", "N", DataType.INTEGER),), lambda: iter([[str(n)] for n in numbers])
    )
    assert as_json(study, one)["rows"] == [[n] for n in numbers]


@pytest.mark.parametrize(
    "cell", ["007", "1.0", "9007199254740992", "-9007199254740993", "one", "--1", "\u0661"]
)
def test_an_integer_that_would_not_come_back_is_refused_with_its_place(study, one_column, cell):
    with pytest.raises(ExportRefused, match=r"X of record 2 of 'T' .* DataType text") as refused:
        as_json(study, one_column(DataType.INTEGER, ["1", cell]))
    assert cell not in str(refused.value)


def test_a_truth_value_is_true_or_false(study, one_column):
    with pytest.raises(ExportRefused, match="X of record 1 of 'T' is neither true nor false"):
        as_ndjson(study, one_column(DataType.BOOLEAN, ["Y"]))


def test_a_lone_surrogate_is_escaped(study, one_column):
    assert as_json(study, one_column(DataType.TEXT, ["a\udc80"]))["rows"] == [["a\\udc80"]]


def test_a_dataset_that_outgrows_memory_is_whole(study, one_column):
    cells = [str(number) * 100 for number in range(20_000)]
    assert as_ndjson(study, one_column(DataType.TEXT, cells))["rows"] == [[cell] for cell in cells]


SAID = st.lists(
    st.lists(
        st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
        min_size=2,
        max_size=2,
    ),
    min_size=1,
)


@given(SAID)
def test_rows_of_texts_at_once_are_the_same_bytes_as_each_of_its_own(rows):
    batch = Batch.of(rows)
    text = texts_at_once(batch, b"\n")
    special = any(ord(one) < ord(" ") or one in '"\\' for row in rows for cell in row for one in cell or "")
    assert text == (None if special else b"\n".join(map(orjson.dumps, rows)))
    assert batch.records() == rows
