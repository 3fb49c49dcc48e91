"""Mistakes in expressions: named where they stand, with what was probably meant."""

import pytest

from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.syntax import parse
from tests.expressions.study import compiled


@pytest.mark.parametrize(
    ("text", "home", "part", "words", "suggestion"),
    [
        ("SYSPB > 3", "VS", "SYSPB", "no item 'SYSPB'", "SYSBP"),
        ("sysbp > 3", "VS", "sysbp", "no item", "SYSBP"),
        ("DM.SEXX == 'F'", "VS", "DM.SEXX", "Form DM has no item 'SEXX'", "DM.SEX"),
        ("DMM.SEX == 'F'", "VS", "DMM", "no form 'DMM'", "DM"),
        ("visit('SRC').VS.SYSBP > 1", "AE", "'SRC'", "no event 'SRC'", "SCR"),
        ("visit('V1').DM.SEX == 'F'", "VS", "visit('V1').DM", "Event V1 has no form DM", ""),
        ("VS.SYSBP > 1", "AE", "VS", "several visits", ""),
        ("AE.GRADE > 1", "VS", "AE.GRADE", "several rows", ""),
        ("GRADE > 1", "AE", "GRADE", "any(AELOG, ...)", ""),
        ("DM.SEX == 'W'", "VS", "'W'", "W is no code", ""),
        ("DM.SEX == 'f'", "VS", "'f'", "f is no code", ""),
        ("SYSBP == 'high'", "VS", "'high'", "A number cannot be compared with a text", ""),
        ("VSDAT > AT", "VS", "AT", "day_of", ""),
        ("VSDAT > '4 March'", "VS", "'4 March'", "2026-03-04", ""),
        ("VSTIM > '9'", "VS", "'9'", "09:15", ""),
        ("DM.SEX > 'F'", "VS", "DM.SEX > 'F'", "no order", ""),
        ("DM.RACE == 'ASIAN'", "VS", "'ASIAN'", "cannot be compared", ""),
        ("SYSBP and DIABP > 2", "VS", "SYSBP", "SYSBP > 0", ""),
        ("DM.SEX or True", "VS", "DM.SEX", "DM.SEX == 'F'", ""),
        ("SYSBP + DM.SEX", "VS", "DM.SEX", "A number is expected", ""),
        ("VSDAT - DM.CONSENT > 3", "VS", "VSDAT - DM.CONSENT", "days(later, earlier)", ""),
        ("rond(SYSBP)", "VS", "rond", "no function 'rond'", "round"),
        ("days(VSDAT)", "VS", "days(VSDAT)", "takes 2 arguments; there are 1", ""),
        ("years(VSDAT, SYSBP)", "VS", "SYSBP", "A date is expected", ""),
        ("today() > VSDAT", "VS", "today", "do not know today", ""),
        ("clock.now > AT", "VS", "clock.now", "only its tick", "clock.tick"),
        ("any(AELOGS, GRADE > 1)", "AE", "AELOGS", "no repeating group", "AELOG"),
        ("previous(AELOG, GRADE)", "AE", "AELOG", "previous takes the name of a form", ""),
        ("any(others(AE.AELOG), GRADE > 1)", "VS", "AE.AELOG", "others takes", ""),
        ("sum(AELOG, TERM)", "AE", "TERM", "A number is expected", ""),
        ("reason(SYSBP + 1) == 'ND'", "VS", "SYSBP + 1", "takes the name of an item", ""),
        ("SYSBP in (120, DIABP)", "VS", "DIABP", "plain values", ""),
        ("if_(SYSBP > 1, 'a', 2)", "VS", "2", "A text is expected", ""),
        ("SYSBP = 3", "VS", "=", "Write ==", ""),
        ("SYSBP > 3 & DIABP > 2", "VS", "3 & DIABP", "Write and, or, not", ""),
        ("SYSBP > 3 && DIABP > 2", "VS", "&", "Write and, or, not", ""),
        ("SYSBP <> 3", "VS", "<>", "Write !=", ""),
        ("SYSBP >", "VS", None, "missing at the end", ""),
        ("not (SYSBP >)", "VS", ")", "missing here", ""),
        ("(SYSBP > 3", "VS", "(", "bracket is not closed", ""),
        ("SYSBP > 3)", "VS", ")", "bracket is not opened", ""),
        ("SYSBP[0] > 3", "VS", "SYSBP[0]", "instead of [ ]", ""),
        ("(lambda: 1)() > 0", "VS", None, "", ""),
        ("SYSBP ** 2 > 3", "VS", "SYSBP ** 2", "root(x, n)", ""),
        ("f'{SYSBP}' == 'a'", "VS", "f'{SYSBP}'", "Formatted texts", ""),
        ("[x for x in SYSBP]", "VS", None, "any, all", ""),
        ("SYSBP.__class__ == 3", "VS", "SYSBP", "no form 'SYSBP'", ""),
        ("round(SYSBP, places=1)", "VS", "round(SYSBP, places=1)", "no names", ""),
        ("None == SYSBP", "VS", "None", "missing(...)", ""),
        ("0x10 > SYSBP", "VS", "0x10", "decimal", ""),
        ("", "VS", None, "expected here", ""),
        ("   ", "VS", None, "expected here", ""),
        ("SYSBP > 1 or " * 200 + "SYSBP > 1", "VS", None, "at most 2000 characters", ""),
        ("(" * 60 + "SYSBP" + ")" * 60 + " > " + "-" * 30 + "1", "VS", None, "deep", ""),
        ("SYSBP > 1 or " * 120 + "SYSBP > 1", "VS", None, "at most 300 parts", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_stands(text, home, part, words, suggestion):
    with pytest.raises(ExpressionError) as caught:
        compiled(text, home=home)
    error = caught.value
    assert words in error.message
    if part is not None:
        assert text[error.start : error.end] == part
    assert error.suggestion == suggestion


def test_a_mistake_is_counted_in_characters_not_bytes():
    text = "DM.NOTE == '한국어' and SYSPB > 1"
    with pytest.raises(ExpressionError) as caught:
        compiled(text)
    assert text[caught.value.start : caught.value.end] == "SYSPB"


@pytest.mark.parametrize("text", ["#", "# nothing but a remark"])
def test_a_remark_alone_is_a_mistake_inside_the_text(text):
    tree = parse(text)
    start, end = tree.span(tree.root)
    assert 0 <= start <= end == len(text)
