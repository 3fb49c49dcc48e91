"""Results outside the limits of quantification in expressions: compared where it can be said, never reckoned with."""

from dataclasses import replace
from decimal import Decimal

import pytest

from edc_core.domain.casebook import FormData, GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import EDC_LANGUAGE, DataType, FormalExpression, MethodDef
from edc_core.expressions.compiler import compile_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.names import StudyNames
from edc_core.expressions.references import Home
from edc_core.expressions.tracing import trace
from edc_core.expressions.values import UNDECIDED, Beyond, written
from edc_core.testing import a_study

STUDY = (
    a_study()
    .with_item("LB.CRP", DataType.FLOAT, units={"mg/L": "1", "mg/dL": "10"}, censored=True)
    .with_item("LB.ALT", DataType.INTEGER, censored=True)
    .with_item("LB.DAY", DataType.DATE)
    .with_group("ROWS", form="LB")
    .with_item("LB.LEVEL", DataType.FLOAT, group="ROWS", censored=True)
    .build()
)
INDEX = MetaDataIndex(STUDY)
FORM = ItemPath.parse("V1[1]/LB[1]")


def data(values, index=INDEX):
    items, rows = {}, {}
    for name, text in values.items():
        row, _, item = name.rpartition(".")
        place = FORM.with_group("ROWS", row) if row else FORM.with_group("LB", "1")
        value, _, unit = text.partition(" ")
        path = place.with_item(f"LB.{item}")
        items[path] = ItemData(path, value, value, unit=unit, version=1)
        if row:
            rows[place] = GroupData(place)
    return SubjectData(index, {FORM: FormData(FORM, "1", EntryStatus.COMPLETE)}, items, rows)


def answer(text, values, index=INDEX):
    expression = compile_expression(text, StudyNames(index), Home("LB", ("LB",)))
    return data(values, index).evaluate(expression, FORM.with_group("LB", "1"))


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("<0.5", "CRP < 0.5", True),
        ("<0.5", "CRP <= 0.5", True),
        ("<0.5", "CRP >= 0.5", False),
        ("<0.5", "CRP == 0.5", False),
        ("<0.5", "CRP != 0.5", True),
        ("<0.5", "CRP < 0.4", UNDECIDED),
        ("<0.5", "CRP > 0", UNDECIDED),
        ("<=0.5", "CRP < 0.5", UNDECIDED),
        ("<=0.5", "CRP == 0.5", UNDECIDED),
        (">10", "CRP > 10", True),
        (">10", "CRP >= 11", UNDECIDED),
        (">=10", "CRP < 10", False),
        (">10", "5 < CRP <= 10", False),
        ("<0.5", "CRP < CRP", UNDECIDED),
        ("0.5", "CRP <= 0.5", True),
        ("<0.5", "possible(CRP < 0.4)", True),
        ("<0.5", "certain(CRP < 0.4)", False),
        ("<0.5", "decided(CRP < 0.4)", False),
        ("<0.5", "present(CRP)", True),
        ("<0.5", "coalesce(CRP, 1) < 1", True),
        ("<0.5", "if_(CRP < 1, CRP, 2) < 1", True),
    ],
)
def test_it_is_compared_as_everything_that_it_may_be(value, text, expected):
    assert answer(text, {"CRP": value}) is expected


def test_two_results_are_compared_with_each_other():
    both = {"CRP": "<0.5", "ALT": ">=1"}
    assert answer("CRP < ALT", both) is True
    assert answer("CRP == ALT", both) is False
    assert answer("CRP < ALT", {"CRP": "<=1", "ALT": ">=1"}) is UNDECIDED
    assert answer("CRP <= ALT", {"CRP": "<=1", "ALT": ">=1"}) is True


@pytest.mark.parametrize(
    "text",
    [
        "CRP + 1", "1 - CRP", "-CRP", "CRP * 0", "1 / CRP", "round(CRP, 1)", "floor(CRP)", "abs(CRP)", "sqrt(CRP)",
        "least(CRP, 1)", "greatest(1, CRP)", "coalesce(CRP, 1) + 1", "-coalesce(CRP, 1)", "DAY + CRP", "DAY - CRP",
    ],
)  # fmt: skip
def test_what_is_reckoned_with_it_is_missing(text):
    assert answer(text, {"CRP": "<0.5", "DAY": "2026-03-04"}) is None


def test_with_a_plain_number_everything_is_as_ever():
    assert answer("CRP + 1", {"CRP": "0.5"}) == Decimal("1.5")
    assert answer("round(CRP)", {"CRP": "0.5"}) == 1
    assert str(answer("DAY + ALT", {"ALT": "2", "DAY": "2026-03-04"})) == "2026-03-06"


def test_it_cannot_be_written_as_what_is_calculated():
    found = answer("CRP", {"CRP": "<0.5"})
    assert found == Beyond("<", Decimal("0.5"))
    assert written(found) is None


def test_in_the_standard_unit_the_limit_is_converted():
    assert answer("std(CRP) < 5", {"CRP": "<0.5 mg/dL"}) is True
    assert answer("std(CRP) < 4", {"CRP": "<0.5 mg/dL"}) is UNDECIDED
    assert answer("std(CRP) + 1", {"CRP": "<0.5 mg/dL"}) is None


@pytest.mark.parametrize("name", ["sum", "mean", "min", "max"])
def test_over_rows_one_of_them_makes_the_whole_missing(name):
    assert answer(f"{name}(ROWS, LEVEL)", {"1.LEVEL": "2", "2.LEVEL": "<1"}) is None
    assert answer(f"{name}(ROWS, LEVEL)", {"1.LEVEL": "2", "2.LEVEL": "2"}) == (4 if name == "sum" else 2)
    assert answer(f"{name}(ROWS, LEVEL + 1, LEVEL > 1)", {"1.LEVEL": "2", "2.LEVEL": "<1"}) == 3


def test_rows_are_counted_and_asked_about_as_ever():
    rows = {"1.LEVEL": "2", "2.LEVEL": "<1", "3.LEVEL": "<1"}
    assert answer("count(ROWS, LEVEL < 1)", rows) == 2
    assert answer("any(ROWS, LEVEL < 0.5)", rows) is UNDECIDED
    assert answer("distinct(ROWS, LEVEL)", rows) == 2
    assert answer("last(ROWS, LEVEL) < 1", rows) is True


def test_it_is_looked_up_in_no_list():
    with pytest.raises(ExpressionError, match="compare it"):
        answer("CRP in (1, 2)", {"CRP": "<1"})


def test_in_a_version_that_takes_no_signs_it_is_missing():
    items = tuple(replace(item, censored=False) for item in STUDY.items)
    index = MetaDataIndex(replace(STUDY, items=items))
    assert answer("CRP < 1", {"CRP": "<0.5"}, index) is None


def test_the_trace_of_a_rule_says_what_it_saw():
    method = "if_(CRP < 0.4, 1, 2)"
    study = a_study().with_item("LB.CRP", DataType.FLOAT, censored=True).with_item("LB.ALT", DataType.INTEGER)
    version = _derived(study.build(), "LB.ALT", method)
    [rule] = [r for r in trace(data({"CRP": "<0.5"}, MetaDataIndex(version)), FORM) if r.kind == "calculated"]
    said = {part.text: part.value for part in rule.parts}
    assert said["CRP"] == "<0.5"
    assert said["CRP < 0.4"] == "undecided: unknown parts of a date, a time or a result decide it"


def _derived(version, oid, text):
    [group] = version.item_groups
    refs = tuple(replace(ref, method_oid="M") if ref.item_oid == oid else ref for ref in group.item_refs)
    method = MethodDef("M", "M", expressions=(FormalExpression(EDC_LANGUAGE, text),))
    return replace(version, item_groups=(replace(group, item_refs=refs),), methods=(method,))
