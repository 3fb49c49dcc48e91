"""Rows that wait in a file come back as they were, each time."""

import pytest
from edc_core_tabular.forms.spool import Spool, Spooled
from hypothesis import given
from hypothesis import strategies as st

from edc_core.api import ExportRefused

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=30)


@given(ROWS, st.integers(0, 30))
def test_rows_come_back_twice_with_nothing_for_empty_cells(tmp_path_factory, rows, first):
    folder = tmp_path_factory.mktemp("spool")
    paths = [folder / "0", folder / "1"]
    for path, some in zip(paths, (rows[:first], rows[first:]), strict=True):
        with Spool(path, width=3_000) as spool:
            for row in some:
                spool.add_all([row])
        assert spool.count == len(some)
    spooled = Spooled("T", paths, len(rows))
    wanted = [[cell or None for cell in row] for row in rows]
    assert list(spooled.records()) == wanted
    assert list(spooled.records()) == wanted
    for place in range(3):
        cells = [cell for chunk in spooled.chunks() for cell in chunk.column(place)]
        assert cells == [row[place] for row in wanted]


def test_two_who_read_at_the_same_time_do_not_disturb_each_other(tmp_path):
    spooled = written(tmp_path / "t", "0", "1", "2")
    assert list(zip(spooled.records(), spooled.records(), strict=True)) == [([n], [n]) for n in "012"]


def test_a_lone_surrogate_is_escaped_as_in_csv(tmp_path):
    assert list(written(tmp_path / "t", "a\udc80", "b").records()) == [["a\\udc80"], ["b"]]


@pytest.mark.parametrize("lost", [1, 5, 9])
def test_rows_that_got_lost_on_the_disk_are_no_rows_of_an_export(tmp_path, lost):
    spooled = written(tmp_path / "t", "1", "2")
    (tmp_path / "t").write_bytes((tmp_path / "t").read_bytes()[:-lost])
    for read in (spooled.records, spooled.chunks):
        with pytest.raises(ExportRefused, match="2 rows of 'AE' were made and 1 read back"):
            list(read())


def test_cells_that_changed_on_the_disk_are_no_cells_of_an_export(tmp_path):
    spooled = written(tmp_path / "t", "1", "22")
    (tmp_path / "t").write_bytes((tmp_path / "t").read_bytes().replace(b"22", b"2\0"))
    with pytest.raises(ExportRefused, match="Rows of 'AE' read back otherwise"):
        list(spooled.chunks())


def written(path, *cells):
    """Rows of one cell, each a frame of its own."""
    with Spool(path, width=10_000) as spool:
        for cell in cells:
            spool.add_all([[cell]])
    return Spooled("AE", [path], len(cells))
