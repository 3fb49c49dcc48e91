"""When steps are due."""

from datetime import date, timedelta

import pytest
from edc_core_countries.chart import LABEL, WIDTH, gantt
from edc_core_countries.dates import Circle, dated, plus_months, plus_working_days
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.country import RoadmapStep
from edc_core.domain.translated_text import TranslatedText

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def step(oid, *after, **said):
    return RoadmapStep(oid, TranslatedText.of(oid, "en"), after or ("start",), **said)


@pytest.mark.parametrize(
    ("country", "begins", "days", "expected"),
    [
        ("KR", "2026-02-13", 1, "2026-02-19"),  # the lunar new year of 2026: 16 to 18 February
        ("US", "2026-07-02", 1, "2026-07-06"),  # Independence Day is kept on the Friday
        ("KR", "2026-03-06", 1, "2026-03-09"),
        ("KR", "2026-03-06", 0, "2026-03-06"),
    ],
)
def test_working_days_leave_out_weekends_and_holidays_of_the_country(country, begins, days, expected):
    assert plus_working_days(date.fromisoformat(begins), days, country) == date.fromisoformat(expected)


@given(DAYS, st.integers(1, 60))
def test_working_days_are_no_fewer_than_days(day, days):
    later = plus_working_days(day, days, "KR")
    assert later >= day + timedelta(days)
    assert plus_working_days(plus_working_days(day, days - 1, "KR"), 1, "KR") == later


@pytest.mark.parametrize(
    ("begins", "months", "expected"), [("2026-01-31", 1, "2026-02-28"), ("2026-12-01", 13, "2028-01-01")]
)
def test_months_end_on_the_last_day_where_there_is_no_such_day(begins, months, expected):
    assert plus_months(date.fromisoformat(begins), months) == date.fromisoformat(expected)


def test_a_step_waits_for_the_last_of_those_before_it():
    found = dated(
        [step("c", "a", "b", days=1), step("a", days=5), step("b", days=9)], date(2026, 1, 1), "KR", {}
    )
    assert {one.step.oid: one.due.day for one in found} == {"a": 6, "b": 10, "c": 11}


def test_steps_that_wait_for_each_other_are_named():
    with pytest.raises(Circle, match="a, b"):
        dated([step("a", "b"), step("b", "a")], date(2026, 1, 1), "KR", {})


def test_bars_stand_within_the_chart():
    steps = dated([step("a", days=-60), step("b", days=400)], date(2026, 1, 1), "US", {"b": date(2026, 6, 1)})
    drawn = gantt(steps, date(2026, 3, 1), "en")
    assert [bar.look for bar in drawn.bars] == ["fr", "fg"]
    assert all(bar.x >= LABEL and bar.x + bar.width <= LABEL + WIDTH for bar in drawn.bars)
    assert drawn.today is not None
