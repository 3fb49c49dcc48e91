"""Marks of verification and review: who gives them, on what, and who takes them back."""

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Protect, Reason, Review, Seen, StrikeRow, TakeBackReview
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import ReviewRule
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.review import RIGHTS, ReviewState
from edc_core.domain.review_plan import ReviewGroup, wanted
from edc_core.errors import (
    BadRequest,
    EditConflict,
    NotAllowed,
    NotFound,
    Protected,
    ReasonRequired,
    WrongState,
)
from edc_core.services import capture, protecting, reviewing
from edc_core.services.verifying import verify
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs

EVERYTHING = tuple(ReviewRule(group) for group in ReviewGroup)
SDV = ReviewGroup.SDV
GIVEN_BY = {
    ReviewGroup.SDV: Role.CRA,
    ReviewGroup.DM: Role.DM,
    ReviewGroup.MEDICAL: Role.MED,
    ReviewGroup.SAFETY: Role.PVG,
    ReviewGroup.STATISTICS: Role.STA,
}


@pytest.fixture
def trial(core):
    trial = Trial(core, vital_signs().with_review(*EVERYTHING).build())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    return trial


def seen(trial, *items):
    now = trial.casebook("S-001").items
    paths = [item if isinstance(item, ItemPath) else trial.path(item) for item in items]
    return tuple(Seen(path, now[path].version if path in now else 0) for path in paths)


def review(trial, *items, by=None, group=SDV, **fields):
    values = fields.pop("values", None) or seen(trial, *items)
    return trial.act(
        by or trial.cra, reviewing.review, Review, subject_key="S-001", group=group, values=values, **fields
    )


def take_back(trial, *items, by=None, group=SDV, reason=SOME_REASON):
    paths = tuple(trial.path(item) for item in items)
    return trial.act(
        by or trial.cra, reviewing.take_back, TakeBackReview,
        subject_key="S-001", group=group, paths=paths, reason=reason,
    )  # fmt: skip


def mark(trial, item="VS.SYSBP", group=SDV):
    found = trial.casebook("S-001").marks.get((trial.path(item), group))
    return found and (found.state, found.cause)


def test_each_value_has_an_entry_of_its_own_with_who_and_what_was_seen(trial):
    before = len(trial.entries("S-001"))
    assert review(trial, "VS.SYSBP", "VS.DIABP") == {"marked": 2}
    entries = trial.entries("S-001")[before:]
    assert [(e["kind"], e["path"], e["actor"], e["role"]) for e in entries] == [
        ("review.set", str(trial.path(item)), "cra.park", "CRA") for item in ("VS.SYSBP", "VS.DIABP")
    ]
    assert [(e["payload"]["review"], e["payload"]["version"]) for e in entries] == [("sdv", 1)] * 2
    assert mark(trial) == (ReviewState.VERIFIED, "")
    assert mark(trial, group=ReviewGroup.DM) is None


@pytest.mark.parametrize("group", ReviewGroup)
@pytest.mark.parametrize("role", Role)
def test_each_group_is_marked_by_its_own_role_and_by_no_other(trial, group, role):
    person = trial.person(role, f"some.{role.lower()}")
    if role is GIVEN_BY[group]:
        assert review(trial, "VS.SYSBP", by=person, group=group) == {"marked": 1}
        assert take_back(trial, "VS.SYSBP", by=person, group=group) == {"taken_back": 1}
        return
    for what in (review, take_back):
        with pytest.raises((NotAllowed, NotFound)):
            what(trial, "VS.SYSBP", by=person, group=group)
    assert trial.casebook("S-001").marks == {}


def test_every_group_has_a_right_of_its_own():
    assert set(RIGHTS) == set(ReviewGroup)
    assert len(set(RIGHTS.values())) == len(ReviewGroup)


def test_a_monitor_of_another_site_learns_of_no_subject(trial):
    with pytest.raises(NotFound, match="no subject"):
        review(trial, "VS.SYSBP", by=trial.person(Role.CRA, "cra.other", site="US-01"))


def test_what_changed_since_it_was_seen_is_not_marked_nor_is_anything_beside_it(trial):
    shown = seen(trial, "VS.SYSBP", "VS.DIABP")
    trial.save("S-001", {"VS.SYSBP": "125"}, reason=SOME_REASON)
    with pytest.raises(EditConflict, match="A value was changed since"):
        review(trial, values=shown)
    assert trial.casebook("S-001").marks == {}


def test_marking_twice_is_refused_and_the_same_operation_again_is_answered(trial):
    assert review(trial, "VS.SYSBP", op="a-review") == {"marked": 1}
    assert review(trial, "VS.SYSBP", op="a-review") == {"marked": 1}
    with pytest.raises(WrongState, match="reviewed already"):
        review(trial, "VS.SYSBP")
    with pytest.raises(WrongState, match="named twice"):
        review(trial, "VS.DIABP", "VS.DIABP")
    with pytest.raises(BadRequest):
        trial.act(trial.cra, reviewing.review, Review, subject_key="S-001", group=SDV, values=())


def test_a_mark_is_taken_back_with_a_reason_and_given_anew(trial):
    review(trial, "VS.SYSBP")
    with pytest.raises(ReasonRequired):
        take_back(trial, "VS.SYSBP", reason=Reason())
    take_back(trial, "VS.SYSBP")
    assert mark(trial) == (ReviewState.REQUIRED, "person")
    last = trial.entries("S-001")[-1]
    assert (last["kind"], last["actor"], last["reason_text"]) == (
        "review.drop", "cra.park", SOME_REASON.text,
    )  # fmt: skip
    with pytest.raises(WrongState, match="not reviewed yet"):
        take_back(trial, "VS.SYSBP")
    review(trial, "VS.SYSBP")
    assert mark(trial) == (ReviewState.VERIFIED, "")


def test_there_is_nothing_to_review_where_nothing_was_answered_or_entry_goes_on(trial):
    with pytest.raises(WrongState, match="nothing to review"):
        review(trial, "VS.NOTE")
    trial.save("S-001", {"DM.AGE": "41"})
    with pytest.raises(WrongState, match="nothing to review"):
        review(trial, "DM.AGE")
    with pytest.raises(NotFound):
        review(trial, "AE.TERM")


def test_a_missing_reason_is_an_answer(trial):
    path = trial.path("VS.DATE")
    trial.save("S-001", {}, items=(ItemInput(path, "", "ND", base_version=0),), reason=SOME_REASON)
    assert review(trial, "VS.DATE") == {"marked": 1}


def test_a_struck_row_is_not_reviewed_and_its_mark_returns_with_it(trial):
    term = trial.path("AE.TERM")
    trial.save("S-001", {term: "Headache"}, complete=True)
    review(trial, term)

    def strike(*, restore):
        trial.act(
            trial.crc, capture.strike_row, StrikeRow, subject_key="S-001",
            form=term.form_path, row=term.parent, restore=restore, reason=SOME_REASON,
        )  # fmt: skip

    def state():
        book = trial.casebook("S-001")
        asked = wanted(EVERYTHING, SDV, book.subject.subject_id, "KR-01")
        return reviewing.review_state(book, SDV, term, asked)

    assert state() is ReviewState.VERIFIED
    strike(restore=False)
    assert state() is ReviewState.NOT_APPLICABLE
    with pytest.raises(WrongState):
        review(trial, term)
    strike(restore=True)
    assert state() is ReviewState.VERIFIED


def test_frozen_data_are_reviewed_and_locked_ones_are_not(trial):
    def protect(action):
        form = trial.path("VS.SYSBP").form_path
        trial.act(
            trial.dm, protecting.protect, Protect, subject_key="S-001",
            path=form, action=action, reason=SOME_REASON,
        )  # fmt: skip

    protect(ProtectAction.FREEZE)
    review(trial, "VS.SYSBP")
    protect(ProtectAction.LOCK)
    for what, item in ((review, "VS.DIABP"), (take_back, "VS.SYSBP")):
        with pytest.raises(Protected):
            what(trial, item)


def test_only_what_the_plan_asks_for_is_reviewed(core):
    plan = (ReviewRule(SDV, items=("VS.SYSBP",)), ReviewRule(ReviewGroup.DM, forms=("DM",)))
    trial = Trial(core, vital_signs().with_review(*plan).build())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    review(trial, "VS.SYSBP")
    with pytest.raises(WrongState, match="review plan does not ask"):
        review(trial, "VS.DIABP")
    with pytest.raises(WrongState, match="review plan does not ask"):
        review(trial, "VS.SYSBP", by=trial.dm, group=ReviewGroup.DM)


def test_a_mark_stays_when_another_plan_no_longer_asks_for_it(trial):
    review(trial, "VS.SYSBP")
    trial.publish(vital_signs().build("2"))
    asked = wanted((), SDV, "", "KR-01")
    path = trial.path("VS.SYSBP")
    assert reviewing.review_state(trial.casebook("S-001"), SDV, path, asked) is ReviewState.VERIFIED
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=SOME_REASON)
    assert reviewing.review_state(trial.casebook("S-001"), SDV, path, asked) is ReviewState.NOT_REQUIRED


def test_marks_are_what_the_ledger_says(trial):
    review(trial, "VS.SYSBP", "VS.DIABP")
    take_back(trial, "VS.DIABP")
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=SOME_REASON)
    report = verify(trial.core, rebuild=True)
    assert report.problems == []
    assert mark(trial) == (ReviewState.DROPPED, "value")


def test_statements_of_a_review_do_not_grow_with_its_values(trial, count_statements):
    values = seen(trial, "VS.SYSBP")
    with count_statements() as one:
        review(trial, values=values)
    trial.save("S-001", {"DM.SEX": "F", "DM.AGE": "41"}, complete=True)
    values = seen(trial, "VS.DIABP", "DM.SEX", "DM.AGE")
    with count_statements() as many:
        review(trial, values=values)
    assert len(one) <= 10
    assert len(many) <= len(one)
