"""Which place of the second entry belongs to which of the first, and when two values say the same."""

import pytest
from edc_core_double_entry.comparing import Entry, Given, fields_of, first_of

from edc_core.domain.casebook import Casebook, GroupData, ItemData, Subject
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from tests.builders import vital_signs

INDEX = MetaDataIndex(vital_signs().build())
FORM = ItemPath.parse("V1[1]/AE[1]")


def term(row):
    return FORM.with_group("AE.ROW", row).with_item("AE.TERM")


def book(*rows, struck=(), empty=()):
    found = Casebook(Subject("study", "subject", "S-1", "site"))
    for row in rows:
        found.items[term(row)] = ItemData(term(row), f"event {row}", f"event {row}", version=1)
    for row in (*rows, *empty):
        found.groups[term(row).parent] = GroupData(term(row).parent, removed=row in struck)
    return found


def pairs(first, *second, more=0):
    typed = Entry([term(row) for row in second])
    fields = fields_of(INDEX, FORM, first_of(first, FORM), typed, more=more)
    return [
        (f.row, f.first.groups[0].key, f.second.groups[0].key)
        for f in fields
        if f.placed.item.oid == "AE.TERM"
    ]


def test_rows_belong_together_by_their_order():
    assert pairs(book("1", "3"), "1", "2") == [(("1",), "1", "1"), (("2",), "3", "2")]
    assert pairs(book("2", "10"), "2", "10") == [(("1",), "2", "2"), (("2",), "10", "10")]


def test_struck_and_empty_rows_are_none_and_their_numbers_stay_theirs():
    first = book("1", "2", struck=("1",), empty=("3",))
    assert pairs(first, "1", "2") == [(("1",), "2", "1"), (("2",), "4", "2")]


def test_a_row_that_only_one_of_them_has_gets_the_next_numbers_in_the_other():
    assert pairs(book(), "1", "2") == [(("1",), "1", "1"), (("2",), "2", "2")]
    assert pairs(book("1", "2")) == [(("1",), "1", "1"), (("2",), "2", "2")]


def test_a_log_to_be_typed_ends_with_an_empty_row():
    assert pairs(book(), more=1) == [(("1",), "1", "1")]
    assert pairs(book(), "1", "2", more=1)[-1] == (("3",), "3", "3")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Given("72", "72"), Given("72.", "72"), True),
        (Given("72", "72"), Given("73", "73"), False),
        (Given(), Given(), True),
        (Given(), Given(missing="ND"), False),
        (Given(missing="ND"), Given(missing="UNK"), False),
        (Given("1", "1", unit="kg"), Given("1", "1"), True),
        (Given("1", "1", unit="g"), Given("1", "1"), False),
        (Given(unit="g"), Given(), True),
        (Given("7O", parsed="unreadable"), Given("7O ", parsed="unreadable"), True),
        (Given("7O", parsed="unreadable"), Given("70", parsed="unreadable"), False),
        (Given("7O", parsed="unreadable"), Given(), False),
    ],
)
def test_what_says_the_same(one, other, same):
    assert one.same(other, ("kg", "g")) is same
    assert other.same(one, ("kg", "g")) is same


def test_what_is_calculated_comes_from_elsewhere_or_is_a_file_is_not_typed():
    from dataclasses import replace

    from edc_core_double_entry.comparing import is_typed

    from edc_core.domain.file_value import FileRules

    placed = INDEX.place(term("1"))
    item = placed.item
    assert is_typed(placed)
    for other in (
        replace(placed, item=replace(item, origin="transferred")),
        replace(placed, item=replace(item, file=FileRules())),
        replace(placed, ref=replace(placed.ref, method_oid="M")),
    ):
        assert not is_typed(other)
