# ruff: noqa: RUF001 - what keyboards of other scripts type is what is tested
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.metadata import CodeList, CodeListItem, DataType, ItemDef
from edc_core.domain.values import display, join_codes, parse, split_codes

CODES = CodeList("CL", "CL", items=tuple(CodeListItem(code) for code in ("M", "F", "A;B", "50%")))


def item(data_type, **more):
    return ItemDef("I", "I", data_type, **more)


def read(data_type, raw, **more):
    return parse(item(data_type, **more), None, raw).value


def is_unreadable(data_type, raw, **more):
    parsed = parse(item(data_type, **more), None, raw)
    return parsed.reading == "unreadable" and parsed.value is None and bool(parsed.hint)


@pytest.mark.parametrize("data_type", DataType)
@pytest.mark.parametrize("raw", ["", " ", "\t\n", "\u3000"])
def test_blank_is_no_value_and_no_mistake(data_type, raw):
    parsed = parse(item(data_type), None, raw)
    assert (parsed.value, parsed.reading) == (None, "ok")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("120", "120"),
        (" 120 ", "120"),
        ("+7", "7"),
        ("-7", "-7"),
        ("\u22127", "-7"),  # the minus sign of word processors
        ("007", "7"),
        ("0", "0"),
        ("-0", "0"),
        ("１２０", "120"),  # full-width digits of Korean and Japanese keyboards
        ("120,0", "120"),
        ("120.0", "120"),
        ("1.2e2", "120"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ],
)
def test_whole_numbers(raw, value):
    assert read(DataType.INTEGER, raw) == value


@pytest.mark.parametrize(
    "raw", ["12.5", "abc", "1,2,3", "1.2.3", "0x10", "NaN", "Infinity", "½", "1e9999", "--1"]
)
def test_what_is_no_whole_number(raw):
    assert is_unreadable(DataType.INTEGER, raw)


@pytest.mark.parametrize(
    ("raw", "digits", "value"),
    [
        ("72.4", None, "72.4"),
        ("72,4", None, "72.4"),
        ("７２．４", None, "72.4"),
        (".5", None, "0.5"),
        ("5.", None, "5"),
        ("+5.50", None, "5.50"),
        ("1e3", None, "1000"),
        ("1E-3", None, "0.001"),
        ("72.4", 2, "72.40"),
        ("72", 1, "72.0"),
        ("72.40", 1, "72.4"),
        ("0.1234567890123456789012345678901234567890", None, "0.1234567890123456789012345678901234567890"),
    ],
)
def test_decimal_numbers_are_kept_as_text(raw, digits, value):
    assert read(DataType.FLOAT, raw, significant_digits=digits) == value


def test_more_decimal_places_than_stated_are_not_rounded_away():
    assert is_unreadable(DataType.FLOAT, "72.45", significant_digits=1)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_decimal_number_is_read_as_itself(number):
    plain = format(number, "f")
    assert read(DataType.FLOAT, plain) == plain


@given(st.text(max_size=20), st.sampled_from(DataType))
def test_whatever_is_typed_is_read_or_marked_and_never_fails(raw, data_type):
    parsed = parse(item(data_type), None, raw, today=date(2026, 3, 4))
    assert parsed.reading == "ok" or (parsed.value is None and parsed.hint)


@given(st.text(max_size=20), st.sampled_from([t for t in DataType if t is not DataType.DATETIME]))
def test_a_canonical_value_is_read_as_itself(raw, data_type):
    value = parse(item(data_type), None, raw).value
    if value is not None:
        assert parse(item(data_type), None, value).value == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-03-04", "2026-03-04"),
        ("04 MAR 2026", "2026-03-04"),
        ("4mar2026", "2026-03-04"),
        ("04-Mar-2026", "2026-03-04"),
        ("04/MAR/2026", "2026-03-04"),
        ("04032026", "2026-03-04"),
        ("04 ＭＡＲ ２０２６", "2026-03-04"),
        ("13/03/2026", "2026-03-13"),
        ("03/13/2026", "2026-03-13"),
        ("05/05/2026", "2026-05-05"),
        ("13.03.26", "2026-03-13"),
        ("29 FEB 2024", "2024-02-29"),
    ],
)
@pytest.mark.parametrize("data_type", [DataType.DATE, DataType.PARTIAL_DATE, DataType.INCOMPLETE_DATE])
def test_dates(data_type, raw, value):
    assert read(data_type, raw) == value


@pytest.mark.parametrize(
    "raw",
    ["04/03/2026", "1.2.2026"],
)
def test_a_date_with_two_readings_asks_for_letters(raw):
    parsed = parse(item(DataType.DATE), None, raw)
    assert parsed.reading == "unreadable"
    hint = parsed.hint.in_language("en")
    assert " or " in hint
    assert "letters" in hint


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026", "2026"),
        ("2026-03", "2026-03"),
        ("MAR 2026", "2026-03"),
        ("UN MAR 2026", "2026-03"),
        ("un-mar-2026", "2026-03"),
        ("UNK UN 2026", "2026"),
        ("NK NK 2026", "2026"),
        ("?? ?? 2026", "2026"),
    ],
)
def test_partial_dates(raw, value):
    assert read(DataType.PARTIAL_DATE, raw) == value
    assert is_unreadable(DataType.DATE, raw), "a date item takes whole dates only"


@pytest.mark.parametrize(
    "raw",
    [
        "30 FEB 2026",
        "29 FEB 2026",
        "2026-13",
        "2026-13-01",
        "2026-00",
        "2026-02-30",
        "04 UN 2026",  # a known day of an unknown month
        "04 MÄR 2026",
        "0000",
        "0000-01-01",
        "31/31/2026",
        "yesterday",
        "20260304",
        "t",
        "t-1",
    ],
)
@pytest.mark.parametrize("data_type", [DataType.DATE, DataType.PARTIAL_DATE])
def test_what_is_no_date(data_type, raw):
    assert is_unreadable(data_type, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("t", "2026-03-01"), ("T-1", "2026-02-28"), ("t+31", "2026-04-01"), ("Ｔ-1", "2026-02-28")],
)
def test_shorthands_for_the_sites_day(raw, value):
    assert parse(item(DataType.DATE), None, raw, today=date(2026, 3, 1)).value == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [("09:15", "09:15"), ("9:15", "09:15"), ("0915", "09:15"), ("09:15:30", "09:15:30"), ("０９：１５", "09:15"),
     ("091530", "09:15:30"), ("23:59", "23:59"), ("00:00", "00:00")],
)  # fmt: skip
def test_times(raw, value):
    assert read(DataType.TIME, raw) == value


@pytest.mark.parametrize("raw", ["24:00", "09:60", "9", "09.15", "9 am", "٠٩:١٥x", "-1:00"])
def test_what_is_no_time(raw):
    assert is_unreadable(DataType.TIME, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("04 MAR 2026 09:15", "2026-03-04T09:15"),
        ("2026-03-04 0915", "2026-03-04T09:15"),
        ("2026-03-04T09:15", "2026-03-04T09:15"),
        ("2026-03-04T09:15:30+09:00", "2026-03-04T09:15:30+09:00"),
        ("2026-03-04T09:15:30Z", "2026-03-04T09:15:30Z"),
    ],
)
def test_dates_with_times(raw, value):
    assert read(DataType.DATETIME, raw) == value


@pytest.mark.parametrize(
    ("raw", "value", "shown"),
    [
        ("915", "09:15", "09:15"),
        ("09:15:30", "09:15:30", "09:15:30"),
        ("9:UN", "09", "09:UN"),
        ("09:unk", "09", "09:UN"),
        ("23", "23", "23:UN"),
    ],
)
def test_times_of_which_the_minutes_may_be_unknown(raw, value, shown):
    assert read(DataType.PARTIAL_TIME, raw) == value
    assert read(DataType.PARTIAL_TIME, value) == value
    assert display(ItemDef("I", "I", DataType.PARTIAL_TIME), None, value) == shown


@pytest.mark.parametrize("raw", ["24", "24:UN", "UN:15", "9 am", "UN:UN", "UN", "09:60", "later"])
def test_what_is_no_time_even_in_part(raw):
    assert is_unreadable(DataType.PARTIAL_TIME, raw)


@pytest.mark.parametrize(
    ("raw", "value", "shown"),
    [
        ("04 MAR 2026 09:15", "2026-03-04T09:15", "04 MAR 2026 09:15"),
        ("4mar2026 915", "2026-03-04T09:15", "04 MAR 2026 09:15"),
        ("4mar2026 9:UN", "2026-03-04T09", "04 MAR 2026 09:UN"),
        ("4 MAR 2026 UN:UN", "2026-03-04", "04 MAR 2026 UN:UN"),
        ("04 MAR 2026", "2026-03-04", "04 MAR 2026 UN:UN"),
        ("UN MAR 2026", "2026-03", "UN MAR 2026"),
        ("un mar 2026 un:un", "2026-03", "UN MAR 2026"),
        ("2026", "2026", "UN UNK 2026"),
        ("2026-03-04T09", "2026-03-04T09", "04 MAR 2026 09:UN"),
    ],
)
def test_dates_with_times_of_which_parts_may_be_unknown(raw, value, shown):
    assert read(DataType.PARTIAL_DATETIME, raw) == value
    assert read(DataType.PARTIAL_DATETIME, value) == value
    assert display(ItemDef("I", "I", DataType.PARTIAL_DATETIME), None, value) == shown
    assert read(DataType.PARTIAL_DATETIME, shown) == value


def test_an_offset_that_came_with_a_value_stays():
    assert read(DataType.PARTIAL_DATETIME, "2026-03-04T09:15:30+09:00") == "2026-03-04T09:15:30+09:00"


@pytest.mark.parametrize(
    "raw", ["UN MAR 2026 09:15", "09:15", "2026-02-30T09:15", "4/3/26 09:15", "4mar2026 25:00", "at noon"]
)
def test_what_is_no_date_with_time_even_in_part(raw):
    assert is_unreadable(DataType.PARTIAL_DATETIME, raw)


@pytest.mark.parametrize(
    "raw", ["04 MAR 2026", "09:15", "MAR 2026 09:15", "2026-02-30T09:15", "2026-03-04T25:00"]
)
def test_what_is_no_date_with_time(raw):
    assert is_unreadable(DataType.DATETIME, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("true", "true"),
        ("YES", "true"),
        ("y", "true"),
        ("1", "true"),
        ("False", "false"),
        ("no", "false"),
        ("0", "false"),
    ],
)
def test_booleans(raw, value):
    assert read(DataType.BOOLEAN, raw) == value


@pytest.mark.parametrize("raw", ["2", "maybe", "ja"])
def test_what_is_no_boolean(raw):
    assert is_unreadable(DataType.BOOLEAN, raw)


@pytest.mark.parametrize(("raw", "value"), [("M", "M"), (" F ", "F"), ("A;B", "A;B")])
def test_codes_are_taken_as_they_are(raw, value):
    assert parse(item(DataType.TEXT), CODES, raw).value == value


@pytest.mark.parametrize("raw", ["m", "X", "M;F"])
def test_a_code_outside_the_list_is_kept_and_marked(raw):
    assert parse(item(DataType.TEXT), CODES, raw).reading == "unreadable"


@pytest.mark.parametrize(
    ("raw", "value"), [("F;M", "M;F"), ("M", "M"), ("M;M", "M"), ("A%3BB;M", "M;A%3BB"), ("50%25", "50%25")]
)
def test_several_codes_stand_in_the_order_of_the_list(raw, value):
    assert parse(item(DataType.TEXT, multiple=True), CODES, raw).value == value


@pytest.mark.parametrize("raw", ["M;X", "M;;F", ";", "A;B"])
def test_one_code_outside_the_list_marks_all(raw):
    assert parse(item(DataType.TEXT, multiple=True), CODES, raw).reading == "unreadable"


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=5))
def test_codes_survive_being_joined(codes):
    assert split_codes(join_codes(codes)) == codes


def test_text_is_normalised_and_trimmed_and_otherwise_left_alone():
    assert read(DataType.TEXT, "  Ａ\u1112\u1161\u11ab ") == "Ａ한"


@pytest.mark.parametrize(
    ("data_type", "value", "shown"),
    [
        (DataType.DATE, "2026-03-04", "04 MAR 2026"),
        (DataType.PARTIAL_DATE, "2026-03", "UN MAR 2026"),
        (DataType.PARTIAL_DATE, "2026", "UN UNK 2026"),
        (DataType.DATETIME, "2026-03-04T09:15", "04 MAR 2026 09:15"),
        (DataType.BOOLEAN, "true", "Yes"),
        (DataType.TEXT, "as it is", "as it is"),
        (DataType.DATE, "not a date", "not a date"),
    ],
)
def test_values_as_people_read_them(data_type, value, shown):
    assert display(item(data_type), None, value) == shown


def test_codes_are_shown_by_their_decodes():
    assert (
        display(item(DataType.TEXT, multiple=True), {"M": "Male", "F": "Female"}, "M;F;X")
        == "Male, Female, X"
    )
    assert display(item(DataType.TEXT), None, None) == ""
