import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.finding import Found, Severity
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import TranslatedText
from edc_core.domain.query import UNFINISHED, Query, QueryAction, QuerySource, QueryState, transition
from edc_core.domain.reconcile import NO_FINDING, Open, Recognise, Reopen, Resolve, reconcile

PATH = ItemPath.parse("V1[1]/VS[1]/VS[1]/VS.SYSBP")
S = QueryState


def found(fingerprint="same", *, key="", check="RC1", severity=Severity.QUERY):
    return Found(check, PATH, TranslatedText.of("?", "en"), severity, fingerprint, key)


def query(state, *, key="", check="RC1", source=QuerySource.SYSTEM, fingerprint="same"):
    return Query("q", PATH, state, source, "?", check, key, fingerprint)


def step(state, finding, **more):
    options = {"covers": lambda query: True, "may_open": True} | more
    steps = reconcile([query(state)], [finding] if finding else [], **options)
    assert len(steps) <= 1
    return type(steps[0]) if steps else None


@pytest.mark.parametrize(
    ("state", "same", "other", "gone"),
    [
        (S.CANDIDATE, None, None, Resolve),
        (S.OPEN, None, None, Resolve),
        (S.ANSWERED, None, None, Resolve),
        (S.CLOSED, None, Reopen, None),
        (S.CANCELLED, None, Reopen, None),
        (S.RESOLVED, Reopen, Reopen, None),
    ],
)
def test_every_state_with_the_finding_there_changed_and_gone(state, same, other, gone):
    assert step(state, found("same")) is same
    assert step(state, found("other")) is other
    assert step(state, None) is gone


@pytest.mark.parametrize("state", [S.CLOSED, S.CANCELLED])
def test_what_came_closed_takes_what_the_first_look_finds(state):
    def look(*findings, **more):
        options = {"covers": lambda query: True, "may_open": True} | more
        return reconcile([query(state, fingerprint="")], findings, **options)

    assert look(found("this")) == [Recognise(query(state, fingerprint=""), "this")]
    assert look() == [Recognise(query(state, fingerprint=""), NO_FINDING)]
    assert look(covers=lambda query: False) == []
    assert look(may_open=False) == look(found("this"), may_open=False) == []
    assert (
        reconcile([query(state, fingerprint="", source=QuerySource.OTHER)], [], covers=bool, may_open=True)
        == []
    )


@pytest.mark.parametrize("state", S)
def test_before_complete_nothing_opens_and_what_is_gone_is_resolved(state):
    assert step(state, found("other"), may_open=False) is None
    assert step(state, None, may_open=False) is (Resolve if state in UNFINISHED else None)


@pytest.mark.parametrize("state", S)
def test_a_check_that_did_not_run_resolves_nothing(state):
    assert step(state, None, covers=lambda query: False) is None


@pytest.mark.parametrize("state", S)
def test_what_was_struck_is_resolved_whether_its_check_ran_or_not(state):
    got = step(state, None, covers=lambda query: False, gone=lambda query: True)
    assert got is (Resolve if state in UNFINISHED else None)


@pytest.mark.parametrize("state", S)
def test_manual_queries_are_never_touched(state):
    manual = query(state, source=QuerySource.SITE_MONITOR, check="")
    assert reconcile([manual], [], covers=lambda query: True, may_open=True, gone=lambda query: True) == []


def test_a_new_finding_opens_a_query_and_a_warning_does_not():
    options = {"covers": lambda query: True, "may_open": True}
    assert [type(s) for s in reconcile([], [found()], **options)] == [Open]
    assert reconcile([], [found(severity=Severity.WARNING)], **options) == []


states = st.sampled_from(S)
identities = st.tuples(st.sampled_from(["RC1", "RC2"]), st.sampled_from(["", "a", "b"]))


@given(
    st.dictionaries(identities, st.tuples(states, st.sampled_from("xy"))),
    st.lists(st.tuples(identities, st.sampled_from("xy")), max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_at_most_one_unfinished_query_per_identity_and_every_step_is_one_the_life_of_a_query_has(
    known, raised, may_open, covers
):
    queries = [
        query(state, check=check, key=key, fingerprint=fingerprint)
        for (check, key), (state, fingerprint) in known.items()
    ]
    findings = [found(fingerprint, check=check, key=key) for (check, key), fingerprint in raised]
    steps = reconcile(queries, findings, covers=lambda query: covers, may_open=may_open)
    unfinished = [(q.check_oid, q.finding_key, str(q.path)) for q in queries if q.is_unfinished]
    for one in steps:
        if isinstance(one, Open):
            assert (one.found.check_oid, one.found.key) not in known
            unfinished.append(one.found.identity)
        elif isinstance(one, Reopen):
            assert transition(one.query.state, QueryAction.ASK_ANEW) is S.OPEN
            unfinished.append(one.found.identity)
        else:
            assert transition(one.query.state, QueryAction.RESOLVE) is S.RESOLVED
            unfinished.remove((one.query.check_oid, one.query.finding_key, str(one.query.path)))
    assert len(unfinished) == len(set(unfinished))


def test_the_same_finding_twice_opens_one_query():
    steps = reconcile([], [found(), found("other")], covers=lambda query: True, may_open=True)
    assert len(steps) == 1
