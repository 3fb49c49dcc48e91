"""What expressions say with functions of plugins: kinds, arity, missing values, answers of the wrong kind."""

from dataclasses import replace
from decimal import Decimal

import pytest

from edc_core.domain.function import WrongAnswer
from edc_core.expressions.compiler import compile_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.references import Home
from edc_core.expressions.values import Kind
from tests.expressions.study import NAMES, answer
from tests.plugins.calling import FUNCTIONS

BY_NAME = {function.name: replace(function, plugin="calling 0 abc") for function in FUNCTIONS}
BP = {"SCR/VS.SYSBP": "120"}


def said(text, values=None):
    return answer(text, BP if values is None else values, at="SCR/VS", functions=BY_NAME)


def test_it_gets_values_of_its_kinds_and_its_answer_is_one():
    assert said("twice(SYSBP)") == Decimal(240)
    assert said("twice(twice(SYSBP) + 1) == 482") is True
    assert said("joined('a')") == "a"
    assert said("joined('a', 'b') == 'ab'") is True


def test_it_is_not_called_without_a_value_unless_it_asks_for_that():
    assert said("twice(SYSBP)", {}) is None
    assert said("or_zero(SYSBP)", {}) == 0
    assert said("nothing(SYSBP)") is None
    assert said("nothing(SYSBP) > 3") is None


def test_undecided_is_missing_for_it():
    known = {"SCR/DM.BRTH": "2000"}
    for text, expected in (
        ("holds(DM.BRTH < '2000-05-05')", None),
        ("is_known(DM.BRTH < '2000-05-05')", False),
    ):
        assert answer(text, known, at="SCR/VS", functions=BY_NAME) is expected


def test_an_age_of_which_only_the_limits_are_known_is_missing_for_it():
    known = {"SCR/DM.BRTH": "2000", "SCR/DM.CONSENT": "2026-03-04"}
    text = "twice(years(DM.CONSENT, DM.BRTH))"
    assert answer(text, known, at="SCR/VS", functions=BY_NAME) is None


def test_it_may_be_handed_the_zone_of_the_site():
    assert said("zone(SYSBP)") == "Asia/Seoul"


@pytest.mark.parametrize("name", ["floats", "nans", "counts", "texts", "ones", "lists"])
def test_an_answer_of_another_kind_is_refused_without_the_value(name):
    with pytest.raises(WrongAnswer, match=f"Function {name} returned a ") as caught:
        said(f"{name}(SYSBP)")
    assert "120" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message", "part", "suggestion"),
    [
        ("twice(DM.SEX) > 1", "A number is expected here; this is a text.", "DM.SEX", ""),
        ("joined('a', 'b', 'c') == 'a'", "takes 1 to 2 arguments; there are 3. It is joined(a text, a text).", "joined", ""),
        ("holds() == true", "holds takes 1 arguments; there are 0. It is holds(true or false). What it is given.", "holds", ""),
        ("twise(SYSBP) > 1", "There is no function 'twise'.", "twise", "twice"),
        ("twice(SYSBP) == 'a'", "A number cannot be compared with a text.", "'a'", ""),
    ],
)  # fmt: skip
def test_a_mistake_in_a_call_is_pointed_at(text, message, part, suggestion):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, NAMES, Home("VS", ("VS.VS",)), functions=BY_NAME)
    error = caught.value
    assert message in error.message
    assert text[error.start :].startswith(part)
    assert error.suggestion == suggestion


def test_the_plugins_it_calls_are_known():
    expression = compile_expression("twice(1) > 0", NAMES, Home("VS", ("VS.VS",)), functions=BY_NAME)
    assert (expression.kind, expression.plugins) == (Kind.BOOLEAN, frozenset({"calling 0 abc"}))
