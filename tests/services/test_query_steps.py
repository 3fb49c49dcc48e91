"""Every state of a query x every step x every role, through the services: domain model 4.2, written down once more."""

import itertools
from collections import Counter

import pytest

from edc_core.domain.metadata import Policy
from edc_core.domain.permission import Role
from edc_core.domain.query import QueryAction, QueryState
from edc_core.errors import BadRequest, EdcError, NotAllowed, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.services import dispatch, queries
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs

A, R, S = QueryAction, Role, QueryState
SITE = {R.PI, R.SUB, R.CRC}
#: (state, step): who takes it, where ``own`` is the group that asked, and the state afterwards. All else is refused.
STEPS = {
    (S.CANDIDATE, A.RELEASE): ("data manager", S.OPEN),
    (S.CANDIDATE, A.DISCARD): ("data manager", S.CANCELLED),
    (S.OPEN, A.ANSWER): ("site", S.ANSWERED),
    (S.OPEN, A.CANCEL): ("own", S.CANCELLED),
    (S.OPEN, A.FORWARD): ("forwarders", S.OPEN),
    (S.ANSWERED, A.FORWARD): ("forwarders", S.OPEN),
    (S.ANSWERED, A.CLOSE): ("own", S.CLOSED),
    (S.ANSWERED, A.REQUERY): ("own", S.OPEN),
    (S.CLOSED, A.REOPEN): ("own", S.OPEN),
    (S.RESOLVED, A.REOPEN): ("own", S.OPEN),
}
#: What leads to a state, as (who, step), after the query was raised.
WAYS = {
    S.CANDIDATE: (),
    S.OPEN: (),
    S.ANSWERED: (("crc", A.ANSWER),),
    S.CLOSED: (("crc", A.ANSWER), ("dm", A.CLOSE)),
    S.CANCELLED: (("dm", A.CANCEL),),
}
PROPOSING = "VS.DIABP.RC2"  #: a check whose queries a data manager decides first


@pytest.fixture
def scene(core):
    """A trial, and queries by (who asked, state, whom it was forwarded to), each of a subject of its own."""
    trial = Trial(core, vital_signs().with_policy(Policy(review_first=(PROPOSING,))).build())
    found = {}
    for state, way in WAYS.items():
        found["CRA", state, ""] = asked(trial, way, proposed=state is S.CANDIDATE)
    found["CRA", S.OPEN, "MED"] = asked(trial, (("dm", A.FORWARD),))
    for state in S:
        found["system", state, ""] = by_a_check(trial, state)
    return trial, found


def subject(trial):
    return trial.add_subject(f"S-{new_id()[-6:]}")


def step(trial, key, query_id, who, action, **more):
    command = {"subject_key": key, "query_id": query_id, "action": action, "text": "Words."} | more
    return trial.act(getattr(trial, who), queries.act_on_query, queries.ActOnQuery, **command)


def asked(trial, way, *, proposed=False):
    key = subject(trial)
    question = {"subject_key": key, "path": trial.path("VS.NOTE"), "text": "Why?", "proposed": proposed}
    query_id = trial.act(trial.cra, queries.open_query, queries.OpenQuery, **question)["query_id"]
    for who, action in way:
        step(trial, key, query_id, who, action, recipient="MED" if action is A.FORWARD else "")
    return key, query_id


def by_a_check(trial, state):
    key = subject(trial)
    proposed = state in (S.CANDIDATE, S.CANCELLED)
    trial.save(key, {"VS.SYSBP": "100" if proposed else "300", "VS.DIABP": "200" if proposed else "80"})
    trial.complete(key, "VS")
    (query_id,) = trial.casebook(key).queries
    if state is S.RESOLVED:
        trial.save(key, {"VS.SYSBP": "120"}, reason=SOME_REASON)
    for who, action in (("dm", A.DISCARD),) if state is S.CANCELLED else WAYS.get(state, ()):
        step(trial, key, query_id, who, action)
    return key, query_id


def who_may(author, state, recipient, action):
    """The roles that take a step, and the state afterwards; nobody where there is no such step."""
    if (state, action) not in STEPS or (author == "system" and action is A.CANCEL):
        return set(), None
    who, after = STEPS[state, action]
    own = {R.DM} if author == "system" else {R.DM, Role(author)}
    roles = {"data manager": {R.DM}, "site": SITE, "own": own, "forwarders": {R.DM, R.CRA}}[who]
    return ({Role(recipient)} if recipient and action is A.ANSWER else roles), after


def test_every_state_with_every_step_by_every_role(scene):
    trial, found = scene
    assert {state for _, state, _ in found} == set(S)
    for (_, state, _), (key, query_id) in found.items():
        assert trial.casebook(key).queries[query_id].state is state
    for role, action in itertools.product(R, A):
        actor = trial.person(role, f"somebody.{role}".lower())
        commands = [
            queries.ActOnQuery(
                study_id=trial.study_id, op=new_id(), subject_key=key, query_id=query_id, action=action,
                text="Words.", recipient="COD" if action is A.FORWARD else "",
            )
            for key, query_id in found.values()
        ]  # fmt: skip
        answers = dispatch.rehearse(trial.core, actor, commands)  # and taken back, so that each begins anew
        for (author, state, recipient), answer in zip(found, answers, strict=True):
            roles, after = who_may(author, state, recipient, action)
            case = (author, state, recipient, action, role)
            if role in roles:
                assert not isinstance(answer, EdcError), (case, answer)
                assert answer["state"] == after, case
            else:
                assert isinstance(answer, NotAllowed | NotFound | WrongState | BadRequest), (case, answer)


def test_the_system_takes_its_own_steps_and_no_person_does(scene):
    trial, found = scene
    key, query_id = found["system", S.OPEN, ""]
    for action in (A.RESOLVE, A.ASK_ANEW, A.PROPOSE_ANEW):
        with pytest.raises(BadRequest):
            step(trial, key, query_id, "dm", action)
    trial.save(key, {"VS.SYSBP": "120"}, reason=SOME_REASON)
    trial.save(key, {"VS.SYSBP": "310"}, reason=SOME_REASON)
    messages = trial.casebook(key).queries[query_id].messages
    assert [(m.actor, m.state) for m in messages] == [
        ("system", "Open"), ("system", "Resolved"), ("system", "Open"),
    ]  # fmt: skip


def states(trial, key):
    return Counter(query.state for query in trial.casebook(key).queries.values())


def test_what_a_check_proposes_is_released_or_dropped_and_resolves_by_itself(scene):
    trial, found = scene
    key, query_id = found["system", S.CANDIDATE, ""]
    trial.save(key, {"VS.DIABP": "80"}, reason=SOME_REASON)
    assert states(trial, key) == {S.RESOLVED: 1}
    trial.save(key, {"VS.DIABP": "201"}, reason=SOME_REASON)
    assert states(trial, key) == {S.CANDIDATE: 1}, "the site was never asked, so it is decided anew"
    step(trial, key, query_id, "dm", A.RELEASE)
    trial.save(key, {"VS.DIABP": "80"}, reason=SOME_REASON)
    trial.save(key, {"VS.DIABP": "202"}, reason=SOME_REASON)
    assert states(trial, key) == {S.OPEN: 1}, "the site knows the question"


def test_what_was_dropped_is_silent_until_the_value_changes_and_is_then_decided_anew(scene):
    trial, found = scene
    key, query_id = found["system", S.CANCELLED, ""]
    trial.save(key, {"VS.NOTE": "as before"}, reason=SOME_REASON)
    assert states(trial, key) == {S.CANCELLED: 1}
    trial.save(key, {"VS.DIABP": "203"}, reason=SOME_REASON)
    assert trial.casebook(key).queries[query_id].state is S.CANDIDATE
    assert not trial.casebook(key).queries[query_id].asked


def test_every_check_can_be_reviewed_first(core):
    trial = Trial(core, vital_signs().with_policy(Policy(review_first=("all",))).build())
    key = subject(trial)
    trial.save(key, {"VS.SYSBP": "300"})
    trial.complete(key, "VS")
    assert states(trial, key) == {S.CANDIDATE: 2}  # DIABP is required and blank
