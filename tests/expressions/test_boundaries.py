"""Examples of limits lie at the bound: the last value that passes and the first that fires."""

import pytest

from edc_core.domain.limits import Limits
from edc_core.domain.metadata import Comparator, DataType, ItemDef, RangeCheck
from edc_core.expressions.boundaries import boundary_examples


@pytest.mark.parametrize(
    ("kind", "digits", "comparator", "limits", "fires", "passes"),
    [
        (DataType.INTEGER, None, Comparator.GE, ("70",), "69", "70"),
        (DataType.INTEGER, None, Comparator.GT, ("70",), "70", "71"),
        (DataType.FLOAT, 1, Comparator.LE, ("42",), "42.1", "42.0"),
        (DataType.FLOAT, 2, Comparator.LT, ("42.5",), "42.5", "42.49"),
        (DataType.FLOAT, None, Comparator.LE, ("1",), "1.01", "1"),
        (DataType.INTEGER, None, Comparator.EQ, ("3",), "4", "3"),
        (DataType.INTEGER, None, Comparator.NE, ("3",), "3", "4"),
        (DataType.INTEGER, None, Comparator.IN, ("3", "5"), "6", "3"),
        (DataType.TEXT, None, Comparator.NOTIN, ("a", "b"), "a", "abx"),
        (DataType.DATE, None, Comparator.GE, ("2026-03-01",), "2026-02-28", "2026-03-01"),
    ],
)
def test_the_bound_itself_is_shown(kind, digits, comparator, limits, fires, passes):
    check = RangeCheck(comparator, limits)
    item = ItemDef("I", "I", kind, significant_digits=digits, range_checks=(check,))
    examples = {example.fires: dict(example.values)["I"] for example in boundary_examples(item, check)}
    assert (examples[True], examples[False].removesuffix(".0")) == (fires, passes.removesuffix(".0"))
    assert Limits(item).broken(examples[True]) == (check,)
    assert Limits(item).broken(examples[False]) == ()


def test_a_text_below_another_has_no_next_one():
    item = ItemDef("I", "I", DataType.TEXT)
    assert boundary_examples(item, RangeCheck(Comparator.LT, ("m",))) == ()
