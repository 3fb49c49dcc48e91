"""The class of a change: what publishing, the move of forms and the ledger decide with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from edc_core_amendments.differences import WORDS

from edc_core.domain.change_class import ChangeClass, class_of
from edc_core.domain.compare import COLLECTIONS
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import (
    CodeListItem,
    Comparator,
    DataType,
    ItemGroupRef,
    ItemRef,
    RangeCheck,
    TranslatedText,
)
from edc_core.domain.place_changes import ItemPlace, PlaceChange
from edc_core.domain.version_diff import touched_forms, version_changes
from edc_core.testing import a_study

SAFE, MIGRATION, BREAKS = ChangeClass
LOW = RangeCheck(Comparator.GE, ("60",))
SIT, STAND = CodeListItem("SIT"), CodeListItem("STAND")
ENGLISH = TranslatedText.of("Pulse?", "en")
BOTH = TranslatedText((("en", "Pulse?"), ("ko", "맥박?")))


@pytest.mark.parametrize(
    ("element", "field", "before", "after", "expected"),
    [
        ("ItemDef", "question", ENGLISH, BOTH, SAFE),
        ("ItemDef", "question", BOTH, ENGLISH, MIGRATION),
        ("ItemDef", "question", ENGLISH, TranslatedText.of("Rate?", "en"), MIGRATION),
        ("ItemDef", "question", None, ENGLISH, MIGRATION),
        ("ItemDef", "length", 200, 20, BREAKS),
        ("ItemDef", "length", None, 20, BREAKS),
        ("ItemDef", "length", 20, 200, MIGRATION),
        ("ItemDef", "length", 20, None, MIGRATION),
        ("ItemDef", "multiple", True, False, BREAKS),
        ("ItemDef", "multiple", False, True, MIGRATION),
        ("FormDef", "repeating", True, False, BREAKS),
        ("ItemDef", "measurement_unit_oids", ("kg", "lb"), ("lb", "kg"), BREAKS),
        ("ItemDef", "measurement_unit_oids", ("kg",), ("kg", "lb"), MIGRATION),
        ("ItemDef", "missing_reasons", ("NA", "ND"), ("ND",), BREAKS),
        ("ItemDef", "missing_reasons", ("NA", "ND"), ("ND", "NA"), MIGRATION),
        ("ItemDef", "data_type", DataType.TEXT, DataType.FLOAT, BREAKS),
        ("ItemDef", "sensitivity", "", "blinded", MIGRATION),
        ("ItemDef", "nobody_said", "a", "b", MIGRATION),
        ("ItemDef", "range_checks", (LOW,), (replace(LOW, message=ENGLISH, protocol="5.2"),), SAFE),
        ("ItemDef", "range_checks", (LOW,), (replace(LOW, hard=True),), MIGRATION),
        ("ItemDef", "range_checks", (LOW,), (), MIGRATION),
        ("CodeList", "items", (SIT,), (SIT, STAND), SAFE),
        ("CodeList", "items", (SIT, STAND), (STAND, SIT), SAFE),
        ("CodeList", "items", (SIT, STAND), (SIT,), BREAKS),
        ("CodeList", "items", (SIT,), (replace(SIT, retired=True),), MIGRATION),
        ("CodeList", "items", (replace(SIT, retired=True),), (SIT,), SAFE),
        ("CodeList", "items", (SIT,), (replace(SIT, decode=ENGLISH),), MIGRATION),
        ("CodeList", "items", (SIT,), (replace(SIT, rank="1"),), SAFE),
        ("ItemGroupDef", "item_refs", (ItemRef("A"), ItemRef("B")), (ItemRef("A"),), SAFE),
        ("ItemGroupDef", "item_refs", (ItemRef("A"),), (ItemRef("A", mandatory=True),), MIGRATION),
        ("ItemGroupDef", "item_refs", (ItemRef("A"),), (ItemRef("A", order_number=2),), SAFE),
        ("FormDef", "group_refs", (ItemGroupRef("A"), ItemGroupRef("B")), (ItemGroupRef("B"),), BREAKS),
        ("FormDef", "group_refs", (ItemGroupRef("A"),), (ItemGroupRef("A"), ItemGroupRef("B")), MIGRATION),
    ],
)  # fmt: skip
def test_a_changed_field_has_its_class(element, field, before, after, expected):
    assert class_of(element, field, before, after) is expected


def two_forms():
    return a_study().with_item("VS.SYSBP", DataType.INTEGER).with_item("AE.TERM")


def test_an_item_that_came_into_a_form_is_found_by_place_and_one_that_went_breaks():
    old, new = (MetaDataIndex(one.build()) for one in (two_forms(), two_forms().with_item("VS.PULSE")))
    place = ItemPlace("VS", ("VS",))
    come = {one.change: one.change_class for one in version_changes(old, new)}
    gone = {one.change: one.change_class for one in version_changes(new, old)}
    assert come[PlaceChange("VS.PULSE", None, place)] is MIGRATION
    assert gone[PlaceChange("VS.PULSE", place, None)] is BREAKS


def test_forms_know_the_strongest_change_that_touches_them():
    old = two_forms().build()
    change = {
        "VS.SYSBP": {"data_type": DataType.FLOAT, "widget": "slider"},
        "AE.TERM": {"widget": "textarea"},
    }
    new = replace(old, items=tuple(replace(item, **change[item.oid]) for item in old.items))
    found = version_changes(MetaDataIndex(old), MetaDataIndex(new))
    assert touched_forms(found) == {"VS": BREAKS, "AE": SAFE}


def test_every_kind_of_definition_has_its_word_in_the_plugin_that_tells_them():
    assert {element for element, _ in COLLECTIONS.values()} == set(WORDS)
