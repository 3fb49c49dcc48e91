"""Whatever the format can't hold is refused before anything is written, and the refusal says where it is."""

import pytest

from edc_core.api import DataType, ExportRefused, Variable
from edc_core.testing import MemorySink


def variable(name="X", label="X", data_type=DataType.TEXT, **more):
    return Variable(name, label, data_type, **more)


def refused(write, *tables, **profile):
    sink = MemorySink()
    with pytest.raises(ExportRefused) as caught:
        write(*tables, sink=sink, **profile)
    assert sink.files == {}
    return caught.value


@pytest.mark.parametrize(
    ("of", "cells", "says"),
    [
        (variable(), ["ok", "x" * 201], "AE X, record 2: is longer than 200 bytes. Split the text"),
        (variable(), ["é"], "record 1: has characters that ascii lacks (U+00E9 LATIN SMALL LETTER E WITH ACUTE)"),
        (variable(), ["a", "a\0"], "record 2: holds the character U+0000"),
        (variable(data_type=DataType.INTEGER), ["1", "<5"], "record 2: is no decimal number"),
        (variable(data_type=DataType.FLOAT), ["nan"], "is no decimal number"),
        (variable(data_type=DataType.FLOAT), ["inf"], "is no decimal number"),
        (variable(data_type=DataType.FLOAT), ["1_0"], "is no decimal number"),
        (variable(data_type=DataType.FLOAT), ["1.2.3"], "is no decimal number"),
        (variable(data_type=DataType.FLOAT), [None, "1e5"], "record 2: is no decimal number"),
        (variable(data_type=DataType.FLOAT), ["1" + "0" * 80], "is outside the range of SAS numbers"),
        (variable(data_type=DataType.FLOAT), ["-1" + "0" * 400], "is outside the range of SAS numbers"),
        (variable(data_type=DataType.FLOAT), ["0." + "0" * 80 + "1"], "is outside the range of SAS numbers"),
        (variable(data_type=DataType.FLOAT), ["12345678.9012345678"], "has more digits than a number keeps"),
        (variable(data_type=DataType.INTEGER), [str(2**53 + 1)], "has more digits than a number keeps"),
        (variable(data_type=DataType.BOOLEAN), ["yes"], "is neither true nor false"),
        (variable(display_format="DATE9.", data_type=DataType.DATE), ["2026-03"], "is no whole date or time"),
        (variable(display_format="DATE9.", data_type=DataType.DATE), ["2026-02-30"], "is no whole date or time"),
        (variable(display_format="8.2"), ["x"], "AE X: has the format '8.2', which SAS has not for its type"),
        (variable(display_format="??"), ["x"], "has the format '??'"),
        (variable(label="é"), ["x"], "AE X: has a label with characters that ascii lacks (U+00E9"),
        (variable(label="x" * 41), ["x"], "AE X: has a label of 41 bytes, and 40 are possible"),
        (variable("LONGNAME9"), ["x"], "has the SAS name 'LONGNAME9', which isn't 1 to 8"),
        (variable("1X"), ["x"], "has the SAS name '1X'"),
        (variable("X", sas_name="BAD NAME"), ["x"], "has the SAS name 'BAD NAME'"),
        (variable(), ["x", " "], "AE, record 2: is blank"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(table, write, of, cells, says):
    assert says in refused(write, table(X=(of, cells))).message


def test_numbers_that_keep_their_digits_are_written(table, write, read):
    kept = ["9007199254740992", "0.1234567890123456", "123456789012345", "0.000", "-0"]
    columns, _ = read(write(table(X=("float", kept))).files["ae.xpt"])
    assert columns["X"] == [float(number) for number in kept]


def test_all_problems_of_all_datasets_are_told_at_once(table, write):
    cells = ["x" * 201] * 7 + ["é", "ü"]
    problem = refused(
        write, table(T=("text", cells), N=("integer", ["a"] * 9)), table("CM", TOOLONGNAME=("text", []))
    )
    assert "AE T, records 1, 2, 3, 4, 5 and 2 more: is longer than 200 bytes" in problem.message
    assert "AE T, records 8, 9: has characters that ascii lacks (U+00E9" in problem.message
    assert "U+00FC LATIN SMALL LETTER U WITH DIAERESIS)" in problem.message
    assert "CM TOOLONGNAME: has the SAS name" in problem.message
    counts = [(one["dataset"], one["variable"], one["count"]) for one in problem.details["problems"]]
    assert counts == [("AE", "T", 2), ("AE", "T", 7), ("AE", "N", 9), ("CM", "TOOLONGNAME", 0)]


def test_a_refusal_says_its_first_lines_and_counts_the_rest(table, write):
    columns = {f"LONGNAME{n}": ("text", []) for n in range(30)}
    message = refused(write, table(**columns)).message
    assert len(message.splitlines()) == 22
    assert message.endswith("and 10 more")


def test_records_are_counted_over_chunks(table, write):
    rows = 50_002
    message = refused(
        write, table(T=("text", ["a"] * (rows - 1) + ["é"]), N=("integer", ["1"] * rows))
    ).message
    assert "record 50002: has characters" in message


def test_two_names_that_differ_in_case_only_are_one(table, write):
    assert "which another has too" in refused(write, table(a=("text", []), A=("text", []))).message
    assert (
        "which another has too"
        in refused(write, table("AE", X=("text", [])), table("ae", X=("text", []))).message
    )


def test_a_dataset_needs_variables(table, write):
    assert "has 0 variables" in refused(write, table()).message


@pytest.mark.parametrize("encoding", ["utf-16", "klingon", "cp500"])
def test_an_encoding_has_to_hold_ascii_as_it_is(table, write, encoding):
    assert f"'{encoding}' is no encoding" in refused(write, table(X=("text", [])), encoding=encoding).message


def test_a_character_that_an_encoding_lacks_is_named(table, write):
    assert (
        "gb2312 lacks (U+20AC EURO SIGN)"
        in refused(write, table(X=("text", ["€"])), encoding="gb2312").message
    )
