"""A query that is forwarded: who answers it, where it waits, and what the site never learns of one that was not asked."""

from dataclasses import replace

import pytest

from edc_core.domain.permission import Role
from edc_core.domain.query import QueryAction, QueryState
from edc_core.domain.trail import TrailWanted
from edc_core.errors import BadRequest, NotAllowed, NotFound
from edc_core.services import history, queries
from edc_core.services.query_list import WantedQueries, query_page, thread
from edc_core.services.reading import look_at
from edc_core.services.trail import found as trail_found
from edc_core.services.work_queue import work_queue
from edc_core.store import readers
from edc_core.store.listing_queries import TrailFilter

A, S = QueryAction, QueryState
KEY = "S-001"


def ask(trial, who="cra", **more):
    question = {"subject_key": KEY, "path": trial.path("VS.SYSBP"), "text": "Is 120 right?"} | more
    return trial.act(getattr(trial, who), queries.open_query, queries.OpenQuery, **question)["query_id"]


def act(trial, who, query_id, action, text="Words.", **more):
    fields = {"subject_key": KEY, "query_id": query_id, "action": action, "text": text} | more
    return trial.act(getattr(trial, who), queries.act_on_query, queries.ActOnQuery, **fields)


def forward(trial, query_id, to="MED", who="cra", text="Is this plausible?"):
    return act(trial, who, query_id, A.FORWARD, text, recipient=to)


def query(trial, query_id):
    return trial.casebook(KEY).queries[query_id]


def picture(trial, actor, read):
    with trial.core.read() as source:
        return read(look_at(source, actor, readers.study_by_id(source.connection, trial.study_id)))


def listed(trial, who):
    def rows(seen):
        page = query_page(seen, WantedQueries(state=frozenset(S)), trial.core.clock.now())
        return [(row.line.state, row.who) for row in page.rows]

    return picture(trial, getattr(trial, who), rows)


def home(trial, who):
    with trial.core.read() as source:
        queue = work_queue(source, getattr(trial, who), trial.core.clock.now())
    return [task.query_id for task in queue.to_answer.tasks], [t.query_id for t in queue.to_close.tasks]


def test_a_forwarded_query_waits_for_that_group_and_returns_to_who_asked(trial):
    query_id = ask(trial)
    act(trial, "crc", query_id, A.ANSWER, "It is.")
    assert forward(trial, query_id)["state"] == S.OPEN
    assert query(trial, query_id).recipient == "MED"
    assert listed(trial, "med") == listed(trial, "crc") == [(S.OPEN, "medical reviewer")]
    assert home(trial, "med") == ([], [query_id])
    assert home(trial, "crc") == home(trial, "dm") == home(trial, "cra") == ([], [])
    act(trial, "med", query_id, A.ANSWER, "It is plausible.")
    assert (query(trial, query_id).state, query(trial, query_id).recipient) == (S.ANSWERED, "")
    assert query(trial, query_id).messages[-1].role == "MED"
    assert home(trial, "cra") == ([], [query_id])
    act(trial, "cra", query_id, A.REQUERY, "Please see the source of 4 March.")
    assert home(trial, "crc") == ([query_id], [])
    act(trial, "crc", query_id, A.ANSWER, "Seen, it is 120.")
    act(trial, "cra", query_id, A.CLOSE)
    states = [message.state for message in query(trial, query_id).messages]
    assert states == ["Open", "Answered", "Open", "Answered", "Open", "Answered", "Closed"]


@pytest.mark.parametrize("who", ["crc", "pi", "dm", "cra"])
def test_nobody_answers_for_the_group_that_was_asked(trial, who):
    query_id = ask(trial)
    forward(trial, query_id)
    with pytest.raises(NotAllowed):
        act(trial, who, query_id, A.ANSWER)
    assert query(trial, query_id).recipient == "MED"


def test_the_role_in_which_it_is_answered_is_the_one_that_was_asked(trial):
    query_id = ask(trial)
    forward(trial, query_id)
    trial.both = replace(trial.person(Role.DM, "both"), grants=(*trial.dm.grants, *trial.med.grants))
    act(trial, "both", query_id, A.ANSWER, "As a physician: yes.")
    assert trial.entries(KEY)[-1]["role"] == "MED"


def test_it_can_be_sent_on_and_back_to_the_site(trial):
    query_id = ask(trial)
    forward(trial, query_id)
    forward(trial, query_id, to="COD", who="dm")
    assert query(trial, query_id).recipient == "COD"
    forward(trial, query_id, to="", who="dm")
    assert listed(trial, "crc") == [(S.OPEN, "site")]
    act(trial, "crc", query_id, A.ANSWER)


@pytest.mark.parametrize(
    ("to", "text"), [("", "To whom it is already."), ("CRC", "The site."), ("nobody", "?"), ("MED", " ")]
)
def test_whom_to_and_why_are_said(trial, to, text):
    query_id = ask(trial)
    with pytest.raises(BadRequest):
        forward(trial, query_id, to=to, text=text)
    assert query(trial, query_id).version == 1


def test_the_history_says_to_whom(trial):
    query_id = ask(trial)
    forward(trial, query_id)

    def told(seen):
        page = history.history(
            seen, trial.casebook(KEY).subject.subject_id, TrailFilter(), site_id=trial.sites["KR-01"], limit=5
        )
        return page.happenings[0].text

    said = picture(trial, trial.crc, told)
    assert said.startswith("forwarded the query on")
    assert said.endswith(": To the medical reviewer: Is this plausible?")
    assert query(trial, query_id).messages[-1].text == "To the medical reviewer: Is this plausible?"


@pytest.mark.parametrize("action", [A.DISCARD, A.RELEASE])
def test_of_a_proposal_that_was_dropped_the_site_never_learns(trial, action):
    query_id = ask(trial, proposed=True)
    assert home(trial, "dm") == ([], [query_id])
    assert home(trial, "cra") == home(trial, "crc") == ([], [])
    act(trial, "dm", query_id, action, "Asked by telephone.")
    knows = action is A.RELEASE
    assert query(trial, query_id).asked is knows
    assert bool(listed(trial, "crc")) is knows
    assert listed(trial, "cra")

    def told(seen):
        subject = trial.casebook(KEY).subject.subject_id
        page = history.history(seen, subject, TrailFilter(), site_id=trial.sites["KR-01"], limit=20)
        return [one for one in page.happenings if "telephone" in one.text]

    wanted = TrailWanted(words="telephone")
    assert bool(picture(trial, trial.crc, told)) is knows
    assert picture(trial, trial.crc, lambda seen: trail_found(seen, wanted)).total == int(knows)
    assert picture(trial, trial.dm, told)
    assert picture(trial, trial.dm, lambda seen: trail_found(seen, wanted)).total == 1
    if not knows:
        with pytest.raises(NotFound):
            picture(trial, trial.crc, lambda seen: thread(seen, query_id, trial.core.clock.now()))
