"""Rules of a review plan: whose values, and which, are to be reviewed."""

from uuid import UUID

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.domain.review import ReviewMark, ReviewState, state_of
from edc_core.domain.review_plan import ReviewGroup, ReviewRule, wanted

SDV = ReviewGroup.SDV
SYSBP = ItemPath.parse("V1[1]/VS[1]/VS[1]/VS.SYSBP")
SUBJECTS = [UUID(int=number).hex for number in range(2000)]


def asks(plan, *, group=SDV, subject="a", site="KR-01", path=SYSBP):
    return wanted(plan, group, subject, site).asks(path)


@pytest.mark.parametrize(
    ("rule", "is_asked"),
    [
        (ReviewRule(SDV), True),
        (ReviewRule(ReviewGroup.DM), False),
        (ReviewRule(SDV, forms=("VS",)), True),
        (ReviewRule(SDV, forms=("DM",)), False),
        (ReviewRule(SDV, items=("VS.SYSBP",)), True),
        (ReviewRule(SDV, items=("VS.DIABP",)), False),
        (ReviewRule(SDV, forms=("DM",), items=("VS.SYSBP",)), True),
        (ReviewRule(SDV, sites=("KR-01", "US-01")), True),
        (ReviewRule(SDV, sites=("US-01",)), False),
        (ReviewRule(SDV, share=100), True),
    ],
)
def test_a_rule_asks_for_its_group_sites_forms_and_items(rule, is_asked):
    assert asks([rule]) is is_asked
    assert asks([ReviewRule(SDV, items=("OTHER",)), rule]) is is_asked


@pytest.mark.parametrize(("risk", "is_asked"), [("low", False), ("medium", True), ("high", True), ("", True)])
def test_a_rule_asks_for_its_tiers_and_a_site_without_one_is_of_the_highest(risk, is_asked):
    assert (
        wanted([ReviewRule(SDV, risks=("medium", "high"))], SDV, "a", "KR-01", risk).asks(SYSBP) is is_asked
    )


def test_nothing_is_asked_without_a_plan():
    assert not asks([])


@pytest.mark.parametrize("share", [1, 20, 50, 99])
def test_a_share_of_the_subjects_is_drawn_the_same_ones_every_time(share):
    rule = ReviewRule(SDV, share=share, seed="s")
    drawn = [subject for subject in SUBJECTS if asks([rule], subject=subject)]
    assert drawn == [subject for subject in SUBJECTS if asks([rule], subject=subject)]
    assert abs(len(drawn) / len(SUBJECTS) * 100 - share) < 4


def test_another_seed_draws_others_and_a_larger_share_keeps_those_drawn():
    def drawn(seed, share):
        return {s for s in SUBJECTS if asks([ReviewRule(SDV, share=share, seed=seed)], subject=s)}

    assert drawn("a", 20) != drawn("b", 20)
    assert drawn("a", 20) < drawn("a", 40)


def test_the_draw_does_not_move_between_releases():
    """A release that drew otherwise would change what was verified of a running trial."""
    rule = ReviewRule(SDV, share=50, seed="plan of March 2026")
    drawn = "".join("x" if asks([rule], subject=subject) else "." for subject in SUBJECTS[:20])
    assert drawn == GOLDEN


GOLDEN = "..xxx........xx.x.xx"

R = ReviewState
MARKS = {state: ReviewMark(SYSBP, SDV, state, "", 1) for state in (R.VERIFIED, R.DROPPED, R.REQUIRED)}
STATES = [
    # mark, is there, complete, required: state
    *((mark, False, complete, required, R.NOT_APPLICABLE)
      for mark in (None, *MARKS.values()) for complete in (False, True) for required in (False, True)),
    *((MARKS[R.VERIFIED], True, complete, required, R.VERIFIED)
      for complete in (False, True) for required in (False, True)),
    *((mark, True, False, required, R.NOT_APPLICABLE)
      for mark in (None, MARKS[R.DROPPED], MARKS[R.REQUIRED]) for required in (False, True)),
    *((mark, True, True, False, R.NOT_REQUIRED) for mark in (None, MARKS[R.DROPPED], MARKS[R.REQUIRED])),
    (None, True, True, True, R.REQUIRED),
    (MARKS[R.REQUIRED], True, True, True, R.REQUIRED),
    (MARKS[R.DROPPED], True, True, True, R.DROPPED),
]  # fmt: skip


@pytest.mark.parametrize(("mark", "is_there", "is_complete", "required", "state"), STATES)
def test_where_a_value_stands(mark, is_there, is_complete, required, state):
    assert state_of(mark, is_there=is_there, is_complete=is_complete, required=required) is state


def test_every_combination_is_in_the_table():
    assert len(STATES) == len(set(map(repr, STATES))) == 4 * 2 * 2 * 2
