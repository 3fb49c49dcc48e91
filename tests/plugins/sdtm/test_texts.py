"""Laws of texts and dates."""

from datetime import date, timedelta

import pytest
from edc_core_sdtm.countries import ALPHA_3
from edc_core_sdtm.dates import end_of, joined, on_or_before, study_day, years_between
from edc_core_sdtm.demographics import usubjid
from edc_core_sdtm.qualifiers import distinct, numbered, pieces, shortened
from edc_core_sdtm.short_tests import shortened as short_name
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(1990, 1, 1), date(2050, 1, 1))


@given(st.text(st.characters(codec="utf-8"), max_size=900))
def test_pieces_lose_nothing_and_fit(text):
    parts = list(pieces(text, 200))
    assert all(len(part.encode()) <= 200 for part in parts)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=30), max_size=80).map(" ".join))
def test_pieces_are_cut_between_words(text):
    assert " ".join(pieces(text, 200)) == text


@given(st.text("abc ", max_size=80), st.integers(5, 40))
def test_a_shortened_text_is_the_beginning(text, longest):
    found = shortened(text, longest)
    assert text.startswith(found)
    assert len(found) <= longest


@given(st.from_regex(r"[A-Z]{1,8}", fullmatch=True), st.integers(1, 99))
def test_numbered_names_fit_and_differ(name, n):
    assert len(numbered(name, n)) <= 8
    assert numbered(name, n) != numbered(name, n + 1)


@given(DAYS, DAYS)
def test_there_is_no_day_nought(day, first):
    found = int(study_day(day.isoformat(), first.isoformat()))
    assert found != 0
    back = first + timedelta(days=found - 1 if found > 0 else found)
    assert back == day


@pytest.mark.parametrize(
    ("day", "first", "wanted"),
    [
        ("2026-03-10", "2026-03-10T23:58", "1"),
        ("2026-03-09T08:00", "2026-03-10", "-1"),
        ("2026-03", "2026-03-10", ""),
        ("2026---15", "2026-03-10", ""),
        ("2026-03-10", "", ""),
    ],
)
def test_study_days_need_whole_dates(day, first, wanted):
    assert study_day(day, first) == wanted


def test_dates_are_joined_with_times_where_the_day_is_whole():
    assert joined("2026-03-10", "09:15") == "2026-03-10T09:15"
    assert joined("2026-03", "09:15") == "2026-03"
    assert joined("2026-03-10T08:00", "09:15") == "2026-03-10T08:00"


def test_an_end_by_the_clock_alone_may_be_on_the_next_day():
    assert end_of("2026-03-10T23:58", "00:02") == "2026-03-11T00:02"
    assert end_of("2026-03-10T10:00", "10:04") == "2026-03-10T10:04"
    assert end_of("2026-03", "10:04") == ""


def test_times_are_compared_only_where_both_are_known():
    assert on_or_before("2026-03-10", "2026-03-10T08:00")
    assert on_or_before("2026-03-10T07:59", "2026-03-10T08:00")
    assert not on_or_before("2026-03-10T08:01", "2026-03-10T08:00")


def test_ages_are_whole_years():
    assert years_between("1970-03-02", "2026-03-01") == "55"
    assert years_between("1970-03-01", "2026-03-01T09:30") == "56"
    assert years_between("1970-03", "2026-03-01") == ""


@pytest.mark.parametrize(
    ("site", "subject", "wanted"),
    [
        ("KR-01", "KR01-0001", "T-KR01-0001"),
        ("KR-01", "KR-01-0001", "T-KR-01-0001"),
        ("01", "0007", "T-01-0007"),
        ("01", "010007", "T-01-010007"),
    ],
)
def test_usubjid_names_the_site_once(site, subject, wanted):
    assert usubjid("T", site, subject) == wanted


def test_short_names_of_body_systems():
    assert short_name("Lymph nodes") == "LYMPHNOD"


def test_countries_have_two_and_three_letters():
    assert len(ALPHA_3) == 249
    assert len(set(ALPHA_3.values())) == 249
    assert all(len(two) == 2 and len(three) == 3 for two, three in ALPHA_3.items())
    assert (ALPHA_3["KR"], ALPHA_3["DE"], ALPHA_3["US"]) == ("KOR", "DEU", "USA")


def test_no_two_qualifiers_have_one_label():
    alike = "Separate consent to transfer across the"
    assert distinct({"CNXBDAT": alike, "CNXBVER": alike, "ICMODE": "Mode"}) == {
        "CNXBDAT": "Separate consent to transfer a (CNXBDAT)",
        "CNXBVER": "Separate consent to transfer a (CNXBVER)",
        "ICMODE": "Mode",
    }
    assert max(map(len, distinct({"A": "x" * 40, "B": "x" * 40}).values())) == 40
