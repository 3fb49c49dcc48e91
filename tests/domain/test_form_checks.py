from dataclasses import replace

import pytest

from edc_core.domain.casebook import GroupData, ItemData
from edc_core.domain.finding import Severity
from edc_core.domain.form_checks import (
    REQUIRED,
    UNREADABLE,
    check_oid,
    expected_items,
    form_findings,
    item_findings,
    limit_message,
)
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.limits import Limits
from edc_core.domain.metadata import Comparator, DataType, ItemDef, RangeCheck, TranslatedText
from edc_core.domain.reconcile import reconcile
from tests.builders import a_study, a_subject

C = Comparator


def keeps(data_type, comparator, limits, value, **more):
    check = RangeCheck(comparator, tuple(limits))
    return not Limits(ItemDef("I", "I", data_type, range_checks=(check,), **more)).broken(value)


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (C.LT, True, False, False),
        (C.LE, True, True, False),
        (C.GT, False, False, True),
        (C.GE, False, True, True),
        (C.EQ, False, True, False),
        (C.NE, True, False, True),
        (C.IN, False, True, False),
        (C.NOTIN, True, False, True),
    ],
)
@pytest.mark.parametrize(
    ("data_type", "values"),
    [
        (DataType.INTEGER, ("9", "10", "100")),  # as numbers: as text 9 would be the largest
        (DataType.FLOAT, ("9.99", "10.0", "10.01")),
        (DataType.DATE, ("2026-03-03", "2026-03-04", "2026-03-05")),
        (DataType.TIME, ("09:14", "09:15", "09:16")),
        (DataType.TEXT, ("A", "B", "C")),
    ],
)
def test_every_comparator_below_at_and_above_its_limit(comparator, below, at, above, data_type, values):
    limit = values[1]
    assert [keeps(data_type, comparator, [limit], value) for value in values] == [below, at, above]


def test_numbers_are_compared_by_size_and_not_by_their_spelling():
    assert keeps(DataType.FLOAT, C.EQ, ["10"], "10.00")
    assert keeps(DataType.INTEGER, C.IN, ["010", "20"], "10")


def test_a_date_limit_may_be_written_as_people_write_dates():
    assert not keeps(DataType.DATE, C.LE, ["04 MAR 2026"], "2026-03-05")


def test_every_code_of_a_multiple_choice_is_looked_at():
    assert keeps(DataType.TEXT, C.IN, ["A", "B"], "A;B", multiple=True)
    assert not keeps(DataType.TEXT, C.IN, ["A", "B"], "A;C", multiple=True)
    assert not keeps(DataType.TEXT, C.NOTIN, ["C"], "A;C", multiple=True)


def test_what_cannot_be_compared_never_blocks_a_site():
    assert keeps(DataType.INTEGER, C.LE, ["a lot"], "10")
    assert keeps(DataType.INTEGER, None, [], "10")
    assert keeps(DataType.INTEGER, C.LE, [], "10")


def test_a_limit_in_another_unit_holds():
    check = RangeCheck(C.LE, ("5",), measurement_unit_oid="MU.MMOL")
    limits = Limits(ItemDef("I", "I", DataType.FLOAT, range_checks=(check,)))
    assert limits.broken("90", "MU.MG") == ()
    assert limits.broken("90", "MU.MMOL") == (check,)
    assert limits.broken("90") == (check,)


def test_blank_breaks_no_limit():
    item = ItemDef("I", "I", DataType.INTEGER, range_checks=(RangeCheck(C.LE, ("5",)),))
    assert Limits(item).broken(None) == ()


def test_a_check_without_oid_is_named_by_its_place():
    first, second = RangeCheck(C.GE, ("1",)), RangeCheck(C.LE, ("5",), oid="MINE")
    item = ItemDef("I", "I", DataType.INTEGER, range_checks=(first, second))
    assert [check_oid(item, first), check_oid(item, second)] == ["I.RC1", "MINE"]


@pytest.mark.parametrize("comparator", Comparator)
def test_every_limit_has_words(comparator):
    assert "5" in limit_message(RangeCheck(comparator, ("5",))).in_language("en")
    own = TranslatedText.of("Ask the pharmacist", "en")
    assert limit_message(RangeCheck(comparator, ("5",), message=own)) == own


def nested():
    return (
        a_study()
        .with_form("MED")
        .with_group("CYCLE", form="MED")
        .with_group("DOSE", form="MED", inside="CYCLE")
        .with_group("LAST", form="MED", inside="CYCLE", repeating=False)
        .with_item("MED.ANY", required=True)
        .with_item("MED.DAY", DataType.INTEGER, group="CYCLE", required=True)
        .with_item("MED.MG", DataType.INTEGER, group="DOSE", required=True, soft=(0, 10))
        .with_item("MED.WHY", group="LAST", required=True)
        .build()
    )


def findings(subject):
    form = next(iter(subject.casebook.forms))
    found = form_findings(subject.index, form, subject.casebook.items, subject.casebook.groups)
    return [(f.check_oid, str(f.path).partition("/")[2].partition("/")[2]) for f in found]


def test_an_empty_log_requires_nothing_in_its_rows():
    subject = a_subject(nested()).with_value("MED.ANY", "x")
    assert findings(subject) == []


def test_each_row_requires_its_answers_and_each_nested_row_its_own():
    subject = (
        a_subject(nested())
        .with_value("MED.ANY", "x")
        .with_value("MED.DAY", "1", rows=("1",))
        .with_value("MED.MG", "11", rows=("2", "1"))
        .with_value("MED.MG", "", rows=("10", "3"))
    )
    assert findings(subject) == [
        (REQUIRED, "CYCLE[1]/LAST[1]/MED.WHY"),
        (REQUIRED, "CYCLE[2]/MED.DAY"),
        ("MED.MG.RC2", "CYCLE[2]/DOSE[1]/MED.MG"),
        (REQUIRED, "CYCLE[2]/LAST[1]/MED.WHY"),
        (REQUIRED, "CYCLE[10]/MED.DAY"),
        (REQUIRED, "CYCLE[10]/DOSE[3]/MED.MG"),
        (REQUIRED, "CYCLE[10]/LAST[1]/MED.WHY"),
    ]


def test_a_struck_row_asks_for_nothing_nor_does_what_is_in_it():
    subject = (
        a_subject(nested())
        .with_value("MED.ANY", "x")
        .with_value("MED.MG", "11", rows=("2", "1"))
        .with_struck_row("MED.DAY", "2")
    )
    assert findings(subject) == []


def test_a_missing_reason_answers_a_required_item():
    subject = a_subject(nested()).with_value("MED.ANY", missing="ND")
    assert findings(subject) == []


def test_a_limit_that_only_warns_is_a_message_and_asks_no_query():
    warns = RangeCheck(C.LE, ("10",), warning=True)
    study = a_study().with_item("VS.PULSE", DataType.INTEGER, checks=(warns, RangeCheck(C.LE, ("20",))))
    subject = a_subject(study.build()).with_value("VS.PULSE", "30")
    form = next(iter(subject.casebook.forms))
    found = form_findings(subject.index, form, subject.casebook.items, subject.casebook.groups)
    assert [one.severity for one in found] == [Severity.WARNING, Severity.QUERY]
    steps = reconcile([], found, covers=lambda query: True, may_open=True)
    assert [step.found.check_oid for step in steps] == ["VS.PULSE.RC2"]


def test_an_unreadable_value_is_its_own_finding_and_breaks_no_limit():
    subject = a_subject(nested()).with_value("MED.ANY", "x").with_value("MED.MG", "lots", rows=("1", "1"))
    assert (UNREADABLE, "CYCLE[1]/DOSE[1]/MED.MG") in findings(subject)
    assert not [oid for oid, _ in findings(subject) if oid == "MED.MG.RC2"]


def test_the_fingerprint_changes_with_what_was_read_and_with_nothing_else():
    subject = a_subject(nested()).with_value("MED.ANY", "x").with_value("MED.MG", "11", rows=("1", "1"))

    def fingerprint():
        form = next(iter(subject.casebook.forms))
        found = form_findings(subject.index, form, subject.casebook.items, subject.casebook.groups)
        return next(f.fingerprint for f in found if f.check_oid == "MED.MG.RC2")

    before = fingerprint()
    subject.with_value("MED.DAY", "5", rows=("1",))
    assert fingerprint() == before
    subject.with_value("MED.MG", "12", rows=("1", "1"))
    assert fingerprint() != before


def test_rows_that_were_added_and_are_empty_are_expected_places():
    subject = a_subject(nested()).with_value("MED.ANY", "x")
    form = next(iter(subject.casebook.forms))
    row = form.with_group("CYCLE", "1")
    groups = {row: GroupData(row)}
    expected = expected_items(subject.index, form, subject.casebook.items, groups)
    places = [path.item for _, path in expected]
    assert places == ["MED.DAY", "MED.WHY", "MED.ANY"]


@pytest.mark.parametrize(
    ("value", "fires"), [("NONE", False), ("A;B", False), ("A;NONE", True), ("NONE;A;B", True)]
)
def test_an_answer_that_stands_alone_is_asked_about_beside_others(value, fires):
    built = a_study().with_item("MH.SIGNS", codes=("A", "B", "NONE")).build()
    several = tuple(replace(item, multiple=True, exclusive=("NONE",)) for item in built.items)
    index = MetaDataIndex(replace(built, items=several))
    (placed,) = index.placed_items("MH")
    path = ItemPath.parse("SCR[1]/MH[1]/MH[1]/MH.SIGNS")
    found = list(item_findings(index, placed, path, ItemData(path, value, value, version=1)))
    assert [one.check_oid for one in found] == (["EDC.EXCLUSIVE"] if fires else [])


@pytest.mark.parametrize(
    ("value", "fires"), [("x" * 20, False), ("x" * 21, True), ("가" * 20, False), ("가" * 21, True)]
)
def test_text_longer_than_declared_is_asked_about_and_kept(value, fires):
    built = a_study().with_item("MH.MHTERM").build()
    index = MetaDataIndex(replace(built, items=tuple(replace(item, length=20) for item in built.items)))
    (placed,) = index.placed_items("MH")
    path = ItemPath.parse("SCR[1]/MH[1]/MH[1]/MH.MHTERM")
    found = list(item_findings(index, placed, path, ItemData(path, value, value, version=1)))
    assert [one.check_oid for one in found] == (["EDC.LENGTH"] if fires else [])
