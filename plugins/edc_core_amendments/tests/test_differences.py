"""What changed between two versions, said in words, each with its class: every kind of change that an amendment makes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from edc_core_amendments.differences import differences

from edc_core.api import (
    ChangeClass,
    CodeListItem,
    Comparator,
    ConditionDef,
    DataType,
    FormalExpression,
    MetaDataIndex,
    RangeCheck,
    TranslatedText,
    VisitWindow,
    version_changes,
)
from edc_core.testing import a_study

SAFE, MIGRATION, BREAKS = ChangeClass


def study():
    return (
        a_study()
        .with_item("VS.SYSBP", DataType.INTEGER, soft=(60, 250), required=True)
        .with_item("VS.POS", codes=("SIT", "STAND"))
        .with_item("VS.WEIGHT", DataType.FLOAT, digits=1, units={"kg": "1", "lb": "0.45"})
        .with_item("AE.TERM")
    )


def changed(old, **fields):
    """The version with the fields of one item changed."""
    oid = fields.pop("oid")
    items = tuple(replace(item, **fields) if item.oid == oid else item for item in old.items)
    return replace(old, items=items)


def said(old, new):
    found = differences(MetaDataIndex(old), MetaDataIndex(new))
    require_agreement(found, version_changes(MetaDataIndex(old), MetaDataIndex(new)))
    return [(one.text, one.change_class) for one in found]


def require_agreement(found, changes):
    """The strongest sentence about a definition is the class that the core decides with."""
    for one in changes:
        told = [
            difference.change_class
            for difference in found
            if (difference.element, difference.oid) == (one.change.element, one.change.oid)
        ]
        assert max(told, key=list(ChangeClass).index, default=SAFE) is one.change_class, one.change


def test_a_version_does_not_differ_from_itself():
    assert said(study().build(), study().build()) == []


def test_an_item_put_into_a_form_that_was_begun_needs_migration_and_one_in_a_new_form_does_not():
    new = study().with_item("VS.PULSE", DataType.INTEGER).with_item("PE.PEYN").build()
    found = dict(said(study().build(), new))
    assert found["Item PULSE was added to form VS."] is MIGRATION
    assert found["Item PEYN was added to form PE."] is SAFE
    assert found["Form 'PE' was added."] is SAFE
    assert found["The form 'PE' was put into it."] is MIGRATION


def test_an_item_that_is_gone_breaks_and_one_that_moved_is_told_as_moved():
    old = study().build()
    without = [group for group in old.item_groups if group.oid != "VS"]
    vs = next(group for group in old.item_groups if group.oid == "VS")
    *kept, weight = vs.item_refs
    gone = replace(old, item_groups=(replace(vs, item_refs=tuple(kept)), *without))
    assert ("Item WEIGHT was removed from form VS.", BREAKS) in said(old, gone)

    ae = next(group for group in old.item_groups if group.oid == "AE")
    moved = replace(
        old, item_groups=(replace(vs, item_refs=tuple(kept)), replace(ae, item_refs=(*ae.item_refs, weight)))
    )
    (one,) = [d for d in differences(MetaDataIndex(old), MetaDataIndex(moved)) if d.kind == "moved"]
    assert one.text == "Item WEIGHT moved from form VS to form AE; its values stay at the old place."
    assert (one.before, one.after, one.forms) == ("form VS", "form AE", ("VS", "AE"))


def test_words_are_told_by_language_and_a_new_translation_is_safe():
    old = study().build()
    new = changed(
        old, oid="VS.SYSBP", question=TranslatedText((("en", "Systolic pressure?"), ("ko", "수축기 혈압?")))
    )
    assert said(old, new) == [
        ("The question (en) changed.", MIGRATION),
        ("The question (ko) was added.", SAFE),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"data_type": DataType.FLOAT}, ("The type of its values changed. A changed type is a new item.", BREAKS)),
        ({"length": 20}, ("The length of text is less than before.", BREAKS)),
        ({"significant_digits": 3}, ("The number of decimal places is less than before.", BREAKS)),
        ({"missing_reasons": ("ND",)}, ("Missing reason 'NA' was removed.", BREAKS)),
        ({"multiple": True}, ("Several codes may be given now.", MIGRATION)),
        ({"widget": "slider"}, ("The control changed.", SAFE)),
        ({"origin": "transferred"}, ("Origin changed.", MIGRATION)),
    ],
)  # fmt: skip
def test_fields_of_an_item_have_their_class(fields, expected):
    old = study().build()
    assert expected in said(old, changed(old, oid="VS.SYSBP", **fields))


def test_a_longer_text_and_more_decimals_do_not_narrow():
    old = changed(study().build(), oid="AE.TERM", length=20)
    assert said(old, changed(old, oid="AE.TERM", length=200)) == [
        ("The length of text is more than before.", MIGRATION)
    ]
    assert said(old, changed(old, oid="VS.WEIGHT", significant_digits=2)) == [
        ("The number of decimal places is more than before.", MIGRATION)
    ]


def test_an_item_made_sensitive_says_that_it_is_hidden_at_once():
    old = study().build()
    ((text, _),) = said(old, changed(old, oid="VS.POS", sensitivity="blinded"))
    assert text.startswith("It is blinded now; it is hidden at once")


def test_units_gone_and_another_standard_unit_break():
    old = study().build()
    found = dict(said(old, changed(old, oid="VS.WEIGHT", measurement_unit_oids=("lb",), conversions=())))
    assert found["Unit 'kg' was removed."] is BREAKS
    assert found["The standard unit changed."] is BREAKS
    assert found["The factors between units changed."] is BREAKS


def test_codes_added_retired_removed_and_reworded():
    old = study().build()
    (codes,) = old.code_lists
    sit, stand = codes.items
    terms = (
        replace(sit, retired=True, decode=TranslatedText.of("Sitting", "en")),
        CodeListItem("LIE"),
    )
    assert stand.coded_value == "STAND"
    assert said(old, replace(old, code_lists=(replace(codes, items=terms),))) == [
        ("Code 'SIT' was retired: it is shown where it was given, and no longer offered.", MIGRATION),
        ("The words of code 'SIT' (en) were added.", MIGRATION),
        ("Code 'STAND' was removed.", BREAKS),
        ("Code 'LIE' was added.", SAFE),
    ]


def test_checks_are_told_by_what_changed_in_them():
    old = study().build()
    low, high = old.items[0].range_checks
    changes = (
        replace(low, check_values=("70",), message=TranslatedText.of("Below 70.", "en")),
        replace(high, hard=True),
        RangeCheck(Comparator.NE, ("99",), oid="VS.NE"),
    )
    assert said(old, changed(old, oid="VS.SYSBP", range_checks=changes)) == [
        ("The limit of check VS.SYSBP.RC1 changed.", MIGRATION),
        ("The message of check VS.SYSBP.RC1 (en) was added.", SAFE),
        ("What check VS.SYSBP.RC2 leads to changed.", MIGRATION),
        ("Check VS.NE was added.", MIGRATION),
    ]


def test_conditions_show_their_expression_and_the_forms_that_use_them():
    def version(code):
        old = study().build()
        group = next(group for group in old.item_groups if group.oid == "VS")
        first, *rest = group.item_refs
        group = replace(group, item_refs=(replace(first, condition_oid="C1"), *rest))
        groups = (group, *(g for g in old.item_groups if g.oid != "VS"))
        condition = ConditionDef("C1", "C1", expressions=(FormalExpression("edc-1", code),))
        return replace(old, item_groups=groups, conditions=(condition,))

    (one,) = differences(MetaDataIndex(version("POS == 'SIT'")), MetaDataIndex(version("POS == 'STAND'")))
    assert (one.text, one.before, one.after) == (
        "The expression changed.",
        "POS == 'SIT'",
        "POS == 'STAND'",
    )
    assert one.forms == ("VS",)


def test_the_schedule_is_compared_and_a_field_without_words_of_its_own_is_still_told():
    old = study().with_event("V1", "VS", "AE").with_event("V2", "VS").build()
    v1, v2 = old.events
    new = replace(old, events=(replace(v1, category="Treatment"), replace(v2, form_refs=())))
    assert said(old, new) == [
        ("Category changed.", MIGRATION),
        ("The form 'VS' was taken out of it.", BREAKS),
    ]


def test_a_wider_window_shows_both():
    old = study().with_event("V1", "VS").with_event("V2", "VS").build()
    v1, v2 = old.events
    window = VisitWindow("V1", "P21D", "P3D", "P3D")
    before = replace(old, events=(v1, replace(v2, window=window)))
    after = replace(old, events=(v1, replace(v2, window=replace(window, after="P7D"))))
    (one,) = differences(MetaDataIndex(before), MetaDataIndex(after))
    assert (one.oid, one.text, one.change_class) == ("V2", "The visit window changed.", MIGRATION)
    assert (one.before, one.after) == (
        "P21D from V1, P3D before to P3D after",
        "P21D from V1, P3D before to P7D after",
    )


def test_a_changed_policy_is_told_by_what_changed_in_it():
    old = study().build()
    new = replace(old, policy=replace(old.policy, reason_from="first_save"))
    (one,) = differences(MetaDataIndex(old), MetaDataIndex(new))
    assert (one.text, one.before, one.after) == (
        "The study's policy: reason from changed.",
        "complete",
        "first_save",
    )


def test_a_definition_that_came_or_went_has_its_word():
    old = study().build()
    condition = ConditionDef("C1", "C1", expressions=(FormalExpression("edc-1", "POS == 'SIT'"),))
    new = replace(old, conditions=(condition,))
    assert said(old, new) == [
        ("Condition 'C1' was added; it leaves out what it governs where it holds.", MIGRATION)
    ]
    assert said(new, old) == [
        ("Condition 'C1' was removed; it leaves out what it governs where it holds.", MIGRATION)
    ]


def test_several_changes_of_one_field_are_classed_one_by_one():
    old = changed(study().build(), oid="VS.WEIGHT", measurement_unit_oids=("kg", "lb", "st"))
    new = changed(old, oid="VS.WEIGHT", measurement_unit_oids=("kg", "g", "st"))
    assert said(old, new) == [("Unit 'lb' was removed.", BREAKS), ("Unit 'g' was added.", MIGRATION)]
    words = TranslatedText((("en", "Pulse?"), ("de", "Puls?")))
    was = changed(old, oid="VS.POS", question=words)
    now = changed(old, oid="VS.POS", question=TranslatedText((("en", "Pulse?"), ("ko", "맥박?"))))
    assert said(was, now) == [
        ("The question (de) was removed.", MIGRATION),
        ("The question (ko) was added.", SAFE),
    ]
