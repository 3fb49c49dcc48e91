import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.domain.query import QueryAction, QuerySource, QueryState
from edc_core.errors import BadRequest, EditConflict, NotAllowed, NotFound, WrongState
from edc_core.services import queries
from edc_core.services.query_list import CHANGED, WantedQueries, query_page, thread
from edc_core.services.reading import look_at
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON

A, S = QueryAction, QueryState


def ask(trial, actor, path=None, text="Please check the source."):
    path = trial.path("VS.SYSBP") if path is None else path
    done = trial.act(actor, queries.open_query, queries.OpenQuery, subject_key="S-001", path=path, text=text)
    return done["query_id"]


def act(trial, actor, query_id, action, text="Checked.", **more):
    fields = {"subject_key": "S-001", "query_id": query_id, "action": action, "text": text} | more
    return trial.act(actor, queries.act_on_query, queries.ActOnQuery, **fields)


def query(trial, query_id):
    return trial.casebook("S-001").queries[query_id]


@pytest.fixture
def system_query(trial):
    """An open query of a declared check on a complete form."""
    trial.save("S-001", {"VS.SYSBP": "300", "VS.DIABP": "80"})
    trial.complete("S-001", "VS")
    [found] = trial.casebook("S-001").queries
    return found


def test_a_manual_query_from_question_to_close(trial):
    query_id = ask(trial, trial.cra)
    act(trial, trial.crc, query_id, A.ANSWER, "Source says 120.")
    act(trial, trial.cra, query_id, A.REQUERY, "Of which day?")
    act(trial, trial.pi, query_id, A.ANSWER, "Of the same.")
    act(trial, trial.cra, query_id, A.CLOSE, "")
    found = query(trial, query_id)
    assert (found.state, found.source, found.author, found.author_role) == (
        S.CLOSED, QuerySource.SITE_MONITOR, "cra.park", "CRA",
    )  # fmt: skip
    assert [(m.actor, m.state, m.text) for m in found.messages] == [
        ("cra.park", "Open", "Please check the source."),
        ("crc.kim", "Answered", "Source says 120."),
        ("cra.park", "Open", "Of which day?"),
        ("pi.lee", "Answered", "Of the same."),
        ("cra.park", "Closed", ""),
    ]
    kinds = [entry["kind"] for entry in trial.entries("S-001")[1:]]
    assert kinds == ["query.open", *["query.state"] * 4]


@pytest.mark.parametrize(("who", "may"), [("dm", True), ("cra", True), ("med", True), ("crc", False), ("pi", False), ("spo", False)])  # fmt: skip
def test_who_may_ask(trial, who, may):
    if may:
        assert ask(trial, getattr(trial, who))
        return
    with pytest.raises(NotAllowed):
        ask(trial, getattr(trial, who))


@pytest.mark.parametrize(("who", "may"), [("crc", True), ("pi", True), ("dm", False), ("cra", False)])
def test_who_may_answer(trial, who, may):
    query_id = ask(trial, trial.dm)
    if may:
        assert act(trial, getattr(trial, who), query_id, A.ANSWER)["state"] == "Answered"
        return
    with pytest.raises(NotAllowed):
        act(trial, getattr(trial, who), query_id, A.ANSWER)
    assert query(trial, query_id).state is S.OPEN


@pytest.mark.parametrize("action", [A.CLOSE, A.REQUERY])
@pytest.mark.parametrize(
    ("author", "closer", "may"),
    [
        ("cra", "cra", True),
        ("cra", "dm", True),
        ("cra", "med", False),
        ("cra", "crc", False),
        ("cra", "pi", False),
        ("dm", "cra", False),
        ("dm", "dm2", True),
        ("med", "cra", False),
        ("med", "med", True),
    ],
)
def test_a_group_takes_its_own_queries_further_and_the_data_manager_all(trial, author, closer, may, action):
    query_id = ask(trial, getattr(trial, author))
    act(trial, trial.crc, query_id, A.ANSWER)
    if may:
        act(trial, getattr(trial, closer), query_id, action)
        return
    with pytest.raises(NotAllowed):
        act(trial, getattr(trial, closer), query_id, action)
    assert query(trial, query_id).state is S.ANSWERED


def test_another_monitor_of_the_site_takes_the_monitors_queries_further(trial):
    other = trial.person(Role.CRA, "cra.other", site="KR-01")
    query_id = ask(trial, trial.cra)
    act(trial, other, query_id, A.CANCEL, "")
    assert query(trial, query_id).state is S.CANCELLED


@pytest.mark.parametrize(("who", "may"), [("dm", True), ("cra", False), ("crc", False)])
def test_queries_of_checks_are_closed_by_data_managers_only(trial, system_query, who, may):
    act(trial, trial.crc, system_query, A.ANSWER, "Confirmed.")
    if may:
        act(trial, getattr(trial, who), system_query, A.CLOSE)
        return
    with pytest.raises(NotAllowed):
        act(trial, getattr(trial, who), system_query, A.CLOSE)


def test_a_query_of_a_check_is_not_cancelled(trial, system_query):
    with pytest.raises(WrongState):
        act(trial, trial.dm, system_query, A.CANCEL)


def test_only_the_system_resolves(trial):
    query_id = ask(trial, trial.dm)
    with pytest.raises(BadRequest):
        act(trial, trial.dm, query_id, A.RESOLVE)


@pytest.mark.parametrize("action", [A.RELEASE, A.DISCARD])
def test_what_the_site_was_asked_already_is_not_decided_again(trial, action):
    query_id = ask(trial, trial.dm)
    with pytest.raises(WrongState):
        act(trial, trial.dm, query_id, action)


def test_correct_data_resolve_the_query_and_wrong_ones_reopen_the_same(trial, system_query):
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    assert query(trial, system_query).state is S.RESOLVED
    trial.save("S-001", {"VS.SYSBP": "301"}, reason=SOME_REASON)
    assert query(trial, system_query).state is S.OPEN
    assert list(trial.casebook("S-001").queries) == [system_query]
    actors = [message.actor for message in query(trial, system_query).messages]
    assert actors == ["system"] * 3


def test_an_answered_query_resolves_too_when_the_data_conform(trial, system_query):
    act(trial, trial.crc, system_query, A.ANSWER, "Corrected.")
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    assert query(trial, system_query).state is S.RESOLVED


def test_what_a_person_closed_stays_silent_until_the_value_changes(trial, system_query):
    act(trial, trial.crc, system_query, A.ANSWER, "Confirmed.")
    act(trial, trial.dm, system_query, A.CLOSE)
    trial.save("S-001", {"VS.DATE": "04 MAR 2026"}, reason=SOME_REASON)
    assert query(trial, system_query).state is S.CLOSED
    trial.save("S-001", {"VS.SYSBP": "301"}, reason=SOME_REASON)
    assert query(trial, system_query).state is S.OPEN


def test_data_changed_after_closing_are_marked(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    query_id = ask(trial, trial.cra)
    act(trial, trial.crc, query_id, A.ANSWER)
    act(trial, trial.cra, query_id, A.CLOSE)
    assert not query(trial, query_id).modified_after_close
    trial.save("S-001", {"VS.SYSBP": "121"})
    found = query(trial, query_id)
    assert (found.state, found.modified_after_close) == (S.CLOSED, True)
    trial.save("S-001", {"VS.SYSBP": "122"})
    marks = [e for e in trial.entries("S-001") if e["payload"].get("modified_after_close")]
    assert len(marks) == 1


def test_a_closed_system_query_that_is_marked_and_reopened_keeps_a_whole_thread(trial, system_query):
    act(trial, trial.crc, system_query, A.ANSWER)
    act(trial, trial.dm, system_query, A.CLOSE)
    trial.save("S-001", {"VS.SYSBP": "301"}, reason=SOME_REASON)
    found = query(trial, system_query)
    assert [message.n for message in found.messages] == list(range(1, found.version + 1))
    assert [message.state for message in found.messages] == ["Open", "Answered", "Closed", "Closed", "Open"]


def test_a_thread_that_moved_is_a_conflict(trial):
    query_id = ask(trial, trial.dm)
    act(trial, trial.crc, query_id, A.ANSWER, base_version=1)
    with pytest.raises(EditConflict):
        act(trial, trial.pi, query_id, A.ANSWER, base_version=1)


@pytest.mark.parametrize("action", [A.ANSWER, A.CLOSE, A.REQUERY, A.CANCEL])
def test_what_is_closed_only_reopens(trial, action):
    query_id = ask(trial, trial.dm)
    act(trial, trial.crc, query_id, A.ANSWER)
    act(trial, trial.dm, query_id, A.CLOSE)
    with pytest.raises(WrongState):
        act(trial, trial.crc if action is A.ANSWER else trial.dm, query_id, action)
    act(trial, trial.dm, query_id, A.REOPEN, "Once more, please.")
    assert query(trial, query_id).state is S.OPEN


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_question_has_words_and_not_too_many(trial, text):
    with pytest.raises(BadRequest):
        ask(trial, trial.dm, text=text)


@pytest.mark.parametrize("place", ["", "V1[1]", "V1[1]/VS[1]", "V1[1]/AE[1]/AE.ROW[1]"])
def test_a_place_of_any_size_can_be_asked_about(trial, place):
    query_id = ask(trial, trial.dm, ItemPath.parse(place))
    assert str(query(trial, query_id).path) == place


@pytest.mark.parametrize("place", ["V9[1]", "V1[1]/XX[1]", "V1[1]/VS[1]/VS[1]/VS.NOSUCH"])
def test_a_place_the_study_does_not_have_cannot(trial, place):
    with pytest.raises(NotFound):
        ask(trial, trial.dm, ItemPath.parse(place))


def test_a_query_of_another_subject_is_not_found(trial):
    trial.add_subject("S-002")
    query_id = ask(trial, trial.dm)
    with pytest.raises(NotFound):
        act(trial, trial.crc, query_id, A.ANSWER, subject_key="S-002")


def test_for_a_monitor_of_another_site_the_subject_is_not_there(trial):
    with pytest.raises(NotFound):
        ask(trial, trial.person(Role.CRA, "cra.us", site="US-01"))


def propose(trial, actor):
    fields = {
        "subject_key": "S-001",
        "path": trial.path("VS.SYSBP"),
        "text": "Is it right?",
        "proposed": True,
    }
    return trial.act(actor, queries.open_query, queries.OpenQuery, **fields)["query_id"]


def listed(trial, actor):
    with trial.core.read() as source:
        picture = look_at(source, actor, readers.study_by_id(source.connection, trial.study_id))
        page = query_page(picture, WantedQueries(), trial.core.clock.now())
        return [(row.line.state, row.who) for row in page.rows]


def actions(trial, actor, query_id):
    with trial.core.read() as source:
        picture = look_at(source, actor, readers.study_by_id(source.connection, trial.study_id))
        return set(thread(picture, query_id, trial.core.clock.now()).actions)


def test_a_proposed_query_is_decided_by_a_data_manager_and_unknown_to_the_site_until_then(trial):
    query_id = propose(trial, trial.cra)
    assert listed(trial, trial.cra) == [(S.CANDIDATE, "data manager")]
    assert listed(trial, trial.crc) == listed(trial, trial.pi) == []
    with pytest.raises(NotFound):
        actions(trial, trial.crc, query_id)
    assert actions(trial, trial.dm, query_id) == {A.RELEASE, A.DISCARD}
    assert actions(trial, trial.cra, query_id) == set()
    for nobody in (trial.cra, trial.med, trial.crc):
        with pytest.raises(NotAllowed):
            act(trial, nobody, query_id, A.RELEASE)
    act(trial, trial.dm, query_id, A.RELEASE, "")
    assert listed(trial, trial.crc) == [(S.OPEN, "site")]
    act(trial, trial.crc, query_id, A.ANSWER)
    act(trial, trial.cra, query_id, A.CLOSE)
    found = query(trial, query_id)
    assert [m.state for m in found.messages] == ["Candidate", "Open", "Answered", "Closed"]
    assert (found.author, found.author_role) == ("cra.park", "CRA")


def test_a_proposed_query_that_is_not_asked_is_cancelled_and_takes_no_answer(trial):
    query_id = propose(trial, trial.cra)
    for step in (A.ANSWER, A.CLOSE, A.CANCEL, A.REQUERY):
        with pytest.raises(WrongState):
            act(trial, trial.crc if step is A.ANSWER else trial.dm, query_id, step)
    act(trial, trial.dm, query_id, A.DISCARD, "Asked already by telephone.")
    assert query(trial, query_id).state is S.CANCELLED


def test_a_value_that_changed_after_closing_is_found_by_the_list(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    query_id = ask(trial, trial.dm)
    act(trial, trial.crc, query_id, A.ANSWER)
    act(trial, trial.dm, query_id, A.CLOSE)
    wanted = WantedQueries(changed=frozenset({CHANGED}))

    def found():
        with trial.core.read() as source:
            picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
            return [row.line.query_id for row in query_page(picture, wanted, trial.core.clock.now()).rows]

    assert found() == []
    trial.save("S-001", {"VS.SYSBP": "121"})
    assert found() == [query_id]
