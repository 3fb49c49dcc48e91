"""Records as columns: every cell in its place, and none of what a batch does not hold."""

import pytest
from edc_core_tabular.formats.batch import Batch, joined
from hypothesis import given
from hypothesis import strategies as st

CELLS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
RECORDS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(RECORDS)
def test_columns_hold_the_cells_and_null_for_nothing(records):
    batch = Batch.of(records)
    width = len(records[0])
    assert (batch.rows, batch.width) == (len(records), width)
    for place in range(width):
        assert batch.columns([place]).to_pylist() == [record[place] or None for record in records]
    backwards = [record[place] or None for place in range(width)[::-1] for record in records]
    assert batch.columns(range(width)[::-1]).to_pylist() == backwards
    assert batch.lengths.tolist() == [[len((cell or "").encode()) for cell in record] for record in records]
    assert batch.is_ascii == all((cell or "").isascii() for record in records for cell in record)


@pytest.mark.parametrize("cell", ["a\0b", "\0", "a\udc80"])
def test_what_can_not_be_told_apart_or_encoded_is_no_batch(cell):
    assert Batch.of([["a", "b"], [cell, "c"]]) is None


def test_records_of_several_widths_are_no_table():
    with pytest.raises(ValueError, match=r"Records of \[1, 2, 3\] cells"):
        joined([["a", "b"], ["c"], ["d", "e", "f"]])
