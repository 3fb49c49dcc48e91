"""Long texts of forms go on in further variables, and nothing of them is lost."""

import pytest
from edc_core_tabular.formats.labels import short
from edc_core_tabular.formats.xpt.continued import continued, pieces, with_short_labels
from hypothesis import given, settings
from hypothesis import strategies as st

from edc_core.api import ExportRefused

words = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=30)
long_text = st.lists(words, max_size=60).map(" ".join)


@settings(deadline=None)
@given(long_text)
def test_pieces_fit_and_are_the_text_again(text):
    found = pieces(text, "utf-8")
    assert "".join(found) == text.rstrip(" ")
    assert all(len(piece.encode()) <= 200 for piece in found)
    assert not any(piece.endswith(" ") for piece in found)


def test_a_run_of_blanks_that_no_variable_holds_is_refused(table, write):
    cell = "a" + " " * 201 + "b"
    assert pieces(cell, "ascii") == ["a", " " * 201 + "b"]
    with pytest.raises(ExportRefused, match="AE T_2, record 1: is longer than 200 bytes"):
        write(continued(table(T=("text", [cell])), "ascii"))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_a_label_that_is_made_short_fits(text):
    for encoding in ("ascii", "utf-8", "gb18030"):
        text = text.encode("utf-8", "replace").decode()
        assert len(short(text, 40, encoding).encode(encoding)) <= 40


def test_labels_are_cut_where_one_sees_it():
    assert short("Body  weight\nin kg", 40, "ascii") == "Body weight in kg"
    assert short("Größe", 40, "ascii") == "Gro?e"
    assert short("Größe", 40, "utf-8") == "Größe"
    assert (
        short("Has the subject had any vaccination within 30 days?", 40, "ascii")
        == "Has the subject had any vaccination w..."
    )


def test_a_long_text_stands_in_further_variables(table, write, read):
    long = "x" * 200 + "y" * 200 + "z"
    one = continued(
        table(
            label="A" * 50,
            COMMENTS=("text", ["short", long]),
            COMMENT2=("text", ["a", "b"]),
            N=("integer", ["1", ""]),
        ),
        "ascii",
    )
    columns, meta = read(write(with_short_labels(one, "ascii")).files["ae.xpt"])
    assert columns == {
        "COMMENTS": ["short", "x" * 200],
        "COMMENT3": ["", "y" * 200],
        "COMMENT4": ["", "z"],
        "COMMENT2": ["a", "b"],
        "N": [1.0, None],
    }
    assert meta.column_labels[:3] == ["Comments", "Comments (2)", "Comments (3)"]
    assert meta.file_label == "A" * 37 + "..."
