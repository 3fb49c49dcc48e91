"""Checks run again from the page: a job with its progress, and what it did in numbers."""

import json

import pytest
from edc_core_check_list.again import outcome

from edc_core.api import QueryFact, QuerySource, QueryState
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from tests.web.trial import STUDY, SUBJECT

HOME = f"/s/{STUDY}"
PAGE = f"{HOME}/x/check-list/again"
MANAGER, MONITOR = "dana@sponsor.example", "anna@cro.example"
HX = {"HX-Request": "true"}
S = QueryState


def fact(query_id, state, key="S-1", check="C1"):
    return QueryFact(
        query_id, key, "KR-01", "", "VS", check, state, QuerySource.SYSTEM, "?", "2026-03-04", 0, "", False, False
    )  # fmt: skip


def test_what_a_run_did_is_the_difference_of_before_and_after():
    before = [fact("a", S.OPEN), fact("b", S.RESOLVED), fact("c", S.CLOSED), fact("m", S.OPEN, check="")]
    after = [
        fact("a", S.RESOLVED), fact("b", S.OPEN), fact("c", S.CLOSED), fact("m", S.OPEN, check=""),
        fact("d", S.OPEN), fact("e", S.CANDIDATE), fact("f", S.OPEN, key="S-2"), fact("n", S.OPEN, check=""),
    ]  # fmt: skip
    done = outcome(before, after, ("S-1",), ())
    assert (done.subjects, done.opened, done.proposed, done.reopened, done.resolved, done.standing) == (
        1, 2, 1, 1, 1, 3,
    )  # fmt: skip


def ask(client, **given):
    return client.post(PAGE, data={"op": new_id(), "site": "", "subject": ""} | given)


def test_a_run_is_asked_for_done_by_a_worker_and_told_on_the_page(core, client_as):
    site, manager = client_as(), client_as(MANAGER)
    form = f"{HOME}/subjects/{SUBJECT}"
    data = {"op": new_id(), "value": "300", "base": 0}
    assert site.post(f"{form}/items/V2[1]/VS[1]/IG.VS[1]/SYSBP", data=data, headers=HX).status_code == 200
    given = {"op": new_id(), "version": "v1", "go": "stay"}
    assert site.post(f"{form}/forms/V2[1]/VS[1]/complete", data=given, headers=HX).status_code == 200
    assert f'href="{PAGE}"' in manager.get(f"{HOME}/queries").text
    assert ask(manager).status_code == 303
    waiting = manager.get(PAGE).text
    assert "It waits for its turn." in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert ask(manager).status_code == 422
    Worker(core).run(once=True)
    page = manager.get(PAGE).text
    assert "2 subjects were looked at." in page
    assert "<dt>Opened</dt><dd>0</dd>" in page
    assert "every 2s" not in page
    assert ask(manager, subject=SUBJECT).status_code == 303
    Worker(core).run(once=True)
    assert "1 subject was looked at." in manager.get(PAGE).text


@pytest.mark.parametrize("given", [{"subject": "KR01-9999"}, {"site": "XX-01"}])
def test_what_is_not_there_is_said_before(client_as, given):
    answer = ask(client_as(MANAGER), **given)
    assert answer.status_code == 422
    assert "There is no" in answer.text


def test_it_is_for_data_managers(client_as):
    assert client_as(MONITOR).get(PAGE).status_code == 403
    assert client_as().get(PAGE).status_code == 403


def test_nobody_sees_the_runs_of_others(core, client_as):
    ask(client_as(MANAGER), subject=SUBJECT)
    Worker(core).run(once=True)
    assert json.dumps(SUBJECT) not in client_as(MONITOR).get(f"{HOME}/queries").text
