"""A file that is larger than an authority takes is there whole and in parts."""

import pytest

from edc_core.api import ExportRefused


def lb(table, rows=1000, name="LB"):
    return table(
        name, "Labs", N=("integer", [str(n) for n in range(rows)]), T=("text", ["0123456789"] * rows)
    )


def test_parts_hold_the_rows_of_the_whole(table, write, read):
    sink = write(lb(table), most_bytes=8000, folder="m5/")
    parts = sorted(
        (name for name in sink.files if name.startswith("m5/split/")), key=lambda name: (len(name), name)
    )
    assert parts == ["m5/split/lb1.xpt", "m5/split/lb2.xpt", "m5/split/lb3.xpt"]
    assert all(len(sink.files[name]) <= 8000 for name in parts)
    assert sink.counts == {"m5/lb.xpt": 1000}
    found = []
    for number, name in enumerate(parts, 1):
        columns, meta = read(sink.files[name])
        assert meta.table_name == f"LB{number}"
        found += columns["N"]
    assert found == [float(n) for n in range(1000)] == read(sink.files["m5/lb.xpt"])[0]["N"]


def test_a_file_within_the_bound_is_not_split(table, write):
    whole = len(write(lb(table)).files["lb.xpt"])
    assert list(write(lb(table), most_bytes=whole).files) == ["lb.xpt"]
    assert list(write(lb(table), most_bytes=whole - 1).files) == ["lb.xpt", "split/lb1.xpt", "split/lb2.xpt"]


def test_names_of_parts_keep_to_eight_characters(table, write):
    names = list(write(lb(table, name="SUPPQSAB"), most_bytes=8000).files)
    assert names[1:] == ["split/suppqsa1.xpt", "split/suppqsa2.xpt", "split/suppqsa3.xpt"]


@pytest.mark.parametrize(
    ("most_bytes", "others", "says"),
    [
        (1000, (), "doesn't fit in files of 1,000 bytes"),
        (8000, ("LB2",), "has a part with the SAS name 'LB2'"),
    ],
)
def test_what_can_not_be_split_is_refused(table, write, most_bytes, others, says):
    with pytest.raises(ExportRefused, match=says):
        write(lb(table), *(lb(table, 1, name) for name in others), most_bytes=most_bytes)
