"""Times and date-times of which a part is not known: an answer is certain only where every completion gives it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.function import Function, Kind
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.values import UNDECIDED, Span, written
from tests.expressions.study import answer, compiled, data, place

at = datetime.fromisoformat
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
TIMES = st.times().map(lambda value: value.replace(microsecond=0))
MOMENTS = st.datetimes(at("1950-01-01"), at("2100-01-01")).map(lambda value: value.replace(microsecond=0))
#: Of a date-time, how many characters are known: year, month, day, hour.
KNOWN = st.sampled_from([4, 7, 10, 13])


def of_time(text, value):
    return answer(text, {"SCR/VS.BEGUN": value})


def of_moment(text, value, **others):
    return answer(text, {"SCR/VS.SEEN": value} | {f"SCR/VS.{name}": one for name, one in others.items()})


@given(TIMES, SIGNS, TIMES)
def test_a_time_that_is_known_is_compared_as_a_time(one, sign, other):
    for text in {one.isoformat(), one.isoformat("minutes")}:
        found = of_time(f"BEGUN {sign} '{other.isoformat()}'", text)
        assert found is answer(f"VSTIM {sign} '{other.isoformat()}'", {"SCR/VS.VSTIM": text})
        assert isinstance(found, bool)


@given(MOMENTS, SIGNS, MOMENTS)
def test_a_date_time_that_is_known_is_compared_as_a_date_time(one, sign, other):
    text, literal = one.isoformat(), other.isoformat()
    found = of_moment(f"SEEN {sign} '{literal}'", text)
    assert found is answer(f"AT {sign} '{literal}'", {"SCR/VS.AT": text})
    passed = of_moment("hours(SEEN, AT)", text, AT=literal)
    assert passed == answer("hours(AT, '" + literal + "')", {"SCR/VS.AT": text})


@given(st.integers(0, 23), SIGNS, TIMES)
def test_a_comparison_with_an_hour_is_certain_just_where_every_time_of_it_agrees(hour, sign, other):
    found = of_time(f"BEGUN {sign} '{other.isoformat()}'", f"{hour:02}")
    completions = [time(hour, minute, second) for minute in range(60) for second in range(60)]
    truths = {_holds(sign, one, other) for one in completions}
    assert found is (truths.pop() if len(truths) == 1 else UNDECIDED)


@given(MOMENTS, KNOWN, SIGNS, MOMENTS, st.data())
def test_a_comparison_with_a_partial_date_time_is_certain_only_where_its_completions_agree(
    one, known, sign, other, draws
):
    found = of_moment(f"SEEN {sign} '{other.isoformat()}'", one.isoformat()[:known])
    completion = draws.draw(completions_of(one, known))
    if found is not UNDECIDED:
        assert found is _holds(sign, completion, other)


@given(MOMENTS, KNOWN, MOMENTS, KNOWN, SIGNS, st.data())
def test_two_partial_date_times_are_compared_by_all_their_completions(
    one, known, other, other_known, sign, draws
):
    held = {"SCR/VS.SEEN": one.isoformat()[:known], "V1/VS.SEEN": other.isoformat()[:other_known]}
    found = answer(f"SEEN {sign} visit('V1').VS.SEEN", held)
    if found is not UNDECIDED:
        pair = (draws.draw(completions_of(one, known)), draws.draw(completions_of(other, other_known)))
        assert found is _holds(sign, *pair)


@given(MOMENTS, KNOWN, MOMENTS, st.data())
def test_what_passed_lies_within_the_limits_that_are_told(one, known, other, draws):
    completion = draws.draw(completions_of(one, known))
    for function in ("hours", "minutes"):
        told = of_moment(f"{function}(SEEN, AT)", one.isoformat()[:known], AT=other.isoformat())
        exact = of_moment(f"{function}(SEEN, AT)", completion.isoformat(), AT=other.isoformat())
        assert isinstance(told, Span)
        assert told.low <= exact <= told.high
        back = of_moment(f"{function}(AT, SEEN)", one.isoformat()[:known], AT=other.isoformat())
        assert (back.high.copy_negate(), back.low.copy_negate()) == (told.low, told.high)


def completions_of(moment, known):
    """Date-times whose text begins as far as this one is known."""
    text = moment.isoformat()[:known]
    first = at((text + "0001-01-01T00:00"[known:]) if known > 4 else f"{text}-01-01")
    longest = {4: timedelta(366), 7: timedelta(31), 10: timedelta(1), 13: timedelta(hours=1)}[known]
    offsets = st.timedeltas(timedelta(0), longest - timedelta(microseconds=1))
    return offsets.map(lambda off: first + off).filter(lambda one: one.isoformat().startswith(text))


def _holds(sign, one, other):
    return {
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
        "==": one == other,
        "!=": one != other,
    }[sign]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("BEGUN < '09:15'", "09", UNDECIDED),
        ("BEGUN < '10:00'", "09", True),
        ("BEGUN < '09:00'", "09", False),
        ("possible(BEGUN > '09:30')", "09", True),
        ("certain(BEGUN > '09:30')", "09", False),
        ("BEGUN == '09:15'", "09", UNDECIDED),
        ("BEGUN != '10:15'", "09", True),
        ("'08:00' <= BEGUN <= '10:00'", "09", True),
        ("present(BEGUN)", "09", True),
        ("BEGUN < '09:15'", "~UNK", None),
        ("BEGUN < '09:15'", "?noon", None),
        ("coalesce(BEGUN, '12:00') < '10:00'", "09", True),
        ("if_(BEGUN < '12:00', BEGUN, '12:00') < '10:00'", "09", True),
    ],
)
def test_a_time_without_its_minutes(text, value, expected):
    assert of_time(text, value) is expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("day_of(SEEN) == '2026-03-04'", "2026-03-04T09", True),
        ("day_of(SEEN) < '2026-03-04'", "2026-03", UNDECIDED),
        ("is_complete(day_of(SEEN))", "2026-03", False),
        ("alike(day_of(SEEN), '2026-03')", "2026-03", True),
        ("years(day_of(SEEN), '2008-01-01') >= 18", "2026", True),
        ("hours(SEEN, '2026-03-04T08:00') >= 1", "2026-03-04T09", True),
        ("hours(SEEN, '2026-03-04T08:00') >= 1.5", "2026-03-04T09", UNDECIDED),
        ("hours(SEEN, '2026-03-04T08:00') >= 2", "2026-03-04T09", False),
        ("round(hours(SEEN, '2026-03-04T08:00')) in (1, 2)", "2026-03-04T09:10", None),
        ("SEEN < '2026-03-04T09:30'", "2026-03-04T09+09:00", UNDECIDED),
        ("first(VS, SEEN) < '2026-04-01T00:00'", "2026-03", True),
    ],
)
def test_a_date_time_as_far_as_it_is_known(text, value, expected):
    if expected is None:
        with pytest.raises(ExpressionError, match="not looked up in a list"):
            of_moment(text, value)
    else:
        assert of_moment(text, value) is expected


def test_the_time_of_an_entry_is_held_against_it():
    entered = {place("SCR/VS.SEEN"): datetime(2026, 3, 4, 0, 30, tzinfo=UTC)}  # 09:30 in Seoul
    for value, expected in (("2026-03-04T08", True), ("2026-03-04T09", UNDECIDED), ("2026-03-04T10", False)):
        assert answer("SEEN <= entered_at(SEEN)", {"SCR/VS.SEEN": value}, entered_at=entered) is expected


def test_a_time_of_a_day_makes_a_date_time_that_is_known_as_far():
    held = {"SCR/VS.VSDAT": "2026-03-04", "SCR/VS.BEGUN": "09"}
    found = answer("moment(VSDAT, BEGUN)", held)
    assert (written(found), found.low, found.high) == (
        "2026-03-04T09", at("2026-03-04T09:00"), at("2026-03-04T09:59:59"),
    )  # fmt: skip
    assert answer("moment(VSDAT, BEGUN)", held | {"SCR/VS.BEGUN": "09:15"}) == at("2026-03-04T09:15")


@pytest.mark.parametrize("value", ["09", "09:15", "09:15:30"])
def test_what_is_calculated_as_it_stands_is_written_as_it_stands(value):
    assert written(of_time("BEGUN", value)) == value


def test_over_a_change_of_the_clock_the_limits_are_hours_that_passed():
    """In Berlin the 29 MAR 2026 has 23 hours."""
    held = data({"SCR/VS.SEEN": "2026-03-29", "SCR/VS.AT": "2026-03-29T00:00"})
    told = replace(held, zone="Europe/Berlin").evaluate(compiled("hours(SEEN, AT)"), place("SCR/VS"))
    assert (told.low, round(told.high, 6)) == (Decimal(0), Decimal(23))


def test_at_the_end_of_the_calendar_nothing_is_told():
    assert of_moment("hours(SEEN, AT)", "9999", AT="0001-01-01T00:00") is None


def test_a_function_of_a_plugin_is_asked_only_what_is_known():
    hour = Function("hour_of", (Kind.TIME,), Kind.NUMBER, lambda one: Decimal(one.hour), plugin="clock 1.0")
    for value, expected in (("09", None), ("09:15", Decimal(9))):
        assert answer("hour_of(BEGUN)", {"SCR/VS.BEGUN": value}, functions={"hour_of": hour}) == expected
