"""REDCap's logic in our language, and what is not said in it."""

import pytest

from edc_core.api import own_expression

FIELDS = (
    {"field_name": "num", "text_validation_type_or_show_slider_number": "number"},
    {"field_name": "int", "text_validation_type_or_show_slider_number": "integer"},
    {"field_name": "txt"},
    {"field_name": "day", "text_validation_type_or_show_slider_number": "date_dmy"},
    {"field_name": "end", "text_validation_type_or_show_slider_number": "date_mdy"},
    {"field_name": "at", "text_validation_type_or_show_slider_number": "datetime_ymd"},
    {"field_name": "till", "text_validation_type_or_show_slider_number": "datetime_ymd"},
    {"field_name": "clock", "text_validation_type_or_show_slider_number": "time"},
    {"field_name": "stop", "text_validation_type_or_show_slider_number": "time"},
    {"field_name": "sex", "field_type": "radio", "select_choices_or_calculations": "1, M | 2, F"},
    {"field_name": "grade", "field_type": "dropdown", "select_choices_or_calculations": "A1, a | B2, b"},
    {"field_name": "box", "field_type": "checkbox", "select_choices_or_calculations": "1, a | -1, b | x, c"},
    {"field_name": "shown", "field_type": "descriptive"},
    {"field_name": "other", "form_name": "second", "text_validation_type_or_show_slider_number": "number"},
)


@pytest.fixture
def translated(import_fields):
    """The translation of some logic of a field of form ``main``, and what was said of it."""

    def run(logic, kind="calc", **more):
        field = {"field_name": "new", "field_type": "calc", "select_choices_or_calculations": logic}
        if kind == "logic":
            field = {"field_name": "new", "branching_logic": logic}
        imported = import_fields(*FIELDS, field | more)
        assert not [p for p in imported.problems if p.fatal], imported.problems
        version = imported.versions[0]
        (rule,) = (*version.conditions, *version.methods)
        told = [p.text for p in imported.problems if p.code in ("RED040", "RED042")]
        return own_expression(rule.expressions), told

    return run


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("[sex] = '1'", "(sex == 1)"),
        ("'1' = [sex]", "(sex == 1)"),
        ("5 < [num]", "(num > 5)"),
        ("[sex] <> '1'", "(missing(sex) or sex != 1)"),
        ("[grade] = 'A1'", "(grade == 'A1')"),
        ("[txt] = ''", "missing(txt)"),
        ('[txt] != ""', "(not missing(txt))"),
        ("[txt] = \"it's\"", '(txt == "it\'s")'),
        ("[num] >= 1.50", "(num >= 1.50)"),
        ("[num] = '007'", "(num == 7)"),
        ("[day] > '2026-03-04'", "(day > '2026-03-04')"),
        ("[at] > '2026-03-04 09:15'", "(at > '2026-03-04T09:15')"),
        ("[day] = [end]", "(day == end or (missing(day) and missing(end)))"),
        ("[day] <> [end]",
         "(day != end or (missing(day) and present(end)) or (present(day) and missing(end)))"),
        ("[day] < [end]", "(day < end)"),
        ("[box(1)] = '1'", "('1' in box)"),
        ("[box(-1)] = '0'", "(missing(box) or '-1' not in box)"),
        ("[box(x)] <> '1'", "(missing(box) or 'x' not in box)"),
        ("[box(1)]", "('1' in box)"),
        ("[sex]='1' and ([num]>1 or [int]<2)", "((sex == 1) and ((num > 1) or (int < 2)))"),
        ("not ([sex] = '1')", "(not coalesce((sex == 1), False))"),
        ("[other] > 3", "(second.other > 3)"),
        ("[event-name] = 'event_1_arm_1'", "(event() == 'event_1_arm_1')"),
        ("[event_1_arm_1][num] > 3", "(visit('event_1_arm_1').main.num > 3)"),
        ("[first-event-name][num] > 3", "(visit('event_1_arm_1').main.num > 3)"),
        ("[event-name][num] > 3", "(num > 3)"),
        ("[record-dag-name] = 'north'", "(site() == 'north')"),
        ("contains([txt], 'x')", "contains(txt, 'x')"),
        ("starts_with([txt], 'x')", "starts(txt, 'x')"),
        ("not_contain([txt], 'x')", "(not coalesce(contains(txt, 'x'), False))"),
        ("isnumber([num])", "present(num)"),
        ("isinteger([num])", "(num == floor(num))"),
        ("isblankormissingcode([txt])", "missing(txt)"),
        ("isblanknotmissingcode([txt])", "missing(txt)"),
        ("ismissingcode([txt])", "present(reason(txt))"),
        ("length([txt]) > 3", "(coalesce(length(txt), 0) > 3)"),
        ("[num]", "(num != 0)"),
        ("if([sex]='1', [num] > 1, [num] > 2)",
         "if_(coalesce((sex == 1), False), coalesce((num > 1), False), coalesce((num > 2), False))"),
    ],
)  # fmt: skip
def test_branching_logic(translated, logic, expected):
    assert translated(logic, "logic") == (f"not ({expected})", [])


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("[num] + [int] - 3 * [num] / 2", "((num + int) - ((3 * num) / 2))"),
        ("-[num]", "(-num)"),
        ("[num]^2", "(num * num)"),
        ("[num]^-1", "(1 / (num))"),
        ("[num]^0.5", "sqrt(num)"),
        ("round([num], 2)", "round(num, 2)"),
        ("round([num])", "round(num, 0)"),
        ("rounddown([num], 1)", "(floor(num * 10) / 10)"),
        ("roundup([num])", "(-floor(-num))"),
        ("roundup([num], 2)", "(-floor(-num * 100) / 100)"),
        ("abs([num])", "abs(num)"),
        ("sqrt([num])", "sqrt(num)"),
        ("sum([num], [int])", "(coalesce(num, int) * 0 + (coalesce(num, 0) + coalesce(int, 0)))"),
        ("min([num], [int])", "coalesce(least(num, int), num, int)"),
        ("max([num], [int])", "coalesce(greatest(num, int), num, int)"),
        ("datediff([day], [end], 'd')", "abs(days(end, day))"),
        ("datediff([day], [end], 'd', true)", "days(end, day)"),
        ("datediff([day], [end], 'd', 'dmy', true)", "days(end, day)"),
        ("datediff([day], [end], 'y')", "abs((days(end, day) / 365.2425))"),
        ("datediff([day], [end], 'M')", "abs((days(end, day) / 30.44))"),
        ("datediff([day], '2026-01-01', 'h')", "abs((days('2026-01-01', day) * 24))"),
        ("datediff([at], [till], 'h', true)", "hours(till, at)"),
        ("datediff([at], [till], 'm')", "abs(minutes(till, at))"),
        ("datediff([at], [till], 's')", "abs((minutes(till, at) * 60))"),
        ("datediff([clock], [stop], 'm', true)",
         "minutes(moment('2001-01-01', stop), moment('2001-01-01', clock))"),
        ("year([day])", "year(day)"),
        ("if([num] > 5, 1, '')", "if_(coalesce((num > 5), False), 1, (0 / 0))"),
        ("if([num] = '', '0', [num])", "if_(coalesce(missing(num), False), 0, num)"),
        ("[box(1)] + [box(x)]",
         "(if_(coalesce(('1' in box), False), 1, 0) + if_(coalesce(('x' in box), False), 1, 0))"),
        ("([num] > 1) * 2", "(if_(coalesce((num > 1), False), 1, 0) * 2)"),
    ],
)  # fmt: skip
def test_calculation(translated, logic, expected):
    assert translated(logic) == (expected, [])


@pytest.mark.parametrize(
    ("logic", "why"),
    [
        ("datediff([day], 'today', 'd')", "changes from day to day; write entered_on(ITEM)"),
        ("datediff([day], today, 'd')", "changes from day to day; write entered_on(ITEM)"),
        ("[txt] + 1", "a number is expected, and this is a text ('txt')"),
        ("[grade] + 1", "a number is expected, and this is a text ('grade')"),
        ("[day] + 1", "a number is expected, and this is a date"),
        ("median([num], [int])", "the function 'median' has no counterpart here"),
        ("stdev([num], [int])", "the function 'stdev' has no counterpart here"),
        ("left([txt], 2)", "the function 'left' has no counterpart here"),
        ("[num]^[int]", "an exponent is a number written out here"),
        ("[num]^0.3", "an exponent of 0.3 cannot be written here"),
        ("datediff([day], [at], 'd')", "two dates, two times or two date-times"),
        ("datediff([day], [end], 'q')", "datediff has no unit 'q'"),
        ("round([num], [int])", "the places to round to are a number written out here"),
        ("[current-instance]", "[current-instance] has no counterpart here"),
        ("[num][1] + 1", "names an instance by its number or place"),
        ("[user-name]", "has no counterpart here"),
        ("[shown]", "is a text without a value"),
        ("[box]", "names no choice of a checkbox"),
        ("[box(7)]", "names no choice of 'box'"),
        ("[num(1)]", "names no choice of a checkbox"),
        ("[main_complete]", "the status of a form"),
        ("[visit_9_arm_1][num]", "no event 'visit_9_arm_1' has main"),
        ("if([num] > 1, 'a', 'b')", "a number is expected, and this is a text"),
        ("[new] + 1", "it depends on itself"),
    ],
)
def test_calculation_without_counterpart_is_listed(translated, logic, why):
    code, told = translated(logic)
    assert code == ""
    assert len(told) == 1
    assert why in told[0]
    assert "Field 'new', calculation" in told[0]


@pytest.mark.parametrize(
    ("logic", "why"),
    [
        ("[day] = 'today'", "changes from day to day"),
        ("[sex] = '3'", "3 is no code of CL.sex"),
        ("[grade] > 'A1'", "a text has no order here"),
        ("[num] = 'x'", "'x' is no number"),
        ("[day] = '04-03-2026'", "is no date as YYYY-MM-DD"),
        ("[day] = [num]", "a date is compared with a number"),
        ("[box(1)] > '0'", "a choice of a checkbox is compared with '1' or '0' only"),
        ("[grade:label] = 'a'", "asks for 'label'"),
        ("[txt]", "a condition is expected, and this is a text"),
        ("[event-name] = 'nowhere'", "there is no event 'nowhere'"),
    ],
)
def test_branching_logic_without_counterpart_is_listed(translated, logic, why):
    code, told = translated(logic, "logic")
    assert code == ""
    assert why in told[0]


def test_field_that_is_not_there_is_listed(translated):
    code, told = translated("[gone] = '1'", "logic")
    assert (code, len(told)) == ("", 1)
    assert "names a field that is not there" in told[0]
    assert "'gone'" in told[0]


def test_calculated_text_and_date(translated):
    def of(tag, **more):
        return translated("", "logic", branching_logic="", field_annotation=tag, **more)

    date = {"text_validation_type_or_show_slider_number": "date_ymd"}
    assert of("@CALCTEXT(if([num] > 1, 'a)', 'b'))") == ("if_(coalesce((num > 1), False), 'a)', 'b')", [])
    assert of("@CALCTEXT(if([num] > 1, [txt], ''))") == (
        "if_(coalesce((num > 1), False), txt, if_(0 / 0 == 0, '', ''))", []
    )  # fmt: skip
    assert of("@CALCTEXT(if([day] = '', '', [day]))", **date) == ("if_(coalesce(missing(day), False), (day + 0 / 0), day)", [])  # fmt: skip
    assert of("@CALCDATE([day], 7, 'd')", **date) == ("day + 7", [])
    assert of("@CALCDATE([day], [int], 'd')", **date) == ("day + int", [])
    assert of("@CALCDATE([day], 1, 'y')", **date)[0] == ""
    assert of("@CALCDATE([day], 1.5, 'd')", **date)[0] == ""


def test_long_sums_stay_within_the_limits_of_the_language(import_fields):
    names = [f"q{n}" for n in range(40)]
    items = [{"field_name": name, "field_type": "radio", "select_choices_or_calculations": "0, a | 1, b"} for name in names]  # fmt: skip
    calc = {"field_name": "total", "field_type": "calc"}
    plus = calc | {"select_choices_or_calculations": "+".join(f"[{name}]" for name in names)}
    (version,) = import_fields(*items, plus).versions
    assert own_expression(version.methods[0].expressions)
    either = calc | {"field_type": "text", "branching_logic": " or ".join(f"[{name}]='1'" for name in names)}
    (version,) = import_fields(*items, either).versions
    assert own_expression(version.conditions[0].expressions)


@pytest.mark.parametrize(
    ("logic", "told"),
    [
        ("[num] < 5", "A blank is never < anything here"),
        ("[num] >= 0", "A blank is never >= anything here"),
        ("[day] <= '2026-01-01'", "A blank is never <= anything here"),
        ("[num] > [int]", "A blank is never > anything here"),
        ("[previous-event-name][num] > 5", "the last value before the visit that is there"),
        ("[num] > 5", ""),
        ("[num] < 0", ""),
        ("[num] <> 5", ""),
    ],
)
def test_difference_in_meaning_is_listed(import_fields, logic, told):
    imported = import_fields(*FIELDS, {"field_name": "new", "branching_logic": logic})
    texts = [p.text for p in imported.problems if p.code == "RED041"]
    assert len(texts) == bool(told)
    assert all(told in text for text in texts)
