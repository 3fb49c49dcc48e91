"""The state machines of the domain, exhaustively: every state with every action."""

import itertools

import pytest

from edc_core.domain import entry_state, protection, query, review
from edc_core.domain.entry_state import EntryAction, EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction, Protection, Touch, effective, require, strictest
from edc_core.domain.query import QueryAction, QueryState
from edc_core.domain.review import ReviewAction, ReviewState
from edc_core.errors import Protected, WrongState

EA, ES, PA, P, QA, QS = EntryAction, EntryStatus, ProtectAction, Protection, QueryAction, QueryState

# Domain model 4.1: entry.
ENTRY = {
    (ES.NOT_STARTED, EA.SAVE): ES.IN_PROGRESS,
    (ES.NOT_STARTED, EA.MARK_NOT_DONE): ES.NOT_DONE,
    (ES.NOT_DONE, EA.CLEAR_NOT_DONE): ES.NOT_STARTED,
    (ES.IN_PROGRESS, EA.SAVE): ES.IN_PROGRESS,
    (ES.IN_PROGRESS, EA.COMPLETE): ES.COMPLETE,
    (ES.COMPLETE, EA.SAVE): ES.COMPLETE,
    (ES.COMPLETE, EA.REOPEN): ES.IN_PROGRESS,
    (ES.IN_PROGRESS, EA.REMOVE): ES.REMOVED,
    (ES.COMPLETE, EA.REMOVE): ES.REMOVED,
    (ES.NOT_DONE, EA.REMOVE): ES.REMOVED,
}
# Domain model 4.2: queries.
QUERY = {
    (QS.CANDIDATE, QA.RELEASE): QS.OPEN,
    (QS.CANDIDATE, QA.DISCARD): QS.CANCELLED,
    (QS.CANDIDATE, QA.RESOLVE): QS.RESOLVED,  # the data conform before anybody released it
    (QS.OPEN, QA.ANSWER): QS.ANSWERED,
    (QS.OPEN, QA.RESOLVE): QS.RESOLVED,
    (QS.OPEN, QA.CANCEL): QS.CANCELLED,
    (QS.OPEN, QA.FORWARD): QS.OPEN,
    (QS.ANSWERED, QA.CLOSE): QS.CLOSED,
    (QS.ANSWERED, QA.FORWARD): QS.OPEN,
    (QS.ANSWERED, QA.REQUERY): QS.OPEN,
    (QS.ANSWERED, QA.RESOLVE): QS.RESOLVED,
    (QS.CLOSED, QA.REOPEN): QS.OPEN,
    (QS.CLOSED, QA.ASK_ANEW): QS.OPEN,
    (QS.RESOLVED, QA.REOPEN): QS.OPEN,
    (QS.RESOLVED, QA.ASK_ANEW): QS.OPEN,
    (QS.RESOLVED, QA.PROPOSE_ANEW): QS.CANDIDATE,  # where nobody has decided whether the site is asked
    (QS.CANCELLED, QA.ASK_ANEW): QS.OPEN,
    (QS.CANCELLED, QA.PROPOSE_ANEW): QS.CANDIDATE,
}
# Domain model 4.5: protection of a form, an event, a subject, a site, the study.
PROTECTION = {
    (P.OPEN, PA.FREEZE): P.FROZEN,
    (P.OPEN, PA.LOCK): P.LOCKED,
    (P.FROZEN, PA.UNFREEZE): P.OPEN,
    (P.FROZEN, PA.LOCK): P.LOCKED,
    (P.LOCKED, PA.UNLOCK): P.OPEN,
}
# Domain model 4.3: verification and review of a value.
RA, RS = ReviewAction, ReviewState
REVIEW = {
    (RS.REQUIRED, RA.VERIFY): RS.VERIFIED,
    (RS.DROPPED, RA.VERIFY): RS.VERIFIED,
    (RS.VERIFIED, RA.DROP): RS.DROPPED,
    (RS.VERIFIED, RA.TAKE_BACK): RS.REQUIRED,
}


def protect(state, action):
    return protection.transition(state, action, level=2)


CASES = [
    *((entry_state.transition, ENTRY, *pair) for pair in itertools.product(ES, EA)),
    *((query.transition, QUERY, *pair) for pair in itertools.product(QS, QA)),
    *((review.transition, REVIEW, *pair) for pair in itertools.product(RS, RA)),
    *((protect, PROTECTION, *pair) for pair in itertools.product(P, PA)),
]


@pytest.mark.parametrize(("transition", "table", "state", "action"), CASES)
def test_every_state_with_every_action(transition, table, state, action):
    if (state, action) in table:
        assert transition(state, action) is table[state, action]
    else:
        with pytest.raises(WrongState):
            transition(state, action)


@pytest.mark.parametrize("level", range(6))
def test_locks_exist_from_the_form_up_and_freezes_everywhere(level):
    assert protection.transition(P.OPEN, PA.FREEZE, level=level) is P.FROZEN
    if level <= 2:
        assert protection.transition(P.OPEN, PA.LOCK, level=level) is P.LOCKED
    else:
        with pytest.raises(WrongState):
            protection.transition(P.OPEN, PA.LOCK, level=level)


# Domain model 4.5: what each protection allows.
ALLOWED = {
    P.OPEN: set(Touch),
    P.FROZEN: {Touch.QUERY, Touch.REVIEW, Touch.SIGN, Touch.CODING},
    P.LOCKED: set(),
}


@pytest.mark.parametrize(("state", "touch"), list(itertools.product(P, Touch)))
def test_what_each_protection_allows(state, touch):
    if touch in ALLOWED[state]:
        require(state, touch)
    else:
        with pytest.raises(Protected):
            require(state, touch)


@pytest.mark.parametrize(("one", "other"), list(itertools.product(P, P)))
def test_the_strictest_counts(one, other):
    order = [P.OPEN, P.FROZEN, P.LOCKED]
    assert strictest([one, other]) is max(one, other, key=order.index)


ITEM = ItemPath.parse("V1[1]/VS[1]/G[1]/I")


@pytest.mark.parametrize("place", ITEM.ancestors())
def test_protection_of_a_place_covers_all_below_it_and_nothing_beside_it(place):
    assert effective(ITEM, {place: P.LOCKED}) is P.LOCKED
    beside = ItemPath.parse("V2[1]/VS[1]/G[1]/I")
    assert effective(beside, {place: P.LOCKED}) is (P.LOCKED if place == ItemPath() else P.OPEN)
    assert effective(ItemPath(), {place: P.LOCKED}) is (P.LOCKED if place == ItemPath() else P.OPEN)


def test_the_site_and_the_study_stand_above_every_place():
    assert effective(ITEM, {ITEM: P.OPEN}, [P.OPEN, P.FROZEN]) is P.FROZEN
    assert effective(ITEM, {ITEM: P.LOCKED}, [P.FROZEN]) is P.LOCKED
    assert effective(ITEM, {}) is P.OPEN
