"""What is converted at once is what cell by cell would have been, and nothing that has to be refused is."""

import pytest
from edc_core_tabular.formats.batch import Batch
from edc_core_tabular.formats.xpt.at_once import right_at_once
from edc_core_tabular.formats.xpt.columns import column_of
from hypothesis import given
from hypothesis import strategies as st

from edc_core.api import DataType, Variable

TYPES = [DataType.FLOAT, DataType.TEXT, DataType.INTEGER, DataType.TEXT, DataType.BOOLEAN]
COLUMNS = [column_of(Variable(f"V{n}", "", kind), "utf-8") for n, kind in enumerate(TYPES)]
NUMBERS = st.none() | st.from_regex(r"-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,9})?", fullmatch=True)
TEXTS = st.none() | st.text(max_size=4) | st.sampled_from(["a" * 200, "b" * 201, "가", "\0"])
RECORDS = st.lists(
    st.tuples(NUMBERS, TEXTS, NUMBERS | st.sampled_from(["1e5", "nan", "9" * 80]), TEXTS, st.just("true")),
    min_size=1,
    max_size=6,
)


@given(RECORDS)
def test_columns_are_those_of_each_cell_and_have_no_breach(records):
    for place, matrix in right_at_once(Batch.of(records), COLUMNS).items():
        careful, breaches = COLUMNS[place].convert([record[place] for record in records])
        assert not breaches
        assert matrix.tolist() == careful.tolist()


def test_numbers_and_ascii_texts_need_no_second_look():
    records = [["1.5", "mild", "-7", "가", "true"], [None, None, "0", "b", None]]
    assert sorted(right_at_once(Batch.of(records), COLUMNS)) == [0, 1, 2]


@pytest.mark.parametrize("number", ["1e5", "1234567890.1234567", "nan"])
def test_numbers_that_may_be_wrong_are_looked_at(number):
    assert sorted(right_at_once(Batch.of([["1", "a", number, "b", "true"]]), COLUMNS)) == [1, 3]
