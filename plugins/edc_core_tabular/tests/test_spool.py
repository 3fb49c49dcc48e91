"""Rows that wait in a file come back as they were, each time."""

import pytest
from edc_core_tabular.forms.spool import Spool
from hypothesis import given
from hypothesis import strategies as st

from edc_core.api import ExportRefused

ROWS = st.lists(st.lists(st.text(max_size=5), min_size=3, max_size=3), max_size=30)


@given(ROWS)
def test_rows_come_back_twice_with_nothing_for_empty_cells(tmp_path_factory, rows):
    with Spool("T", tmp_path_factory.mktemp("spool") / "t", width=4_000) as spool:
        for row in rows:
            spool.add(row)
        wanted = [[cell or None for cell in row] for row in rows]
        assert list(spool.records()) == wanted
        assert list(spool.records()) == wanted
        assert spool.count == len(rows)


def test_two_who_read_at_the_same_time_do_not_disturb_each_other(tmp_path):
    with Spool("T", tmp_path / "t", width=10_000) as spool:
        for number in range(3):
            spool.add([str(number)])
        assert list(zip(spool.records(), spool.records(), strict=True)) == [([n], [n]) for n in "012"]


def test_a_lone_surrogate_is_escaped_as_in_csv(tmp_path):
    with Spool("T", tmp_path / "t", width=2) as spool:
        spool.add(["a\udc80", "b"])
        assert list(spool.records()) == [["a\\udc80", "b"]]


def test_rows_that_got_lost_on_the_disk_are_no_rows_of_an_export(tmp_path):
    with Spool("AE", tmp_path / "t", width=10_000) as spool:
        spool.add(["1"])
        spool.add(["2"])
        assert len(list(spool.records())) == 2
        (tmp_path / "t").write_bytes((tmp_path / "t").read_bytes().split(b"\n")[0] + b"\n")
        with pytest.raises(ExportRefused, match="2 rows of 'AE' were made and 1 read back"):
            list(spool.records())
