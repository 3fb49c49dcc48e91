"""Each rule of the review tells what it should, and nothing beside it."""

import json

import pytest
from edc_core_audit_review.risks import RISKS, Limits, Material, counts

from edc_core.api import Access, EntryStatus, ItemPath, ListedForm, TrailEntry

RULES = {risk.name: risk.find for risk in RISKS}
FORM = "V1[1]/VS[1]"


def entry(
    item="SYSBP", value="120", *, version=1, at="2026-03-04T03:00:00.000000Z", subject="S-1", **columns
):
    kind = columns.pop("kind", "item.set")
    payload = columns.pop("payload", {"value": value, "version": version})
    own = {
        "kind": kind, "path": f"{FORM}/IG[1]/{item}", "actor": "kim@site.example", "at": at,
        "site_zone": "Asia/Seoul", "payload": json.dumps(payload),
    }  # fmt: skip
    return TrailEntry(own | columns, subject, "KR-01", "Kim", "coordinator", "V1", "changed something", "")


def visit(date, subject="S-1"):
    return ListedForm(
        subject_key=subject, site="KR-01", country="KR", path=ItemPath.parse(FORM), visit="V1", title="VS",
        status=EntryStatus.COMPLETE, visit_date=date,
    )  # fmt: skip


def told(rule, *entries, forms=(), refusals=(), **limits):
    return [hit.told() for hit in RULES[rule](Material(entries, forms, refusals, Limits(**limits)))]


def test_a_first_entry_long_after_its_visit_is_late_and_told_once():
    late = [entry(at="2026-03-20T03:00:00.000000Z"), entry("DIABP", at="2026-03-21T03:00:00.000000Z")]
    (line,) = told("late", *late, forms=[visit("2026-03-04")])
    assert line.what == "first entry 16 days after the visit of 2026-03-04"
    assert not told("late", *late, forms=[visit("2026-03-04")], days=16)
    assert not told("late", *late, forms=[visit("2026-03")])
    assert not told("late", entry(version=2, at="2026-03-20T03:00:00.000000Z"), forms=[visit("2026-03-04")])


def test_the_day_of_an_entry_is_that_of_the_site():
    at_night = entry(at="2026-03-04T16:00:00.000000Z")  # the fifth, in Seoul
    assert told("late", at_night, forms=[visit("2026-03-04")], days=0)


def test_marks_and_signatures_that_a_change_took_away():
    by_value = entry(kind="review.drop", payload={"review": "sdv", "cause": "value"})
    by_person = entry(kind="review.drop", payload={"review": "sdv", "cause": "person"})
    assert len(told("verified", by_value, by_person, entry())) == 1
    assert (
        len(told("signed", entry(kind="sign.break", payload={"signature": 1, "changes": []}), entry())) == 1
    )


def test_critical_items_are_those_named_and_only_their_changes():
    entries = [entry(version=1), entry(version=2), entry("WEIGHT", version=2)]
    assert len(told("critical", *entries, critical=("sysbp",))) == 1
    assert not told("critical", *entries)


def test_many_changes_are_of_one_person_above_the_limit():
    entries = [entry(version=2, subject=f"S-{n % 2}") for n in range(4)]
    by_system = [entry(version=2, actor="system:checks") for _ in range(9)]
    (line,) = told("many", *entries, *by_system, changes=3)
    assert line.what == "changed 4 values of 2 subjects"
    assert not told("many", *entries, *by_system, changes=4)


@pytest.mark.parametrize(("hour", "is_odd"), [("20", True), ("21", False), ("12", False), ("13", True)])
def test_odd_hours_are_by_the_clock_of_the_site(hour, is_odd):
    at = f"2026-03-04T{hour}:30:00.000000Z"  # nine hours later in Seoul: 05:30, 06:30, 21:30, 22:30
    assert bool(told("hours", entry(at=at))) is is_odd
    assert not told("hours", entry(at=at, actor="plugin:transfer"))


def values(subject, *given):
    return [entry(f"I{n}", value, subject=subject) for n, value in enumerate(given)]


def test_a_form_with_the_values_of_another_subject_is_told_with_whose():
    same = values("S-1", "1", "2", "3", "4") + values("S-2", "1", "2", "3", "4")
    other = values("S-3", "1", "2", "3", "5")
    lines = told("copied", *same, *other)
    assert [(line.subject_key, line.what) for line in lines] == [
        ("S-1", "4 values are those of S-2"),
        ("S-2", "4 values are those of S-1"),
    ]
    assert not told("copied", *values("S-1", "1", "2", "3"), *values("S-2", "1", "2", "3"))
    corrected = entry("I3", "9", subject="S-2", version=2)
    assert not told("copied", *same, corrected)


def test_refusals_come_from_the_access_log():
    line = Access("2026-03-04T03:00:00Z", "kim", "Kim", "refused", "lock", "")
    assert [one.what for one in told("refused", refusals=[line])] == ["refused: lock"]


def test_what_was_redacted_counts_as_no_value():
    assert not counts(Material([entry(payload={"redacted": True})], (), (), Limits())).total()
