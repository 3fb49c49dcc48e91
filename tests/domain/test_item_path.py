import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.item_path import ItemPath, Step
from edc_core.errors import BadRequest

words = st.text(st.characters(), min_size=1, max_size=12)  # any Unicode, lone surrogates too
steps = st.builds(Step, words, words)


@st.composite
def paths(draw):
    depth = draw(st.integers(0, 5))
    event = draw(steps) if depth > 0 else None
    form = draw(steps) if depth > 1 else None
    groups = tuple(draw(st.lists(steps, min_size=1, max_size=3))) if depth > 2 else ()
    return ItemPath(event, form, groups, draw(words) if depth > 3 else None)


@given(paths())
def test_parse_reads_what_str_wrote(path):
    assert ItemPath.parse(str(path)) == path


@given(paths())
def test_written_paths_use_a_closed_alphabet(path):
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%[]/")
    assert set(str(path)) <= allowed


@given(st.text(max_size=40))
def test_any_text_is_a_path_in_its_one_spelling_or_refused(text):
    try:
        path = ItemPath.parse(text)
    except BadRequest:
        return
    assert str(path) == text


@given(paths())
def test_the_subject_stands_at_the_end_of_the_ancestors(path):
    chain = path.ancestors()
    assert chain[0] == path
    assert chain[-1] == ItemPath()
    assert all(place.contains(path) for place in chain)


@given(paths(), paths())
def test_different_places_have_different_dom_ids(one, other):
    assert (one.dom_id == other.dom_id) == (one == other)
    assert len(one.dom_id) == 17


@pytest.mark.parametrize(
    "text",
    [
        "V1",  # no key
        "V1[]",
        "[1]",
        "V1[1]/",
        "/V1[1]",
        "V1[1]/VS",
        "V1[1]/VS[1]/VS.SYSBP",  # no group
        "V1[1]/VS[1]/G[1]/",
        "V1[1]/VS[1]/G[1]/I/J",
        "V 1[1]",  # blank not encoded
        "V%201[1]/VS[1]/G[1]/a b",
        "V%311[1]",  # %31 is 1, which stands for itself
        "V%c3%84[1]",  # hex digits in lower case
        "V~1[1]",
        "V1[1][2]",
        "V1[1]/VS[1]/G[1]/I%",
        "V%FF[1]",
    ],
)
def test_text_that_str_would_not_write_is_refused(text):
    with pytest.raises(BadRequest):
        ItemPath.parse(text)


@pytest.mark.parametrize(
    "arguments",
    [
        (None, Step("VS")),
        (Step("V1"), None, (Step("G"),)),
        (Step("V1"), Step("VS"), (), "I"),
        (Step("V1"), Step("VS"), (Step("G"),), ""),
        (Step(""),),
        (Step("V1", ""),),
    ],
)
def test_a_path_with_a_gap_or_an_empty_step_is_refused(arguments):
    with pytest.raises(BadRequest):
        ItemPath(*arguments)


def test_names_of_real_studies_are_kept():
    path = ItemPath(Step("방문 1"), Step("VS/ECG"), (Step("G", "2.1"), Step("[x]")), "IT.100%")
    assert str(path) == "%EB%B0%A9%EB%AC%B8%201[1]/VS%2FECG[1]/G[2.1]/%5Bx%5D[1]/IT.100%25"
    assert path.group_path == "G[2.1]/%5Bx%5D[1]"
    assert path.group_oids == ("G", "[x]")


def test_parents_go_up_one_level_at_a_time():
    path = ItemPath.parse("V1[1]/AE[1]/OUT[2]/IN[3]/I")
    assert [str(place) for place in path.ancestors()] == [
        "V1[1]/AE[1]/OUT[2]/IN[3]/I",
        "V1[1]/AE[1]/OUT[2]/IN[3]",
        "V1[1]/AE[1]/OUT[2]",
        "V1[1]/AE[1]",
        "V1[1]",
        "",
    ]
    assert str(path.form_path) == "V1[1]/AE[1]"
    with pytest.raises(BadRequest):
        _ = ItemPath(Step("V1")).form_path
