import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.partial_date import PartialDate
from edc_core.expressions.values import UNDECIDED, span_lt

whole = st.dates()


@st.composite
def partial_dates(draw):
    day = draw(whole)
    known = draw(st.integers(1, 3))
    return PartialDate(day.year, day.month if known > 1 else None, day.day if known > 2 else None)


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2026-03-04", "2026-03-05", True),
        ("2026-03-05", "2026-03-04", False),
        ("2026-03-04", "2026-03-04", False),
        ("2026-02", "2026-03-01", True),
        ("2026-03", "2026-03-01", False),
        ("2026-03", "2026-03-31", None),
        ("2026-03", "2026-03-15", None),
        ("2026-03-01", "2026-03", None),
        ("2026-03-31", "2026-03", False),
        ("2026", "2026-03", None),
        ("2025", "2026", True),
        ("2026", "2025", False),
        ("2026", "2026", None),
    ],
)
def test_before_says_true_only_when_no_reading_differs(one, other, before):
    assert PartialDate.parse(one).before(PartialDate.parse(other)) is before


@given(partial_dates(), partial_dates())
def test_expressions_compare_as_checks_of_plugins_do(one, other):
    before = one.before(other)
    assert span_lt(one, other) is (UNDECIDED if before is None else before)


@given(partial_dates(), partial_dates(), st.data())
def test_before_is_never_contradicted_by_what_the_day_may_have_been(one, other, data):
    answer = one.before(other)
    day = data.draw(st.dates(one.earliest, one.latest))
    other_day = data.draw(st.dates(other.earliest, other.latest))
    if answer is not None:
        assert (day < other_day) is answer


@given(partial_dates())
def test_canonical_text_is_read_back(value):
    assert PartialDate.parse(str(value)) == value


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13", "2026-1", "26", "2026-03-4", "", "0000", "2026-03-04-05"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        PartialDate.parse(text)


def test_the_time_of_a_date_time_is_left_out():
    assert PartialDate.parse("2026-03-04T09:15") == PartialDate(2026, 3, 4)


def test_february_ends_as_the_year_says():
    assert PartialDate(2024, 2).latest.day == 29
    assert PartialDate(2026, 2).latest.day == 28
